"""Reads the states of a flow, each checked against the flow's variables, states and the calls there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.commands import CALLS, SECRETS, Kind, arguments, is_query
from gateway.conversation import expression, wording
from gateway.conversation.answers import TYPED, at_length
from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    End,
    Enter,
    Given,
    Long,
    Option,
    Outcome,
    Say,
    State,
    Variable,
    Words,
)
from gateway.conversation.source import Node, words
from gateway.errors import FlowError
from gateway.messages import ChannelName, Choice
from gateway.text.clean import fold

KINDS = ("say", "choose", "ask", "do", "decide", "enter", "end")
RETRIES = 3
MOST_OPTIONS = 8
"""Options of one question: 9 and 0 are the keys of More and Back."""

STRINGS = frozenset(Kind) - {Kind.AGE, Kind.YEAR, Kind.NUMBER, Kind.BOOLEAN, Kind.LIST, *SECRETS}
_CHOSEN = frozenset((Kind.CODE, Kind.PLACE, Kind.TEXT))
_NUMBERS = frozenset((Kind.NUMBER, Kind.AGE, Kind.YEAR))
_QUESTION_KEYS = ("save", "invalid", "retries", "too_many", "contact", "go", "long")
LITERALS: Mapping[Kind, type] = {Kind.NUMBER: int, Kind.YEAR: int, Kind.BOOLEAN: bool} | dict.fromkeys(
    STRINGS, str
)
"""The kinds whose values can be written into a flow, and how."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the states of one flow are read against.

    `texts` are the `states` of each translation, `agreed` the folded words of yes and no in every language.
    """

    language: str
    languages: tuple[str, ...]
    texts: Mapping[str, Node]
    variables: Mapping[str, Variable]
    states: frozenset[str]
    flows: frozenset[str]
    agreed: Mapping[str, frozenset[str]]

    def words(self, node: Node, *path: str) -> Words:
        """A text with its translations, found under the same path of their states."""
        named = [name for name, each in self.variables.items() if each.kind not in (Kind.LIST, *SECRETS)]
        return wording.read(node, self.language, self.translated(*path), self.languages, named)

    def translated(self, *path: str) -> dict[str, Node]:
        """Where each translation that has the path has it."""
        found = {}
        for language, node in self.texts.items():
            place: Node | None = node
            for key in path:
                place = place and place.get(key)
            if place:
                found[language] = place.under(path[0])
        return found

    def target(self, node: Node) -> str:
        """The name of a state that exists."""
        return node.among(self.states, "state")

    def variable(self, node: Node) -> Variable:
        """A declared variable."""
        return self.variables[node.among(self.variables, "variable")]


Reader = Callable[[str, Node, Draft], State]
"""Reads the state of a name, as `read` does."""


def read(name: str, node: Node, draft: Draft) -> State:
    """The state of a name. Raises `FlowError`."""
    kinds = [kind for kind in KINDS if kind in node.mapping()]
    if kinds == ["say", "end"]:
        kinds = ["say"]
    if len(kinds) != 1:
        raise node.fault(f"a state is exactly one of {', '.join(KINDS)}")
    readers: Mapping[str, Reader] = {
        "say": _say,
        "choose": _choose,
        "ask": _ask,
        "do": _do,
        "decide": _decide,
        "enter": _enter,
        "end": _end,
    }
    return readers[kinds[0]](name, node, draft)


def _say(name: str, node: Node, draft: Draft) -> Say:
    node.only("say", "go", "end", "long")
    text, go = draft.words(node.need("say"), name, "say"), node.get("go")
    if ("end" in node.value) == (go is not None):
        raise node.fault("after a say comes either 'go' or 'end: true'", "ends.nowhere")
    if go is None:
        _ends(node)
    return Say(name, text, draft.target(go) if go else "", _long(node))


def _long(node: Node) -> Long:
    """What gives way on a screen that is too small."""
    given = node.get("long")
    return Long(given.among([each for each in Long if each], "way")) if given else Long.NOTHING


def _end(name: str, node: Node, _draft: Draft) -> End:
    node.only("end")
    _ends(node)
    return End(name)


def _ends(node: Node) -> None:
    if not node.need("end").flag():
        raise node.at("end").fault("'end' can only be true")


def _question(name: str, node: Node, draft: Draft, kind: str, typed: Kind | None) -> dict[str, Any]:
    """What both kinds of question say alike; `typed` is the kind of an open answer."""
    save, invalid, go = node.get("save"), node.get("invalid"), node.get("go")
    retries, too_many, contact = node.get("retries"), node.get("too_many"), node.get("contact")
    if contact and contact.flag() and not go:
        raise node.fault("'contact' needs a 'go': where a shared phone leads", "ends.nowhere")
    return {
        "name": name,
        "text": draft.words(node.at(kind), name, kind),
        "save": draft.variable(save).name if save else "",
        "invalid": draft.words(invalid, name, "invalid") if invalid else None,
        "retries": retries.whole() if retries else RETRIES,
        "too_many": draft.target(too_many) if too_many else "",
        "contact": contact.flag() if contact else False,
        "go": draft.target(go) if go else "",
        "zero": typed in _NUMBERS,
        "keeps": typed is not None and typed not in SECRETS and typed not in _NUMBERS,
        "secret": typed in SECRETS,
        "long": _long(node),
    }


def _ask(name: str, node: Node, draft: Draft) -> Ask:
    node.only("ask", *_QUESTION_KEYS)
    variable = draft.variable(node.need("save"))
    if variable.kind not in TYPED:
        raise node.at("save").fault(f"a {variable.kind} cannot be typed", "types.answer")
    if variable.kind is Kind.CODE and not variable.words:
        raise node.at("save").fault(
            f"the variable {variable.name} needs 'values' to be typed", "types.answer"
        )
    draft.target(node.need("go"))
    question = _question(name, node, draft, "ask", variable.kind)
    question["keeps"] = question["keeps"] and not at_length(variable)
    return Ask(**question, variable=variable)


def _choose(name: str, node: Node, draft: Draft) -> Choose:
    node.only("choose", "from", "most", "options", *_QUESTION_KEYS)
    listed, fixed = node.get("from"), node.get("options")
    source, most = "", 0
    if listed:
        source, most = draft.variable(listed).name, node.need("most").whole(1)
        if draft.variables[source].kind is not Kind.LIST:
            raise listed.fault(f"the variable {source} is no list", "types.list")
        draft.target(node.need("go"))
    elif "most" in node.value:
        raise node.at("most").fault("'most' belongs to 'from'")
    elif not fixed:
        raise node.fault("a choice needs 'options' or 'from'", "choices.count")
    options = (
        {code: _option(name, code, each, node.get("go"), draft) for code, each in fixed.items()}
        if fixed
        else {}
    )
    if not 0 < most + len(options) <= MOST_OPTIONS:
        raise node.fault(f"a question has 1 to {MOST_OPTIONS} options", "choices.count")
    if save := node.get("save"):
        _check_chosen(save, draft.variable(save), bool(source))
    keyed = {} if source else {str(number): code for number, code in enumerate(options, 1)}
    return Choose(
        **_question(name, node, draft, "choose", None),
        options=options,
        answers=_answers(name, fixed, options, draft) | keyed if fixed else {},
        choices=_choices(options, draft),
        source=source,
        most=most,
    )


def _option(name: str, code: str, node: Node, default: Node | None, draft: Draft) -> Option:
    node.only("label", "synonyms", "go")
    go = node.get("go") or default
    if go is None:
        raise node.fault(f"the option '{code}' leads nowhere: 'go' is missing", "ends.nowhere")
    # A translation may give an option as a bare label.
    translated = draft.translated(name, "options", code)
    bare = {language: each for language, each in translated.items() if isinstance(each.value, str)}
    full = {language: each.need("label") for language, each in translated.items() if language not in bare}
    label = wording.read(node.need("label"), draft.language, bare | full, draft.languages, ())
    return Option(code, label, draft.target(go))


def _check_chosen(save: Node, variable: Variable, listed: bool) -> None:
    kinds = STRINGS if listed else _CHOSEN
    if variable.kind not in kinds:
        raise save.fault(
            f"a choice is not saved as {variable.kind}, but as {', '.join(sorted(_CHOSEN))}", "types.answer"
        )


def _answers(name: str, fixed: Node, options: Mapping[str, Option], draft: Draft) -> dict[str, str]:
    """What people type for each option. A word for two of them is the author's mistake."""
    if "yes" in options and "no" in options and list(options)[:2] != ["yes", "no"]:
        raise fixed.fault("yes is always 1 and no is 2: put them first, in this order", "choices.order")
    answers: dict[str, str] = {}
    for code, option in options.items():
        typed = [pieces[0] for pieces in option.label.pieces.values()]
        typed += words(fixed.at(code).get("synonyms"))
        for each in draft.translated(name, "options", code).values():
            if not isinstance(each.value, str):
                each.only("label", "synonyms")
                typed += words(each.get("synonyms"))
        for text in typed:
            if answers.setdefault(fold(text), code) != code:
                raise fixed.at(code).fault(
                    f"'{text}' also answers the option '{answers[fold(text)]}'", "choices.duplicate"
                )
    for code in ("yes", "no"):
        if code in options:
            answers = dict.fromkeys(draft.agreed[code], code) | answers
    return answers


def _choices(options: Mapping[str, Option], draft: Draft) -> dict[tuple[str, str], tuple[Choice, ...]]:
    made: dict[
        tuple[str, ...], tuple[Choice, ...]
    ] = {}  # most channels share their words, and so their choices
    found: dict[tuple[str, str], tuple[Choice, ...]] = {}
    for language in ("", *draft.languages):
        for channel in ChannelName:
            labels = tuple([option.label.of(language, channel)[0] for option in options.values()])
            if labels not in made:
                offered = enumerate(zip(labels, options, strict=True), 1)
                made[labels] = tuple([Choice(str(number), label, code) for number, (label, code) in offered])
            found[language, channel] = made[labels]
    return found


def _do(name: str, node: Node, draft: Draft) -> Do:
    node.only("do", "with", "on")
    call = CALLS[node.need("do").among(CALLS, "call")]
    wanted, passed = arguments(call), node.get("with")
    given = []
    for argument, value in passed.items() if passed else ():
        if argument not in wanted:
            raise value.unknown("argument", argument, wanted)
        given.append(_given(argument, *wanted[argument], value, draft))
    for argument, (_, required) in wanted.items():
        if required and argument not in {each.argument for each in given}:
            raise (passed or node).fault(f"the argument '{argument}' is missing", "types.argument")
    on = node.need("on")
    for outcome, each in on.items():
        if outcome not in call.outcomes:
            raise each.unknown("outcome", outcome, call.outcomes)
    if missing := [outcome for outcome in call.outcomes if outcome not in on.value]:
        raise on.fault(
            f"the outcome '{missing[0]}' is not handled", "types.outcomes", f"add '{missing[0]}: {{go: …}}'"
        )
    outcomes = {outcome: _outcome(each, call.outcomes[outcome], draft) for outcome, each in on.items()}
    return Do(name, call, is_query(call), tuple(given), outcomes)


def _given(argument: str, kind: Kind, required: bool, node: Node, draft: Draft) -> Given:
    unset = expression.zero(kind)
    if isinstance(node.value, Mapping):
        node.only("value")
        literal = node.need("value").value
        if kind not in LITERALS or type(literal) is not LITERALS[kind]:
            raise node.fault(f"'{argument}' takes no such value: it is a {kind}", "types.argument")
        return Given(argument, "", literal, unset, not required)
    variable = draft.variable(node)
    if not _fits(variable.kind, kind):
        raise node.fault(
            f"'{argument}' is a {kind}, the variable {variable.name} a {variable.kind}", "types.argument"
        )
    return Given(argument, variable.name, None, unset, not required)


def _outcome(node: Node, results: Mapping[str, Kind], draft: Draft) -> Outcome:
    node.only("save", "go")
    saves, chosen = [], node.get("save")
    for result, place in chosen.items() if chosen else ():
        if result not in results:
            raise place.unknown("result", result, results)
        variable = draft.variable(place)
        if not _fits(results[result], variable.kind):
            raise place.fault(
                f"'{result}' is a {results[result]}, the variable {variable.name} a {variable.kind}",
                "types.result",
            )
        saves.append((result, variable.name))
    return Outcome(tuple(saves), draft.target(node.need("go")))


def _fits(kind: Kind, place: Kind) -> bool:
    return kind is place or (place is Kind.TEXT and kind in STRINGS)


def _decide(name: str, node: Node, draft: Draft) -> Decide:
    node.only("decide")
    *conditions, last = [*node.at("decide").each()] or [node]
    if "else" not in last.mapping():
        raise last.fault(
            "the conditions end without an 'else'", "choices.else", "add '- {else: …}' as the last"
        )
    last.only("else")
    kinds = {each.name: each.kind for each in draft.variables.values() if each.kind not in SECRETS}
    branches = []
    for each in conditions:
        each.only("if", "go")
        place = each.need("if")
        try:
            condition = expression.compile(place.text(), kinds)
        except FlowError as error:
            raise place.fault(error.problem, "types.condition") from None
        branches.append((condition, draft.target(each.need("go"))))
    facts = any(need in expression.FACTS for condition, _ in branches for need, _ in condition.needs)
    return Decide(name, tuple(branches), draft.target(last.need("else")), facts)


def _enter(name: str, node: Node, draft: Draft) -> Enter:
    node.only("enter", "go")
    return Enter(name, node.at("enter").among(draft.flows, "flow"), draft.target(node.need("go")))

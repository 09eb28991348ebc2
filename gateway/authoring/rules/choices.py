"""Choices: conditions that never count, words that mean two things, more options than a screen or a keypad has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.authoring.analysis import conditions
from gateway.authoring.analysis.places import forms, spoken
from gateway.authoring.analysis.values import possible
from gateway.authoring.findings import Finding, Rule, Severity, rule
from gateway.authoring.project import Project
from gateway.conversation.flow import Audience, Choose, Decide, Do, Enter, Flow, Role, Say, State, Trigger
from gateway.conversation.source import Node
from gateway.text.clean import fold

MOST_ITEMS = 5
"""Options of one screen that people with little schooling can tell apart."""

NETWORK_KEYS = frozenset(("98", "00"))
"""Keys that some networks keep for their own "more" and "main menu"."""

_ALWAYS = frozenset((Role.STOP, Role.HELP, Role.LANGUAGE))

_SHADOWED = rule(
    "choices.shadowed", "A condition that never decides, since an earlier one holds whenever it does."
)
_CONSTANT = rule("choices.constant", "A condition that always holds, or never.")
_GLOBAL = rule("choices.global", "An option is called like a word that always means something else.")
_KEYWORD = rule(
    "choices.keyword", "An option is called like a keyword that leads elsewhere.", Severity.WARNING
)
_MANY = rule("choices.many", "More than five options on one screen.", Severity.WARNING)
_KEY = rule("choices.key", "An option or a keyword is a number that is the key of something else.")


def findings(project: Project) -> Iterator[Finding]:
    """What is wrong with the choices that people, and conditions, make."""
    for flow in project.revision.flows.values():
        for state in flow.states.values():
            if isinstance(state, Decide):
                yield from _decided(project, flow, state)
            elif isinstance(state, Choose):
                yield from _offered(project, flow, state)
        yield from _triggered(project, flow)
    yield from _agreed(project)


# --- conditions -------------------------------------------------------------------------------------------


def _decided(project: Project, flow: Flow, state: Decide) -> Iterator[Finding]:
    node = project.state(flow.name, state.name).at("decide")
    kinds = conditions.kinds(flow)
    earlier: dict[str, str] = {}
    compiled = [condition for condition, _ in state.branches]
    reached = conditions.reached(compiled, kinds, possible(flow), project.languages)
    for position, condition in enumerate(compiled):
        place = node.at(position).at("if")
        if found := earlier.get(text := conditions.same(condition.text)):
            yield _SHADOWED.at(place, f"the same condition stands above: {found}", "Take one of them out")
            continue
        earlier[text] = condition.text
        holds, first = (reached.holds[position], reached.first[position]) if reached else (None, None)
        if holds is None or first is None or reached is None:
            continue
        if holds == 0:
            hint = "Compare it with a value that can be there, or take it out"
            yield _CONSTANT.at(place, f"this never holds: {condition.text}", hint)
        elif holds == reached.tried:
            hint = "Take the condition out and put its 'go' under 'else'"
            yield _CONSTANT.at(place, f"this always holds: {condition.text}", hint)
        elif first == 0:
            yield _SHADOWED.at(
                place,
                f"whenever this holds, a condition above it holds too: {condition.text}",
                "Put the narrower condition first, or take it out",
            )


# --- options ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typed:
    """One word that people may type for an option."""

    code: str
    word: str
    node: Node


def _offered(project: Project, flow: Flow, state: Choose) -> Iterator[Finding]:
    node = project.state(flow.name, state.name)
    count = state.most + len(state.options)
    if count > MOST_ITEMS:
        yield _MANY.at(
            node.at("from") if state.source else node.at("options"),
            f"the question {state.name} offers {count} options at once",
            f"Offer at most {MOST_ITEMS}, and the rest behind 'Other'",
        )
    keys = {} if state.source else {code: str(key) for key, code in enumerate(state.options, 1)}
    told: set[tuple[str, str]] = set()
    for typed in _words(project, flow, state):
        folded = fold(typed.word)
        if (typed.code, folded) in told:
            continue
        told.add((typed.code, folded))
        if folded.isdigit() and folded != keys.get(typed.code):
            yield _keyed(typed.node, folded)
        elif clash := _clash(project, flow, state.options[typed.code].go, folded):
            broken, meaning = clash
            yield broken.at(
                typed.node,
                f"'{typed.word}' answers the option '{typed.code}' here, but {meaning}",
                "Call the option something else",
            )


def _words(project: Project, flow: Flow, state: Choose) -> Iterator[_Typed]:
    for code in state.options:
        for node in spoken(project, flow.name, state.name, "options", code).values():
            if isinstance(node.value, str):
                yield _Typed(code, node.value, node)
                continue
            if "label" in node.value:
                yield from (_Typed(code, form.value, form) for form in forms(node.at("label")))
            if "synonyms" in node.value:
                yield from (_Typed(code, each.text(), each) for each in node.at("synonyms").each())


def _keyed(node: Node, key: str) -> Finding:
    owner = "the network's own key" if key in NETWORK_KEYS else "a key for something else"
    return _KEY.at(node, f"'{key}' is {owner}", "Use a word: the numbers of options are given by their order")


def _clash(project: Project, flow: Flow, go: str, folded: str) -> tuple[Rule, str] | None:
    """What else a word means at a question, so that it would not be taken for the option that leads to `go`."""
    revision = project.revision
    if folded in revision.moves:
        return _GLOBAL, f"always means '{revision.moves[folded]}'"
    words = folded.split(" ")
    for count in range(len(words), 0, -1):
        head = " ".join(words[:count])
        for trigger in revision.keywords.get(head, ()):
            if count < len(words) and trigger.role is not Role.STOP:
                continue  # what stands behind any other keyword would have to be understood
            if _reaches(trigger, flow) and not _leads_alike(flow, go, trigger):
                always = trigger.role in _ALWAYS
                return _GLOBAL if always else _KEYWORD, f"'{head}' enters the flow {trigger.flow}"
    return None


def _reaches(trigger: Trigger, flow: Flow) -> bool:
    """Whether a keyword may be heard while a question of a flow is open."""
    heard = trigger.role in _ALWAYS or not flow.mute
    anyone = Audience.ANYONE in (trigger.audience, flow.audience)
    return heard and (anyone or trigger.audience is flow.audience)


def _leads_alike(flow: Flow, go: str, trigger: Trigger) -> bool:
    """Whether an option leads where the keyword leads as well."""
    there = _beyond(flow, go)
    if isinstance(there, Enter):
        return there.flow == trigger.flow
    if trigger.flow != flow.name:
        return False
    other = _beyond(flow, trigger.go)
    alike = isinstance(there, Do) and isinstance(other, Do) and there.call is other.call
    return alike or there.name == other.name


def _beyond(flow: Flow, name: str) -> State:
    """The first state from one on that does more than say something."""
    state, met = flow.states[name], {name}
    while isinstance(state, Say) and state.go and state.go not in met:
        met.add(state.go)
        state = flow.states[state.go]
    return state


# --- words that are heard everywhere ----------------------------------------------------------------------


def _triggered(project: Project, flow: Flow) -> Iterator[Finding]:
    triggers = project.root(flow.name).value.get("triggers")
    if not isinstance(triggers, list):
        return
    for node in project.root(flow.name).at("triggers").each():
        words = node.value.get("words") if isinstance(node.value, dict) else None
        for position, word in enumerate(words if isinstance(words, list) else ()):
            if isinstance(word, str) and fold(word).isdigit():
                yield _keyed(node.at("words").at(position), fold(word))


def _agreed(project: Project) -> Iterator[Finding]:
    """The words of yes and no, which answer questions of every flow, and those of back, home and more."""
    words = project.phrases.at("words")
    for meaning, node in words.items():
        for each in node.each():
            folded = fold(each.text())
            if folded.isdigit():
                yield _keyed(each, folded)
            elif meaning in ("yes", "no") and (triggers := project.revision.keywords.get(folded)):
                yield _GLOBAL.at(
                    each,
                    f"'{each.value}' means {meaning}, but enters the flow {triggers[0].flow} too",
                    "Take the word out in one of the two places",
                )

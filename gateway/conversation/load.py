"""Turns the files of `flows/` into a `Revision`, refusing whatever could go wrong for a person on the phone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gateway.commands import SECRETS, Kind
from gateway.conversation import check, states, wording
from gateway.conversation.answers import BOUNDS, TYPED
from gateway.conversation.expression import nameable
from gateway.conversation.flow import (
    Alphabet,
    Ask,
    Audience,
    Choose,
    End,
    Flow,
    Labels,
    Revision,
    Role,
    Settings,
    State,
    Trigger,
    Variable,
    Words,
)
from gateway.conversation.source import Faults, FlowSource, Node, Source, words
from gateway.errors import FlowError
from gateway.text.clean import fold
from gateway.text.romanise import romanised

PHRASES = (
    "back",
    "more",
    "invalid_choice",
    "too_many",
    "resume",
    "continue",
    "start_again",
    "parked",
    "before",
    "keep",
    "share_phone",
    "try_later",
    "nothing_here",
    "nothing_more",
)
"""What the machine itself says; `before` and `keep` may hold `{answer}`."""

MOVES = ("back", "home", "more")

_ANY_ALPHABET = frozenset((Kind.PERSON_NAME, Kind.TEXT, Kind.PLACE, Kind.LIST))
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FLOW_KEYS = (
    "flow",
    "title",
    "language",
    "audience",
    "role",
    "mute",
    "triggers",
    "start",
    "variables",
    "states",
)


def revision(
    id: str,
    flows: Sequence[FlowSource],
    phrases: Source,
    settings: Settings | None = None,
    faults: list[FlowError] | None = None,
    read: states.Reader = states.read,
) -> Revision:
    """Everything of one publication. Raises `FlowError` at the first fault, with file, line and state.

    Given a list of `faults`, every fault of a part goes there instead, and the rest is read: a broken state stands as
    an `End`, a broken flow is left out. Such a revision is for looking at, not for people. Whoever reads nearly the
    same again and again gives a `read` that knows most of it.
    """
    guard = Faults(faults)
    root = Node.of(phrases)
    root.only("languages", "phrases", "words", "reviewed_by")
    languages = {language: each.text() for language, each in root.need("languages").items()}
    if not languages:
        raise root.at("languages").fault("no language is named")
    typed = _typed(root.need("words"))
    spoken = tuple(languages) + wording.variants(languages)
    loaded = _flows(flows, spoken, typed, guard, read)
    said = _phrases(root.need("phrases"), spoken)
    moves = {word: move for move in MOVES for word in typed[move]}
    check.flows(loaded, guard)
    keywords = check.keywords(loaded, moves, guard)
    return Revision(
        id=id,
        flows={name: flow for name, (flow, _) in loaded.items()},
        phrases=said,
        languages=languages,
        variants=frozenset(wording.variants(languages)),
        settings=settings or Settings(),
        roles=_roles(loaded, root, guard),
        keywords=keywords,
        longest=max((word.count(" ") + 1 for word in keywords), default=1),
        links=check.links(loaded, guard),
        moves=moves,
        offers=_offers(said, typed),
    )


def _flows(
    sources: Sequence[FlowSource],
    languages: tuple[str, ...],
    typed: Mapping[str, frozenset[str]],
    guard: Faults,
    read: states.Reader,
) -> dict[str, tuple[Flow, Node]]:
    """Each flow by its name, with the root of its file."""
    named: dict[str, FlowSource] = {}
    for source in sources:
        with guard.go_on():
            name = _name(source)
            if name in named:
                raise Node.of(source.flow).at("flow").fault(f"two flows are called {name}", "name.twice")
            named[name] = source
    loaded: dict[str, tuple[Flow, Node]] = {}
    for name, source in named.items():
        with guard.go_on():
            flow = _flow(source, languages, frozenset(named), typed, guard, read)
            loaded[name] = flow, Node.of(source.flow)
    return loaded


def _typed(node: Node) -> dict[str, frozenset[str]]:
    """The folded words of back, home, more, yes and no, which may not overlap."""
    node.only(*MOVES, "yes", "no")
    typed: dict[str, frozenset[str]] = {}
    for name in (*MOVES, "yes", "no"):
        given = words(node.need(name))
        folded = frozenset(fold(form) for word in given for form in (word, romanised(word)))
        for other, taken in typed.items():
            if folded & taken:
                raise node.at(name).fault(f"'{min(folded & taken)}' already means {other}", "choices.global")
        typed[name] = folded
    return typed


def _phrases(node: Node, languages: tuple[str, ...]) -> dict[str, Words]:
    node.only(*PHRASES)
    said = {}
    for name in PHRASES:
        texts = node.need(name)
        texts.only(*languages)
        others = {language: each for language, each in texts.items() if language != languages[0]}
        said[name] = wording.read(texts.need(languages[0]), languages[0], others, languages, ("answer",))
    return said


def _offers(said: Mapping[str, Words], typed: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """What answers "continue or start again?"; yes goes on."""
    answers = dict.fromkeys(typed["yes"], "continue") | dict.fromkeys(typed["no"], "start_again")
    for offer in ("continue", "start_again"):
        answers |= {fold(pieces[0]): offer for pieces in said[offer].pieces.values()}
    return answers | {"1": "continue", "2": "start_again"}


def _roles(loaded: check.Flows, phrases: Node, guard: Faults) -> dict[Role, Flow]:
    roles: dict[Role, Flow] = {}
    for flow, root in loaded.values():
        with guard.go_on():
            if flow.role and roles.setdefault(flow.role, flow) is not flow:
                other = roles[flow.role].name
                raise root.at("role").fault(f"the flow {other} has the role {flow.role} too", "name.twice")
    with guard.go_on():
        if Role.MAIN not in roles:
            raise phrases.fault("no flow has the role main: nothing could be opened")
    return roles


def _name(source: FlowSource) -> str:
    root = Node.of(source.flow)
    root.only(*_FLOW_KEYS)
    return root.need("flow").text()


def _flow(
    source: FlowSource,
    languages: tuple[str, ...],
    flows: frozenset[str],
    typed: Mapping[str, frozenset[str]],
    guard: Faults,
    read: states.Reader,
) -> Flow:
    root = Node.of(source.flow)
    name, language = _name(source), root.need("language").among(languages, "language")
    found = root.need("states")
    names = frozenset(found.mapping())
    if not names:
        raise found.fault("a flow needs a state")
    variables = _variables(root.get("variables"), guard)
    start, title, mute = root.get("start"), root.get("title"), root.get("mute")
    audience, role = root.get("audience"), root.get("role")
    translations = _translations(source.texts, language, languages, found, guard)
    agreed = {code: typed[code] for code in ("yes", "no")}
    draft = states.Draft(language, languages, translations, variables, names, flows, agreed)
    known: dict[str, State] = {}
    for state, node in found.items():
        known[state] = End(state)
        with guard.go_on():
            known[state] = read(state, node.under(state), draft)
    first = draft.target(start) if start else next(iter(known))
    aimed = Audience(audience.among(Audience, "audience")) if audience else Audience.ANYONE
    role_of = Role(role.among(Role, "role")) if role else None
    triggers = root.get("triggers")
    return Flow(
        name=name,
        title=title.text() if title else name,
        language=language,
        audience=aimed,
        role=role_of,
        mute=mute.flag() if mute else False,
        start=first,
        triggers=_triggers(triggers, name, first, aimed, role_of, draft, guard) if triggers else (),
        variables=variables,
        states=known,
        labels=_labels(known),
        answered=frozenset(
            each.save for each in known.values() if isinstance(each, Choose | Ask) and each.save
        ),
        path=source.flow.path,
    )


def _translations(
    texts: Sequence[Source], base: str, languages: Sequence[str], found: Node, guard: Faults
) -> dict[str, Node]:
    """The states of each translation, every name in them held against the flow."""
    translations: dict[str, Node] = {}
    for source in texts:
        with guard.go_on():
            root = Node.of(source)
            root.only("language", "reviewed_by", "states")
            language = root.need("language").among(languages, "language")
            if language == base or language in translations:
                raise root.at("language").fault(f"there is a text in {language} already", "name.twice")
            translations[language] = root.need("states")
            for state, node in translations[language].items():
                with guard.go_on():
                    _translated(state, node, found)
    return translations


def _translated(state: str, node: Node, found: Node) -> None:
    """Holds the names in one state of a translation against the flow."""
    if state not in found.value:
        raise node.unknown("state", state, found.value)
    original = found.at(state).under(state)
    node = node.under(state)
    node.only(*(key for key in ("say", "choose", "ask", "invalid", "options") if key in original.mapping()))
    options = node.get("options")
    for code, option in options.items() if options else ():
        if code not in original.at("options").mapping():
            raise option.unknown("option", code, original.value["options"])


def _variables(node: Node | None, guard: Faults) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    for name, each in node.items() if node else ():
        with guard.go_on():
            variables[name] = _variable(name, each)
    return variables


def _variable(name: str, node: Node) -> Variable:
    node.only("type", "min", "max", "values", "alphabet")
    if not _NAME.fullmatch(name) or not nameable(name):
        raise node.fault(
            f"'{name}' is no name for a variable: small letters, digits and _, and no word of CEL",
            "name.form",
        )
    kind = Kind(node.need("type").among(Kind, "type"))
    least, most = BOUNDS.get(kind, (0, 0))
    for bound in ("min", "max"):
        if bound in node.value and kind not in BOUNDS:
            raise node.at(bound).fault(f"a {kind} has no '{bound}'", "types.variable")
    low, high, values = node.get("min"), node.get("max"), node.get("values")
    least, most = low.whole() if low else least, high.whole() if high else most
    if least > most:
        raise node.fault("'min' is above 'max'", "types.variable")
    if values and kind is not Kind.CODE:
        raise values.fault(f"a {kind} has no 'values'", "types.variable")
    typed: dict[str, str] = {}
    for code, each in values.items() if values else ():
        for word in (code, *words(each)):
            if typed.setdefault(fold(word), code) != code:
                raise each.fault(f"'{word}' also means '{typed[fold(word)]}'", "choices.duplicate")
    declared = node.get("alphabet")
    usual = Alphabet.ANY if kind in _ANY_ALPHABET else Alphabet.LATIN
    alphabet = Alphabet(declared.among(Alphabet, "alphabet")) if declared else usual
    return Variable(name, kind, least, most, typed, alphabet)


def _triggers(
    node: Node,
    flow: str,
    start: str,
    audience: Audience,
    role: Role | None,
    draft: states.Draft,
    guard: Faults,
) -> tuple[Trigger, ...]:
    triggers: list[Trigger] = []
    for each in node.each():
        with guard.go_on():
            triggers.append(_trigger(each, flow, start, audience, role, draft))
    return tuple(triggers)


def _trigger(
    node: Node, flow: str, start: str, audience: Audience, role: Role | None, draft: states.Draft
) -> Trigger:
    node.only("words", "take", "go", "link")
    go, link, taken = node.get("go"), node.get("link"), node.get("take")
    folded = tuple(dict.fromkeys(fold(word) for word in words(node.get("words"))))
    if not folded and not link:
        raise node.fault("a trigger needs 'words' or a 'link'")
    if link and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link.text()):
        raise link.fault("a link is at most 64 letters, digits, _ and -", "name.form")
    take: list[Variable] = []
    for each in taken.each() if taken else ():
        variable = draft.variable(each)
        if variable.kind not in TYPED - SECRETS or (variable.kind is Kind.CODE and not variable.words):
            raise each.fault(f"{variable.name} cannot be taken from behind a keyword", "types.taken")
        if take and take[-1].kind in (Kind.TEXT, Kind.PERSON_NAME):
            raise each.fault(f"nothing is left behind {take[-1].name}: put it last", "types.taken")
        take.append(variable)
    return Trigger(
        flow,
        draft.target(go) if go else start,
        folded,
        link.text() if link else "",
        tuple(take),
        audience,
        role,
    )


def _labels(read: Mapping[str, State]) -> dict[str, Labels]:
    """Where the label of each saved code is found again. Of two options with one code the first is shown."""
    labels: dict[str, Labels] = {}
    for state in read.values():
        if isinstance(state, Choose) and state.save:
            known = labels.get(state.save, Labels({}, ()))
            fixed = {} if state.source else {code: option.label for code, option in state.options.items()}
            lists = (state.source,) if state.source else ()
            labels[state.save] = Labels({**fixed, **known.fixed}, known.lists + lists)
    return labels

"""Every prompt that a flow can show, each in its worst case, made by the engine itself.

A question is asked below what is said on the way to it, and asked again below its complaint with the old answer.
The end of a flow closes with all that was said since the last question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.authoring.analysis import worst
from gateway.authoring.analysis.worst import Letters
from gateway.authoring.project import Project
from gateway.conversation.flow import Ask, Choose, Decide, Do, End, Enter, Flow, Say, State
from gateway.conversation.prompt import filled, labelled, phrase, show
from gateway.conversation.session import Frame, Session
from gateway.conversation.source import Node
from gateway.conversation.wording import LATIN, VARIANTS
from gateway.messages import ChannelName, Prompt

Said = tuple[str, ...]

MACHINE = ""
"""Stands for the flow of what the machine says by itself; its states are the names of phrases."""

_OFFERS = ("resume", "parked")
_CLOSINGS = ("too_many", "try_later", "nothing_more")


class Form(StrEnum):
    """What kind of prompt it is."""

    ASKED = "when first asked"
    AGAIN = "when asked again"
    END = "at the end"


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt in one language, its values in the letters named."""

    flow: str
    state: str
    language: str
    form: Form
    letters: Letters
    prompt: Prompt


def spoken(project: Project, channel: ChannelName) -> tuple[str, ...]:
    """The languages that a channel speaks: with Latin variants where a network's phones need them."""
    networks = (each for policy in project.policies.values() for each in policy.networks.values())
    if channel is ChannelName.USSD and any(network.latin for network in networks):
        return project.languages + tuple(sorted(project.revision.variants))
    return project.languages


def cases(project: Project, channel: ChannelName) -> Iterator[Case]:
    """Every prompt of every flow; the ones in people's own letters only where these make a difference."""
    tellers = project.once(_Tellers)
    for language in spoken(project, channel):
        latin, own = (tellers.of(channel, language, letters) for letters in Letters)
        yield from latin.machine()
        for flow in project.revision.flows.values():
            yield from latin.cases(flow)
        for flow in project.revision.flows.values():
            if own.values(flow) != latin.values(flow):
                yield from own.cases(flow)


def alone(project: Project, flow: Flow, state: Say | Choose | Ask, language: str, letters: Letters) -> Prompt:
    """A state's own words on USSD, with nothing above them."""
    return project.once(_Tellers).of(ChannelName.USSD, language, letters).alone(flow, state)


def read_as(project: Project, flow: Flow, variable: str) -> str:
    """A variable at its worst in letters of its own, as it is read on USSD in the flow's language."""
    language, channel = flow.language, ChannelName.USSD
    values = project.once(_Tellers).of(channel, language, Letters.OWN).values(flow)
    return labelled(flow, values, variable, values.get(variable), language, channel)


def place(project: Project, flow: str, state: str, language: str, channel: ChannelName) -> Node:
    """Where the text of a question or a say stands: its translation, or the base text where there is none."""
    if flow == MACHINE:
        return phrase_place(project, state, language)
    base = project.state(flow, state)
    spoken = base.value if isinstance(base.value, Mapping) else {}
    kind = next((each for each in ("say", "choose", "ask") if each in spoken), "")
    if not kind:
        return base
    translation = project.texts(flow).get(language) or project.texts(flow).get(language.removesuffix(LATIN))
    node = _below(translation, "states", state, kind) or base.at(kind)
    for form in (VARIANTS[channel], "text"):
        if isinstance(node.value, Mapping) and form in node.value:
            return node.at(form).under(state)
    return node.under(state)


def phrase_place(project: Project, name: str, language: str) -> Node:
    """Where one of the machine's own phrases stands."""
    said = project.phrases.at("phrases").at(name)
    spoken = (language, language.removesuffix(LATIN), project.languages[0])
    return said.at(next(each for each in spoken if each in said.value))


def _below(node: Node | None, *path: str) -> Node | None:
    for key in path:
        if node is None or not isinstance(node.value, Mapping) or key not in node.value:
            return None
        node = node.at(key)
    return node


class _Tellers:
    """One teller for each channel, language and kind of letters."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._ways = {flow.name: _ways(flow) for flow in project.revision.flows.values()}
        self._made: dict[tuple[ChannelName, str, Letters], _Teller] = {}

    def of(self, channel: ChannelName, language: str, letters: Letters) -> _Teller:
        """The teller of three."""
        key = channel, language, letters
        if key not in self._made:
            self._made[key] = _Teller(self._project, self._ways, *key)
        return self._made[key]


class _Teller:
    """Shows the prompts of one channel, language and kind of letters. `ways` are those of `_ways`, by flow."""

    def __init__(
        self,
        project: Project,
        ways: Mapping[str, Mapping[str, list[str]]],
        channel: ChannelName,
        language: str,
        letters: Letters,
    ) -> None:
        self._revision, self._known, self._ways = project.revision, project.once(worst.facts), ways
        self._channel, self._language, self._letters = channel, language, letters
        self._values: dict[str, dict[str, Any]] = {}
        self._above: dict[tuple[str, str], Said] = {}
        self._tails: dict[str, Said] = {}

    def cases(self, flow: Flow) -> Iterator[Case]:
        """The prompts of one flow."""
        for state in flow.states.values():
            if isinstance(state, Choose | Ask):
                yield self._case(flow, state.name, Form.ASKED, self._said_above(flow, state.name))
                yield self._again(flow, state)
            elif _ends(state) and (said := self._said_with(flow, state.name)):
                yield self._case(flow, state.name, Form.END, said)

    def machine(self) -> Iterator[Case]:
        """What the machine says by itself."""
        for name in (*_OFFERS, *_CLOSINGS):
            offered = name in _OFFERS
            said = () if offered else (phrase(self._revision, self._language, self._channel, name),)
            session = Session(
                self._revision.id,
                self._language,
                channel=self._channel.value,
                said=said,
                offer=name if offered else "",
            )
            form = Form.ASKED if offered else Form.END
            prompt = show(self._revision, session)
            yield Case(MACHINE, name, self._language, form, self._letters, prompt)

    def alone(self, flow: Flow, state: Say | Choose | Ask) -> Prompt:
        """A state's own words, with nothing above them."""
        if isinstance(state, Say):
            text = filled(state.text, flow, self.values(flow), self._language, self._channel, state.long)
            return self._case(flow, state.name, Form.END, (text,)).prompt
        return self._case(flow, state.name, Form.ASKED, ()).prompt

    def _again(self, flow: Flow, state: Choose | Ask) -> Case:
        """A question after Back and an answer that was not taken."""
        if state.invalid is None:
            complaint = phrase(self._revision, self._language, self._channel, "invalid_choice")
        else:
            complaint = filled(state.invalid, flow, self.values(flow), self._language, self._channel)
        offered = {state.save: self.values(flow)[state.save]} if state.save in self.values(flow) else {}
        return self._case(flow, state.name, Form.AGAIN, (complaint,), offered)

    def _case(
        self, flow: Flow, state: str, form: Form, said: Said, offered: Mapping[str, Any] | None = None
    ) -> Case:
        frame = Frame(flow.name, state, self.values(flow), (state,), offered or {})
        session = Session(
            self._revision.id,
            self._language,
            channel=self._channel.value,
            frames=() if form is Form.END else (frame,),
            said=said,
        )
        prompt = show(self._revision, session)
        return Case(flow.name, state, self._language, form, self._letters, prompt)

    def values(self, flow: Flow) -> dict[str, Any]:
        """Every variable of a flow at its worst."""
        if flow.name not in self._values:
            self._values[flow.name] = worst.values(
                flow, self._letters, self._language, self._channel, self._known
            )
        return self._values[flow.name]

    # --- what stands above ----------------------------------------------------------------------------

    def _said_with(self, flow: Flow, name: str) -> Said:
        """The longest that is said on the way to a state, its own words included."""
        state, said = flow.states[name], self._said_above(flow, name)
        if not isinstance(state, Say):
            return said
        text = filled(state.text, flow, self.values(flow), self._language, self._channel, state.long)
        return (*said, text)

    def _said_above(self, flow: Flow, name: str) -> Said:
        """The longest that is said on the way to a state since the last question. A circle is gone through once."""
        key = flow.name, name
        if key not in self._above:
            self._above[key] = ()
            ways = self._ways[flow.name]
            self._above[key] = max(
                (self._said_by(flow, way) for way in ways.get(name, ())), key=_room, default=()
            )
        return self._above[key]

    def _said_by(self, flow: Flow, name: str) -> Said:
        match flow.states[name]:
            case Choose() | Ask():
                return ()
            case Enter(flow=entered):
                return self._tail(entered) if entered in self._revision.flows else ()
            case _:
                return self._said_with(flow, name)

    def _tail(self, name: str) -> Said:
        """The longest that a flow says when it ends, which stands above what follows in the flow that entered it."""
        if name not in self._tails:
            self._tails[name] = ()
            flow = self._revision.flows[name]
            ends = [state.name for state in flow.states.values() if _ends(state)]
            self._tails[name] = max((self._said_with(flow, end) for end in ends), key=_room, default=())
        return self._tails[name]


def _ends(state: State) -> bool:
    return isinstance(state, End) or (isinstance(state, Say) and not state.go)


def _room(said: Said) -> int:
    return sum(map(len, said))


def _ways(flow: Flow) -> dict[str, list[str]]:
    """For each state those that lead to it."""
    ways: dict[str, list[str]] = {}
    for state in flow.states.values():
        for target in dict.fromkeys(targets(flow, state.name)):
            ways.setdefault(target, []).append(state.name)
    return ways


def targets(flow: Flow, name: str) -> Iterator[str]:
    """Every state that one leads to."""
    match flow.states[name]:
        case Choose() as state:
            yield from (option.go for option in state.options.values())
            yield from filter(None, (state.go, state.too_many))
        case Ask() as state:
            yield from filter(None, (state.go, state.too_many))
        case Say(go=go) | Enter(go=go):
            yield from filter(None, (go,))
        case Do(outcomes=outcomes):
            yield from (outcome.go for outcome in outcomes.values())
        case Decide(branches=branches, otherwise=otherwise):
            yield from (go for _, go in branches)
            yield otherwise
        case End():
            pass

"""Talking to a flow by hand: what is typed goes to the real engine, and what happened can be kept as a transcript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gateway.authoring.analysis.samples import literals, results
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.rehearsal import PHONE, Dialogue, Hop, shown
from gateway.commands import CALLS, Call, Kind, Result, is_query
from gateway.conversation.flow import Audience, Do, Enter, Flow, Role
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind, ChannelName, Opening
from gateway.text.alphabets import Alphabet, measure
from gateway.text.parts import split
from gateway.text.screens import Profile

World = Callable[[str, Call, Mapping[str, Mapping[str, Any]]], Result]
"""Who says how a command comes out: its name, the call, and each possible outcome with values that would do."""

_OPENINGS = {
    "/dial": ("dial", Opening.DIALLED),
    "/link": ("link", Opening.LINK),
    "/share": ("share", Opening.CONTACT),
}


@dataclass
class Tryout:
    """One conversation with a flow. `turns` and `stubs` are what a transcript of it holds."""

    project: Project
    flow: str
    channel: ChannelName
    language: str
    world: World
    profile: Profile
    latin: bool = False
    turns: list[dict[str, Any]] = field(default_factory=list)
    stubs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    dialogue: Dialogue = field(init=False)

    def __post_init__(self) -> None:
        self.dialogue = Dialogue.begin(
            self.project.revision,
            self.channel,
            self._answer,
            language=self.language,
            roles=self.roles,
            profile=self.profile,
            latin=self.latin,
        )

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles without which nobody reaches the flow."""
        audience = self.project.revision.flows[self.flow].audience
        return () if audience is Audience.ANYONE else (audience.value,)

    def send(self, line: str) -> Hop:
        """One line as typed: an answer, or `/dial 1*2`, `/link payload`, `/share +251…`.

        Raises `FlowError` and `Unkept` for a flow that cannot go on.
        """
        word, _, rest = line.partition(" ")
        verb, opening = _OPENINGS.get(word, ("say", Opening.ANSWER))
        value = line if verb == "say" else rest.strip()
        contact = Address(AddressKind.PHONE, value or PHONE.value) if verb == "share" else None
        before = self.dialogue.prompt
        hop = self.dialogue.send("" if contact else value, opening, contact)
        turned = (
            before and not hop.calls and before.text == hop.prompt.text and before.page != hop.prompt.page
        )
        if not turned:  # a transcript hears all pages at once
            self._keep({verb: contact.value if contact else value}, hop)
        return hop

    def transcript(self, title: str) -> dict[str, Any]:
        """What happened, as a transcript that comes true. Other channels say other words here and there."""
        return {
            "transcript": title,
            "channel": self.channel.value,
            "channels": [self.channel.value],
            **({"language": self.language} if self.language else {}),
            **({"roles": list(self.roles)} if self.roles else {}),
            **(
                {"stubs": {name: each[0] if len(each) == 1 else each for name, each in self.stubs.items()}}
                if self.stubs
                else {}
            ),
            "turns": self.turns,
        }

    def _keep(self, turn: dict[str, Any], hop: Hop) -> None:
        self.turns.append(turn)
        for name, call in hop.calls:
            if not is_query(type(call)):
                arguments = {each.name: getattr(call, each.name) for each in fields(call)}
                self.turns.append({"call": name, **({"with": arguments} if arguments else {})})
        self.turns.append({"hear": [line for line in shown(hop.prompt).split("\n") if line.strip()]})
        if hop.prompt.closes:
            self.turns.append({"closes": True})

    def _answer(self, name: str, call: Call) -> Result:
        result = self.world(name, call, self._possible(name))
        values = {"values": dict(result.values)} if result.values else {}
        self.stubs.setdefault(name, []).append({"outcome": result.outcome, **values})
        return result

    def _possible(self, name: str) -> dict[str, Mapping[str, Any]]:
        """The outcomes of the command that is awaited, in the flow's order, each with values that would do."""
        top = self.dialogue.session.frames[-1]
        flow = self.project.revision.flows[top.flow]
        state = flow.states[top.state]
        if not isinstance(state, Do):
            return {outcome: {} for outcome in CALLS[name].outcomes}
        known = literals(flow)
        return {outcome: results(flow, state, outcome, known)[0] for outcome in state.outcomes}


def codes(project: Project, tryout: Tryout, outcome: str) -> dict[str, list[str]]:
    """The codes that the flow tells apart in each result of an outcome that is awaited; none where it looks at none."""
    top = tryout.dialogue.session.frames[-1]
    flow = project.revision.flows[top.flow]
    state = flow.states[top.state]
    if not isinstance(state, Do) or outcome not in state.outcomes:
        return {}
    saved, known, kinds = dict(state.outcomes[outcome].saves), literals(flow), state.call.outcomes[outcome]
    told = {
        name: known.get(saved.get(name, ""), frozenset()) for name, kind in kinds.items() if kind is Kind.CODE
    }
    return {
        name: sorted(str(each) for each in compared if each) for name, compared in told.items() if compared
    }


def beginning(project: Project, flow: Flow, channel: ChannelName) -> str:
    """The line that leads into a flow, empty where somebody must type it with a code or number behind it.

    Raises `FlowError` for a flow that nothing leads into from outside.
    """
    if flow.role is Role.MAIN:
        home = [word for word, move in project.revision.moves.items() if move == "home"]
        return "/dial" if channel is ChannelName.USSD else min(home, key=len)
    if flow.role is Role.CONTACT:
        return f"/share {PHONE.value}"
    spoken = [trigger for trigger in flow.triggers if trigger.words]
    if spoken:
        return next((each.words[0].upper() for each in spoken if not each.take), "")
    if link := next((trigger.link for trigger in flow.triggers if trigger.link), ""):
        return f"/link {link}"
    entered = [
        other.name
        for other in project.revision.flows.values()
        if any(isinstance(state, Enter) and state.flow == flow.name for state in other.states.values())
    ]
    hint = f"try {' or '.join(entered)}, which enters it" if entered else "give it `triggers:` with `words:`"
    raise FlowError("nothing leads into this flow from outside", file=flow.path, hint=hint)


def words(flow: Flow) -> list[str]:
    """The keywords that lead into a flow, each with what may follow it."""
    return [
        " ".join([trigger.words[0].upper(), *(f"<{variable.name}>" for variable in trigger.take)])
        for trigger in flow.triggers
        if trigger.words
    ]


def room(screen: str, channel: ChannelName, profile: Profile) -> str:
    """How much of its room a screen takes, in plain words."""
    alphabet, used = measure(screen)
    if channel is ChannelName.SMS:
        return f"{used} letters, {len(split(screen).parts)} SMS"
    if alphabet is Alphabet.GSM7 or profile.ucs2 == profile.septets:
        return f"{used + profile.prefix} of {profile.septets} letters"
    return f"{used + profile.prefix} of {profile.ucs2} letters (in Latin letters alone {profile.septets} fit)"

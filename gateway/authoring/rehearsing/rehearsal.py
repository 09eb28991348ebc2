"""Plays a transcript: the person's words go to the real engine, the transcript's stubs answer for the world."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from gateway.authoring.project import USSD_PREFIX, Project
from gateway.authoring.rehearsing.coverage import Trace, observed
from gateway.authoring.rehearsing.transcripts import Script, Turn, heard, read
from gateway.commands import CALLS, Call, Result
from gateway.commands import is_query as only_reads
from gateway.conversation.flow import Revision
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.source import Node, Source
from gateway.conversation.step import Step, resume, shortcut, step
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Opening, Prompt
from gateway.text.screens import Profile, fit

NAMES: Mapping[type[Call], str] = {call: name for name, call in CALLS.items()}
"""Each command and query by its class, as flows call it."""

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""When every transcript takes place, so that "25/12" always means the same day."""

PHONE = Address(AddressKind.PHONE, "+251911000077")
PROFILES: Mapping[ChannelName, Profile] = {
    ChannelName.USSD: Profile(septets=160, ucs2=70, prefix=USSD_PREFIX),
    ChannelName.SMS: Profile(septets=None, ucs2=None),
    ChannelName.TELEGRAM: Profile(septets=4096, ucs2=4096, options="buttons"),
}
"""What each channel shows where no network says otherwise."""

MOST_CALLS = 16
"""Commands and queries that one message may lead to: the gateway itself allows no more."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A channel as one network shows it; `label` names it to people, as `ussd et/63601`."""

    label: str
    channel: ChannelName
    profile: Profile


def stages(project: Project) -> list[Stage]:
    """Every stage there is: USSD on each network that differs from the others, SMS, Telegram."""
    networks = project.profiles() or [("", PROFILES[ChannelName.USSD])]
    return [
        *(Stage(f"ussd {label}".strip(), ChannelName.USSD, profile) for label, profile in networks),
        Stage("sms", ChannelName.SMS, PROFILES[ChannelName.SMS]),
        Stage("telegram", ChannelName.TELEGRAM, PROFILES[ChannelName.TELEGRAM]),
    ]


def shown(prompt: Prompt) -> str:
    """A prompt as one text before any channel has shaped it: what is said, then `key label` a line."""
    return "\n".join([prompt.text, *(f"{each.key} {each.label}" for each in prompt.choices)])


# --- one conversation -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hop:
    """What one message led to: the prompt, its pages, and the calls with their names, in order."""

    prompt: Prompt
    screens: tuple[str, ...]
    calls: tuple[tuple[str, Call], ...]


class Unkept(Exception):
    """The engine did what no transcript can be right about: the text says what, in plain words."""


@dataclass
class Dialogue:
    """A person and the engine. `answer` stands for the world; the session is saved and read again at every step."""

    revision: Revision
    session: Session
    profile: Profile
    answer: Callable[[str, Call], Result]
    prompt: Prompt | None = None

    @classmethod
    def begin(
        cls,
        revision: Revision,
        channel: ChannelName,
        answer: Callable[[str, Call], Result],
        *,
        language: str = "",
        roles: tuple[str, ...] = (),
        profile: Profile | None = None,
        latin: bool = False,
    ) -> Dialogue:
        """A conversation that nobody has begun yet. `latin`: on a phone that draws Latin letters only."""
        session = Session(revision.id, language, roles, channel.value, latin=latin)
        return cls(revision, session, profile or PROFILES[channel], answer)

    def send(self, text: str, opening: Opening = Opening.ANSWER, contact: Address | None = None) -> Hop:
        """One message, carried out to the next prompt. Raises `FlowError`, and `Unkept` for a fault of the engine."""
        channel = ChannelName(self.session.channel)
        inbound = Inbound(channel, "rehearsal", PHONE, text, "1", opening=opening, contact=contact)
        if opening is Opening.DIALLED and text:
            moved = shortcut(self.revision, self.session, text.split("*"), NOW)
        else:
            moved = step(self.revision, self.session, inbound, NOW)
        calls: list[tuple[str, Call]] = []
        while moved.call is not None:
            self._keep(moved)
            name = NAMES[type(moved.call)]
            calls.append((name, moved.call))
            if len(calls) > MOST_CALLS:
                raise Unkept(
                    f"one message led to more than {MOST_CALLS} commands: the flow goes round in a circle"
                )
            moved = resume(self.revision, self.session, self.answer(name, moved.call), NOW)
        self._keep(moved)
        prompt = self.prompt = moved.prompt
        if prompt is None:
            raise Unkept("nothing was said")
        screens = fit(prompt, self.profile)
        self.session = replace(self.session, pages=len(screens))
        return Hop(prompt, screens, tuple(calls))

    def _keep(self, moved: Step) -> None:
        data = to_json(moved.session)
        self.session = from_json(data)
        if self.session != moved.session:
            raise Unkept("something was lost when the conversation was saved")


# --- a transcript -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """One message of the person: the number of its turn from 0, what was sent, and what it led to."""

    turn: int
    inbound: str
    prompt: Prompt
    screens: tuple[str, ...]
    calls: tuple[tuple[str, Call], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A turn that did not come true: its place in the file, what was expected, what we said or did instead."""

    file: str
    line: int
    column: int
    turn: int
    expected: str
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: expected {self.expected}\n{_indented(self.said)}"


@dataclass(frozen=True, slots=True)
class Unheard:
    """A text that was not heard: its place, all that was said there, and the other texts expected in it."""

    node: Node
    said: str
    others: tuple[str, ...]


@dataclass(slots=True)
class Played:
    """What came of a transcript. `failure` is the first turn that did not come true, None where all did."""

    steps: list[PlayedStep] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    failure: Failure | None = None
    unheard: list[Unheard] = field(default_factory=list)

    @property
    def visited(self) -> set[tuple[str, str]]:
        """The states that were passed, as (flow, state)."""
        return self.trace.states

    @property
    def outcomes(self) -> set[tuple[str, str, str]]:
        """The outcomes and branches that were followed, as (flow, state, name)."""
        kinds = ("outcome", "branch")
        return {(each.flow, each.state, each.name) for each in self.trace.exits if each.kind in kinds}

    @property
    def options(self) -> set[tuple[str, str, str]]:
        """The answers that were taken, as (flow, state, code); the code is empty for what is no fixed option."""
        kinds = ("option", "entry", "contact", "answer")
        return {(each.flow, each.state, each.name) for each in self.trace.exits if each.kind in kinds}


def play(
    revision: Revision,
    script: Script | Source | Mapping[str, Any],
    profile: Profile | None = None,
    channel: ChannelName | None = None,
    *,
    noting: bool = True,
) -> Played:
    """Plays a transcript on its own channel, or on another; without `profile`, on that channel's usual one.

    Goes on past texts that were not heard, and stops at anything else that does not come true. Without `noting`
    the trace stays empty, which is quicker. Raises `FlowError` for a transcript that cannot be read.
    """
    script = script if isinstance(script, Script) else read(script)
    played = Played()
    if noting:
        revision = observed(revision, played.trace)
    Rehearsal(revision, script, played, profile, channel).run()
    return played


def playings(project: Project, script: Script) -> Iterator[tuple[Stage, Played]]:
    """A transcript on every stage of its channels."""
    for stage in stages(project):
        if stage.channel in script.channels:
            yield stage, play(project.revision, script, stage.profile, stage.channel)


class Rehearsal:
    """One playing of a transcript, turn by turn, into a `Played`."""

    def __init__(
        self,
        revision: Revision,
        script: Script,
        played: Played,
        profile: Profile | None = None,
        channel: ChannelName | None = None,
    ) -> None:
        self._script, self._played = script, played
        self._stubs = {name: deque(results) for name, results in script.stubs.items()}
        self._calls: deque[tuple[str, Call]] = deque()
        self._dialogue = Dialogue.begin(
            revision,
            channel or script.channel,
            self._answer,
            language=script.language,
            roles=script.roles,
            profile=profile,
        )
        self._number = self._sent = 0

    def run(self) -> None:
        """Every turn in order."""
        try:
            for number, turn in enumerate(self._script.turns):
                self._number = number
                self._take(turn)
            self._nothing_unsaid()
        except _Stopped as stopped:
            self._failed(self._script.turns[stopped.turn].node, stopped.turn, stopped.expected, stopped.said)
        except (FlowError, Unkept) as error:
            self._failed(self._script.turns[self._number].node, self._number, "a prompt", str(error))

    def _take(self, turn: Turn) -> None:
        match turn.verb:
            case "dial":
                self._send(turn, Opening.DIALLED)
            case "say":
                self._send(turn, Opening.ANSWER)
            case "link":
                self._send(turn, Opening.LINK)
            case "share":
                self._send(turn, Opening.CONTACT, Address(AddressKind.PHONE, turn.value))
            case "hear":
                self._hear(turn)
            case "call":
                self._called(turn)
            case "closes":
                if self._prompt.closes is not turn.value:
                    expected = "the dialogue to end here" if turn.value else "the dialogue to go on"
                    raise _Stopped(self._number, expected, shown(self._prompt))

    def _send(self, turn: Turn, opening: Opening, contact: Address | None = None) -> None:
        self._nothing_unsaid()
        self._sent = self._number
        hop = self._dialogue.send("" if contact else turn.value, opening, contact)
        self._calls.extend(hop.calls)
        step = PlayedStep(self._number, turn.value, hop.prompt, hop.screens, hop.calls)
        self._played.steps.append(step)
        for screen in hop.screens:
            if not self._dialogue.profile.holds(screen):
                raise _Stopped(self._number, "every screen within its limit", screen)

    def _answer(self, name: str, _call: Call) -> Result:
        queue = self._stubs.get(name)
        if queue is None:
            raise _Stopped(
                self._number, "a stub for every command and query", f"{name} was called and has none"
            )
        return queue.popleft() if len(queue) > 1 else queue[0]

    @property
    def _prompt(self) -> Prompt:
        if self._dialogue.prompt is None:
            raise _Stopped(self._number, "the person to say something first", "nobody has said anything yet")
        return self._dialogue.prompt

    def _hear(self, turn: Turn) -> None:
        said = shown(self._prompt)
        for text, node in zip(turn.value, heard(turn.node.at("hear")), strict=True):
            if text not in said:
                self._played.unheard.append(
                    Unheard(node, said, tuple(each for each in turn.value if each != text))
                )
                self._failed(node, self._number, f"to hear '{text}'", said)

    def _called(self, turn: Turn) -> None:
        name = turn.value
        while self._calls and self._calls[0][0] != name and only_reads(type(self._calls[0][1])):
            self._calls.popleft()
        if not self._calls:
            raise _Stopped(self._number, f"{name} to be called", shown(self._prompt))
        called, call = self._calls.popleft()
        given = {key: getattr(call, key, None) for key in turn.arguments}
        if called != name or given != dict(turn.arguments):
            expected = f"{name} {dict(turn.arguments) or ''}".strip()
            raise _Stopped(self._number, f"the command {expected}", f"{called} {given or ''}".strip())

    def _nothing_unsaid(self) -> None:
        """A command that no turn names is a fault; a query need not be named."""
        unsaid = [name for name, call in self._calls if not only_reads(type(call))]
        self._calls.clear()
        if unsaid:
            raise _Stopped(
                self._sent, "no other command than the next turns name", f"called: {', '.join(unsaid)}"
            )

    def _failed(self, node: Node, turn: int, expected: str, said: str) -> None:
        if self._played.failure is None:
            line, column = node.place
            self._played.failure = Failure(node.source.path, line, column, turn, expected, said)


class _Stopped(Exception):
    """A turn that did not come true, and that nothing can follow."""

    def __init__(self, turn: int, expected: str, said: str) -> None:
        super().__init__(expected)
        self.turn, self.expected, self.said = turn, expected, said


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))

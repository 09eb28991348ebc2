"""A session while one message moves it: the frames that open and close, and the run from question to question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.commands import Call, Result, SetLanguage
from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    Enter,
    Flow,
    Revision,
    Role,
    Say,
    State,
)
from gateway.conversation.prompt import filled, listed, phrase, spoken
from gateway.conversation.session import Frame, Session, make_frame, make_session, park
from gateway.errors import FlowError
from gateway.registry.calendars import Calendar

MOVES = 64
"""States that one message may run through without a question."""

DEPTH = 5
"""Frames that may be open at once before the oldest interlude goes."""

RESUME, PARKED, CLOSED = "resume", "parked", "closed"


class Walk:
    """The working copy of a session. `secret` holds a PIN between its question and its call, and nowhere else."""

    __slots__ = (
        "asked_at",
        "frames",
        "language",
        "now",
        "offer",
        "page",
        "pages",
        "parked",
        "revision",
        "said",
        "secret",
        "session",
        "tries",
    )

    def __init__(self, revision: Revision, session: Session, now: datetime) -> None:
        self.revision, self.session, self.now = revision, session, now
        self.frames = list(session.frames)
        self.language, self.offer, self.parked = session.language, session.offer, session.parked
        self.page, self.pages, self.tries, self.said = (
            session.page,
            session.pages,
            session.tries,
            session.said,
        )
        self.asked_at = session.asked_at
        self.secret: Mapping[str, Any] = {}

    def done(self) -> Session:
        """The session after the message."""
        before = self.session
        return make_session(
            before.revision,
            self.language,
            before.roles,
            before.channel,
            tuple(self.frames),
            self.page,
            self.pages,
            self.tries,
            self.asked_at,
            self.offer,
            self.parked,
            self.said,
            before.latin,
        )

    # --- where it stands ----------------------------------------------------------------------------------

    @property
    def flow(self) -> Flow:
        """The flow of the top frame."""
        return self.revision.flows[self.frames[-1].flow]

    @property
    def state(self) -> State | None:
        """The state of the top frame."""
        return self.flow.states[self.frames[-1].state] if self.frames else None

    @property
    def question(self) -> Choose | Ask | None:
        """The question that stands open, where nothing stands in front of it."""
        state = None if self.offer else self.state
        return state if isinstance(state, Choose | Ask) else None

    @property
    def spoken(self) -> str:
        """The language that is spoken; nobody may have chosen one yet."""
        return spoken(self.revision, self.language, self.session.latin)

    @property
    def calendar(self) -> Calendar:
        """The calendar that whoever speaks the language counts birth years in."""
        settings = self.revision.settings
        return settings.calendars.get(self.language or settings.language, Calendar.GREGORIAN)

    @property
    def stale(self) -> bool:
        """Whether the open question was asked too long ago to take a text for its answer."""
        return self.now.timestamp() - self.asked_at >= self.revision.settings.resume_after.total_seconds()

    def answered(self) -> bool:
        """Whether anything was answered in the open frames."""
        return self._holds(self.frames)

    def _holds(self, frames: Sequence[Frame]) -> bool:
        """Whether anything was answered in these frames; what the main flow keeps only finds the way."""
        flows = self.revision.flows
        return any(
            flows[frame.flow].role is not Role.MAIN
            and not flows[frame.flow].answered.isdisjoint((*frame.variables, *frame.offered))
            for frame in frames
        )

    # --- frames -------------------------------------------------------------------------------------------

    def turn(self, *said: str) -> None:
        """Another screen: what it says above the question, the first page, no failed tries."""
        self.said, self.page, self.pages, self.tries = said, 0, 1, 0

    def reopen(self) -> None:
        """A closed dialogue opens again: its question stands where it stood."""
        if self.offer == CLOSED:
            self.offer = ""
            self.turn()

    def put(self, state: str) -> None:
        """Moves the top frame."""
        top = self.frames[-1]
        self.frames[-1] = make_frame(top.flow, state, top.variables, top.history, top.offered, top.interlude)

    def open(self, flow: str, state: str, variables: Mapping[str, Any]) -> None:
        """Opens a flow on top, as an interlude where something is open already.

        One that is open itself starts anew instead, offering its old answers; what it had entered is closed, and
        what entered it comes to the top with it. Past the depth the oldest interlude goes, never the bottom; what
        was answered in it is parked.
        """
        stacks = self._stacks()
        place = next(
            (n for n, stack in enumerate(stacks) if any(frame.flow == flow for frame in stack)), None
        )
        stack = [] if place is None else stacks.pop(place)
        below: list[Frame] = []
        offered: Mapping[str, Any] = {}
        for position, frame in enumerate(stack):
            if frame.flow == flow:
                answered = self.revision.flows[flow].answered
                old = {name: value for name, value in frame.variables.items() if name in answered}
                below, offered = stack[:position], {**frame.offered, **old}
        offered = {name: value for name, value in offered.items() if name not in variables}
        stacks.append([*below, Frame(flow, state, variables, (), offered)])
        if sum(map(len, stacks)) > DEPTH and len(stacks) > 2:
            gone = stacks.pop(1)
            if self._holds(gone):
                self.parked = park(self.parked, gone)
        self.frames = [
            replace(frame, interlude=height > 0 and frame is stack[0])
            for height, stack in enumerate(stacks)
            for frame in stack
        ]

    def _stacks(self) -> list[list[Frame]]:
        """The frames by what opened them: each interlude, and the bottom, with the flows it entered."""
        stacks: list[list[Frame]] = []
        for frame in self.frames:
            if frame.interlude or not stacks:
                stacks.append([])
            stacks[-1].append(frame)
        return stacks

    def home(self) -> Call | None:
        """Opens the main flow, alone. What was answered elsewhere is parked, to be offered later."""
        if self.answered():
            self.parked = park(self.parked, self.frames)
        main = self.revision.roles[Role.MAIN]
        self.frames, self.offer = [Frame(main.name, main.start)], ""
        return self.run()

    def _close(self) -> None:
        """Closes the top frame: an interlude gives way to the question below, another returns to what entered it."""
        closed = self.frames.pop()
        if self.revision.flows[closed.flow].role is Role.STOP:
            self.offer = CLOSED
        if not closed.interlude and isinstance(entered := self.state, Enter):
            self.put(entered.go)

    # --- the run ------------------------------------------------------------------------------------------

    def run(self) -> Call | None:
        """On from the top frame's state to a question or the end (None), or to a call to carry out first.

        Raises `FlowError` for a flow that never asks, which the loader should have refused.
        """
        for _ in range(MOVES):
            if not self.frames:
                return None
            top = self.frames[-1]
            flow = self.revision.flows[top.flow]
            state = flow.states[top.state]
            while isinstance(state, Say | Decide) and (go := self._passed(state, flow, top)):
                state = flow.states[go]  # the loader refuses circles of these
            if state.name != top.state:
                self.put(state.name)
            match state:
                case Choose() | Ask() if self._asks(state):
                    return None
                case Do():
                    return self._call(state)
                case Enter():
                    self.frames.append(Frame(state.flow, self.revision.flows[state.flow].start))
                case _:
                    self._close()
        raise FlowError("the flow runs in a circle", file=self.flow.path, state=self.frames[-1].state)

    def _passed(self, state: Say | Decide, flow: Flow, top: Frame) -> str:
        """Says or decides; the state that follows, empty where the flow ends."""
        if isinstance(state, Decide):
            return self._decided(state, top)
        at = self.now.timestamp()
        text = filled(state.text, flow, top.variables, self.spoken, self.session.channel, state.long, at)
        self.said += (text,)
        return state.go

    def resume(self, result: Result) -> Call | None:
        """On from a call with its result.

        A command that was carried out is a commit point: nobody goes back past it. What an interlude did commits
        nothing of the question below. Raises `FlowError` for a result that no call awaits.
        """
        state = self.state
        if not isinstance(state, Do) or result.outcome not in state.outcomes:
            raise FlowError(f"no call awaits the outcome {result.outcome}")
        outcome, top = state.outcomes[result.outcome], self.frames[-1]
        if state.call is SetLanguage:
            self._speak(str(self._arguments(state)["language"]))
        if not state.reads:
            self._commit()
        saved = {name: result.values.get(key) for key, name in outcome.saves}
        variables = {**top.variables, **{name: value for name, value in saved.items() if value is not None}}
        self.frames[-1] = replace(self.frames[-1], state=outcome.go, variables=variables)
        return self.run()

    def _commit(self) -> None:
        for place in range(len(self.frames) - 1, -1, -1):
            frame = self.frames[place] = replace(self.frames[place], history=())
            if frame.interlude:
                return

    def _asks(self, state: Choose | Ask) -> bool:
        """Whether there is something to ask: a list may have come back empty."""
        top = self.frames[-1]
        if isinstance(state, Choose) and state.source and not state.options and not listed(state, top):
            self.said += (phrase(self.revision, self.spoken, self.session.channel, "nothing_here"),)
            return False
        if state.name in top.history:
            # A question met again is a way back to it: the history never holds one twice.
            history = top.history[: top.history.index(state.name)]
            self.frames[-1] = replace(self.frames[-1], history=history)
        return True

    def _decided(self, state: Decide, top: Frame) -> str:
        values = top.variables
        if state.facts:
            values = {
                "channel": self.session.channel,
                "language": self.language,
                "roles": list(self.session.roles),
                "now_year": self.now.year,
                **values,
            }
        for condition, go in state.branches:
            if condition.holds(values):
                return go
        return state.otherwise

    def _call(self, state: Do) -> Call:
        call = state.call(**self._arguments(state))
        self.secret = {}
        return call

    def _arguments(self, state: Do) -> dict[str, Any]:
        values = {**self.frames[-1].variables, **self.secret}
        arguments: dict[str, Any] = {}
        for each in state.given:
            if not each.variable:
                arguments[each.argument] = each.literal
            elif each.variable in values:
                arguments[each.argument] = values[each.variable]
            elif not each.optional:
                arguments[each.argument] = each.unset
        return arguments

    def _speak(self, language: str) -> None:
        if language in self.revision.languages:
            self.language = language

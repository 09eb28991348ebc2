"""The life of a complaint: who may move it from where to where, and how soon somebody must.

Whoever made it waits for a person (`open`), is dealt with by one (`taken`), reads what came of it (`answered`), and
says whether that is enough (`closed`). A first "no" opens it again for somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from referral_engine.deadlines import Span


class State(StrEnum):
    """Where a complaint stands."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


WAITING = frozenset({State.OPEN, State.TAKEN})
"""Somebody of ours has still to act."""


class About(StrEnum):
    """What a complaint is about."""

    STAFF = "staff"
    PROVIDER = "provider"
    HARM = "harm"
    OTHER = "other"


class Event(StrEnum):
    """What can happen to a complaint. The last four end it, or bring it back."""

    TAKE = "take"
    ANSWER = "answer"
    AGREE = "agree"  # an officer heard from the person, by phone, that the answer will do
    CONTENT = "content"
    NOT_CONTENT = "not_content"
    SILENCE = "silence"


class Actor(StrEnum):
    """Who acts: one of those who deal with complaints, whoever complained, or time."""

    OFFICER = "officer"
    PERSON = "person"
    TIMER = "timer"


WHO: Mapping[Event, Actor] = {
    Event.TAKE: Actor.OFFICER,
    Event.ANSWER: Actor.OFFICER,
    Event.AGREE: Actor.OFFICER,
    Event.CONTENT: Actor.PERSON,
    Event.NOT_CONTENT: Actor.PERSON,
    Event.SILENCE: Actor.TIMER,
}


class Reason(StrEnum):
    """Why a move is refused."""

    WRONG_ACTOR = "wrong_actor"  # the move is somebody else's
    HELD = "held"  # another officer deals with it, and is in time
    NOT_TAKEN = "not_taken"  # nobody deals with it yet
    NOT_ANSWERED = "not_answered"
    ANSWERED = "answered"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Moved:
    """It stands there now; `outcome` says how it ended."""

    state: State
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The same again changes nothing."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The move is not possible."""

    reason: Reason


Decision = Moved | Unchanged | Refused

_ENDS = {
    Event.AGREE: "agreed",
    Event.CONTENT: "content",
    Event.NOT_CONTENT: "not_content",
    Event.SILENCE: "silence",
}
OUTCOMES = tuple(_ENDS.values())
"""How a complaint can have ended."""


def decide(
    state: State, event: Event, actor: Actor, *, mine: bool = False, late: bool = False, again: bool = False
) -> Decision:
    """What an event does to a complaint.

    `mine`: the officer who acts has taken it. `late`: its time ran out, so that another officer may take it over.
    `again`: it was brought back once; a second "no" ends it, on record.
    """
    if actor is not WHO[event]:
        return Refused(Reason.WRONG_ACTOR)
    match event:
        case Event.TAKE:
            return _take(state, mine=mine, late=late)
        case Event.ANSWER:
            return _answer(state, mine=mine)
        case _:
            return _end(state, event, mine=mine, again=again)


def _take(state: State, *, mine: bool, late: bool) -> Decision:
    match state:
        case State.OPEN:
            return Moved(State.TAKEN)
        case State.TAKEN if mine:
            return Unchanged()
        case State.TAKEN:
            return Moved(State.TAKEN) if late else Refused(Reason.HELD)
        case State.ANSWERED:
            return Refused(Reason.ANSWERED)
        case State.CLOSED:
            return Refused(Reason.OVER)


def _answer(state: State, *, mine: bool) -> Decision:
    match state:
        case State.OPEN:
            return Refused(Reason.NOT_TAKEN)
        case State.TAKEN:
            return Moved(State.ANSWERED) if mine else Refused(Reason.HELD)
        case State.ANSWERED:
            return Refused(Reason.ANSWERED)
        case State.CLOSED:
            return Refused(Reason.OVER)


def _end(state: State, event: Event, *, mine: bool, again: bool) -> Decision:
    if state in WAITING:
        return Refused(Reason.NOT_ANSWERED)
    if state is State.CLOSED:
        return Unchanged()
    if event is Event.AGREE and not mine:
        return Refused(Reason.HELD)
    if event is Event.NOT_CONTENT and not again:
        return Moved(State.OPEN)
    return Moved(State.CLOSED, _ENDS[event])


# --- how soon ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon somebody must take a complaint and how soon they must answer it, both from when it was made."""

    acknowledge: Span
    answer: Span


@dataclass(frozen=True, slots=True)
class Deadlines:
    """A country's times. `harm` is for harm that somebody suffered, `usual` for everything else."""

    usual: Pace = Pace(Span(timedelta(days=2), working=True), Span(timedelta(days=10), working=True))
    harm: Pace = Pace(Span(timedelta(hours=4)), Span(timedelta(hours=72)))
    silence: Span = Span(timedelta(days=30))

    def pace(self, about: str) -> Pace:
        """The times of a complaint about this."""
        return self.harm if about == About.HARM else self.usual

"""Whether a conversation may go on in a newer revision than the one that asked its open question.

It may where nobody could tell: every open question still reads the same in the language of the session and leads to
the same places, what was answered is still declared as it was, and nothing that the newer flow wants further on would
be missing. What was put off, to be offered later, is asked anew and may read otherwise. Else it is finished where it
began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    End,
    Enter,
    Flow,
    Option,
    Revision,
    Say,
    State,
    Words,
)
from gateway.conversation.prompt import spoken
from gateway.conversation.session import Frame, Session
from gateway.conversation.wording import LATIN
from gateway.messages import ChannelName

_DERIVED = frozenset(("name", "answers", "choices"))  # made from what is compared anyhow


class Hold(StrEnum):
    """What keeps a conversation on its revision."""

    GONE = "gone"  # a flow or a state it stands at, or could go back to, is not there any more
    CHANGED = "changed"  # an open question reads or leads otherwise
    RETYPED = "retyped"  # an answer that was given is declared otherwise, or not at all
    UNSET = "unset"  # further on something is wanted that was never asked


@dataclass(frozen=True, slots=True)
class Fit:
    """How a session fits a revision: it moves where nothing holds it.

    `flow` and `state` are where it is held; `variables` those that are declared otherwise, or would be unset.
    """

    hold: Hold | None = None
    flow: str = ""
    state: str = ""
    variables: tuple[str, ...] = ()


MOVES = Fit()
"""Nothing holds it."""


def movable(old: Revision, new: Revision, session: Session) -> bool:
    """Whether a session that stands on `old` may go on in `new`, its question unchanged."""
    return fit(old, new, session).hold is None


def fit(old: Revision, new: Revision, session: Session) -> Fit:
    """The first thing that holds a session on `old`, the open question first; `MOVES` where nothing does."""
    language = spoken(old, session.language), spoken(new, session.language)
    for frame in reversed(session.frames):
        if found := _held(old, new, frame, language):
            return found
    for stack in session.parked:
        for frame in stack:
            if found := _parked(old, new, frame):
                return found
    return MOVES


def _held(old: Revision, new: Revision, frame: Frame, language: tuple[str, str]) -> Fit | None:
    before, after = old.flows.get(frame.flow), new.flows.get(frame.flow)
    if before is None or after is None or frame.state not in after.states or frame.state not in before.states:
        return Fit(Hold.GONE, frame.flow, frame.state)
    if not _alike(before.states[frame.state], after.states[frame.state], language):
        return Fit(Hold.CHANGED, frame.flow, frame.state)
    for name in frame.history:
        if not _same_answer(before.states.get(name), after.states.get(name)):
            return Fit(Hold.GONE, frame.flow, name)
    if retyped := _retyped(before, after, frame):
        return Fit(Hold.RETYPED, frame.flow, frame.state, retyped)
    known = frame.variables.keys() | _needs(_One(before))[frame.state]
    if unset := tuple(sorted(_needs(_One(after))[frame.state] - known)):
        return Fit(Hold.UNSET, frame.flow, frame.state, unset)
    return None


def _parked(old: Revision, new: Revision, frame: Frame) -> Fit | None:
    """What waits to be offered is asked anew, so it may read otherwise; its answers must still mean the same."""
    before, after = old.flows.get(frame.flow), new.flows.get(frame.flow)
    if (
        before is None
        or after is None
        or type(before.states.get(frame.state)) is not type(after.states.get(frame.state))
    ):
        return Fit(Hold.GONE, frame.flow, frame.state)
    if retyped := _retyped(before, after, frame):
        return Fit(Hold.RETYPED, frame.flow, frame.state, retyped)
    return None


def _retyped(before: Flow, after: Flow, frame: Frame) -> tuple[str, ...]:
    """The variables with an answer in them that the newer flow would read otherwise."""
    given = {**frame.offered, **frame.variables}
    return tuple(sorted(name for name, value in given.items() if not _still(before, after, name, value)))


def _still(before: Flow, after: Flow, name: str, value: Any) -> bool:
    was, now = before.variables.get(name), after.variables.get(name)
    if was is None or now is None or was.kind is not now.kind:
        return False
    labels, kept = before.labels.get(name), after.labels.get(name)
    if labels is None or not isinstance(value, str) or value not in labels.fixed:
        return True
    return kept is not None and value in kept.fixed


# --- what a question is -----------------------------------------------------------------------------------


def _same_answer(before: State | None, after: State | None) -> bool:
    """Whether a question that can be gone back to is still one, with its answer in the same place."""
    return isinstance(before, Choose | Ask) and isinstance(after, Choose | Ask) and before.save == after.save


def _alike(before: State, after: State, language: tuple[str, str]) -> bool:
    """Whether two states are the same to somebody who reads one language, whatever the channel.

    Words that answer a choice may be added or dropped, but none may have come to mean another option.
    """
    if type(before) is not type(after) or _shape(before, language[0]) != _shape(after, language[1]):
        return False
    if isinstance(before, Choose) and isinstance(after, Choose):
        return all(after.answers.get(word, code) == code for word, code in before.answers.items())
    return True


def _shape(state: State, language: str) -> tuple[Any, ...]:
    names = (each.name for each in fields(state) if each.name not in _DERIVED)
    return tuple([_plain(getattr(state, name), language) for name in names])


def _plain(value: Any, language: str) -> Any:
    if isinstance(value, Words):
        latin = language + LATIN
        return [(value.of(language, each), value.pieces.get((latin, each))) for each in ChannelName]
    if isinstance(value, Option):
        return value.code, _plain(value.label, language), value.go
    if isinstance(value, Mapping):
        return [(key, _plain(each, language)) for key, each in value.items()]  # in order: keys run with it
    return value


# --- what is wanted further on ----------------------------------------------------------------------------


class _One:
    """A flow as a key: one object is one flow, and comparing two would cost more than what is looked up."""

    __slots__ = ("flow",)

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def __hash__(self) -> int:
        return id(self.flow)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _One) and other.flow is self.flow


@lru_cache(maxsize=512)
def _needs(one: _One) -> Mapping[str, frozenset[str]]:
    """For each state of a flow the variables that some path from it uses before it sets them."""
    states = one.flow.states
    needs: dict[str, frozenset[str]] = dict.fromkeys(states, frozenset())
    grown = True
    while grown:
        grown = False
        for name in reversed([*states]):  # mostly from the end: fewer rounds
            further = (needs[go].difference(saved) for go, saved in _exits(states[name]))
            wanted = _uses(states[name]).union(*further) & one.flow.variables.keys()  # the rest are facts
            if wanted != needs[name]:
                needs[name], grown = wanted, True
    return needs


def _uses(state: State) -> frozenset[str]:
    """The variables that a state shows, passes on or decides by. A list that is not there offers nothing."""
    match state:
        case Say():
            return state.text.names
        case Choose() | Ask():
            complaint = state.invalid.names if state.invalid else frozenset[str]()
            source = {state.source} - {""} if isinstance(state, Choose) else frozenset[str]()
            return state.text.names | complaint | source
        case Do():
            return frozenset(each.variable for each in state.given if each.variable and not each.optional)
        case Decide():
            return frozenset(name for condition, _ in state.branches for name, _ in condition.needs)
        case Enter() | End():
            return frozenset()


def _exits(state: State) -> Iterator[tuple[str, Iterable[str]]]:
    """Where a state leads, each with the variables that are set on the way."""
    match state:
        case Say() if state.go:
            yield state.go, ()
        case Enter():
            yield state.go, ()
        case Choose() | Ask():
            yield from _answered(state)
        case Do():
            for outcome in state.outcomes.values():
                yield outcome.go, [name for _, name in outcome.saves]
        case Decide():
            yield from ((go, ()) for _, go in state.branches)
            yield state.otherwise, ()
        case _:
            return


def _answered(state: Choose | Ask) -> Iterator[tuple[str, Iterable[str]]]:
    saved = [state.save] if state.save else []
    beside_list = isinstance(state, Choose) and bool(state.source)
    if isinstance(state, Choose):
        yield from ((option.go, [] if beside_list else saved) for option in state.options.values())
    if state.go and (isinstance(state, Ask) or beside_list):
        yield state.go, saved
    if state.go and state.contact:
        yield state.go, ()
    if state.too_many:
        yield state.too_many, ()

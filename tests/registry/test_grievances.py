"""The life of a complaint: every state, event and actor, with every guard, moves, changes nothing, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from gateway.registry.grievances import (
    OUTCOMES,
    WAITING,
    WHO,
    About,
    Actor,
    Deadlines,
    Decision,
    Event,
    Moved,
    Reason,
    Refused,
    State,
    Unchanged,
    decide,
)

GUARDS = tuple(product((False, True), repeat=3))  # mine, late, again
OPEN, TAKEN, ANSWERED, CLOSED = State
SAME = Unchanged()


def no(reason: Reason) -> Refused:
    return Refused(reason)


def ends(outcome: str) -> Moved:
    return Moved(CLOSED, outcome)


TABLE: dict[tuple[State, Event], Callable[[bool, bool, bool], Decision]] = {
    (OPEN, Event.TAKE): lambda mine, late, again: Moved(TAKEN),
    (OPEN, Event.ANSWER): lambda mine, late, again: no(Reason.NOT_TAKEN),
    (TAKEN, Event.TAKE): lambda mine, late, again: (
        SAME if mine else Moved(TAKEN) if late else no(Reason.HELD)
    ),
    (TAKEN, Event.ANSWER): lambda mine, late, again: Moved(ANSWERED) if mine else no(Reason.HELD),
    (ANSWERED, Event.TAKE): lambda mine, late, again: no(Reason.ANSWERED),
    (ANSWERED, Event.ANSWER): lambda mine, late, again: no(Reason.ANSWERED),
    (ANSWERED, Event.AGREE): lambda mine, late, again: ends("agreed") if mine else no(Reason.HELD),
    (ANSWERED, Event.CONTENT): lambda mine, late, again: ends("content"),
    (ANSWERED, Event.NOT_CONTENT): lambda mine, late, again: ends("not_content") if again else Moved(OPEN),
    (ANSWERED, Event.SILENCE): lambda mine, late, again: ends("silence"),
    (CLOSED, Event.TAKE): lambda mine, late, again: no(Reason.OVER),
    (CLOSED, Event.ANSWER): lambda mine, late, again: no(Reason.OVER),
}
"""What each cell says by its guards. Before an answer nothing can end, and what has ended does not end again."""
for _state, _event in product(State, (Event.AGREE, Event.CONTENT, Event.NOT_CONTENT, Event.SILENCE)):
    if _state in WAITING:
        TABLE[_state, _event] = lambda mine, late, again: no(Reason.NOT_ANSWERED)
    elif _state is CLOSED:
        TABLE[_state, _event] = lambda mine, late, again: SAME


def test_the_table_names_every_state_with_every_event() -> None:
    """Nothing is left to chance: each cell is written down above."""
    assert set(TABLE) == set(product(State, Event))


@pytest.mark.parametrize("actor", Actor)
@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_cell(state: State, event: Event, actor: Actor) -> None:
    """Whose move it is not is refused whatever the guards; otherwise the table decides."""
    for mine, late, again in GUARDS:
        decided = decide(state, event, actor, mine=mine, late=late, again=again)
        expected = (
            TABLE[state, event](mine, late, again) if actor is WHO[event] else Refused(Reason.WRONG_ACTOR)
        )
        assert decided == expected


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_an_outcome_stands_at_the_end_alone(state: State, event: Event) -> None:
    """How it ended is said when it ends, and only then."""
    for mine, late, again in GUARDS:
        decided = decide(state, event, WHO[event], mine=mine, late=late, again=again)
        if isinstance(decided, Moved):
            assert (decided.state is CLOSED) == (decided.outcome in OUTCOMES)


def test_harm_does_not_wait_for_a_working_day() -> None:
    """What hurts is looked at within hours around the clock; everything else within working days."""
    usual, harm = Deadlines().pace(About.OTHER), Deadlines().pace(About.HARM)
    assert (usual.acknowledge.working, usual.answer.working) == (True, True)
    assert (harm.acknowledge.working, harm.answer.working) == (False, False)
    assert harm.acknowledge.length < usual.acknowledge.length and harm.answer.length < usual.answer.length

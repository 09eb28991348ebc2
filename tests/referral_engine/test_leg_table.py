"""Every event of a leg, in every state, on every actor's word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_engine.lifecycle import (
    LEG_TABLE,
    Moved,
    Reason,
    Refused,
    Unchanged,
    arrival_by_verification,
    move_leg,
    sending_proved_by_answer,
)
from referral_engine.model import DETAIL, FAILED, FINAL, LIVE, Actor, Detail, Effect, LegEvent, LegState

# A state's first three letters: moves there. + stays, effects only. = repeated. < early. > late. x ended.
GRID = """
                     que und sen rec wai acc sch in_ com dec exp no_ rev wit | actors
sent                 sen sen  =   >   >   >   >   >   x   x   x   x   x   x  | worker
undelivered          und  =   >   >   >   >   >   >   x   x   x   x   x   x  | worker
acknowledge           <   <  rec  =   >   >   >   >   x   x   x   x   x   x  | provider operator
accept                <   <  acc acc acc  =   >   >   x   x   x   x   x   x  | provider operator verification
waitlist              <   <  wai wai  =   >   >   >   x   x   x   x   x   x  | provider
decline               <   <  dec dec dec dec  >   >   x   =   x   x   x   x  | provider operator
schedule              <   <   <   <   <  sch  =   >   x   x   x   x   x   x  | provider caseworker
reschedule            <   <   <   <   <   <   +   >   x   x   x   x   x   x  | provider caseworker
arrive                <   <   <   <   <  in_ in_  =   x   x   x   x   x   x  | provider verification
say_attended          <   <   <   <   <   +   +   >   x   x   x   x   x   x  | person
complete              <   <   <   <   <   <   <  com  =   x   x   x   x   x  | provider person
no_show               <   <   <   <   <  no_ no_  >   x   x   x   =   x   x  | provider timer
expire                <  exp exp exp  >   >   >   >   x   x   =   x   x   x  | timer
promise_passed        <   <   <   <  exp  >   >   >   x   x   =   x   x   x  | timer
revoke               rev rev rev rev rev rev rev rev  x   x   x   x   =   x  | referrer supervisor
withdraw             wit wit wit wit wit wit wit wit  x   x   x   x   x   =  | person
remind_acknowledge    <   <   +   >   >   >   >   >   x   x   x   x   x   x  | timer
acknowledge_late      <   +   +   >   >   >   >   >   x   x   x   x   x   x  | timer
remind_accept         <   <   +   +   >   >   >   >   x   x   x   x   x   x  | timer
service_late          <   <   <   <   <   +   +   >   x   x   x   x   x   x  | timer
appointment_passed    <   <   <   <   <   +   +   >   x   x   x   x   x   x  | timer
ask_due               <   <   <   <   <   +   +   +   x   x   x   x   x   x  | timer
service_silent        <   <   <   <   <   <   <   +   x   x   x   x   x   x  | timer
provider_silent       <   <   <   <   <   <   <   +   x   x   x   x   x   x  | timer
"""

REFUSALS = {"<": Reason.NOT_YET, ">": Reason.TOO_LATE, "x": Reason.ENDED}
BY_SHORT = {state.value[:3]: state for state in LegState}


def _grid() -> dict[tuple[LegState, LegEvent], tuple[str, frozenset[Actor]]]:
    head, *rows = GRID.strip().splitlines()
    columns = [BY_SHORT[short] for short in head.split("|")[0].split()]
    cells = {}
    for row in rows:
        left, actors = row.split("|")
        event, *marks = left.split()
        for state, mark in zip(columns, marks, strict=True):
            cells[state, LegEvent(event)] = mark, frozenset(map(Actor, actors.split()))
    return cells


CELLS = _grid()


def _expected(state: LegState, mark: str) -> tuple[type, LegState | Reason]:
    if mark in REFUSALS:
        return Refused, REFUSALS[mark]
    if mark == "=":
        return Unchanged, Reason.REPEATED
    return Moved, state if mark == "+" else BY_SHORT[mark]


def test_the_grid_decides_every_pair() -> None:
    """No pair of state and event is left to chance, in the table or in its test."""
    assert set(CELLS) == {(state, event) for state in LegState for event in LegEvent}
    assert set(LEG_TABLE) == set(LegEvent)
    assert len(BY_SHORT) == len(LegState) == len(LIVE) + len(FINAL)


@pytest.mark.parametrize(
    ("state", "event"), CELLS, ids=[f"{state.value}-{event.value}" for state, event in CELLS]
)
def test_each_cell_for_each_actor(state: LegState, event: LegEvent) -> None:
    """Each cell moves, repeats or refuses as the grid says, and only for the event's own actors."""
    mark, actors = CELLS[state, event]
    for actor in Actor:
        result = move_leg(state, event, actor)
        if actor not in actors:
            assert result == Refused(Reason.NOT_YOURS)
            continue
        kind, what = _expected(state, mark)
        assert type(result) is kind
        assert (result.state if isinstance(result, Moved) else result.reason) is what


@pytest.mark.parametrize(
    ("event", "effects"),
    [
        (LegEvent.UNDELIVERED, {Effect.TELL_CASEWORKER}),
        (LegEvent.ACKNOWLEDGE, {Effect.STOP_ACK_TIMER}),
        (LegEvent.ACCEPT, {Effect.STOP_ACK_TIMER, Effect.STOP_ACCEPT_TIMER}),
        (LegEvent.WAITLIST, {Effect.STOP_ACCEPT_TIMER, Effect.START_PROMISE_TIMER}),
        (LegEvent.SCHEDULE, {Effect.START_APPOINTMENT_TIMERS}),
        (LegEvent.RESCHEDULE, {Effect.START_APPOINTMENT_TIMERS}),
        (LegEvent.ARRIVE, {Effect.RECORD_ARRIVAL, Effect.STOP_NO_SHOW_TIMER, Effect.START_SILENCE_TIMERS}),
        (LegEvent.SAY_ATTENDED, {Effect.STOP_NO_SHOW_TIMER, Effect.ASK_PROVIDER}),
        (LegEvent.COMPLETE, {Effect.ASK_PERSON, Effect.START_ANSWER_TIMER}),
        (LegEvent.NO_SHOW, {Effect.TELL_CASEWORKER, Effect.END_ACCESS}),
        (LegEvent.EXPIRE, {Effect.TELL_SUPERVISOR, Effect.END_ACCESS}),
        (LegEvent.REVOKE, {Effect.END_ACCESS, Effect.TELL_PROVIDER}),
        (LegEvent.WITHDRAW, {Effect.END_ACCESS, Effect.TELL_PROVIDER}),
        (LegEvent.REMIND_ACKNOWLEDGE, {Effect.REMIND_PROVIDER}),
        (LegEvent.ACKNOWLEDGE_LATE, {Effect.TELL_CASEWORKER}),
        (LegEvent.SERVICE_LATE, {Effect.TELL_CASEWORKER}),
        (LegEvent.APPOINTMENT_PASSED, {Effect.ASK_PERSON}),
        (LegEvent.SERVICE_SILENT, {Effect.ASK_PROVIDER}),
        (LegEvent.PROVIDER_SILENT, {Effect.ASK_PERSON}),
    ],
)
def test_what_follows_from_an_event(event: LegEvent, effects: set[Effect]) -> None:
    """Each event sets off what the rule behind it demands."""
    assert effects <= set(LEG_TABLE[event].effects)


@pytest.mark.parametrize("event", [event for event in LegEvent if LEG_TABLE[event].target])
def test_the_person_and_the_referrer_hear_of_every_step(event: LegEvent) -> None:
    """Whenever a leg changes state, both are told."""
    assert {Effect.TELL_PERSON, Effect.TELL_REFERRER} <= set(LEG_TABLE[event].effects)


@pytest.mark.parametrize("event", [event for event in LegEvent if LEG_TABLE[event].target in FINAL])
def test_an_end_leaves_no_access_and_no_timer(event: LegEvent) -> None:
    """A leg that ends otherwise than by service ends the provider's access; no end leaves a timer behind."""
    effects = LEG_TABLE[event].effects
    assert Effect.STOP_TIMERS in effects
    assert (Effect.END_ACCESS in effects) is (event is not LegEvent.COMPLETE)
    started = [place for place, effect in enumerate(effects) if effect.value.startswith("start_")]
    assert all(effects.index(Effect.STOP_TIMERS) < place for place in started)


@given(st.lists(st.tuples(st.sampled_from(LegEvent), st.sampled_from(Actor)), max_size=40))
@settings(deadline=None)
def test_no_walk_leaves_the_table(steps: list[tuple[LegEvent, Actor]]) -> None:
    """Whatever comes in whatever order: states stay in the table, ends stay ends, repeats change nothing."""
    state = LegState.QUEUED
    for event, actor in steps:
        result = move_leg(state, event, actor)
        if not isinstance(result, Moved):
            continue
        assert state in LIVE
        again = move_leg(result.state, event, actor)
        if result.state is state:
            assert again == result  # a reminder: the stored due time lets it ring once
        else:
            assert again == Unchanged()
        state = result.state
        assert isinstance(state, LegState)


@pytest.mark.parametrize("start", sorted(LIVE), ids=str)
def test_every_live_leg_can_still_end_well_or_badly(start: LegState) -> None:
    """No live state is a trap: each reaches `completed`, and each can be withdrawn."""
    reached, fresh = {start}, {start}
    while fresh:
        fresh = {
            result.state
            for state in fresh
            for event in LegEvent
            for actor in Actor
            if isinstance(result := move_leg(state, event, actor), Moved)
        } - reached
        reached |= fresh
    assert {LegState.COMPLETED, LegState.WITHDRAWN} <= reached


@pytest.mark.parametrize(
    ("state", "events"),
    [
        (LegState.QUEUED, ()),
        (LegState.UNDELIVERED, ()),
        (LegState.SENT, (LegEvent.ACCEPT, LegEvent.ARRIVE)),
        (LegState.RECEIVED, (LegEvent.ACCEPT, LegEvent.ARRIVE)),
        (LegState.WAITLISTED, (LegEvent.ACCEPT, LegEvent.ARRIVE)),
        (LegState.ACCEPTED, (LegEvent.ARRIVE,)),
        (LegState.SCHEDULED, (LegEvent.ARRIVE,)),
        (LegState.IN_SERVICE, ()),
        *((state, ()) for state in sorted(FINAL)),
    ],
)
def test_a_verification_counts_as_arrival(state: LegState, events: tuple[LegEvent, ...]) -> None:
    """A check by the leg's provider accepts where needed, then arrives; a second check adds nothing."""
    assert arrival_by_verification(state) == events
    for event in events:
        result = move_leg(state, event, Actor.VERIFICATION)
        assert isinstance(result, Moved)
        state = result.state
    if events:
        assert state is LegState.IN_SERVICE
        assert arrival_by_verification(state) == ()


@pytest.mark.parametrize("state", LegState, ids=str)
def test_an_answer_that_overtakes_the_record_still_counts(state: LegState) -> None:
    """A provider that answers has the message: what is not recorded as sent is recorded first."""
    events = sending_proved_by_answer(state)
    assert bool(events) is (state in {LegState.QUEUED, LegState.UNDELIVERED})
    for event in events:
        assert isinstance(moved := move_leg(state, event, Actor.WORKER), Moved)
        assert isinstance(move_leg(moved.state, LegEvent.ACCEPT, Actor.PROVIDER), Moved)


def test_what_must_come_with_an_event() -> None:
    """A decline has a code, an end its outcome, a promise a date, a revocation a reason."""
    assert DETAIL[LegEvent.DECLINE] is Detail.DECLINE_CODE
    assert DETAIL[LegEvent.COMPLETE] is Detail.OUTCOME
    assert DETAIL[LegEvent.WAITLIST] is DETAIL[LegEvent.SCHEDULE] is Detail.DATE
    assert DETAIL[LegEvent.REVOKE] is Detail.REASON
    assert LegEvent.WITHDRAW not in DETAIL
    assert sorted(FAILED) == [LegState.DECLINED, LegState.EXPIRED]

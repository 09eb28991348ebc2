"""Every event of a referral, in every state, on every actor's word, after every end of a leg."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_engine.lifecycle import (
    REFERRAL_TABLE,
    Moved,
    Reason,
    ReferralMoved,
    Refused,
    Unchanged,
    after_leg,
    move_leg,
    move_referral,
    refusal_to_open,
    stage,
    unmet_reason,
)
from referral_engine.model import (
    FAILED,
    FINAL,
    LIVE,
    REFERRAL_FINAL,
    Actor,
    DeclineCode,
    Effect,
    LegEvent,
    LegState,
    ReferralEvent,
    ReferralState,
)

# First letters: moves there (disp: open and disputed). = repeated. < not yet. x ended. d disputed.
# `fits`: what the newest leg must be; any other leg refuses it.
GRID = """
              draft  open  disp  serv  unme  with  clos | fits        | actors
open          open    =     =     x     x     x     x   | none        | person caseworker rule
leg_failed     <     open  open   x     x     x     x   | failed      | provider operator timer
legs_spent     <     unme  unme   x     =     x     x   | failed      | provider operator timer
no_provider   unme   unme  unme   x     =     x     x   | none failed | person caseworker rule provider operator timer
confirm        <     serv  serv   =     x     x     x   | completed   | person
silence        <     serv   d     =     x     x     x   | completed   | timer
dispute        <     disp   =    disp   x     x     x   | completed   | person
rebook         <     open  open   x     x     x     x   | ended       | caseworker supervisor
withdraw      with   with  with   x     x     =     x   | ended       | person
close         clos   clos  clos   x     x     x     =   | ended       | caseworker referrer supervisor
"""
SHORT = {
    "failed": "declined expired",
    "ended": "none completed declined expired no_show revoked withdrawn",
}

LEGS = (None, *LegState)
STANDINGS = {
    "draft": (ReferralState.DRAFT, False),
    "open": (ReferralState.OPEN, False),
    "disp": (ReferralState.OPEN, True),
    "serv": (ReferralState.SERVED, False),
    "unme": (ReferralState.UNMET, False),
    "with": (ReferralState.WITHDRAWN, False),
    "clos": (ReferralState.CLOSED, False),
}
REFUSALS = {"<": Reason.NOT_YET, "x": Reason.ENDED, "d": Reason.DISPUTED}


def _grid() -> dict[tuple[str, ReferralEvent], tuple[str, frozenset[LegState | None], frozenset[Actor]]]:
    head, *rows = GRID.strip().splitlines()
    columns = head.split("|")[0].split()
    cells = {}
    for row in rows:
        left, legs, actors = row.split("|")
        event, *marks = left.split()
        words = " ".join(SHORT.get(word, word) for word in legs.split()).split()
        fits = frozenset(None if word == "none" else LegState(word) for word in words)
        for standing, mark in zip(columns, marks, strict=True):
            cells[standing, ReferralEvent(event)] = mark, fits, frozenset(map(Actor, actors.split()))
    return cells


CELLS = _grid()


def _expected(
    standing: str, event: ReferralEvent, leg: LegState | None
) -> ReferralMoved | Unchanged | Refused:
    mark, fits, _ = CELLS[standing, event]
    if mark == "=":
        return Unchanged()
    if mark in "<x":
        return Refused(REFUSALS[mark])
    if leg not in fits:
        return Refused(Reason.LEG_LIVE if leg in LIVE else Reason.LEG_UNFIT)
    if event is ReferralEvent.REBOOK and leg is LegState.COMPLETED and standing != "disp":
        return Refused(Reason.LEG_UNFIT)
    if mark in REFUSALS:
        return Refused(REFUSALS[mark])
    return ReferralMoved(*STANDINGS[mark], REFERRAL_TABLE[event].effects)


def test_the_grid_decides_every_pair() -> None:
    """No pair of standing and event is left to chance."""
    assert set(CELLS) == set(product(STANDINGS, ReferralEvent))
    assert set(REFERRAL_TABLE) == set(ReferralEvent)
    assert {state for state, _ in STANDINGS.values()} == set(ReferralState)


@pytest.mark.parametrize(
    ("standing", "event"), CELLS, ids=[f"{standing}-{event.value}" for standing, event in CELLS]
)
def test_each_cell_for_each_actor_and_leg(standing: str, event: ReferralEvent) -> None:
    """Each cell moves, repeats or refuses as the grid says, for the event's own actors and fitting legs."""
    state, disputed = STANDINGS[standing]
    actors = CELLS[standing, event][2]
    for actor, leg in product(Actor, LEGS):
        result = move_referral(state, event, actor, leg=leg, disputed=disputed)
        if actor in actors:
            assert result == _expected(standing, event, leg), (actor, leg)
        else:
            assert result == Refused(Reason.NOT_YOURS)


@given(st.lists(st.tuples(st.sampled_from(ReferralEvent), st.sampled_from(Actor), st.sampled_from(LEGS))))
@settings(deadline=None)
def test_ends_stay_ends_unless_disputed(steps: list[tuple[ReferralEvent, Actor, LegState | None]]) -> None:
    """Only a dispute of a served referral opens an end again; a repeat changes nothing."""
    state, disputed = ReferralState.DRAFT, False
    for event, actor, leg in steps:
        result = move_referral(state, event, actor, leg=leg, disputed=disputed)
        if not isinstance(result, ReferralMoved):
            continue
        if state in REFERRAL_FINAL:
            assert (state, event) == (ReferralState.SERVED, ReferralEvent.DISPUTE)
        if result.state is not state or event is ReferralEvent.DISPUTE:
            again = move_referral(result.state, event, actor, leg=leg, disputed=result.disputed)
            assert again == Unchanged()
        state, disputed = result.state, result.disputed
        assert not (disputed and state in REFERRAL_FINAL)


@given(st.lists(st.tuples(st.sampled_from(LegEvent), st.sampled_from(Actor)), max_size=150))
@settings(deadline=None)
def test_a_referral_follows_its_legs(steps: list[tuple[LegEvent, Actor]]) -> None:
    """What a leg's end means is never refused by the referral; the third failure, and only it, is `unmet`."""
    referral, leg, failed = ReferralState.OPEN, LegState.QUEUED, 0
    for event, actor in steps:
        moved = move_leg(leg, event, actor)
        if not isinstance(moved, Moved) or moved.state is leg:
            continue
        leg = moved.state
        failed += leg in FAILED
        follows = after_leg(leg, failed)
        if follows is None:
            continue
        result = move_referral(referral, follows, actor, leg=leg)
        assert isinstance(result, ReferralMoved)
        referral = result.state
        if Effect.NEXT_LEG in result.effects:
            leg = LegState.QUEUED
    assert (referral is ReferralState.UNMET) is (failed == 3)


@pytest.mark.parametrize(
    ("leg", "failed", "event"),
    [
        (LegState.DECLINED, 1, ReferralEvent.LEG_FAILED),
        (LegState.EXPIRED, 2, ReferralEvent.LEG_FAILED),
        (LegState.DECLINED, 3, ReferralEvent.LEGS_SPENT),
        (LegState.EXPIRED, 4, ReferralEvent.LEGS_SPENT),
        (LegState.REVOKED, 0, ReferralEvent.CLOSE),
        (LegState.WITHDRAWN, 2, ReferralEvent.WITHDRAW),
        (LegState.NO_SHOW, 0, None),
        (LegState.COMPLETED, 0, None),
        *((leg, 2, None) for leg in sorted(LIVE)),
    ],
)
def test_what_a_leg_means_for_its_referral(leg: LegState, failed: int, event: ReferralEvent | None) -> None:
    """A failure asks for the next leg until the limit; a no-show and an end wait for a person's word."""
    assert after_leg(leg, failed) is event


def test_a_policy_may_try_more_or_fewer_legs() -> None:
    """The limit is the caller's policy."""
    assert after_leg(LegState.DECLINED, 1, limit=1) is ReferralEvent.LEGS_SPENT
    assert after_leg(LegState.DECLINED, 3, limit=5) is ReferralEvent.LEG_FAILED


@pytest.mark.parametrize(
    ("consent", "live_leg", "matched", "reason"),
    [
        (True, False, True, None),
        (False, False, True, Reason.NO_CONSENT),
        (False, True, False, Reason.NO_CONSENT),
        (True, True, True, Reason.ALREADY_OPEN),
        (True, False, False, Reason.NO_PROVIDER),
    ],
)
def test_the_guard_before_opening(
    consent: bool, live_leg: bool, matched: bool, reason: Reason | None
) -> None:
    """Without consent nothing opens; one need has one live leg; somebody must be there to take it."""
    refused = refusal_to_open(consent=consent, live_leg=live_leg, matched=matched)
    assert (refused.reason if refused else None) is reason


@pytest.mark.parametrize(
    ("failures", "reason"),
    [
        ([], "no_provider"),
        ([None, None, DeclineCode.FULL], "no_answer"),
        ([DeclineCode.FULL, DeclineCode.FULL, None], "full"),
        ([DeclineCode.FULL, None, DeclineCode.OUT_OF_AREA], "out_of_area"),
    ],
)
def test_why_a_need_stayed_unmet(failures: list[DeclineCode | None], reason: str) -> None:
    """The commonest failure names the reason, the latest among equals."""
    assert unmet_reason(failures) == reason


LOOKING = {None, LegState.QUEUED, LegState.UNDELIVERED} | FINAL - {LegState.COMPLETED, LegState.NO_SHOW}


@pytest.mark.parametrize(
    ("referral", "legs", "told"),
    [
        (ReferralState.DRAFT, {None}, "looking"),
        (ReferralState.OPEN, LOOKING, "looking"),
        (ReferralState.OPEN, {LegState.NO_SHOW}, "missed"),
        (ReferralState.OPEN, {LegState.SENT, LegState.RECEIVED, LegState.WAITLISTED}, "sent"),
        (ReferralState.OPEN, {LegState.ACCEPTED, LegState.SCHEDULED}, "accepted"),
        (ReferralState.OPEN, {LegState.IN_SERVICE}, "in_service"),
        (ReferralState.OPEN, {LegState.COMPLETED}, "done"),
        (ReferralState.SERVED, {LegState.COMPLETED}, "done"),
        *((state, set(LEGS), "closed") for state in sorted(REFERRAL_FINAL - {ReferralState.SERVED})),
    ],
)
def test_the_neutral_stage(referral: ReferralState, legs: set[LegState | None], told: str) -> None:
    """A person without a PIN is told one of seven neutral words."""
    assert {stage(referral, leg) for leg in legs} == {told}


def test_a_dispute_is_being_looked_at() -> None:
    """Somebody who said "not helped" is not told "done"."""
    assert stage(ReferralState.OPEN, LegState.COMPLETED, disputed=True) == "looking"
    assert stage(ReferralState.OPEN, LegState.ACCEPTED, disputed=True) == "accepted"

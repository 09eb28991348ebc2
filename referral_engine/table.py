"""The tables of moves laid open: every cell with its decision, to be counted, tested and shown to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from referral_engine.lifecycle import (
    LEG_TABLE,
    REFERRAL_TABLE,
    Moved,
    ReferralMoved,
    Refused,
    Unchanged,
    move_leg,
    move_referral,
)
from referral_engine.model import LIVE, Actor, LegEvent, LegState, ReferralEvent, ReferralState

LEGS: tuple[LegState | None, ...] = (None, *LegState)
"""What the newest leg of a referral can be; None: there is none yet."""

STANDINGS: tuple[tuple[ReferralState, bool], ...] = (
    *((state, False) for state in ReferralState),
    (ReferralState.OPEN, True),
)
"""Where a referral can stand, with its flag `disputed`: only an open one has it."""


@dataclass(frozen=True, slots=True)
class LegCell:
    """One state, event and actor of a leg, and what was decided."""

    state: LegState
    event: LegEvent
    actor: Actor
    decision: Moved | Unchanged | Refused


@dataclass(frozen=True, slots=True)
class ReferralCell:
    """One standing, event, actor and newest leg of a referral, and what was decided."""

    state: ReferralState
    disputed: bool
    event: ReferralEvent
    actor: Actor
    leg: LegState | None
    decision: ReferralMoved | Unchanged | Refused


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a table in words; `to` is empty where the state stays."""

    about: str  # leg, referral
    event: str
    sources: tuple[str, ...]
    to: str
    actors: tuple[str, ...]


def leg_cells() -> Iterator[LegCell]:
    """Every state, event and actor of a leg: none is left to chance."""
    for state, event, actor in product(LegState, LegEvent, Actor):
        yield LegCell(state, event, actor, move_leg(state, event, actor))


def referral_cells() -> Iterator[ReferralCell]:
    """Every standing, event and actor of a referral, after each state that its newest leg can have."""
    for (state, disputed), event, actor, leg in product(STANDINGS, ReferralEvent, Actor, LEGS):
        decision = move_referral(state, event, actor, leg=leg, disputed=disputed)
        yield ReferralCell(state, disputed, event, actor, leg, decision)


def moves() -> Iterator[Move]:
    """The rows of both tables in words, in their order."""
    for leg_event, leg_row in LEG_TABLE.items():
        named = ("live",) if leg_row.sources == LIVE else _in_order(LegState, leg_row.sources)
        to = leg_row.target.value if leg_row.target else ""
        yield Move("leg", leg_event.value, named, to, _in_order(Actor, leg_row.actors))
    for event, row in REFERRAL_TABLE.items():
        sources = _in_order(ReferralState, row.sources)
        to = "" if row.sources == {row.target} else row.target.value
        yield Move("referral", event.value, sources, to, _in_order(Actor, row.actors))


def _in_order(
    order: type[LegState] | type[ReferralState] | type[Actor],
    found: frozenset[LegState] | frozenset[ReferralState] | frozenset[Actor],
) -> tuple[str, ...]:
    return tuple(each.value for each in order if each in found)

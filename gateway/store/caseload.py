"""Whose cases the open referrals are, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import many, one
from gateway.store.tables import legs, referrals
from referral_engine.model import ReferralState


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A referral with its newest leg. `leg` is that leg's state, `code` its code; the times are that leg's."""

    id: int
    code: str
    need: str
    area: str
    priority: str
    state: str
    disputed: bool
    reason: str
    staff_id: int | None
    opened_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None
    leg: str
    acknowledge_by: datetime | None
    accept_by: datetime | None
    serve_by: datetime | None
    ask_at: datetime | None
    promised_at: datetime | None


_newer = legs.alias()
_NEWEST = select(func.max(_newer.c.id)).where(_newer.c.referral_id == referrals.c.id).scalar_subquery()
_CASES = (
    select(
        referrals.c.id,
        legs.c.code,
        referrals.c.need,
        referrals.c.area,
        referrals.c.priority,
        referrals.c.state,
        referrals.c.disputed,
        referrals.c.reason,
        referrals.c.staff_id,
        referrals.c.opened_at,
        referrals.c.taken_at,
        referrals.c.closed_at,
        legs.c.state,
        legs.c.acknowledge_by,
        legs.c.accept_by,
        legs.c.serve_by,
        legs.c.ask_at,
        legs.c.promised_at,
    )
    .select_from(referrals.join(legs, legs.c.id == _NEWEST))
    .order_by(referrals.c.id)
)
_MINE = Prepared(
    _CASES.where(referrals.c.staff_id == bindparam("staff"), referrals.c.state == bindparam("state"))
)
_ONE = Prepared(_CASES.where(referrals.c.id == bindparam("referral")))
_LOAD = Prepared(
    select(func.count())
    .select_from(referrals)
    .where(referrals.c.staff_id == bindparam("staff"), referrals.c.state == ReferralState.OPEN.value)
)
_OPEN = Prepared(
    select(referrals.c.id, referrals.c.area, referrals.c.staff_id)
    .where(referrals.c.state == ReferralState.OPEN.value)
    .order_by(referrals.c.id)
)


def load(tx: Transaction, staff_id: int) -> int:
    """How many open cases somebody has."""
    return int(tx.run(_LOAD, {"staff": staff_id}).scalar())


def holders(tx: Transaction) -> list[tuple[int, str, int | None]]:
    """Every open referral, the oldest first: its id, its area, and whose case it is."""
    return [(referral, area, holder) for referral, area, holder in tx.run(_OPEN, {})]


def of_staff(tx: Transaction, staff_id: int, state: str = ReferralState.OPEN.value) -> list[CaseRow]:
    """Somebody's cases in a state, the oldest first."""
    return many(CaseRow, tx.run(_MINE, {"staff": staff_id, "state": state}))


def by_id(tx: Transaction, referral_id: int) -> CaseRow | None:
    """One case; None for a referral that never had a leg."""
    return one(CaseRow, tx.run(_ONE, {"referral": referral_id}))


def in_state(tx: Transaction, state: str) -> list[CaseRow]:
    """All cases in a state, the oldest first."""
    statement: Select[tuple[object, ...]] = _CASES.where(referrals.c.state == state)
    return many(CaseRow, tx.execute(statement))

"""Referrals, their legs, and every move of a leg.

Whoever decides about a leg locks its referral first: all legs of one need move one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, exists, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import leg_events, legs, outbox, referrals
from referral_engine.model import LIVE, ReferralState


@dataclass(frozen=True, slots=True, repr=False)
class ReferralRow:
    """One need of one person. `conversation_id` is where it was asked for, `staff_id` whose case it is."""

    id: int
    person_id: int
    conversation_id: int
    need: str
    area: str
    priority: str
    state: str
    disputed: bool
    reason: str
    staff_id: int | None
    opened_at: datetime
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LegRow:
    """One attempt with one provider. `detail` is the decline code or the outcome."""

    id: int
    referral_id: int
    code: str
    provider_id: int
    service_id: int
    state: str
    detail: str
    promised_at: datetime | None
    appointment_at: datetime | None


_REFERRAL = columns(referrals, ReferralRow)
_LEG = columns(legs, LegRow)
_LIVE = sorted(LIVE)
_MAY_LEAVE = ("due", "leased", "unknown")

_LOCK = Prepared(
    select(*_REFERRAL).where(referrals.c.id == bindparam("referral")).with_for_update(key_share=True)
)
_NEWEST = Prepared(
    select(*_REFERRAL)
    .where(referrals.c.conversation_id == bindparam("conversation"), referrals.c.state == bindparam("state"))
    .order_by(referrals.c.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_STAGE_HERE = Prepared(
    select(referrals.c.state, referrals.c.disputed, legs.c.state, legs.c.code)
    .join(legs, legs.c.referral_id == referrals.c.id)
    .where(referrals.c.conversation_id == bindparam("conversation"))
    .order_by((referrals.c.state == ReferralState.OPEN.value).desc(), referrals.c.id.desc(), legs.c.id.desc())
    .limit(1)
)
_FOR_NEED = Prepared(
    select(*_REFERRAL)
    .where(referrals.c.person_id == bindparam("person"), referrals.c.need == bindparam("need"))
    .order_by(referrals.c.id.desc())
    .limit(1)
)
_LEGS = Prepared(select(*_LEG).where(legs.c.referral_id == bindparam("referral")).order_by(legs.c.id))
_LEG_BY_CODE = Prepared(select(*_LEG).where(legs.c.code == bindparam("code")))
_LEG_BY_ID = Prepared(select(*_LEG).where(legs.c.id == bindparam("leg")))
_LIVE_AT = (
    select(*_LEG)
    .join(referrals, referrals.c.id == legs.c.referral_id)
    .where(
        referrals.c.person_id == bindparam("person"),
        legs.c.provider_id == bindparam("provider"),
        legs.c.state.in_(_LIVE),
    )
    .order_by(legs.c.id)
)


# --- referrals --------------------------------------------------------------------------------------------


def open_referral(tx: Transaction, values: Mapping[str, Any], now: datetime) -> ReferralRow:
    """Keeps a new referral. `values`: person, conversation, need, area, priority, state and reason."""
    made = tx.insert(referrals, {"opened_at": now, **values})
    return lock(tx, made)


def lock(tx: Transaction, referral_id: int) -> ReferralRow:
    """A referral, locked until the transaction ends. Raises `StoreError` where there is none."""
    found = one(ReferralRow, tx.run(_LOCK, {"referral": referral_id}))
    if found is None:
        raise StoreError("no such referral")
    return found


def newest_open(tx: Transaction, conversation_id: int) -> ReferralRow | None:
    """The newest open referral that a conversation asked for, locked."""
    wanted = {"conversation": conversation_id, "state": ReferralState.OPEN.value}
    return one(ReferralRow, tx.run(_NEWEST, wanted))


def closed_at(tx: Transaction, referral_id: int) -> datetime | None:
    """When a referral ended; None while it is open."""
    return tx.execute(select(referrals.c.closed_at).where(referrals.c.id == referral_id)).scalar()


def unfinished_of(tx: Transaction, person_id: int, *states: ReferralState) -> list[int]:
    """The referrals of a person in these states, the oldest first; without any, all that are not over."""
    wanted = [state.value for state in states or (ReferralState.DRAFT, ReferralState.OPEN)]
    mine = (referrals.c.person_id == person_id) & referrals.c.state.in_(wanted)
    return list(tx.execute(select(referrals.c.id).where(mine).order_by(referrals.c.id)).scalars())


def all_of(tx: Transaction, person_id: int) -> list[tuple[int, int]]:
    """Every referral that a person ever had, each with its conversation."""
    mine = select(referrals.c.id, referrals.c.conversation_id).where(referrals.c.person_id == person_id)
    return [(row.id, row.conversation_id) for row in tx.execute(mine)]


def hand_over(tx: Transaction, person_id: int, gone: int, to: int) -> None:
    """What a person asked for in one conversation is answered in another from now on."""
    mine = (referrals.c.person_id == person_id) & (referrals.c.conversation_id == gone)
    tx.execute(update(referrals).where(mine).values(conversation_id=to))


def newest_for_need(tx: Transaction, person_id: int, need: str) -> ReferralRow | None:
    """A person's newest referral for a need."""
    return one(ReferralRow, tx.run(_FOR_NEED, {"person": person_id, "need": need}))


def newest_stage(tx: Transaction, conversation_id: int) -> tuple[str, bool, str, str] | None:
    """Of a conversation's newest open referral, or else its newest: its state, dispute, last leg's state and code."""
    found: Any = tx.run(_STAGE_HERE, {"conversation": conversation_id}).first()
    return None if found is None else tuple(found)


def save_referral(tx: Transaction, referral_id: int, values: Mapping[str, Any]) -> None:
    """Writes what changed of a referral."""
    tx.run(_saving(referrals, tuple(values)), {**values, "row_": referral_id})


# --- legs -------------------------------------------------------------------------------------------------


def add_leg(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Keeps a new leg; False where its code is taken."""
    return insert_once(tx, legs, values)


def leg_by_code(tx: Transaction, code: str) -> LegRow | None:
    """The leg of a code, not locked."""
    return one(LegRow, tx.run(_LEG_BY_CODE, {"code": code}))


def leg_by_id(tx: Transaction, leg_id: int) -> LegRow | None:
    """The leg of an id, not locked."""
    return one(LegRow, tx.run(_LEG_BY_ID, {"leg": leg_id}))


def legs_of(tx: Transaction, referral_id: int) -> list[LegRow]:
    """A referral's legs, the newest last."""
    return many(LegRow, tx.run(_LEGS, {"referral": referral_id}))


@dataclass(frozen=True, slots=True)
class LegDueRow:
    """A leg's state and the times in its own row."""

    id: int
    state: str
    opened_at: datetime
    acknowledge_by: datetime | None
    accept_by: datetime | None
    serve_by: datetime | None
    ask_at: datetime | None
    promised_at: datetime | None
    appointment_at: datetime | None


def newest_due(tx: Transaction, referral_id: int) -> LegDueRow | None:
    """The times of a referral's newest leg."""
    mine = select(*columns(legs, LegDueRow)).where(legs.c.referral_id == referral_id)
    return one(LegDueRow, tx.execute(mine.order_by(legs.c.id.desc()).limit(1)))


def live_at(tx: Transaction, person_id: int, provider_id: int) -> list[LegRow]:
    """A person's live legs with one provider, the newest last."""
    return many(LegRow, tx.execute(_LIVE_AT, {"person": person_id, "provider": provider_id}))


def only_live_code(tx: Transaction, provider_id: int) -> str:
    """The code of a provider's only live leg; empty where it has none, or several."""
    live = select(legs.c.code).where(legs.c.provider_id == provider_id, legs.c.state.in_(_LIVE)).limit(2)
    codes = list(tx.execute(live).scalars())
    return str(codes[0]) if len(codes) == 1 else ""


def save_leg(tx: Transaction, leg_id: int, values: Mapping[str, Any]) -> None:
    """Writes what changed of a leg."""
    tx.run(_saving(legs, tuple(values)), {**values, "row_": leg_id})


@lru_cache(maxsize=64)
def _saving(table: Table, names: tuple[str, ...]) -> Prepared:
    """An update of the named columns of one row."""
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return Prepared(update(table).where(table.c.id == bindparam("row_")).values(values))


def add_leg_event(
    tx: Transaction, leg_id: int, event: str, was: str, state: str, actor: str, detail: str, now: datetime
) -> int:
    """One move: what happened, from where to where, on whose word (`kind:id`). Returns its row's id."""
    values = {
        "leg_id": leg_id,
        "event": event,
        "was": was,
        "state": state,
        "actor": actor,
        "detail": detail,
        "at": now,
    }
    return int(tx.insert(leg_events, values))


@dataclass(frozen=True, slots=True)
class LegEventRow:
    """One move of a leg, or of the referral while this leg was its newest."""

    id: int
    event: str
    was: str
    state: str
    actor: str
    detail: str
    at: datetime


_EVENTS = Prepared(
    select(*columns(leg_events, LegEventRow))
    .where(leg_events.c.leg_id == bindparam("leg"))
    .order_by(leg_events.c.id)
)


def events_of(tx: Transaction, leg_id: int) -> list[LegEventRow]:
    """All that happened to a leg, the oldest first."""
    return many(LegEventRow, tx.run(_EVENTS, {"leg": leg_id}))


def newest_asked(tx: Transaction, conversation_id: int, questions: Sequence[str]) -> int | None:
    """The referral of a conversation whose newest leg had one of these events last; an open one before a served one."""
    newer = legs.alias()
    statement = (
        select(referrals.c.id)
        .join(legs, legs.c.referral_id == referrals.c.id)
        .join(leg_events, leg_events.c.leg_id == legs.c.id)
        .where(
            referrals.c.conversation_id == conversation_id,
            referrals.c.state.in_([ReferralState.OPEN.value, ReferralState.SERVED.value]),
            leg_events.c.event.in_(questions),
            ~exists().where(newer.c.referral_id == referrals.c.id, newer.c.id > legs.c.id),
        )
        .order_by((referrals.c.state == ReferralState.OPEN.value).desc(), leg_events.c.id.desc())
        .limit(1)
    )
    return tx.execute(statement).scalar()


def offer_on_its_way(tx: Transaction, dedupe: str, but: int) -> bool:
    """Whether a letter whose dedupe key begins so may still leave or has arrived, besides the one of row `but`."""
    mine = outbox.c.dedupe.startswith(dedupe, autoescape=True) & (outbox.c.id != but)
    left = (outbox.c.state == "accepted") & (outbox.c.delivery != "failed")
    statement = select(outbox.c.id).where(mine, outbox.c.state.in_(_MAY_LEAVE) | left)
    return tx.execute(statement).first() is not None

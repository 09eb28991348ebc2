"""Complaints, and every step of each. Texts are sealed under the key of the conversation that they were told in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, union, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.providers import ProviderRow
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import (
    callbacks,
    complaint_events,
    complaints,
    conversations,
    holders,
    legs,
    provider_phones,
    providers,
    referrals,
    reviews,
    staff_addresses,
)
from gateway.vault import DataKey, Vault

BODY, ANSWER = b"complaints.body", b"complaints.answer"


@dataclass(frozen=True, slots=True, repr=False)
class ComplaintRow:
    """One complaint. `staff_id` is who deals with it, `due_at` when they must; `provider_id` whom it is about."""

    id: int
    code: str
    conversation_id: int
    address_id: int
    person_id: int | None
    about: str
    provider_id: int | None
    state: str
    staff_id: int | None
    outcome: str
    body: bytes
    answer: bytes | None
    wants_call: bool
    may_write: bool
    opened_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComplaintEventRow:
    """One step: what, on whose word (`kind:id`), and how it came out."""

    event: str
    actor: str
    detail: str
    at: datetime


_COLUMNS = columns(complaints, ComplaintRow)
_ALL = select(*_COLUMNS)
_BY_CODE = Prepared(_ALL.where(complaints.c.code == bindparam("code")))
_BY_ID = Prepared(_ALL.where(complaints.c.id == bindparam("complaint")))
_LOCK = Prepared(_ALL.where(complaints.c.id == bindparam("complaint")).with_for_update(key_share=True))
_MINE = _ALL.where(complaints.c.conversation_id == bindparam("conversation"))
_OF_CONVERSATION = Prepared(_MINE.order_by(complaints.c.id.desc()))
_LISTED = _ALL.order_by(complaints.c.due_at.is_(None), complaints.c.due_at, complaints.c.id)
_KEY = Prepared(select(conversations.c.key).where(conversations.c.id == bindparam("conversation")))
_EVENTS = Prepared(
    select(*columns(complaint_events, ComplaintEventRow))
    .where(complaint_events.c.complaint_id == bindparam("complaint"))
    .order_by(complaint_events.c.id)
)


# --- one complaint ----------------------------------------------------------------------------------------


def add(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Keeps a new complaint; False where its code is taken."""
    return insert_once(tx, complaints, values)


def by_code(tx: Transaction, code: str) -> ComplaintRow | None:
    """The complaint of a code, not locked."""
    return one(ComplaintRow, tx.run(_BY_CODE, {"code": code}))


def by_id(tx: Transaction, complaint_id: int) -> ComplaintRow | None:
    """The complaint of an id, not locked."""
    return one(ComplaintRow, tx.run(_BY_ID, {"complaint": complaint_id}))


def lock(tx: Transaction, complaint_id: int) -> ComplaintRow | None:
    """A complaint, locked until the transaction ends."""
    return one(ComplaintRow, tx.run(_LOCK, {"complaint": complaint_id}))


def of_conversation(tx: Transaction, conversation_id: int) -> list[ComplaintRow]:
    """What was complained of in a conversation, the newest first."""
    return many(ComplaintRow, tx.run(_OF_CONVERSATION, {"conversation": conversation_id}))


def in_states(tx: Transaction, states: Iterable[str]) -> list[ComplaintRow]:
    """Every complaint that stands so, the one that is due soonest first."""
    return many(ComplaintRow, tx.execute(_LISTED.where(complaints.c.state.in_(sorted(states)))))


def made_since(tx: Transaction, conversation_id: int, since: datetime) -> int:
    """How many were made in a conversation since then."""
    recent = (complaints.c.conversation_id == conversation_id) & (complaints.c.opened_at >= since)
    return int(tx.execute(select(func.count()).select_from(complaints).where(recent)).scalar_one())


def save(tx: Transaction, complaint_id: int, values: Mapping[str, Any]) -> None:
    """Writes what changed of a complaint."""
    tx.execute(update(complaints).where(complaints.c.id == complaint_id).values(**values))


def key_of(tx: Transaction, vault: Vault, complaint: ComplaintRow) -> DataKey:
    """The key of its texts. Raises `VaultError` where the conversation was erased."""
    (wrapped,) = tx.run(_KEY, {"conversation": complaint.conversation_id}).first() or (b"",)
    return vault.open_key(wrapped)


# --- its steps --------------------------------------------------------------------------------------------


def add_event(tx: Transaction, complaint_id: int, event: str, actor: str, detail: str, now: datetime) -> int:
    """One step, on whose word (`kind:id`). Returns its row's id."""
    values = {"complaint_id": complaint_id, "event": event, "actor": actor, "detail": detail, "at": now}
    return int(tx.insert(complaint_events, values))


def events_of(tx: Transaction, complaint_id: int) -> list[ComplaintEventRow]:
    """All that happened to a complaint, the oldest first."""
    return many(ComplaintEventRow, tx.run(_EVENTS, {"complaint": complaint_id}))


# --- whom it may concern ----------------------------------------------------------------------------------


def places_of(tx: Transaction, conversation_id: int, most: int) -> list[ProviderRow]:
    """The providers that a conversation's requests went to, the newest first, each once."""
    newest = func.max(legs.c.id)
    statement = (
        select(*columns(providers, ProviderRow))
        .join(legs, legs.c.provider_id == providers.c.id)
        .join(referrals, referrals.c.id == legs.c.referral_id)
        .where(referrals.c.conversation_id == conversation_id)
        .group_by(*columns(providers, ProviderRow))
        .order_by(newest.desc())
        .limit(most)
    )
    return many(ProviderRow, tx.execute(statement))


def handlers_of(tx: Transaction, conversation_id: int) -> set[int]:
    """The staff who dealt with anything of a conversation or of whom it speaks for."""
    people = select(holders.c.person_id).where(holders.c.conversation_id == conversation_id)
    statement = union(
        select(referrals.c.staff_id).where(
            (referrals.c.conversation_id == conversation_id) | referrals.c.person_id.in_(people)
        ),
        select(callbacks.c.staff_id).where(callbacks.c.conversation_id == conversation_id),
        select(reviews.c.staff_id).where(reviews.c.person_id.in_(people)),
    )
    return {staff_id for (staff_id,) in tx.execute(statement) if staff_id is not None}


def speaking_for(tx: Transaction, provider_id: int | None) -> set[int]:
    """The staff whose address is also a phone of a provider; of any provider where none is named."""
    statement = select(staff_addresses.c.staff_id).join(
        provider_phones, provider_phones.c.address_id == staff_addresses.c.address_id
    )
    if provider_id is not None:
        statement = statement.where(provider_phones.c.provider_id == provider_id)
    return set(tx.execute(statement).scalars())


# --- two conversations that are one -----------------------------------------------------------------------


def follow(tx: Transaction, gone_id: int, old: DataKey, to: int, new: DataKey) -> None:
    """Leads the complaints of one conversation to another, their texts sealed anew under that one's key."""
    rows: Sequence[ComplaintRow] = of_conversation(tx, gone_id)
    for row in rows:
        values: dict[str, Any] = {
            "conversation_id": to,
            "body": new.seal(old.open(row.body, BODY), BODY),
        }
        if row.answer is not None:
            values["answer"] = new.seal(old.open(row.answer, ANSWER), ANSWER)
        save(tx, row.id, values)

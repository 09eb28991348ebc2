"""What is on record about one referral beside its own events: letters, call-backs, who did what, what falls due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from gateway.store.callbacks import CallbackRow
from gateway.store.database import Transaction
from gateway.store.rows import columns, many
from gateway.store.tables import audit, callbacks, digest_items, outbox, timers
from gateway.store.timers import DUE


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A notice that was posted, and what became of it; not what it says."""

    id: int
    purpose: str
    channel: str
    state: str
    delivery: str
    code: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DigestRow:
    """Something that one of the staff is told of together with other things."""

    id: int
    staff_id: int
    notice: str
    at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An act of somebody."""

    id: int
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    at: datetime


def letters(tx: Transaction, about: Iterable[str]) -> list[LetterRow]:
    """The letters whose dedupe keys begin with one of these, in the order they were posted."""
    begins = [outbox.c.dedupe.startswith(each, autoescape=True) for each in about]
    statement = select(*columns(outbox, LetterRow)).where(or_(*begins)).order_by(outbox.c.id)
    return many(LetterRow, tx.execute(statement))


def digests(tx: Transaction, about: Iterable[str]) -> list[DigestRow]:
    """What was kept for digests, as `letters`."""
    begins = [digest_items.c.dedupe.startswith(each, autoescape=True) for each in about]
    statement = select(*columns(digest_items, DigestRow)).where(or_(*begins)).order_by(digest_items.c.id)
    return many(DigestRow, tx.execute(statement))


def acts(tx: Transaction, subjects: Sequence[str], since: datetime) -> list[AuditRow]:
    """What is on record about these subjects since an instant, the oldest first."""
    mine = audit.c.subject.in_(subjects) & (audit.c.at >= since)
    return many(AuditRow, tx.execute(select(*columns(audit, AuditRow)).where(mine).order_by(audit.c.id)))


def calls(
    tx: Transaction, conversation_id: int, since: datetime, until: datetime | None
) -> list[tuple[CallbackRow, datetime | None]]:
    """The call-backs that a conversation asked for in a time, each with when it was taken."""
    mine = (callbacks.c.conversation_id == conversation_id) & (callbacks.c.opened_at >= since)
    if until is not None:
        mine &= callbacks.c.opened_at <= until
    statement = select(*columns(callbacks, CallbackRow), callbacks.c.taken_at).where(mine)
    found: list[Any] = list(tx.execute(statement.order_by(callbacks.c.id)))
    return [(CallbackRow(*row), taken_at) for *row, taken_at in found]


def due(tx: Transaction, kinds: Iterable[str], subject_id: int) -> list[tuple[str, datetime]]:
    """What has yet to fall due of these kinds about a subject, the next first."""
    mine = (timers.c.subject_id == subject_id) & timers.c.kind.in_(sorted(kinds)) & (timers.c.state == DUE)
    statement = select(timers.c.kind, timers.c.due_at).where(mine).order_by(timers.c.due_at, timers.c.id)
    return [(row.kind, row.due_at) for row in tx.execute(statement)]

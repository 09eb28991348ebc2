"""What happened to a person's record: on whose word, why, and the answers that were replaced, sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update

from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.rows import columns, many, one
from gateway.store.tables import person_events
from gateway.vault import Vault

BEFORE = b"person_events.before"


@dataclass(frozen=True, slots=True, repr=False)
class EventRow:
    """An event. `detail` holds codes only; `before` is sealed with the person's key."""

    id: int
    person_id: int
    event: str
    actor: str
    reason: str
    detail: Mapping[str, Any]
    before: bytes | None
    at: datetime


_COLUMNS = columns(person_events, EventRow)
_OF = select(*_COLUMNS).where(person_events.c.person_id == bindparam("person")).order_by(person_events.c.id)
_NEWEST = (
    select(*_COLUMNS)
    .where(person_events.c.person_id == bindparam("person"), person_events.c.event == bindparam("named"))
    .order_by(person_events.c.id.desc())
    .limit(1)
)


def add(
    tx: Transaction,
    vault: Vault,
    person: PersonRow,
    event: str,
    actor: str,
    now: datetime,
    *,
    reason: str = "",
    detail: Mapping[str, str | Sequence[str]] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> None:
    """One event, in the transaction of what it tells of. `answers` are the person's own, kept sealed."""
    sealed = vault.open_key(person.key).seal(orjson.dumps(answers), BEFORE) if answers else None
    values = {"person_id": person.id, "event": event, "actor": actor, "reason": reason, "at": now}
    tx.add(person_events, values | {"detail": dict(detail or {}), "before": sealed})


def of(tx: Transaction, person_id: int) -> list[EventRow]:
    """All that happened to a record, the oldest first."""
    return many(EventRow, tx.execute(_OF, {"person": person_id}))


def newest(tx: Transaction, person_id: int, event: str) -> EventRow | None:
    """The last event of a name."""
    return one(EventRow, tx.execute(_NEWEST, {"person": person_id, "named": event}))


def rename(tx: Transaction, event_id: int, event: str) -> None:
    """What was asked for was decided: the event goes by another name, its answers stay."""
    tx.execute(update(person_events).where(person_events.c.id == event_id).values(event=event))


def answers_of(vault: Vault, person: PersonRow, row: EventRow) -> dict[str, Any]:
    """The answers that an event keeps. Raises `VaultError` where the person was erased."""
    if row.before is None:
        return {}
    answers: dict[str, Any] = orjson.loads(vault.open_key(person.key).open(row.before, BEFORE))
    return answers

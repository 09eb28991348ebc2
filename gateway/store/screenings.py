"""How soon each person is to be seen: a row a change, and the newest of a person holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, func, select

from gateway.store.database import Transaction
from gateway.store.people import PENDING, REGISTERED, PersonRow
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, many, one
from gateway.store.tables import people, screenings
from gateway.vault import Vault

REASONS = b"screenings.reasons"


@dataclass(frozen=True, slots=True, repr=False)
class ScreeningRow:
    """A tier, and the ids of the rules that hold, sealed with the person's key: some would tell of an illness.

    `reason` is not empty where somebody of the staff set the tier: why, as a code.
    """

    id: int
    person_id: int
    tier: str
    reasons: bytes
    ruleset: str
    actor: str
    reason: str
    at: datetime


_COLUMNS = columns(screenings, ScreeningRow)
_NEWEST = Prepared(
    select(*_COLUMNS)
    .where(screenings.c.person_id == bindparam("person"))
    .order_by(screenings.c.id.desc())
    .limit(1)
)
_HISTORY = Prepared(
    select(*_COLUMNS).where(screenings.c.person_id == bindparam("person")).order_by(screenings.c.id)
)
_REGISTERED = (
    (people.c.status == REGISTERED) | (people.c.status == PENDING),
    people.c.merged_into.is_(None),
    people.c.died_at.is_(None),
)
_AFTER = Prepared(
    select(people.c.id)
    .where(people.c.id > bindparam("after"), *_REGISTERED)
    .order_by(people.c.id)
    .limit(bindparam("most"))
)
_COUNT = Prepared(select(func.count()).select_from(people).where(*_REGISTERED))


def add(
    tx: Transaction,
    vault: Vault,
    person: PersonRow,
    tier: str,
    reasons: Sequence[str],
    ruleset: str,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """What holds from now on. `actor` is `kind:id`; `reason` a code where a person set the tier, else empty."""
    values = {
        "person_id": person.id,
        "tier": tier,
        "reasons": vault.open_key(person.key).seal(orjson.dumps(reasons), REASONS),
        "ruleset": ruleset,
        "actor": actor,
        "reason": reason,
        "at": now,
    }
    tx.add(screenings, values)


def reasons_of(vault: Vault, person: PersonRow, row: ScreeningRow) -> tuple[str, ...]:
    """The ids of the rules that held. Raises `VaultError` where the person was erased."""
    return tuple(orjson.loads(vault.open_key(person.key).open(row.reasons, REASONS)))


def newest_of(tx: Transaction, person_id: int) -> ScreeningRow | None:
    """What holds for a person; None for one who was never screened."""
    return one(ScreeningRow, tx.run(_NEWEST, {"person": person_id}))


def history_of(tx: Transaction, person_id: int) -> list[ScreeningRow]:
    """All that was ever decided for a person, the first first."""
    return many(ScreeningRow, tx.run(_HISTORY, {"person": person_id}))


def how_many(tx: Transaction) -> int:
    """The living people whom rules are replayed over: registered, or waiting for a review, each once."""
    return int(tx.run(_COUNT, {}).scalar())


def each_after(tx: Transaction, person_id: int, most: int) -> list[int]:
    """The next of those people by their ids, at most so many; none where that was the last."""
    return [found for (found,) in tx.run(_AFTER, {"after": person_id, "most": most})]

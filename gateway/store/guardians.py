"""Who answers for somebody under age: a row a guardianship, the newest without an end holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.rows import columns, one
from gateway.store.tables import guardians, people

_GUARDIAN = (
    select(*columns(people, PersonRow))
    .join(guardians, guardians.c.guardian_id == people.c.id)
    .where(guardians.c.ward_id == bindparam("ward"), guardians.c.until.is_(None), people.c.died_at.is_(None))
    .order_by(guardians.c.id.desc())
    .limit(1)
)


def guardian_of(tx: Transaction, ward_id: int) -> PersonRow | None:
    """Who answers for a person now, if anybody living does. How old the ward is the caller looks at."""
    return one(PersonRow, tx.execute(_GUARDIAN, {"ward": ward_id}))


def appoint(
    tx: Transaction, ward_id: int, guardian_id: int, relation: str, actor: str, now: datetime
) -> None:
    """Ends what held and begins anew."""
    end(tx, ward_id, now)
    values = {"ward_id": ward_id, "guardian_id": guardian_id, "relation": relation}
    tx.add(guardians, values | {"actor": actor, "since": now})


def end(tx: Transaction, ward_id: int, now: datetime) -> bool:
    """Ends whatever guardianship of a person holds; False where none did."""
    holding = (guardians.c.ward_id == ward_id) & guardians.c.until.is_(None)
    return bool(tx.execute(update(guardians).where(holding).values(until=now)).rowcount)

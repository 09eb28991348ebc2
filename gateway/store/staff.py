"""Caseworkers and supervisors, and the addresses they are reached at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import staff, staff_addresses

CASEWORKER, SUPERVISOR = "caseworker", "supervisor"
COMPLAINTS = "complaints"
"""The role of those who deal with complaints and with nothing else."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One of the staff. Empty `areas` (P-codes): everywhere. `given_at`: when a case was given to them last."""

    id: int
    code: str
    role: str
    areas: tuple[str, ...]
    language: str
    away_until: datetime | None = None
    given_at: datetime | None = None

    def here(self, now: datetime) -> bool:
        """Whether they are not on leave. Somebody is back at the very instant that they named."""
        return self.away_until is None or self.away_until <= now


_COLUMNS = columns(staff, StaffRow)
_ACTIVE = Prepared(select(*_COLUMNS).where(staff.c.active.is_(True)).order_by(staff.c.id))
_BY_ADDRESS = Prepared(
    select(*_COLUMNS)
    .join(staff_addresses, staff_addresses.c.staff_id == staff.c.id)
    .where(staff_addresses.c.address_id == bindparam("address"), staff.c.active.is_(True))
)
_ADDRESSES = Prepared(
    select(staff_addresses.c.address_id)
    .where(staff_addresses.c.staff_id == bindparam("staff"))
    .order_by(staff_addresses.c.address_id)
)
_BY_ID = Prepared(select(*_COLUMNS).where(staff.c.id == bindparam("staff")))
_IN_TURN = Prepared(select(staff.c.id).order_by(staff.c.id).with_for_update(key_share=True))
_GIVEN = Prepared(
    update(staff)
    .where(staff.c.id == bindparam("staff"))
    .values(given_at=bindparam("now", type_=staff.c.given_at.type))
)


def active(tx: Transaction) -> list[StaffRow]:
    """Everyone who works here now."""
    return many(StaffRow, tx.run(_ACTIVE, {}))


def by_id(tx: Transaction, staff_id: int) -> StaffRow | None:
    """Whose number it is, also of somebody who left."""
    return one(StaffRow, tx.run(_BY_ID, {"staff": staff_id}))


def by_address(tx: Transaction, address_id: int) -> StaffRow | None:
    """Whose address it is; None also for somebody who left."""
    return one(StaffRow, tx.run(_BY_ADDRESS, {"address": address_id}))


def addresses(tx: Transaction, staff_id: int) -> list[int]:
    """The addresses of one of the staff."""
    return [address_id for (address_id,) in tx.run(_ADDRESSES, {"staff": staff_id})]


# --- who has what, and who is here ------------------------------------------------------------------------


def in_turn(tx: Transaction) -> None:
    """Locks everyone, in the order of their ids, until the end: for whoever writes to several of them."""
    tx.run(_IN_TURN, {}).first()


def given(tx: Transaction, staff_id: int, now: datetime) -> None:
    """A case was given to them. Whoever locks referrals too locks those first."""
    tx.run(_GIVEN, {"staff": staff_id, "now": now})


def set_away(tx: Transaction, staff_id: int, until: datetime | None) -> None:
    """On leave until an instant, or here."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(away_until=until))


# --- writing the directory --------------------------------------------------------------------------------


def save(tx: Transaction, code: str, values: Mapping[str, Any]) -> int:
    """Makes or updates the staff entry of a code; returns its id."""
    if not insert_once(tx, staff, {"code": code, "active": True, **values}):
        tx.execute(update(staff).where(staff.c.code == code).values(active=True, **values))
    return int(tx.execute(select(staff.c.id).where(staff.c.code == code)).scalar_one())


def retire_others(tx: Transaction, codes: Sequence[str]) -> None:
    """Those who left the directory work here no more; what they did still names them."""
    tx.execute(update(staff).where(staff.c.code.not_in(codes)).values(active=False))


def set_addresses(tx: Transaction, staff_id: int, address_ids: Sequence[int]) -> list[int]:
    """Makes these the addresses of one of the staff; returns those that no longer are."""
    gone = [each for each in addresses(tx, staff_id) if each not in address_ids]
    tx.execute(delete(staff_addresses).where(staff_addresses.c.address_id.in_([*gone, *address_ids])))
    for address_id in address_ids:
        tx.execute(insert(staff_addresses).values(address_id=address_id, staff_id=staff_id))
    return gone

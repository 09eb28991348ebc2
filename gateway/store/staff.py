"""Caseworkers and supervisors, and the addresses they are reached at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import staff, staff_addresses

CASEWORKER, SUPERVISOR = "caseworker", "supervisor"


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One of the staff. Empty `areas` (P-codes): everywhere."""

    id: int
    code: str
    role: str
    areas: tuple[str, ...]
    language: str


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


def active(tx: Transaction) -> list[StaffRow]:
    """Everyone who works here now."""
    return many(StaffRow, tx.run(_ACTIVE, {}))


def by_address(tx: Transaction, address_id: int) -> StaffRow | None:
    """Whose address it is; None also for somebody who left."""
    return one(StaffRow, tx.run(_BY_ADDRESS, {"address": address_id}))


def addresses(tx: Transaction, staff_id: int) -> list[int]:
    """The addresses of one of the staff."""
    return [address_id for (address_id,) in tx.run(_ADDRESSES, {"staff": staff_id})]


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

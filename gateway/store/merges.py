"""Records that turned out to be one person's: which went into which, and what changed hands with it.

`people.merged_into` always names the one kept at the end: of a merge into a record that itself goes into a third, all
follow. A merge notes the rows that it moved by their numbers, so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, bindparam, select, update

from gateway.store.certificates import NUMBER, CertificateRow
from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.rows import columns, many, one
from gateway.store.tables import (
    certificates,
    complaints,
    guardians,
    holders,
    merges,
    people,
    referrals,
    reviews,
)
from gateway.vault import Vault
from referral_engine.model import ReferralState


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge of `gone_id` into `kept_id`. `moved` holds numbers of rows, statuses and codes."""

    id: int
    kept_id: int
    gone_id: int
    moved: dict[str, Any]
    undone_at: datetime | None


_COLUMNS = columns(merges, MergeRow)
_BY_ID = select(*_COLUMNS).where(merges.c.id == bindparam("merge")).with_for_update(key_share=True)
_HOLDS = merges.c.undone_at.is_(None)
_OF_GONE = (
    select(*_COLUMNS)
    .where(merges.c.gone_id == bindparam("gone"), _HOLDS)
    .order_by(merges.c.id.desc())
    .limit(1)
)
_INTO = select(*_COLUMNS).where(merges.c.kept_id == bindparam("kept"), _HOLDS).order_by(merges.c.id)
_LIVE = (ReferralState.DRAFT.value, ReferralState.OPEN.value)

HANDED: dict[str, tuple[Column[int], tuple[ColumnElement[bool], ...]]] = {
    "people": (people.c.merged_into, ()),
    "referrals": (referrals.c.person_id, (referrals.c.state.in_(_LIVE),)),
    "complaints": (complaints.c.person_id, ()),
    "wards": (guardians.c.ward_id, (guardians.c.until.is_(None),)),
    "guardians": (guardians.c.guardian_id, (guardians.c.until.is_(None),)),
    "reviews": (reviews.c.person_id, (reviews.c.kind == "phone", reviews.c.decided_at.is_(None))),
}
"""What goes over to the one kept: by its name in `moved` the column that names the person, and which rows."""


# --- merges -----------------------------------------------------------------------------------------------


def add(
    tx: Transaction,
    kept_id: int,
    gone_id: int,
    actor: str,
    reason: str,
    moved: dict[str, Any],
    now: datetime,
) -> int:
    """Keeps a merge; returns its number."""
    values = {"kept_id": kept_id, "gone_id": gone_id, "actor": actor, "reason": reason}
    made: int = tx.insert(merges, values | {"moved": moved, "at": now})
    return made


def by_id(tx: Transaction, merge_id: int) -> MergeRow | None:
    """A merge, locked until the end."""
    return one(MergeRow, tx.execute(_BY_ID, {"merge": merge_id}))


def of(tx: Transaction, gone_id: int) -> MergeRow | None:
    """The merge by which a record went into another, where it was not undone."""
    return one(MergeRow, tx.execute(_OF_GONE, {"gone": gone_id}))


def into(tx: Transaction, kept_id: int) -> list[MergeRow]:
    """The merges that hold and brought others into a record, the first first."""
    return many(MergeRow, tx.execute(_INTO, {"kept": kept_id}))


def undo(tx: Transaction, merge_id: int, actor: str, now: datetime) -> None:
    """A merge that holds no more."""
    values = {"undone_at": now, "undone_by": actor}
    tx.execute(update(merges).where(merges.c.id == merge_id).values(**values))


# --- what changes hands -----------------------------------------------------------------------------------


def set_person(tx: Transaction, person_id: int, values: dict[str, Any]) -> None:
    """Writes `status`, `merged_into` or `died_at` of a person."""
    tx.execute(update(people).where(people.c.id == person_id).values(**values))


def hand_over(tx: Transaction, name: str, gone_id: int, kept_id: int) -> list[int]:
    """Gives the rows of one of `HANDED` to the one kept; returns their numbers. Nobody becomes their own guardian."""
    column, only = HANDED[name]
    key = column.table.c.id
    other = {"wards": guardians.c.guardian_id, "guardians": guardians.c.ward_id}.get(name)
    if other is not None:
        only = (*only, other != kept_id)
    ids = list(tx.execute(select(key).where(column == gone_id, *only).order_by(key)).scalars())
    _give(tx, column, ids, gone_id, kept_id)
    return ids


def hand_back(tx: Transaction, name: str, ids: Iterable[int], kept_id: int, gone_id: int) -> None:
    """Gives those rows back that are still with the one kept."""
    _give(tx, HANDED[name][0], list(ids), kept_id, gone_id)


def _give(tx: Transaction, column: Column[int], ids: list[int], source: int, target: int) -> None:
    mine = column.table.c.id.in_(ids), column == source
    tx.execute(update(column.table).where(*mine).values({column: target}))


def hand_certificate(
    tx: Transaction, vault: Vault, certificate: CertificateRow, source: PersonRow, target: PersonRow
) -> None:
    """Makes a certificate another record's, its number sealed under that one's key."""
    number = vault.open_key(source.key).open(certificate.number, NUMBER)
    values = {"person_id": target.id, "number": vault.open_key(target.key).seal(number, NUMBER)}
    tx.execute(update(certificates).where(certificates.c.id == certificate.id).values(**values))


def certificates_of(tx: Transaction, person_id: int) -> list[CertificateRow]:
    """Every certificate of a person, the first first."""
    statement = select(*columns(certificates, CertificateRow)).where(certificates.c.person_id == person_id)
    return many(CertificateRow, tx.execute(statement.order_by(certificates.c.id)))


def conversations_of_merged(tx: Transaction, kept_id: int) -> dict[int, set[int]]:
    """By each record that stands for the one kept, the conversations that held it."""
    statement = (
        select(holders.c.person_id, holders.c.conversation_id)
        .join(people, people.c.id == holders.c.person_id)
        .where(people.c.merged_into == kept_id)
    )
    found: dict[int, set[int]] = {}
    rows: Sequence[Any] = tx.execute(statement).all()
    for person, conversation in rows:
        found.setdefault(person, set()).add(conversation)
    return found

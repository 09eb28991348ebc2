"""What the staff noted about cases, sealed under the key of the person whose case it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.rows import columns, many
from gateway.store.tables import case_notes
from gateway.vault import Vault

BODY = b"case_notes.body"


@dataclass(frozen=True, slots=True, repr=False)
class NoteRow:
    """A note. `person_id` is under whose key `body` is sealed, `author` who wrote it (`kind:id`)."""

    id: int
    person_id: int
    author: str
    body: bytes
    at: datetime


_OF = (
    select(*columns(case_notes, NoteRow))
    .where(case_notes.c.referral_id == bindparam("referral"))
    .order_by(case_notes.c.id)
)


def add(
    tx: Transaction, vault: Vault, referral_id: int, person: PersonRow, author: str, text: str, now: datetime
) -> None:
    """Keeps a note. Raises `VaultError` where the person was erased."""
    body = vault.open_key(person.key).seal(text.encode(), BODY)
    values = {"referral_id": referral_id, "person_id": person.id, "author": author, "body": body, "at": now}
    tx.add(case_notes, values)


def of(tx: Transaction, referral_id: int) -> list[NoteRow]:
    """The notes about a referral, the oldest first."""
    return many(NoteRow, tx.execute(_OF, {"referral": referral_id}))


def text_of(vault: Vault, person: PersonRow, note: NoteRow) -> str:
    """What a note says. Raises `VaultError` where the person was erased."""
    return vault.open_key(person.key).open(note.body, BODY).decode()

"""USSD dialogues: how far each cumulative text was answered, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from gateway.store.conversations import COLUMNS, AddressRow, to_row
from gateway.store.database import Transaction, Writer
from gateway.store.prepared import Prepared
from gateway.store.tables import addresses, conversations, dialogues

REPLY = b"dialogues.reply"


@dataclass(frozen=True, slots=True)
class DialogueRow:
    """A dialogue as it stands, with the address it is bound to. `reply` is the sealed body answered last."""

    address: AddressRow
    blind: bytes
    service: str
    length: int
    digest: bytes
    reply: bytes
    ended: bool


_FIND = Prepared(
    select(
        *COLUMNS,
        addresses.c.blind,
        dialogues.c.service,
        dialogues.c.length,
        dialogues.c.digest,
        dialogues.c.reply,
        dialogues.c.ended,
    )
    .join(conversations, conversations.c.id == addresses.c.conversation_id)
    .join(dialogues, dialogues.c.address_id == addresses.c.id)
    .where(dialogues.c.id == bindparam("id"))
    .with_for_update(of=[conversations, addresses, dialogues], key_share=True)
)
_ANSWER = Prepared(
    update(dialogues)
    .where(dialogues.c.id == bindparam("dialogue"))
    .values(
        length=bindparam("length"),
        digest=bindparam("digest"),
        reply=bindparam("reply"),
        hops=dialogues.c.hops + 1,
        ended=bindparam("ended"),
        seen_at=bindparam("at"),
    )
)


def find(tx: Transaction, dialogue: str) -> DialogueRow | None:
    """A dialogue and its conversation, locked until the transaction ends.

    None too where its address was led to another conversation while we waited: to `begin` it again is a `Conflict`,
    after which it is found.
    """
    row = tx.run(_FIND, {"id": dialogue}).first()
    return None if row is None else DialogueRow(to_row(row), *row[len(COLUMNS) :])


def begin(
    tx: Writer,
    dialogue: str,
    address_id: int,
    service: str,
    length: int,
    digest: bytes,
    reply: bytes,
    ended: bool,
    now: datetime,
) -> None:
    """Keeps the first answer of a dialogue. Raises `Conflict` where another process was first."""
    tx.add(
        dialogues,
        {
            "id": dialogue,
            "address_id": address_id,
            "service": service,
            "length": length,
            "digest": digest,
            "reply": reply,
            "hops": 1,
            "ended": ended,
            "started_at": now,
            "seen_at": now,
        },
    )


def answer(
    tx: Writer, dialogue: str, length: int, digest: bytes, reply: bytes, ended: bool, now: datetime
) -> None:
    """Keeps the newest answer of a dialogue."""
    tx.run(
        _ANSWER,
        {
            "dialogue": dialogue,
            "length": length,
            "digest": digest,
            "reply": reply,
            "ended": ended,
            "at": now,
        },
    )


def ended(tx: Transaction, dialogue: str, status: str) -> bool:
    """Notes the network's word that a dialogue is over; False for one we never saw."""
    statement = update(dialogues).where(dialogues.c.id == dialogue).values(ended=True, status=status[:32])
    return bool(tx.execute(statement).rowcount)

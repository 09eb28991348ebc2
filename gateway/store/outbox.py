"""What goes out: letters written in the transaction that caused them, one row each.

The row is the truth; a bell in Redis only says that it is there. `gateway.store.attempts` takes a row through
its sending, `gateway.store.reports` through what the carrier says of it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select, text, update

from gateway import log
from gateway.messages import Address, ChannelName, Choice, Handling, Outbound
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import conversations, outbox
from gateway.vault import DataKey, Vault

BODY = b"outbox.body"


class State(StrEnum):
    """Where a row stands. The last four are final until a person says otherwise."""

    DUE = "due"
    LEASED = "leased"  # a worker is sending it
    UNKNOWN = "unknown"  # the carrier may have taken it; waits for a report
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEAD = "dead"  # its tries or hours are spent
    HELD = "held"  # fate unknown and never to be sent twice: a person decides


class Fate(StrEnum):
    """What became of a letter, for whoever waits to hear it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEAD = "dead"
    HELD = "held"
    DELIVERED = "delivered"  # by the carrier's report, after ACCEPTED
    FAILED = "failed"  # likewise


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to post. `dedupe` is a key under which it is said only once; `due_at` delays it."""

    conversation_id: int
    address_id: int
    channel: ChannelName
    carrier: str
    purpose: str
    handling: Handling
    body: bytes  # packed
    dedupe: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A posted letter without its body: what a listener to its fate may know."""

    id: int
    conversation_id: int
    address_id: int
    channel: ChannelName
    carrier: str
    purpose: str
    handling: Handling
    dedupe: str | None
    state: State
    tries: int


OnFinal = Callable[[Transaction, OutboxRow, Fate], None]
"""Hears what became of a letter, inside the transaction that decides it."""


def nobody_waits(_tx: Transaction, _row: OutboxRow, _fate: Fate) -> None:
    """The listener where none is needed."""


def guarded(listener: OnFinal) -> OnFinal:
    """A listener whose failure is logged and undone, and does not undo the letter's own outcome with it.

    Otherwise one that always fails would have its letter sent again for ever.
    """
    if listener is nobody_waits:
        return listener

    def tell(tx: Transaction, row: OutboxRow, fate: Fate) -> None:
        tx.execute(text("SAVEPOINT told"))
        try:
            listener(tx, row, fate)
        except Exception as error:
            tx.execute(text("ROLLBACK TO SAVEPOINT told"))
            log.get().error("listener_failed", id=row.id, error=type(error).__name__, exc_info=True)
        tx.execute(text("RELEASE SAVEPOINT told"))

    return tell


COLUMNS = tuple(
    outbox.c[name]
    for name in "id conversation_id address_id channel carrier purpose handling dedupe state tries".split()
)

_ONE = Prepared(select(*COLUMNS).where(outbox.c.id == bindparam("row")))
_SEALED = Prepared(
    select(conversations.c.key, outbox.c.body)
    .join(conversations, conversations.c.id == outbox.c.conversation_id)
    .where(outbox.c.id == bindparam("row"))
)
_NEWEST = (
    select(outbox.c.purpose)
    .where(
        outbox.c.address_id == bindparam("address"),
        outbox.c.state.in_((State.ACCEPTED, State.UNKNOWN, State.LEASED))
        | ((outbox.c.state == State.DUE) & (outbox.c.due_at <= bindparam("now", type_=outbox.c.due_at.type))),
    )
    .order_by(func.coalesce(outbox.c.finished_at, outbox.c.due_at).desc(), outbox.c.id.desc())
    .limit(1)
)
_RESEND = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state.in_((State.REJECTED, State.DEAD, State.HELD)))
    .values(state=State.DUE, due_at=bindparam("at"), tries=0, finished_at=None, nudged_at=None)
)


def post(tx: Transaction, letter: Letter, now: datetime) -> int | None:
    """Writes a letter and returns its id, to ring for after the commit; None if its `dedupe` key was used before."""
    posted: int | None = tx.insert(
        outbox,
        {
            "conversation_id": letter.conversation_id,
            "address_id": letter.address_id,
            "channel": letter.channel.value,
            "carrier": letter.carrier,
            "purpose": letter.purpose,
            "handling": letter.handling.value,
            "dedupe": letter.dedupe,
            "body": letter.body,
            "state": State.DUE.value,
            "due_at": letter.due_at or now,
            "created_at": now,
        },
        once=True,
    )
    return posted


def pack(key: DataKey, message: Outbound, origin: Mapping[str, Any] | None = None) -> bytes:
    """What a message says, sealed under its conversation's key. Where it goes is the address's own row.

    `origin` is what a notice was made of (plain JSON), so that it can be said again elsewhere.
    """
    said = {
        "text": message.body,
        "buttons": [[choice.key, choice.label, choice.value] for choice in message.buttons],
        "contact": message.contact_label,
        "answers": message.answers,
        "origin": origin,
    }
    return key.seal(orjson.dumps(said), BODY)


def unpack(key: DataKey, sealed: bytes, channel: ChannelName, address: Address, reference: str) -> Outbound:
    """The message again, addressed. Raises `VaultError` where its conversation was erased."""
    said = orjson.loads(key.open(sealed, BODY))
    return Outbound(
        channel,
        address,
        said["text"],
        tuple(Choice(*parts) for parts in said["buttons"]),
        said["contact"],
        said["answers"],
        reference,
    )


def to_row(values: Sequence[Any]) -> OutboxRow:
    """The row of a result that begins with `COLUMNS`."""
    id_, conversation_id, address_id, channel, carrier, purpose, handling, dedupe, state, tries = values[:10]
    return OutboxRow(
        id_,
        conversation_id,
        address_id,
        ChannelName(channel),
        carrier,
        purpose,
        Handling(handling),
        dedupe,
        State(state),
        tries,
    )


def get(tx: Transaction, row_id: int) -> OutboxRow | None:
    """One row by its id."""
    found = tx.run(_ONE, {"row": row_id}).first()
    return None if found is None else to_row(found)


def origin(tx: Transaction, vault: Vault, row_id: int) -> dict[str, Any] | None:
    """What a letter was made of, where that was kept. Raises `VaultError` where its conversation was erased."""
    found = tx.run(_SEALED, {"row": row_id}).first()
    if found is None:
        return None
    made_of: dict[str, Any] | None = orjson.loads(vault.open_key(found[0]).open(found[1], BODY)).get("origin")
    return made_of


def on_its_way(tx: Transaction, keys: Collection[str]) -> bool:
    """Whether a letter with one of these dedupe keys may still leave, or left and was not reported lost."""
    waits = outbox.c.state.in_((State.DUE, State.LEASED, State.UNKNOWN))
    left = (outbox.c.state == State.ACCEPTED) & (outbox.c.delivery != "failed")
    statement = select(outbox.c.id).where(outbox.c.dedupe.in_(keys), waits | left).limit(1)
    return tx.execute(statement).first() is not None


def newest_to(tx: Transaction, address_id: int, now: datetime) -> str:
    """The purpose of the newest letter that an address was sent, or is being sent; empty where there is none."""
    return str(tx.execute(_NEWEST, {"address": address_id, "now": now}).scalar() or "")


def resend(tx: Transaction, row_id: int, now: datetime) -> bool:
    """A person's wish: one more attempt of a row that was given up or held. False where it is not."""
    return tx.execute(_RESEND, {"row": row_id, "at": now}).rowcount == 1

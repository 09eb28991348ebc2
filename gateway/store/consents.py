"""Consents: a row an answer, never changed. The newest answer to a purpose holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import consents

_NEWEST = Prepared(
    select(consents.c.given)
    .where(
        consents.c.purpose == bindparam("purpose"),
        or_(
            consents.c.person_id == bindparam("person"),
            consents.c.person_id.is_(None) & (consents.c.conversation_id == bindparam("conversation")),
        ),
    )
    .order_by(consents.c.id.desc())
    .limit(1)
)
_OF_PHONE = Prepared(
    select(consents.c.given)
    .where(
        consents.c.purpose == bindparam("purpose"), consents.c.conversation_id == bindparam("conversation")
    )
    .order_by(consents.c.id.desc())
    .limit(1)
)

_LINK = Prepared(
    update(consents)
    .where(consents.c.conversation_id == bindparam("conversation"), consents.c.person_id.is_(None))
    .values(person_id=bindparam("person"))
)


def add(
    tx: Transaction,
    *,
    person_id: int | None,
    conversation_id: int,
    purpose: str,
    given: bool,
    revision: str,
    language: str,
    channel: str,
    now: datetime,
) -> None:
    """Keeps an answer, with the version of the text that was shown."""
    tx.add(
        consents,
        {
            "person_id": person_id,
            "conversation_id": conversation_id,
            "purpose": purpose,
            "given": given,
            "revision": revision,
            "language": language,
            "channel": channel,
            "at": now,
        },
    )


def given(tx: Transaction, person_id: int, conversation_id: int, purpose: str) -> bool:
    """Whether a person's newest answer is yes: their own, or one of here that is nobody's yet."""
    wanted = {"purpose": purpose, "person": person_id, "conversation": conversation_id}
    return bool(tx.run(_NEWEST, wanted).scalar())


def given_here(tx: Transaction, conversation_id: int, purpose: str) -> bool:
    """Whether the newest answer of a conversation is yes, whoever gave it: `sms` is about the phone."""
    return bool(tx.run(_OF_PHONE, {"purpose": purpose, "conversation": conversation_id}).scalar())


def link(tx: Transaction, conversation_id: int, person_id: int) -> None:
    """The answers of a conversation that were nobody's are this person's from now on."""
    tx.run(_LINK, {"conversation": conversation_id, "person": person_id})

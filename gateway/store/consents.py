"""Consents: a row an answer, never changed. The newest answer to a purpose holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import consents, people

_RECORDS = select(people.c.id).where(
    or_(people.c.id == bindparam("person"), people.c.merged_into == bindparam("person"))
)
"""The records of one person: their own, and those that were merged into it."""

_NEWEST = Prepared(
    select(consents.c.given)
    .where(consents.c.purpose == bindparam("purpose"), consents.c.person_id.in_(_RECORDS))
    .order_by(consents.c.id.desc())
    .limit(1)
)
_NEWEST_PLACE = Prepared(
    select(consents.c.given, consents.c.conversation_id)
    .where(consents.c.purpose == bindparam("purpose"), consents.c.person_id.in_(_RECORDS))
    .order_by(consents.c.id.desc())
    .limit(1)
)
_NOBODYS_YES = Prepared(
    select(consents.c.id)
    .where(
        consents.c.purpose == bindparam("purpose"),
        consents.c.conversation_id == bindparam("conversation"),
        consents.c.person_id.is_(None),
        consents.c.given.is_(True),
    )
    .order_by(consents.c.id.desc())
    .limit(1)
)
_LINK = Prepared(
    update(consents).where(consents.c.id == bindparam("consent")).values(person_id=bindparam("person"))
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


def given(tx: Transaction, person_id: int, purpose: str) -> bool:
    """Whether a person's newest answer is yes. What somebody else answered on the same phone does not count.

    Of records that were merged the newest answer in any of them holds: a no that came later ends an older yes.
    """
    return bool(tx.run(_NEWEST, {"purpose": purpose, "person": person_id}).scalar())


def where_given(tx: Transaction, person_id: int, purpose: str) -> int | None:
    """The conversation in which a person said yes, if that is their newest answer."""
    newest = tx.run(_NEWEST_PLACE, {"purpose": purpose, "person": person_id}).first()
    return int(newest[1]) if newest is not None and newest[0] else None


def link(tx: Transaction, conversation_id: int, person_id: int, purpose: str) -> None:
    """The newest yes of a conversation that was nobody's is this person's from now on.

    Only a yes leads on to a person; a no between it and them is somebody else's on the same phone.
    """
    here = {"purpose": purpose, "conversation": conversation_id}
    consent = tx.run(_NOBODYS_YES, here).scalar()
    if consent is not None:
        tx.run(_LINK, {"consent": consent, "person": person_id})

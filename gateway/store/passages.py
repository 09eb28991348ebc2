"""How many conversations came to each question, and how many stopped there."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select

from gateway.store.database import Transaction
from gateway.store.tables import inbox

QUIET = timedelta(hours=1)
"""Who has said nothing for so long has stopped, for the time being."""


def counts(tx: Transaction, since: datetime, now: datetime) -> dict[str, tuple[int, int]]:
    """For each question, as `flow.state`: the conversations that were asked it, and those that stopped at it.

    A conversation stopped at a question that its newest message led to, where that is older than `QUIET`. Messages
    before `since` are not looked at.
    """
    recent = and_(inbox.c.conversation_id.is_not(None), inbox.c.received_at >= since)
    newest = (
        select(func.max(inbox.c.id).label("id")).where(recent).group_by(inbox.c.conversation_id).subquery()
    )
    stopped = case(
        (and_(newest.c.id.is_not(None), inbox.c.received_at < now - QUIET), inbox.c.conversation_id),
    )
    query = (
        select(
            inbox.c.asked,
            func.count(inbox.c.conversation_id.distinct()).label("came"),
            func.count(stopped.distinct()).label("dropped"),
        )
        .select_from(inbox.outerjoin(newest, newest.c.id == inbox.c.id))
        .where(recent, inbox.c.asked != "")
        .group_by(inbox.c.asked)
        .order_by(inbox.c.asked)
    )
    return {row.asked: (row.came, row.dropped) for row in tx.execute(query)}

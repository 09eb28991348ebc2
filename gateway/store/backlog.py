"""How much waits to go out, for health checks and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from gateway.store.database import Transaction
from gateway.store.outbox import State
from gateway.store.tables import from_milliseconds, outbox

UNSETTLED = (State.DUE, State.LEASED, State.UNKNOWN, State.DEAD, State.HELD)
"""What still asks for work: a machine's (the first three) or a person's."""

_COUNTS = (
    select(outbox.c.state, func.count().label("rows"))
    .where(outbox.c.state.in_(UNSETTLED))
    .group_by(outbox.c.state)
)
_OVERDUE = select(func.count()).where(outbox.c.state == State.DUE, outbox.c.due_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Backlog:
    """Unsettled rows by state, and how many of the due ones should have gone some time ago."""

    counts: Mapping[State, int]
    overdue: int


def backlog(tx: Transaction, overdue_seconds: int) -> Backlog:
    """The outbox as it stands. Overdue is what has been due for so many seconds of the database's clock."""
    before = from_milliseconds(tx.clock() - overdue_seconds * 1000)
    found = {each["state"]: each["rows"] for each in tx.execute(_COUNTS).mappings()}
    overdue = tx.execute(_OVERDUE, {"before": before}).scalar_one()
    return Backlog({state: found.get(state, 0) for state in UNSETTLED}, overdue)

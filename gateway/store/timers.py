"""What falls due: one row a timer, swept by any worker, so that an emptied queue loses none.

A timer is a kind, the row it is about, and an instant. Setting the same one twice changes nothing. It is claimed under
a row lock that lasts as long as its work: whoever dies in between leaves it due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, one
from gateway.store.tables import timers

DUE, DONE, VOID = "due", "done", "void"


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer that is due. `tries` counts the times that its work failed."""

    id: int
    kind: str
    subject_id: int
    due_at: datetime
    tries: int


_COLUMNS = columns(timers, TimerRow)
_DUE = Prepared(
    select(timers.c.id)
    .where(timers.c.state == DUE, timers.c.due_at <= bindparam("now", type_=timers.c.due_at.type))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)
_CLAIM = Prepared(
    select(*_COLUMNS)
    .where(timers.c.id == bindparam("timer"), timers.c.state == DUE)
    .with_for_update(skip_locked=True)
)
# Not by its state: SQLite would walk the index of all that is due, rather than that of one subject.
_MINE = (
    (timers.c.kind == bindparam("kind_"))
    & (timers.c.subject_id == bindparam("subject"))
    & timers.c.done_at.is_(None)
)
_OPEN = Prepared(select(timers.c.state).where(_MINE))
# One that is firing just now is left to it: whoever fires it may be waiting for the very row that we hold. It comes
# late then, and finds that it no longer fits.
_FREE = select(timers.c.id).where(_MINE).with_for_update(skip_locked=True)
_CANCEL = Prepared(update(timers).where(timers.c.id.in_(_FREE)).values(state=VOID))
_REVIVE = Prepared(
    update(timers)
    .where(_MINE, timers.c.due_at == bindparam("due", type_=timers.c.due_at.type), timers.c.state == VOID)
    .values(state=DUE)
)
_DONE = Prepared(
    update(timers)
    .where(timers.c.id == bindparam("timer"))
    .values(state=DONE, done_at=bindparam("now", type_=timers.c.done_at.type))
)


def schedule(tx: Transaction, kind: str, subject_id: int, due_at: datetime) -> None:
    """Sets a timer; one of the same kind, subject and instant is there once, fired or not. A void one counts again."""
    schedule_all(tx, subject_id, {kind: due_at})


def schedule_all(tx: Transaction, subject_id: int, due: Mapping[str, datetime]) -> None:
    """Sets a subject's timers by their kinds, in this order: of one instant the first fires first."""
    with tx.batch() as batch:
        for kind, due_at in due.items():
            values = {"kind": kind, "subject_id": subject_id, "due_at": due_at, "state": DUE}
            batch.add(timers, values, once=True)
            batch.run(_REVIVE, {"kind_": kind, "subject": subject_id, "due": due_at})


def cancel(tx: Transaction, kind: str, subject_id: int) -> None:
    """Every timer of a kind about a subject that has not fired is void."""
    cancel_all(tx, (kind,), subject_id)


def cancel_all(tx: Transaction, kinds: Iterable[str], subject_id: int) -> None:
    """Every timer of these kinds about a subject that has not fired is void."""
    with tx.batch() as batch:
        for kind in kinds:
            batch.run(_CANCEL, {"kind_": kind, "subject": subject_id})


def pending(tx: Transaction, kinds: Iterable[str], subject_id: int) -> bool:
    """Whether any timer of these kinds about a subject has yet to fire."""
    found = [state for kind in kinds for (state,) in tx.run(_OPEN, {"kind_": kind, "subject": subject_id})]
    return DUE in found


def ever(tx: Transaction, kinds: Iterable[str], subject_id: int) -> bool:
    """Whether there was ever a timer of these kinds about a subject, fired or not."""
    mine = timers.c.kind.in_(sorted(kinds)), timers.c.subject_id == subject_id
    return tx.execute(select(timers.c.id).where(*mine).limit(1)).first() is not None


def due(tx: Transaction, now: datetime, most: int) -> list[int]:
    """The timers that should have fired by now, the oldest first."""
    return [timer for (timer,) in tx.run(_DUE, {"now": now, "most": most})]


def claim(tx: Transaction, timer_id: int) -> TimerRow | None:
    """A due timer, locked until the transaction ends; None where it fired, was cancelled, or another has it."""
    return one(TimerRow, tx.run(_CLAIM, {"timer": timer_id}))


def finish(tx: Transaction, timer: TimerRow, now: datetime) -> None:
    """It fired: in the transaction of what it did."""
    tx.run(_DONE, {"timer": timer.id, "now": now})


def put_off(tx: Transaction, timer: TimerRow, until: datetime) -> None:
    """Its work failed: it is tried again later, and counts."""
    tx.execute(update(timers).where(timers.c.id == timer.id).values(due_at=until, tries=timer.tries + 1))

"""Timers fire once, at their time, whatever becomes of the process that fires them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.enact import timers
from gateway.enact.work import Work
from gateway.errors import StoreError, StoreUnavailable
from gateway.runtime import Runtime
from gateway.store import audit
from gateway.store import timers as rows
from gateway.store.database import Transaction

Set = Callable[[int, timedelta], None]


@pytest.fixture
def set_timer(runtime: Runtime) -> Set:
    """Sets a timer of the kind `bell` for a subject, so long from now."""

    def set_(subject: int, wait: timedelta) -> None:
        with runtime.database.transaction() as tx:
            rows.schedule(tx, "bell", subject, runtime.now() + wait)

    return set_


class Bells:
    """A handler that notes whom it rang for, and fails where it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.rung: list[int] = []
        self.failure = failure

    def __call__(self, work: Work, subject: int) -> None:
        audit.add(work.tx, timers.ACTOR, "bell", f"bell:{subject}", {}, work.now)
        if self.failure is not None:
            raise self.failure
        self.rung.append(subject)


def fire(runtime: Runtime, bells: Bells) -> int:
    """One look at what is due."""
    return timers.fire_due(runtime, {"bell": bells})


def test_it_fires_once_at_its_time(runtime: Runtime, set_timer: Set) -> None:
    """The oldest first, none before its time, none twice."""
    bells = Bells()
    set_timer(1, timedelta(seconds=-1))
    set_timer(2, timedelta(minutes=-1))
    set_timer(3, timedelta(hours=1))
    assert fire(runtime, bells) == 2
    assert fire(runtime, bells) == 0
    assert bells.rung == [2, 1]


def test_the_same_timer_is_set_once(runtime: Runtime) -> None:
    """Set again at the same instant it is the same timer, even after it fired."""
    bells, at = Bells(), runtime.now() - timedelta(seconds=1)
    for _ in range(2):
        with runtime.database.transaction() as tx:
            rows.schedule(tx, "bell", 1, at)
            rows.schedule(tx, "bell", 1, at)
        fire(runtime, bells)
    assert bells.rung == [1]


def test_a_cancelled_timer_is_silent(runtime: Runtime, set_timer: Set) -> None:
    """Only those of that kind and subject are void."""
    bells = Bells()
    set_timer(1, timedelta(seconds=-1))
    set_timer(2, timedelta(seconds=-1))
    with runtime.database.transaction() as tx:
        rows.cancel(tx, "bell", 1)
    fire(runtime, bells)
    assert bells.rung == [2]


@pytest.mark.parametrize(
    "failure", [StoreError("no such person"), LookupError("bell"), ValueError("bell")], ids=repr
)
def test_what_fails_is_tried_again_later(runtime: Runtime, set_timer: Set, failure: Exception) -> None:
    """Nothing of the failed work is kept, no other timer waits for it, and each failure doubles the wait."""
    set_timer(1, timedelta(seconds=-1))
    assert fire(runtime, Bells(failure)) == 0
    set_timer(2, timedelta(seconds=-1))
    bells = Bells()
    assert fire(runtime, bells) == 1
    assert bells.rung == [2]
    with runtime.database.transaction() as tx:
        assert _audited(tx) == ["bell:2"]
        again = rows.due(tx, runtime.now() + timedelta(seconds=61), 50)
        assert [row.tries for timer in again if (row := rows.claim(tx, timer)) and row.kind == "bell"] == [1]


def test_an_unknown_kind_harms_nobody(runtime: Runtime, set_timer: Set) -> None:
    """An older release may meet a timer that it does not know: it leaves it for later."""
    set_timer(1, timedelta(seconds=-1))
    assert timers.fire_due(runtime, {}) == 0


def test_a_database_that_is_away_is_said(runtime: Runtime, set_timer: Set) -> None:
    """The sweeper hears of it; the timer is as it was."""
    set_timer(1, timedelta(seconds=-1))
    with pytest.raises(StoreUnavailable):
        fire(runtime, Bells(StoreUnavailable("away")))
    bells = Bells()
    assert fire(runtime, bells) == 1


def _audited(tx: Transaction) -> list[str]:
    from sqlalchemy import select

    from gateway.store.tables import audit as table

    return list(tx.execute(select(table.c.subject).where(table.c.action == "bell")).scalars())

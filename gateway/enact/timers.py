"""What happens when a timer falls due: one handler a kind, each in a transaction of its own with the timer's end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from gateway import log
from gateway.enact.assigning import leave
from gateway.enact.casework import cases, reviews
from gateway.enact.certifying import certificates
from gateway.enact.complaining import complaint_watch
from gateway.enact.desk import desk
from gateway.enact.helping import capacity
from gateway.enact.notices import digests
from gateway.enact.referring import backfill, leg_timers
from gateway.enact.registering import details, name_counts, screening
from gateway.enact.requesting import opening
from gateway.enact.verifying import holder_codes
from gateway.enact.work import Work
from gateway.errors import GatewayError, StoreUnavailable
from gateway.runtime import Runtime
from gateway.store import timers

ACTOR = "worker:timers"
MOST = 50  # timers in one sweep
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)

Handler = Callable[[Work, int], None]
"""What a kind of timer does with its subject. It looks at how things stand first: much may have happened since."""

HANDLERS: Mapping[str, Handler] = {
    certificates.EXPIRES: certificates.expire,
    certificates.EXPIRING: certificates.remind,
    holder_codes.SENDS: holder_codes.send,
    details.INVITE: details.invite,
    name_counts.KIND: name_counts.count,
    cases.RING: cases.ring_again,
    **leg_timers.HANDLERS,
    backfill.KIND: backfill.set_missing,
    reviews.REMIND: reviews.remind,
    reviews.OVERDUE: reviews.overdue,
    **complaint_watch.HANDLERS,
    digests.TELL: digests.tell,
    **capacity.HANDLERS,
    leave.BACK: leave.day_came,
    screening.REFER: opening.open_by_rule,
}


def fire_due(runtime: Runtime, handlers: Mapping[str, Handler] = HANDLERS) -> int:
    """Fires what is due, at most `MOST`; returns how many fired. Raises `StoreError` where the database is away."""
    runtime.catalogue.fresh()
    with runtime.database.transaction() as tx:
        waiting = timers.due(tx, runtime.now(), MOST)
    return sum(_fire(runtime, timer_id, handlers) for timer_id in waiting)


def _fire(runtime: Runtime, timer_id: int, handlers: Mapping[str, Handler]) -> bool:
    """Fires one timer. One whose work fails by our own fault is put off, and holds up no other."""
    try:
        with runtime.database.transaction() as tx:
            timer = timers.claim(tx, timer_id)
            if timer is None:
                return False
            work = desk(runtime, tx)
            handlers[timer.kind](work, timer.subject_id)
            timers.finish(tx, timer, work.now)
    except StoreUnavailable:
        raise
    except (GatewayError, LookupError, TypeError, ValueError) as error:
        log.get().error("timer_failed", id=timer_id, error=type(error).__name__, exc_info=True)
        _put_off(runtime, timer_id)
        return False
    if work.ring:
        runtime.wake(work.ring)
    return True


def _put_off(runtime: Runtime, timer_id: int) -> None:
    with runtime.database.transaction() as tx:
        timer = timers.claim(tx, timer_id)
        if timer is not None:
            wait = min(_FIRST_WAIT * 2**timer.tries, _LONGEST_WAIT)
            timers.put_off(tx, timer, runtime.now() + wait)

"""News for the staff: the first few pieces one by one, then together at set times, so that nobody is flooded."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.enact.work import Work
from gateway.store import digests, timers

TELL = "digest"
"""The kind of the timer that tells what waits; its subject is the member of the staff."""


def at_once(work: Work, staff_id: int, notice: str, values: Mapping[str, str], dedupe: str) -> bool:
    """Whether a piece of news is told now. If not, it was told before, or waits for the next digest.

    Nothing overtakes what waits: two steps of one request come in their order.
    """
    rules = work.policy.digests
    now_too = (
        not digests.any_waits(work.tx, staff_id)
        and digests.messages_since(work.tx, staff_id, work.now - rules.within) < rules.after
    )
    codes = {name: values.get(name, "") for name in ("code", "stage")}
    if not digests.add(
        work.tx, staff_id, notice, codes, dedupe, work.now, told_at=work.now if now_too else None
    ):
        return False
    if not now_too:
        tell_later(work, staff_id)
    return now_too


def tell_later(work: Work, staff_id: int) -> None:
    """Sets the timer of the next digest."""
    due = work.policy.digests.next(work.now, work.policy.calendar.utc_offset)
    timers.schedule(work.tx, TELL, staff_id, due)

"""A digest: what moved on among somebody's cases, in one message instead of many."""

from __future__ import annotations

from gateway.enact.notices.news import TELL, tell_later
from gateway.enact.notices.notify import ToStaff, notify
from gateway.enact.work import Work
from gateway.store import digests
from gateway.store.staff import SUPERVISOR

__all__ = ["TELL", "tell"]


def tell(work: Work, staff_id: int) -> None:
    """Tells one of the staff what waits; the supervisors, where they left or are away.

    Of several steps of one request it names the last. The message and the mark on its items are one transaction:
    whoever dies in between has done neither.
    """
    items = digests.waiting(work.tx, staff_id)
    if not items:
        return
    stages: dict[str, str] = {}
    for item in items:
        stages.pop(item.values["code"], None)  # the newest step last
        stages[item.values["code"]] = item.values["stage"]
    moves = " ".join(f"{code}:{stage}" for code, stage in reversed(stages.items()))
    values = {"count": str(len(stages)), "moves": moves}
    reached = notify(
        work,
        "digest_staff",
        ToStaff("", SUPERVISOR, only=staff_id),
        values,
        f"digest:{staff_id}:{items[-1].id}",
    )
    if reached:
        digests.told(work.tx, items, work.now)
    tell_later(work, staff_id)  # news that was being written while we looked has this timer too

"""When the people of a country are left in peace, and when its staff read together what needs no act of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from gateway.conversation.source import Node

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of the local day nobody is written to unasked; midnight may lie between."""

    start: time
    end: time

    def over(self, now: datetime, offset: timedelta) -> datetime | None:
        """When the quiet hours that `now` falls into end; None outside them. Aware UTC; `offset` is local minus UTC."""
        local = (now + offset).replace(tzinfo=None)
        begun, ended = local.time() >= self.start, local.time() >= self.end
        quiet = begun and not ended if self.start < self.end else begun or not ended
        return _next(local, self.end, offset) if quiet else None


@dataclass(frozen=True, slots=True)
class Digests:
    """The first `after` messages of news within a time go out one by one; what follows is told together at `times`."""

    after: int = 5
    within: timedelta = timedelta(minutes=60)
    times: tuple[time, ...] = (time(8), time(12), time(16))

    def next(self, now: datetime, offset: timedelta) -> datetime:
        """When news is told together next. Aware UTC; `offset` is local minus UTC."""
        local = (now + offset).replace(tzinfo=None)
        return min(_next(local, each, offset) for each in self.times)


def read_quiet_hours(node: Node | None) -> QuietHours | None:
    """The part `quiet_hours` of a policy: `{from: "21:00", to: "07:00"}`; None where nobody sleeps.

    Raises `FlowError` with file and line.
    """
    if node is None:
        return None
    node.only("from", "to")
    start, end = _clock(node.need("from")), _clock(node.need("to"))
    if start == end:
        raise node.fault("quiet hours that never end", hint="Leave them out, or let them end at another time")
    return QuietHours(start, end)


def read_digests(node: Node | None) -> Digests:
    """The part `digest` of a policy; the usual where it, or a line of it, is left out. Raises `FlowError`."""
    usual = Digests()
    if node is None:
        return usual
    node.only("after", "within_minutes", "times")
    after, within, times = node.get("after"), node.get("within_minutes"), node.get("times")
    chosen = tuple(sorted({_clock(each) for each in times.each()})) if times else usual.times
    if times and not chosen:
        raise times.fault("news that is never told")
    return Digests(
        after.whole(1) if after else usual.after,
        timedelta(minutes=within.whole(1)) if within else usual.within,
        chosen,
    )


def _next(local: datetime, clock: time, offset: timedelta) -> datetime:
    """The next moment after `local` (without a zone) at which the clock shows so much, in UTC."""
    today = datetime.combine(local.date(), clock)
    return (today if today > local else today + _DAY).replace(tzinfo=UTC) - offset


def _clock(node: Node) -> time:
    text = str(node.value)
    if not isinstance(node.value, str) or _CLOCK.fullmatch(text) is None:
        raise node.fault('expected a time of day in quotes, like "07:00"')
    return time.fromisoformat(text)

"""How often providers are asked whether they have room, read from a country's policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gateway.conversation.source import Node
from referral_engine.calendars import WorkingCalendar

_DAY = timedelta(days=1)
_SPREAD = 60  # minutes after the hour over which the questions of one morning are spread


@dataclass(frozen=True, slots=True)
class CapacityQuestion:
    """When providers are asked whether they can take people.

    About every so many days, on a `weekday` (Monday is 0) at an hour by the local clock, or on the next working day.
    `remind` is how long after it they are reminded, `tell_after` how many questions without an answer are too many:
    then the staff hear of it.
    """

    every_days: int = 7
    weekday: int = 0
    at: time = time(9)
    remind: timedelta = timedelta(days=2)
    tell_after: int = 3

    def first(self, calendar: WorkingCalendar, now: datetime, subject: int) -> datetime:
        """When somebody who was never asked is asked. `now` and the answer are aware UTC."""
        return self._on_or_after(calendar, now, now + calendar.utc_offset, subject)

    def next(self, calendar: WorkingCalendar, now: datetime, subject: int) -> datetime:
        """When somebody who is asked `now` is asked again. One put off by a holiday does not shift those after it."""
        earliest = now + calendar.utc_offset + timedelta(days=self.every_days - 3)
        return self._on_or_after(calendar, now, earliest, subject)

    def _on_or_after(
        self, calendar: WorkingCalendar, now: datetime, local: datetime, subject: int
    ) -> datetime:
        named = local.date() + (self.weekday - local.weekday()) % 7 * _DAY
        while True:
            day = named
            while not calendar.works_on(day):
                day += _DAY
            at = datetime.combine(day, self.at, now.tzinfo) + timedelta(minutes=subject % _SPREAD)
            if at - calendar.utc_offset > now:
                return at - calendar.utc_offset
            named += 7 * _DAY


def read_capacity_question(node: Node | None) -> CapacityQuestion | None:
    """The part `capacity_question` of a policy; None where it is left out: nobody is asked. Raises `FlowError`."""
    if node is None:
        return None
    node.only("every_days", "weekday", "at", "remind_days", "tell_after")
    usual = CapacityQuestion()

    def whole(name: str, default: int) -> int:
        given = node.get(name)
        return given.whole(1) if given else default

    weekday = whole("weekday", usual.weekday + 1)
    if weekday > 7:
        raise node.at("weekday").fault("a weekday is 1 (Monday) to 7 (Sunday)")
    every, remind = whole("every_days", usual.every_days), whole("remind_days", usual.remind.days)
    if every < 7 or remind >= every:
        raise node.fault("a week or more lies between two questions, and less before the reminder")
    at = node.get("at")
    return CapacityQuestion(
        every,
        weekday - 1,
        _clock(at) if at else usual.at,
        timedelta(days=remind),
        whole("tell_after", usual.tell_after),
    )


def _clock(node: Node) -> time:
    try:
        return time.fromisoformat(node.text())
    except ValueError:
        raise node.fault("an hour of the day is written 09:00, in quotes") from None

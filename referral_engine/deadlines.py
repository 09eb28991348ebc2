"""When something is due: a policy's timers, read and checked, and the due times that follow from them.

Due times are stored by the caller and swept; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise

from referral_engine.calendars import WorkingCalendar, add_working_time, demand_utc
from referral_engine.model import Priority


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: around the clock, or (`working`) only while working days pass, 24 hours each."""

    length: timedelta
    working: bool = False

    def after(self, calendar: WorkingCalendar, start: datetime) -> datetime:
        """The moment this span after `start`, aware UTC."""
        return add_working_time(calendar, start, self.length) if self.working else start + self.length

    def halfway(self, calendar: WorkingCalendar, start: datetime) -> datetime:
        """The moment half of this span after `start`: of a working span, half of the working time."""
        return Span(self.length / 2, self.working).after(calendar, start)


@dataclass(frozen=True, slots=True)
class Pace:
    """The four times of one priority. All but `ask` run from the opening of the leg."""

    acknowledge: Span
    accept: Span
    first_service: Span
    ask: Span  # from the appointment where there is one


@dataclass(frozen=True, slots=True)
class Missed:
    """After an appointment without news: when the person is asked, when the leg ends as a no-show."""

    ask: Span = Span(timedelta(hours=24))
    close: Span = Span(timedelta(hours=72))


@dataclass(frozen=True, slots=True)
class Silences:
    """How long silence is borne: in service, then from the provider asked, and from the person at the end."""

    in_service: Span = Span(timedelta(days=30))
    provider: Span = Span(timedelta(days=7))
    answer: Span = Span(timedelta(days=14))


@dataclass(frozen=True, slots=True)
class Timers:
    """A country's timers, as its policy gives them."""

    paces: Mapping[Priority, Pace]
    missed: Missed = Missed()
    silences: Silences = Silences()


@dataclass(frozen=True, slots=True)
class Due:
    """The due times of a leg, aware UTC. `ask_at`: when the person is asked whether help came."""

    remind_acknowledge_at: datetime
    acknowledge_by: datetime
    remind_accept_at: datetime
    accept_by: datetime
    serve_by: datetime
    ask_at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentDue:
    """The due times that an appointment adds, aware UTC."""

    ask_attended_at: datetime
    no_show_at: datetime
    ask_at: datetime  # replaces that of the opening


@dataclass(frozen=True, slots=True)
class SilenceDue:
    """The due times of a service that goes quiet, aware UTC."""

    ask_provider_at: datetime
    ask_person_at: datetime


# --- reading a policy -------------------------------------------------------------------------------------

_UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1), "working_days": timedelta(days=1)}
_LONGEST = timedelta(days=366)


def read_timers(policy: object) -> Timers:
    """Timers from a policy's plain data.

    A key for each priority with `acknowledge`, `accept`, `first_service` and `ask`; `missed` (`ask`, `close`)
    and `silences` (`in_service`, `provider`, `answer`) may be left out, whole or in part. Each time is one of
    `{"hours": 4}`, `{"days": 14}`, `{"working_days": 1}`. Raises `ValueError` that names every fault by path.
    """
    faults: list[str] = []
    top = _mapping(policy, "timers", {*Priority, "missed", "silences"}, faults)
    faults.extend(f"timers.{name}: missing" for name in Priority if name not in top)
    named = [name for name in Priority if name in top]
    paces = {name: _spans(top[name], f"timers.{name}", Pace, {}, faults) for name in named}
    missed = _spans(top.get("missed", {}), "timers.missed", Missed, _defaults(Missed()), faults)
    silences = _spans(top.get("silences", {}), "timers.silences", Silences, _defaults(Silences()), faults)
    for name, pace in paces.items():
        _ordered(pace, ("acknowledge", "accept", "first_service"), f"timers.{name}", faults)
    _ordered(missed, ("ask", "close"), "timers.missed", faults)
    if faults:
        raise ValueError("; ".join(faults))
    whole = {name: Pace(**pace) for name, pace in paces.items()}
    return Timers(whole, Missed(**missed), Silences(**silences))


def read_span(data: object, path: str) -> Span:
    """One time of a policy's plain data, such as `{"working_days": 2}`. Raises `ValueError` that names its fault."""
    faults: list[str] = []
    span = _span(data, path, faults)
    if span is None:
        raise ValueError("; ".join(faults))
    return span


def _mapping(data: object, path: str, known: set[str], faults: list[str]) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        faults.append(f"{path}: expected a mapping")
        return {}
    faults.extend(f"{path}.{key}: unknown" for key in data if key not in known)
    return data


def _spans(
    data: object, path: str, shape: type, given: Mapping[str, Span], faults: list[str]
) -> dict[str, Span]:
    """The spans of one section by name, `given` for those left out; what is wrong goes to `faults`."""
    names = [field.name for field in fields(shape)]
    section = _mapping(data, path, set(names), faults)
    spans = dict(given)
    for name in names:
        if name in section:
            span = _span(section[name], f"{path}.{name}", faults)
            spans |= {name: span} if span else {}
        elif name not in given:
            faults.append(f"{path}.{name}: missing")
    return spans


def _span(data: object, path: str, faults: list[str]) -> Span | None:
    if not isinstance(data, Mapping) or len(data) != 1 or next(iter(data)) not in _UNITS:
        faults.append(f"{path}: expected one of hours, days, working_days with a number")
        return None
    ((unit, number),) = data.items()
    # A bound before the product: a number of any size may stand in a file.
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _LONGEST / _UNITS[unit]:
        faults.append(f"{path}.{unit}: expected a whole number above 0, at most 366 days long")
        return None
    return Span(number * _UNITS[unit], working=unit == "working_days")


def _ordered(spans: Mapping[str, Span], names: tuple[str, ...], path: str, faults: list[str]) -> None:
    """Adds a fault where a later step is due before an earlier one; spans of two kinds cannot be compared."""
    present = [(name, spans[name]) for name in names if name in spans]
    for (early, first), (late, second) in pairwise(present):
        if first.working is second.working and second.length < first.length:
            faults.append(f"{path}.{late}: shorter than {early}")


def _defaults(section: Missed | Silences) -> dict[str, Span]:
    return {field.name: getattr(section, field.name) for field in fields(section)}


# --- due times --------------------------------------------------------------------------------------------


def due(timers: Timers, calendar: WorkingCalendar, priority: Priority, opened_at: datetime) -> Due:
    """The due times of a leg opened at a moment; reminders at half time.

    Without an appointment the person is asked no sooner than the first service is due. Raises `ValueError`
    unless the moment is aware UTC.
    """
    demand_utc(opened_at)
    pace = timers.paces[priority]
    serve_by = pace.first_service.after(calendar, opened_at)
    return Due(
        remind_acknowledge_at=pace.acknowledge.halfway(calendar, opened_at),
        acknowledge_by=pace.acknowledge.after(calendar, opened_at),
        remind_accept_at=pace.accept.halfway(calendar, opened_at),
        accept_by=pace.accept.after(calendar, opened_at),
        serve_by=serve_by,
        ask_at=max(serve_by, pace.ask.after(calendar, opened_at)),
    )


def after_appointment(
    timers: Timers, calendar: WorkingCalendar, priority: Priority, appointment: datetime
) -> AppointmentDue:
    """What an appointment makes due: "did you go?", the no-show, and "were you helped?"."""
    demand_utc(appointment)
    return AppointmentDue(
        ask_attended_at=timers.missed.ask.after(calendar, appointment),
        no_show_at=timers.missed.close.after(calendar, appointment),
        ask_at=timers.paces[priority].ask.after(calendar, appointment),
    )


def after_arrival(timers: Timers, calendar: WorkingCalendar, arrived_at: datetime) -> SilenceDue:
    """When a service without a word is asked after: the provider first, then the person."""
    demand_utc(arrived_at)
    ask_provider_at = timers.silences.in_service.after(calendar, arrived_at)
    return SilenceDue(ask_provider_at, timers.silences.provider.after(calendar, ask_provider_at))


def answer_by(timers: Timers, calendar: WorkingCalendar, completed_at: datetime) -> datetime:
    """When a person's silence after the end of a service is taken for a yes (unconfirmed)."""
    demand_utc(completed_at)
    return timers.silences.answer.after(calendar, completed_at)

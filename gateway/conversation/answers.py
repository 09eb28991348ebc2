"""Reads what people type as the kind that is asked for, and shows stored values to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.commands import Kind
from gateway.conversation.flow import Variable
from gateway.messages import Rejected
from gateway.registry import births, certificate_number, months, names, reference, short_code
from gateway.registry.calendars import Calendar
from gateway.text.clean import clean, fold, ungrouped

BOUNDS: Mapping[Kind, tuple[int, int]] = {
    Kind.TEXT: (1, 300),
    Kind.PERSON_NAME: (2, 80),
    Kind.NUMBER: (0, 999_999),
    Kind.YEAR: (1300, 2200),
    Kind.PIN: (4, 6),
}
"""The least and most of a kind where a flow says nothing: the value of a number, the length of a text or PIN."""

LONG_TEXT = 300  # characters

_DIGITS = re.compile(r"[0-9]{1,9}")
_SIX = re.compile(r"[0-9]{6}")
_TAKES_ALL = frozenset((Kind.TEXT, Kind.PERSON_NAME))
_MOST_WORDS = 6  # of a message that one variable takes: a number in groups, a date in parts


def at_length(variable: Variable) -> bool:
    """Whether a text may be so long that it is told rather than answered: it is not shown again, but asked anew."""
    return variable.kind is Kind.TEXT and variable.most > LONG_TEXT


def parse(variable: Variable, text: str, now: datetime, calendar: Calendar = Calendar.GREGORIAN) -> Any:
    """The value of a text for a variable, plain JSON; or `Rejected`. `calendar`: in which birth years are counted."""
    if variable.kind is Kind.AGE:
        return _age(text, now, calendar)
    return _PARSERS[variable.kind](variable, text, now)


def _text(variable: Variable, text: str, _now: datetime) -> str | Rejected:
    cleaned = clean(text)
    return cleaned if variable.least <= len(cleaned) <= variable.most else Rejected("length")


def _person_name(variable: Variable, text: str, _now: datetime) -> str | Rejected:
    name = names.person_name(text)
    if isinstance(name, Rejected):
        return name
    return name if variable.least <= len(name) <= variable.most else Rejected("length")


def _number(variable: Variable, text: str, _now: datetime) -> int | Rejected:
    digits = clean(text)
    if not _DIGITS.fullmatch(digits):
        return Rejected("not_a_number")
    return int(digits) if variable.least <= int(digits) <= variable.most else Rejected("out_of_range")


def _pin(variable: Variable, text: str, _now: datetime) -> str | Rejected:
    digits = clean(text)
    fits = variable.least <= len(digits) <= variable.most
    return digits if fits and _DIGITS.fullmatch(digits) else Rejected("not_a_pin")


def _holder_code(_variable: Variable, text: str, _now: datetime) -> str | Rejected:
    digits = ungrouped(text)
    return digits if _SIX.fullmatch(digits) else Rejected("not_a_code")


def _code(variable: Variable, text: str, _now: datetime) -> str | Rejected:
    return variable.words.get(fold(text)) or Rejected("unknown_word")


def _age(text: str, now: datetime, calendar: Calendar) -> dict[str, Any] | Rejected:
    birth = births.parse_age(text, now.date(), calendar)
    return birth if isinstance(birth, Rejected) else birth.to_dict()


_PARSERS: Mapping[Kind, Callable[[Variable, str, datetime], Any]] = {
    Kind.TEXT: _text,
    Kind.PERSON_NAME: _person_name,
    Kind.NUMBER: _number,
    Kind.YEAR: _number,
    Kind.PIN: _pin,
    Kind.CODE: _code,
    Kind.MONTH: lambda _, text, now: months.parse_month(text, now.date()),
    Kind.DATE: lambda _, text, now: months.parse_date(text, now.date()),
    Kind.CERTIFICATE_NUMBER: lambda _variable, text, _now: (
        certificate_number.read(text) or Rejected("not_a_certificate_number")
    ),
    Kind.LEG_CODE: lambda _variable, text, _now: short_code.read(text) or Rejected("not_a_code"),
    Kind.HOLDER_CODE: _holder_code,
}

TYPED = frozenset((*_PARSERS, Kind.AGE))
"""The kinds that a person can type."""


def take(
    variables: tuple[Variable, ...], words: list[str], now: datetime, calendar: Calendar = Calendar.GREGORIAN
) -> tuple[dict[str, Any], bool]:
    """What follows a keyword, as values of the variables in order, and whether every word was taken.

    Each variable takes as many words as it can while the later ones can take the rest; the last may stay unset.
    Where that fails, the values are those that parsed from the left.
    """
    if not words:
        return {}, True
    if not variables:
        return {}, False
    variable, rest = variables[0], variables[1:]
    partly: dict[str, Any] = {}
    most = len(words) if variable.kind in _TAKES_ALL else min(len(words), _MOST_WORDS)
    for count in range(most, 0, -1):
        value = parse(variable, " ".join(words[:count]), now, calendar)
        if isinstance(value, Rejected):
            continue
        later, complete = take(rest, words[count:], now, calendar)
        if complete:
            return {variable.name: value} | later, True
        partly = partly or {variable.name: value} | later
    return partly, False


def shown(kind: Kind, value: Any, at: float = 0.0) -> str:
    """A stored value as people read it; codes are labelled before they come here.

    A birth is read as an age at a time (POSIX seconds); without one it is read as it was typed.
    """
    if kind is Kind.AGE and at:
        return str(births.Birth.from_dict(value).age(datetime.fromtimestamp(at, UTC).date()))
    return _SHOWN.get(kind, str)(value)


def _day_first(value: Any) -> str:
    return "/".join(reversed(str(value).split("-")))


_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.CERTIFICATE_NUMBER: lambda value: certificate_number.grouped(str(value)),
    Kind.PERSON: lambda value: reference.grouped(str(value)),
    Kind.LEG_CODE: lambda value: short_code.shown(str(value)),
    Kind.MONTH: _day_first,
    Kind.DATE: _day_first,
    Kind.AGE: lambda value: str(value.get("raw", "")),
    Kind.LIST: lambda _: "",
    Kind.PIN: lambda _: "",
}

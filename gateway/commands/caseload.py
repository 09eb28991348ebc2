"""A caseworker's own cases: what is whose, handed over, noted; who is away; what a supervisor sees of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Date, Kind, LegCode, Number, Text


@dataclass(frozen=True, slots=True, repr=False)
class GiveCase(BaseCommand):
    """Hands a case over to a colleague, who is named by their code or the beginning of it.

    Empty, or where that names nobody alone, the outcome offers those who could have it. A caseworker gives what is
    theirs or nobody's; a supervisor anyone's, also to somebody who has enough (`full`).
    """

    code: LegCode
    to: Text = ""
    outcomes: ClassVar = {
        "given": {"to": Kind.TEXT},
        "repeated": {"to": Kind.TEXT},
        "whom": {"colleagues": Kind.LIST},
        "not_yours": {},
        "elsewhere": {"to": Kind.TEXT},
        "away": {"to": Kind.TEXT},
        "full": {"to": Kind.TEXT},
        "nobody": {},
        "refused": {},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class GoAway(BaseCommand):
    """Leave until a day: no new cases and no notices. What cannot wait goes to colleagues; `given` says how many.

    On the day itself they are back. `unfit`: it is not to come, or more than a year away.
    """

    until: Date = ""
    outcomes: ClassVar = {
        "away": {"day": Kind.DATE, "given": Kind.NUMBER},
        "needs_day": {},
        "unfit": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ComeBack(BaseCommand):
    """Back from leave, before the day that was named."""

    outcomes: ClassVar = {"back": {}, "repeated": {}, "unknown": {}}


@dataclass(frozen=True, slots=True, repr=False)
class AddNote(BaseCommand):
    """Keeps a note about a case, sealed; only the staff of its area read it."""

    code: LegCode
    text: Text = ""
    outcomes: ClassVar = {"noted": {}, "needs_text": {}, "mistyped": {}, "unknown": {}}


@dataclass(frozen=True, slots=True, repr=False)
class MyCases(BaseQuery):
    """Who waits for a call, then the open cases of whoever asks: late, not helped, nobody left to ask, waiting, others.

    A few at a time; `page` counts from 0, and `next` is the one to ask for then (0 after the last). Labels hold
    code, stage and days, with `!` where it is late and `?` where the person was not helped.
    """

    page: Number = 0
    outcomes: ClassVar = {
        "none": {},
        "some": {"cases": Kind.LIST, "next": Kind.NUMBER},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ShowCase(BaseQuery):
    """Where a case stands, and what comes `next` by which day.

    `answer` of the provider, the first `visit`, a `question` to the person, or `act`: its caseworker must, at once.
    `call`: it is somebody who waits for one since that day.
    """

    code: LegCode
    outcomes: ClassVar = {
        "shown": {
            "code": Kind.LEG_CODE,
            "stage": Kind.TEXT,
            "next": Kind.CODE,
            "day": Kind.DATE,
        },
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class TeamLoad(BaseQuery):
    """For a supervisor: who has how many open cases and how many of them late, as `abebe 12/3`, the most late first.

    `*` marks who is away, and the line `-` is what is nobody's.
    """

    outcomes: ClassVar = {"shown": {"team": Kind.TEXT}, "refused": {}, "unknown": {}}

"""Asking for help, and what providers answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Code, Date, Kind, LegCode, Person, Place


@dataclass(frozen=True, slots=True, repr=False)
class FindService(BaseQuery):
    """Whether any provider could take this need in this area now."""

    need: Code
    area: Place
    outcomes: ClassVar = {"available": {}, "none": {}}


@dataclass(frozen=True, slots=True, repr=False)
class RequestReferral(BaseCommand):
    """Opens a referral and its first leg with the best provider."""

    person: Person
    need: Code
    area: Place
    outcomes: ClassVar = {
        "requested": {"code": Kind.LEG_CODE},
        "already_open": {"code": Kind.LEG_CODE},
        "no_provider": {},
        "no_consent": {},
        "not_registered": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ReferralStatus(BaseQuery):
    """The neutral stage of this conversation's newest open referral, or of the newest where none is open.

    `looking`, `sent`, `accepted`, `in_service`, `missed`, `done` or `closed`.
    """

    outcomes: ClassVar = {"none": {}, "one": {"stage": Kind.CODE, "code": Kind.LEG_CODE}}


@dataclass(frozen=True, slots=True, repr=False)
class WithdrawReferral(BaseCommand):
    """The person withdraws the open request that a leg's code names, or the newest; no reason is asked."""

    code: LegCode = ""
    outcomes: ClassVar = {"withdrawn": {}, "none": {}}


@dataclass(frozen=True, slots=True, repr=False)
class AnswerHelp(BaseCommand):
    """A person's answer to what they were asked last: whether they went, or whether it helped.

    `answer` is `yes`, `partly` or `no`; empty, the outcome says what the question is. `code` is a leg's; empty:
    the newest question to this conversation.
    """

    code: LegCode = ""
    answer: Code = ""
    outcomes: ClassVar = {
        "ask_attended": {"code": Kind.LEG_CODE},
        "ask_helped": {"code": Kind.LEG_CODE},
        "attended": {},
        "missed": {},
        "confirmed": {},
        "disputed": {},
        "answered": {},
        "none": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class AnswerLeg(BaseCommand):
    """A provider's word on one leg.

    `answer` is one of `got`, `accept`, `decline`, `wait`, `date`, `arrived`, `noshow`, `done`; `detail` is the
    decline code, the outcome (`helped`, `partly`, `not_helped`) or empty; `on` a date where one is promised.
    A code that is not this provider's answers exactly as one that does not exist.
    """

    code: LegCode
    answer: Code
    detail: Code = ""
    on: Date = ""
    outcomes: ClassVar = {
        "recorded": {"stage": Kind.CODE},
        "repeated": {"stage": Kind.CODE},
        "refused": {"stage": Kind.CODE},
        "needs_detail": {},
        "mistyped": {},
        "unknown": {},
    }

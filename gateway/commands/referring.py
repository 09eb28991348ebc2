"""Asking for help, and what providers answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Code, Date, Kind, LegCode, Person, Place, Text


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
class MyRequests(BaseQuery):
    """What the provider whose phone asks has before it: codes, stages and neutral services, nothing of anybody.

    Those that wait for its answer come first. `after` is the last one that was listed before; behind the last of
    `some` the list begins anew.
    """

    after: LegCode = ""
    outcomes: ClassVar = {
        "none": {},
        "all": {"requests": Kind.LIST},
        "some": {"requests": Kind.LIST, "last": Kind.LEG_CODE},
    }


@dataclass(frozen=True, slots=True, repr=False)
class RequestAt(BaseQuery):
    """What a request waits for at its provider; `over` also for everybody else's."""

    code: LegCode
    outcomes: ClassVar = {
        "asked": {"code": Kind.LEG_CODE},
        "waiting": {"code": Kind.LEG_CODE},
        "accepted": {"code": Kind.LEG_CODE},
        "scheduled": {"code": Kind.LEG_CODE},
        "in_service": {"code": Kind.LEG_CODE},
        "over": {"code": Kind.LEG_CODE},
    }


@dataclass(frozen=True, slots=True, repr=False)
class AnswerHelp(BaseCommand):
    """A person's answer to what they were asked last: whether they went, or whether it helped.

    `answer` is `yes`, `partly` or `no`, of whichever question stands; `went` and `not_there` are of the first one
    alone; empty, the outcome says what the question is. `code` is a leg's; empty: the newest question to this
    conversation.
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
class SayCapacity(BaseCommand):
    """A provider's word on whether it can take people: `open`, `full` or `closed`.

    `need` is one of its services as it calls it, by the neutral code or a name in any language; empty: all of them.
    `services` are neutral codes, separated by spaces.
    """

    state: Code
    need: Text = ""
    outcomes: ClassVar = {
        "recorded": {"services": Kind.TEXT},
        "needs_state": {"services": Kind.TEXT},
        "no_service": {"services": Kind.TEXT},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class AnswerLeg(BaseCommand):
    """A provider's word on one leg.

    `answer` is one of `got`, `accept`, `decline`, `wait`, `date`, `arrived`, `noshow`, `done`; `detail` is the
    decline code, the outcome (`helped`, `partly`, `not_helped`) or empty; `on` a date where one is promised.
    A code that is not this provider's answers exactly as one that does not exist. `meant`: the code is a slip away
    from the one live leg named, or was left out where there is but that one.
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
        "meant": {"code": Kind.LEG_CODE, "answer": Kind.CODE},
        "mistyped": {},
        "unknown": {},
    }

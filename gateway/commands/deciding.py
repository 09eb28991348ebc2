"""What the staff decide by a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Code, Date, Kind, LegCode, Text


@dataclass(frozen=True, slots=True, repr=False)
class AnswerCase(BaseCommand):
    """A caseworker's word on a referral or a call-back: `take`, `revoke`, `close`, `call`, `date`.

    `call` takes it and tells the person that somebody calls today; `on` is the day of a `date`. `stage` says where it
    stands now.
    """

    code: LegCode
    answer: Code
    on: Date = ""
    outcomes: ClassVar = {
        "recorded": {"stage": Kind.CODE},
        "repeated": {"stage": Kind.CODE},
        "refused": {"stage": Kind.CODE},
        "needs_detail": {},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class AnswerFor(BaseCommand):
    """What a provider said by voice, written down by the staff: `got`, `accept`, `decline`.

    `detail` is the code of a decline. `stage` is where the leg stands now.
    """

    code: LegCode
    answer: Code
    detail: Code = ""
    outcomes: ClassVar = {
        "recorded": {"stage": Kind.CODE},
        "repeated": {"stage": Kind.CODE},
        "refused": {"stage": Kind.CODE},
        "needs_detail": {},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class RebookReferral(BaseCommand):
    """A caseworker sends a request on to another provider. `code` afterwards is that of the newest leg.

    `provider` is the code of the one to ask, or empty for the best; `unfit`: that one cannot take it.
    """

    code: LegCode
    provider: Text = ""
    outcomes: ClassVar = {
        "recorded": {"code": Kind.LEG_CODE},
        "repeated": {"code": Kind.LEG_CODE},
        "refused": {"stage": Kind.CODE},
        "no_provider": {},
        "unfit": {},
        "no_consent": {},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class WhoCan(BaseQuery):
    """Who could take what a code names, best first, for a caseworker to choose among: neutral names, and why."""

    code: LegCode
    outcomes: ClassVar = {
        "several": {"places": Kind.LIST},
        "none": {},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class AnswerReview(BaseCommand):
    """A caseworker's word on what waits for a decision: `open`, `approve`, `reject`, `ask`.

    `detail` is the reason of a rejection, or what is asked again. `flags` say in codes why it must be looked at.
    """

    code: LegCode
    answer: Code
    detail: Code = ""
    outcomes: ClassVar = {
        "opened": {"flags": Kind.TEXT},
        "recorded": {"stage": Kind.CODE},
        "repeated": {"stage": Kind.CODE},
        "refused": {"stage": Kind.CODE},
        "needs_detail": {},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }

"""What the staff decide by a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand
from gateway.commands.kinds import Code, Kind, LegCode


@dataclass(frozen=True, slots=True, repr=False)
class AnswerCase(BaseCommand):
    """A caseworker's word on a referral or a call-back: `take`, `revoke`, `close`. `stage` says where it stands now."""

    code: LegCode
    answer: Code
    outcomes: ClassVar = {
        "recorded": {"stage": Kind.CODE},
        "repeated": {"stage": Kind.CODE},
        "refused": {"stage": Kind.CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class RebookReferral(BaseCommand):
    """A caseworker sends a request on to another provider. `code` afterwards is that of the newest leg."""

    code: LegCode
    outcomes: ClassVar = {
        "recorded": {"code": Kind.LEG_CODE},
        "repeated": {"code": Kind.LEG_CODE},
        "refused": {"stage": Kind.CODE},
        "no_provider": {},
        "no_consent": {},
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
        "mistyped": {},
        "unknown": {},
    }

"""What went wrong, told to people outside the place where it did; and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Code, Kind, LegCode, Text


@dataclass(frozen=True, slots=True, repr=False)
class ReferredPlaces(BaseQuery):
    """The places that this conversation was sent to, the newest first, under their neutral names."""

    outcomes: ClassVar = {"none": {}, "some": {"places": Kind.LIST}}


@dataclass(frozen=True, slots=True, repr=False)
class FileComplaint(BaseCommand):
    """Keeps a complaint and rings those who deal with them; nobody needs to be registered or named.

    `about` is `staff`, `provider`, `harm` or `other`; `place` one of those of `referred_places`. `how` is `call` where
    a call is wished; `reply` is `yes` where we may write here that there is an answer; left out, in a chat alone.
    """

    about: Code
    body: Text = ""
    place: Code = ""
    how: Code = ""
    reply: Code = ""
    outcomes: ClassVar = {"recorded": {"code": Kind.LEG_CODE}, "too_many": {}}


@dataclass(frozen=True, slots=True, repr=False)
class ReadAnswer(BaseCommand):
    """The answer to a complaint made in this conversation; without a code to the newest that has one.

    `answered` while the person has not said whether it will do, `closed` afterwards. To any other phone a code does
    not exist. `meant`: a slip of the keys, and the one code here that it surely means.
    """

    code: LegCode = ""
    outcomes: ClassVar = {
        "answered": {"code": Kind.LEG_CODE, "answer": Kind.TEXT},
        "closed": {"code": Kind.LEG_CODE, "answer": Kind.TEXT},
        "waiting": {"code": Kind.LEG_CODE},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class JudgeAnswer(BaseCommand):
    """Whether an answer will do: `yes` or `no`. The first no brings the complaint before somebody else."""

    code: LegCode
    answer: Code
    outcomes: ClassVar = {"closed": {}, "reopened": {}, "noted": {}, "unknown": {}}


@dataclass(frozen=True, slots=True, repr=False)
class WaitingComplaints(BaseQuery):
    """What waits for one of those who deal with complaints: codes and due days, the soonest first."""

    outcomes: ClassVar = {"none": {}, "some": {"waiting": Kind.LIST}}


@dataclass(frozen=True, slots=True, repr=False)
class TakeComplaint(BaseCommand):
    """Whoever takes a complaint answers it by the day `due`. To all others its code does not exist."""

    code: LegCode
    outcomes: ClassVar = {
        "recorded": {"code": Kind.LEG_CODE, "due": Kind.DATE},
        "repeated": {"code": Kind.LEG_CODE, "due": Kind.DATE},
        "refused": {"code": Kind.LEG_CODE},
        "meant": {"code": Kind.LEG_CODE},
        "mistyped": {},
        "unknown": {},
    }

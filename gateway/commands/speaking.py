"""What a person says of the conversation itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand
from gateway.commands.kinds import Code, Kind


@dataclass(frozen=True, slots=True, repr=False)
class SetLanguage(BaseCommand):
    """The language to speak from now on (an ISO 639 code of the country's policy)."""

    language: Code
    outcomes: ClassVar = {"set": {}}


@dataclass(frozen=True, slots=True, repr=False)
class StopMessages(BaseCommand):
    """Nothing unsolicited any more to this address. Ends pushes, not the registration; staff are still rung."""

    outcomes: ClassVar = {"stopped": {}}


@dataclass(frozen=True, slots=True, repr=False)
class StartMessages(BaseCommand):
    """Undoes `StopMessages`."""

    outcomes: ClassVar = {"started": {}}


@dataclass(frozen=True, slots=True, repr=False)
class BindPhone(BaseCommand):
    """This chat's person proved to own a phone: both are one conversation from now on, the newer side goes on."""

    outcomes: ClassVar = {"bound": {}, "refused": {}}


@dataclass(frozen=True, slots=True, repr=False)
class RequestCallback(BaseCommand):
    """A person asks to be called back; `reason` is `danger` or `help`. Rings the caseworkers."""

    reason: Code
    outcomes: ClassVar = {"recorded": {"code": Kind.LEG_CODE}}


@dataclass(frozen=True, slots=True, repr=False)
class LeavePhone(BaseCommand):
    """Whoever has this phone now is somebody new: it gets a conversation of its own, with nothing of the old one."""

    outcomes: ClassVar = {"left": {}}

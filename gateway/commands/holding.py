"""Who may speak for whom, and the PIN that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import Boolean, Kind, Person, Pin, Text


@dataclass(frozen=True, slots=True, repr=False)
class MyPeople(BaseQuery):
    """The people registered from this conversation; labels are initials, since phones are shared."""

    outcomes: ClassVar = {
        "none": {},
        "one": {"person": Kind.PERSON},
        "several": {"people": Kind.LIST},
    }


@dataclass(frozen=True, slots=True, repr=False)
class HasPin(BaseQuery):
    """Whether a person of this conversation has chosen a PIN."""

    person: Person
    outcomes: ClassVar = {"yes": {}, "no": {}}


@dataclass(frozen=True, slots=True, repr=False)
class ChoosePin(BaseCommand):
    """The first PIN of a person; `weak` for 1234, 0000 and the like."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {"chosen": {}, "weak": {}, "exists": {}}


@dataclass(frozen=True, slots=True, repr=False)
class DoubtedPeople(BaseQuery):
    """Whether somebody registered from this phone before it was silent for so long that it may be another's now.

    Not who: whoever has the phone now must not learn it.
    """

    outcomes: ClassVar = {"none": {}, "some": {}}


@dataclass(frozen=True, slots=True, repr=False)
class ProvePin(BaseCommand):
    """The PIN of anybody who registered from this phone ends the doubt about it after a long silence."""

    pin: Pin
    outcomes: ClassVar = {
        "proved": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ChangePin(BaseCommand):
    """Another PIN, by who knows the present one."""

    person: Person
    pin: Pin
    new_pin: Pin
    outcomes: ClassVar = {
        "changed": {},
        "weak": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ClaimPerson(BaseCommand):
    """A person registered elsewhere goes on here too, by reference and PIN. Every refusal is the same."""

    reference: Text
    pin: Pin
    outcomes: ClassVar = {"claimed": {}, "refused": {}, "locked": {}}


@dataclass(frozen=True, slots=True, repr=False)
class RequestPhoneChange(BaseCommand):
    """Who lost phone or PIN asks the staff to let this phone speak for a person. Tells nobody whether there is one.

    `lost`: no other phone is to speak for them any more.
    """

    reference: Text
    lost: Boolean = False
    outcomes: ClassVar = {"requested": {}, "mistyped": {}, "too_many": {}}


@dataclass(frozen=True, slots=True, repr=False)
class MyData(BaseCommand):
    """What is kept about a person, behind the PIN. A command, since a wrong PIN counts and a look is on record."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {
        "shown": {
            "reference": Kind.PERSON,
            "full_name": Kind.PERSON_NAME,
            "born": Kind.AGE,
            "area": Kind.TEXT,
            "answers": Kind.NUMBER,
            "share": Kind.BOOLEAN,
            "statistics": Kind.BOOLEAN,
            "sms": Kind.BOOLEAN,
        },
        "none": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }

"""Registering, and keeping right what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from gateway.commands.base import BaseCommand, BaseQuery
from gateway.commands.kinds import (
    NOT_GIVEN,
    Age,
    Boolean,
    Code,
    Kind,
    Month,
    Number,
    Person,
    PersonName,
    Pin,
    Place,
    Text,
)


@dataclass(frozen=True, slots=True, repr=False)
class RecordConsent(BaseCommand):
    """A person's yes or no to one purpose (`register`, `share`, `statistics`, `sms`), with the text's version."""

    purpose: Code
    given: Boolean
    person: Person = ""
    outcomes: ClassVar = {"recorded": {}}


@dataclass(frozen=True, slots=True, repr=False)
class OpenRegistration(BaseCommand):
    """Keeps name and area under a reference, so that a caller cut off can be found again."""

    full_name: PersonName
    area: Place
    outcomes: ClassVar = {"opened": {"reference": Kind.PERSON}}


@dataclass(frozen=True, slots=True, repr=False)
class RegisterPerson(BaseCommand):
    """Completes an opened registration and, where no review is due, issues the certificate."""

    reference: Person
    full_name: PersonName
    sex: Code
    age: Age
    country_from: Code
    return_month: Month
    return_type: Code
    area: Place
    people_with: Number
    children_with: Number
    need: Code
    urgent: Code
    area_typed: Text = ""
    relation: Code = ""  # to who holds the phone: self, child, parent, other
    outcomes: ClassVar = {
        "registered": {"certificate_number": Kind.CERTIFICATE_NUMBER, "valid_to": Kind.MONTH},
        "registered_already": {},
        "under_review": {},
        "no_consent": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class FindPlaces(BaseQuery):
    """Places whose name is like what was typed: one that is surely meant, or at most four to choose among."""

    typed: Text
    outcomes: ClassVar = {
        "found": {"place": Kind.PLACE, "name": Kind.TEXT},
        "several": {"places": Kind.LIST},
        "none": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class OtherCalendar(BaseQuery):
    """A birth year or date in the other calendar, where it may be Gregorian or Ethiopian; `none` where it is clear."""

    age: Age
    outcomes: ClassVar = {"read": {"age": Kind.AGE}, "none": {}}


@dataclass(frozen=True, slots=True, repr=False)
class SaveDetail(BaseCommand):
    """One of the answers that can wait, kept as it is given. `field` is its name, as `next_detail` gives it.

    `answer` is a code of the policy's list of that name, a place for `origin_area`, and one of `none`, `some`, `a_lot`
    and `cannot` for `see` to `speak`, the Washington Group Short Set. `not_said` is an answer to each, and not asked
    for again. `given` and `left` count the answers.
    """

    person: Person
    field: Code
    answer: Text
    outcomes: ClassVar = {"saved": {"given": Kind.NUMBER, "left": Kind.NUMBER}, "not_registered": {}}


@dataclass(frozen=True, slots=True, repr=False)
class NextDetail(BaseQuery):
    """The first of the answers that can wait and is still missing: its name as `save_detail` takes it."""

    person: Person
    outcomes: ClassVar = {
        "next": {"field": Kind.CODE, "area": Kind.PLACE},  # `area`: where the person lives now
        "complete": {},
        "not_registered": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class CorrectAnswers(BaseCommand):
    """The person corrects what is kept, behind the PIN. What is left out stays; the old answers are kept sealed."""

    person: Person
    pin: Pin
    full_name: PersonName = ""
    sex: Code = ""
    age: Age = field(default_factory=dict)
    area: Place = ""
    country_from: Code = ""
    return_month: Month = ""
    return_type: Code = ""
    people_with: Number = NOT_GIVEN
    children_with: Number = NOT_GIVEN
    need: Code = ""
    outcomes: ClassVar = {
        "corrected": {},
        "under_review": {},  # what the certificate vouches for is looked at first
        "not_registered": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }

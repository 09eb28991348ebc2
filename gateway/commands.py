"""Every command and query, typed, with the outcomes that a flow must handle.

A conversation, the console and the API issue the same ones. A *command* changes the register, a *query*
only reads it. Each class names its outcomes and, for each outcome, the results that a flow may save.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar, get_args, get_type_hints


class Kind(StrEnum):
    """The types of a flow's variables, of arguments and of results. Values are plain JSON."""

    TEXT = "text"  # str, as typed after cleaning
    PERSON_NAME = "person_name"  # str, as typed; at least two letters, none a digit
    AGE = "age"  # {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"}
    YEAR = "year"  # int
    NUMBER = "number"  # int, 0 or more
    MONTH = "month"  # "2026-05", or "2026" where only the year is known
    DATE = "date"  # "2026-05-31"
    CODE = "code"  # str: the code of an option or of a policy's code list
    PLACE = "place"  # str: a P-code
    PIN = "pin"  # str of digits; never leaves the step it was typed in
    CERTIFICATE_NUMBER = "certificate_number"  # str of 12 or 14 digits, check digits not yet tried
    LEG_CODE = "leg_code"  # str of six digits, Damm digit not yet tried
    PERSON = "person"  # str: a person's reference, one of those of this conversation
    PHONE = "phone"  # str: E.164
    BOOLEAN = "boolean"
    LIST = "list"  # [{"value": code, "label": text}, …]: what a `choose from:` offers


Text = Annotated[str, Kind.TEXT]
PersonName = Annotated[str, Kind.PERSON_NAME]
Age = Annotated[Mapping[str, Any], Kind.AGE]
Year = Annotated[int, Kind.YEAR]
Number = Annotated[int, Kind.NUMBER]
Month = Annotated[str, Kind.MONTH]
Date = Annotated[str, Kind.DATE]
Code = Annotated[str, Kind.CODE]
Place = Annotated[str, Kind.PLACE]
Pin = Annotated[str, Kind.PIN]
CertificateNumber = Annotated[str, Kind.CERTIFICATE_NUMBER]
LegCode = Annotated[str, Kind.LEG_CODE]
Person = Annotated[str, Kind.PERSON]
Boolean = Annotated[bool, Kind.BOOLEAN]

Results = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Result:
    """How a command or query came out: one of its outcomes, and that outcome's values."""

    outcome: str
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Result({self.outcome})"


class _Call:
    """What commands and queries share. `__repr__` shows no value: calls carry names and PINs."""

    __slots__ = ()
    outcomes: ClassVar[Mapping[str, Results]]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class _Command(_Call):
    __slots__ = ()


class _Query(_Call):
    __slots__ = ()


# --- this conversation ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class SetLanguage(_Command):
    """The language to speak from now on (an ISO 639 code of the country's policy)."""

    language: Code
    outcomes: ClassVar = {"set": {}}


@dataclass(frozen=True, slots=True, repr=False)
class StopMessages(_Command):
    """Nothing unsolicited any more to this address. Ends pushes, not the registration; staff are still rung."""

    outcomes: ClassVar = {"stopped": {}}


@dataclass(frozen=True, slots=True, repr=False)
class StartMessages(_Command):
    """Undoes `StopMessages`."""

    outcomes: ClassVar = {"started": {}}


@dataclass(frozen=True, slots=True, repr=False)
class BindPhone(_Command):
    """This chat's person proved to own a phone: both are one conversation from now on, the newer side goes on."""

    outcomes: ClassVar = {"bound": {}, "refused": {}}


@dataclass(frozen=True, slots=True, repr=False)
class RequestCallback(_Command):
    """A person asks to be called back; `reason` is `danger` or `help`. Rings the caseworkers."""

    reason: Code
    outcomes: ClassVar = {"recorded": {"code": Kind.LEG_CODE}}


# --- the register -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class RecordConsent(_Command):
    """A person's yes or no to one purpose (`register`, `share`, `statistics`, `sms`), with the text's version."""

    purpose: Code
    given: Boolean
    person: Person = ""
    outcomes: ClassVar = {"recorded": {}}


@dataclass(frozen=True, slots=True, repr=False)
class OpenRegistration(_Command):
    """Keeps name and area under a reference, so that a caller cut off can be found again."""

    full_name: PersonName
    area: Place
    outcomes: ClassVar = {"opened": {"reference": Kind.PERSON}}


@dataclass(frozen=True, slots=True, repr=False)
class RegisterPerson(_Command):
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
    outcomes: ClassVar = {
        "registered": {"certificate_number": Kind.CERTIFICATE_NUMBER, "valid_to": Kind.MONTH},
        "registered_already": {},
        "under_review": {},
        "no_consent": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class MyPeople(_Query):
    """The people registered from this conversation; labels are initials, since phones are shared."""

    outcomes: ClassVar = {
        "none": {},
        "one": {"person": Kind.PERSON},
        "several": {"people": Kind.LIST},
    }


@dataclass(frozen=True, slots=True, repr=False)
class HasPin(_Query):
    """Whether a person of this conversation has chosen a PIN."""

    person: Person
    outcomes: ClassVar = {"yes": {}, "no": {}}


@dataclass(frozen=True, slots=True, repr=False)
class ChoosePin(_Command):
    """The first PIN of a person; `weak` for 1234, 0000 and the like."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {"chosen": {}, "weak": {}, "exists": {}}


@dataclass(frozen=True, slots=True, repr=False)
class ShowCertificate(_Command):
    """The certificate of a person, behind the PIN. A command, since a wrong PIN counts."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {
        "shown": {
            "certificate_number": Kind.CERTIFICATE_NUMBER,
            "status": Kind.CODE,
            "valid_to": Kind.MONTH,
        },
        "none": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class VerifyCertificate(_Command):
    """A provider asks whether a certificate holds. Unknown, revoked, suspended and a wrong year are one answer."""

    number: CertificateNumber
    birth_year: Year
    outcomes: ClassVar = {
        "valid": {"valid_to": Kind.MONTH},
        "expired": {},
        "replaced": {},
        "not_valid": {},
        "mistyped": {},
        "too_many": {},
        "not_a_provider": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class FindPlaces(_Query):
    """Places whose name is like what was typed: one that is surely meant, or at most four to choose among."""

    typed: Text
    outcomes: ClassVar = {
        "found": {"place": Kind.PLACE, "name": Kind.TEXT},
        "several": {"places": Kind.LIST},
        "none": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class OtherCalendar(_Query):
    """A birth year or date in the other calendar, where it may be Gregorian or Ethiopian; `none` where it is clear."""

    age: Age
    outcomes: ClassVar = {"read": {"age": Kind.AGE}, "none": {}}


# --- referrals --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class FindService(_Query):
    """Whether any provider could take this need in this area now."""

    need: Code
    area: Place
    outcomes: ClassVar = {"available": {}, "none": {}}


@dataclass(frozen=True, slots=True, repr=False)
class RequestReferral(_Command):
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
class ReferralStatus(_Query):
    """The neutral stage of this conversation's newest open referral, or of the newest where none is open.

    `looking`, `sent`, `accepted`, `in_service`, `missed`, `done` or `closed`.
    """

    outcomes: ClassVar = {"none": {}, "one": {"stage": Kind.CODE, "code": Kind.LEG_CODE}}


@dataclass(frozen=True, slots=True, repr=False)
class WithdrawReferral(_Command):
    """The person withdraws the open request that a leg's code names, or the newest; no reason is asked."""

    code: LegCode = ""
    outcomes: ClassVar = {"withdrawn": {}, "none": {}}


@dataclass(frozen=True, slots=True, repr=False)
class AnswerLeg(_Command):
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


@dataclass(frozen=True, slots=True, repr=False)
class AnswerCase(_Command):
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


Command = (
    SetLanguage
    | StopMessages
    | StartMessages
    | BindPhone
    | RequestCallback
    | RecordConsent
    | OpenRegistration
    | RegisterPerson
    | ChoosePin
    | ShowCertificate
    | VerifyCertificate
    | RequestReferral
    | WithdrawReferral
    | AnswerLeg
    | AnswerCase
)
Query = MyPeople | HasPin | FindPlaces | OtherCalendar | FindService | ReferralStatus
Call = Command | Query

CALLS: Mapping[str, type[Call]] = {}
"""Every call by the name that flows use: the class's name in snake case."""


def is_query(call: type[Call]) -> bool:
    """Whether a call only reads."""
    return issubclass(call, _Query)


def arguments(call: type[Call]) -> Mapping[str, tuple[Kind, bool]]:
    """Each argument's kind, and whether it must be given."""
    hints = get_type_hints(call, include_extras=True)
    return {field.name: (get_args(hints[field.name])[1], field.default is MISSING) for field in fields(call)}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


CALLS = {_snake(call.__name__): call for call in get_args(Call)}

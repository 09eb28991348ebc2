"""Certificates: what holders and providers ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.commands.base import BaseCommand
from gateway.commands.kinds import CertificateNumber, HolderCode, Kind, Person, Pin, Year


@dataclass(frozen=True, slots=True, repr=False)
class ShowCertificate(BaseCommand):
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
class VerifyCertificate(BaseCommand):
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
        "holder_needed": {},  # too many misses in all: only the holder's code helps now
        "not_a_provider": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class ReplaceCertificate(BaseCommand):
    """A new number for who lost the old one, behind the PIN. The old one answers REPLACED from now on."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {
        "replaced": {"certificate_number": Kind.CERTIFICATE_NUMBER, "valid_to": Kind.MONTH},
        "refused": {},  # suspended, revoked, or replaced too often
        "none": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class WhoChecked(BaseCommand):
    """Which providers checked a person's certificates, and when: the newest first, behind the PIN."""

    person: Person
    pin: Pin
    outcomes: ClassVar = {
        "shown": {"checks": Kind.TEXT},
        "none": {},
        "wrong_pin": {"tries_left": Kind.NUMBER},
        "locked": {},
        "no_pin": {},
    }


@dataclass(frozen=True, slots=True, repr=False)
class SendHolderCode(BaseCommand):
    """With the holder present: six digits go to the holder's phone. A wrong number gets the same answer."""

    number: CertificateNumber
    outcomes: ClassVar = {"sent": {}, "mistyped": {}, "too_many": {}, "not_a_provider": {}}


@dataclass(frozen=True, slots=True, repr=False)
class CheckHolderCode(BaseCommand):
    """The digits that the holder read out to the provider who asked for them. `lapsed`: they count no more."""

    code: HolderCode
    outcomes: ClassVar = {
        "valid": {
            "given_name": Kind.TEXT,
            "initials": Kind.TEXT,
            "classes": Kind.TEXT,
            "valid_to": Kind.MONTH,
        },
        "expired": {},
        "replaced": {},
        "not_valid": {},
        "wrong": {"tries_left": Kind.NUMBER},
        "lapsed": {},
        "not_a_provider": {},
    }

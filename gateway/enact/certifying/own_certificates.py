"""What a holder does with a certificate behind the PIN: sees it, replaces a lost one, asks who checked it."""

from __future__ import annotations

from datetime import timedelta

from gateway.commands import ReplaceCertificate, Result, ShowCertificate, WhoChecked
from gateway.enact.certifying import certificates as path
from gateway.enact.certifying.certificates import ACTIVE, EXPIRED, REPLACED, standing
from gateway.enact.holding.pins import opened
from gateway.enact.work import Work
from gateway.store import certificates, verifications
from gateway.store.certificates import CertificateRow
from gateway.store.people import PersonRow

MOST_SHOWN = 5  # checks: what one or two screens hold
LOST, RENEWED = "lost", "renewed"
_YEAR = timedelta(days=365)


def show_certificate(work: Work, command: ShowCertificate) -> Result:
    """A person's certificate, if the PIN is right."""
    person = opened(work, command.person, command.pin)
    if isinstance(person, Result):
        return person
    certificate = certificates.newest_of(work.tx, person.id)
    if certificate is None:
        return Result("none", {})
    return Result("shown", path.shown_to_holder(work, person, certificate))


def replace_certificate(work: Work, command: ReplaceCertificate) -> Result:
    """A new number for one that was lost; for one that ended, where the policy lets holders renew."""
    person = opened(work, command.person, command.pin)
    if isinstance(person, Result):
        return person
    certificate = certificates.newest_of(work.tx, person.id)
    if certificate is None:
        return Result("none", {})
    holder = f"person:{person.id}"
    reason = _reason(work, person, certificate, holder)
    if reason is None:
        return Result("refused", {})
    shown = path.shown_to_holder(work, person, path.replace(work, person, holder, reason))
    return Result("replaced", {name: shown[name] for name in ("certificate_number", "valid_to")})


def _reason(work: Work, person: PersonRow, certificate: CertificateRow, holder: str) -> str | None:
    """Why a holder may have a new number; None where only the staff can give one."""
    renewal, stands = work.policy.renewal, standing(certificate, work.now)
    taken = certificates.events_by(work.tx, person.id, REPLACED, holder, work.now - _YEAR)
    if taken >= renewal.replacements:
        return None
    if stands == EXPIRED:
        return RENEWED if renewal.by == "holder" else None
    return LOST if stands == ACTIVE else None


def who_checked(work: Work, command: WhoChecked) -> Result:
    """The newest checks that reached any certificate of a person, whatever the provider was answered.

    A wrong birth year or a wrong code is shown too: the holder may well ask who tried. What was answered before
    anything was looked up (a mistyped number, a stopped phone) reached nobody.
    """
    person = opened(work, command.person, command.pin)
    if isinstance(person, Result):
        return person
    offset = work.policy.calendar.utc_offset
    found = verifications.of_person(work.tx, person.id, MOST_SHOWN)
    if not found:
        return Result("none", {})
    return Result("shown", {"checks": "; ".join(f"{each.at + offset:%d/%m} {each.place}" for each in found)})

"""What a holder does with a certificate behind the PIN: another number for a lost one, and who checked it."""

from __future__ import annotations

from datetime import timedelta

from gateway.commands import ReplaceCertificate, Result, WhoChecked
from gateway.enact import certificates as path
from gateway.enact.certificates import ACTIVE, EXPIRED, REPLACED, standing
from gateway.enact.pins import refusal
from gateway.enact.work import Work
from gateway.store import certificates, people, verifications
from gateway.store.certificates import CertificateRow
from gateway.store.people import PersonRow

MOST_SHOWN = 5  # checks: what one or two screens hold
LOST, RENEWED = "lost", "renewed"
_YEAR = timedelta(days=365)


def replace_certificate(work: Work, command: ReplaceCertificate) -> Result:
    """A new number for one that was lost; for one that ended, where the policy lets holders renew."""
    person = people.held_by(work.tx, work.party.conversation_id, command.person)
    if person is None:
        return Result("none", {})
    refused = refusal(work, person, command.pin)
    if refused is not None:
        return refused
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
    person = people.held_by(work.tx, work.party.conversation_id, command.person)
    if person is None:
        return Result("none", {})
    refused = refusal(work, person, command.pin)
    if refused is not None:
        return refused
    offset = work.policy.calendar.utc_offset
    found = verifications.of_person(work.tx, person.id, MOST_SHOWN)
    if not found:
        return Result("none", {})
    return Result("shown", {"checks": "; ".join(f"{each.at + offset:%d/%m} {each.place}" for each in found)})

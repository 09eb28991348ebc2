"""Certificates: how one is issued, and the single path by which its status changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.registry import certificate_number
from gateway.store import certificates
from gateway.store.certificates import CertificateRow
from gateway.store.people import PersonRow

ACTIVE, SUSPENDED, EXPIRED = "active", "suspended", "expired"
REPLACED, REVOKED = "replaced", "revoked"
_MOVES: Mapping[str, frozenset[str]] = {
    ACTIVE: frozenset({SUSPENDED, EXPIRED, REPLACED, REVOKED}),
    SUSPENDED: frozenset({ACTIVE, EXPIRED, REPLACED, REVOKED}),
    EXPIRED: frozenset({REPLACED, REVOKED}),
    REPLACED: frozenset(),
    REVOKED: frozenset(),
}


def issue(work: Work, person: PersonRow, actor: str, reason: str) -> CertificateRow:
    """Gives a person a certificate; the one they have is returned as it is. The caller has locked the person."""
    there = certificates.newest_of(work.tx, person.id)
    if there is not None:
        return there
    policy = work.policy
    expires_at = _end_of_month(work.now, policy.certificate_valid_months)
    drawn = False
    while not drawn:
        number = certificate_number.draw(
            policy.register_digit, policy.certificate_random_digits, work.runtime.below
        )
        drawn = certificates.add(work.tx, work.vault, person, number, ACTIVE, work.now, expires_at)
    made = certificates.newest_of(work.tx, person.id)
    if made is None:
        raise StoreError("a certificate that was just issued is not there")
    certificates.add_event(work.tx, made.id, "issued", actor, reason, work.now)
    return made


def change_status(work: Work, certificate_id: int, status: str, actor: str, reason: str) -> bool:
    """The one path by which a status changes, with its event; False where it had that status.

    `actor` is `kind:id`, `reason` a code. Raises `ValueError` for a change that the domain does not know:
    whoever asks has looked at the status first.
    """
    certificate = certificates.lock(work.tx, certificate_id)
    if certificate is None:
        raise ValueError("no such certificate")
    if certificate.status == status:
        return False
    if status not in _MOVES[certificate.status]:
        raise ValueError(f"a certificate cannot go from {certificate.status} to {status}")
    certificates.set_status(work.tx, certificate_id, status)
    certificates.add_event(work.tx, certificate_id, status, actor, reason, work.now)
    return True


def standing(certificate: CertificateRow, now: datetime) -> str:
    """The status that holds now: the end of the last month counts though nobody has written it yet."""
    if certificate.status == ACTIVE and certificate.expires_at <= now:
        return EXPIRED
    return certificate.status


def valid_to(certificate: CertificateRow) -> str:
    """The last month in which it holds, `2028-03`."""
    year, month = divmod(certificate.expires_at.year * 12 + certificate.expires_at.month - 2, 12)
    return f"{year}-{month + 1:02d}"


def shown_to_holder(work: Work, person: PersonRow, certificate: CertificateRow) -> dict[str, Any]:
    """What the holder may read: number, status, last month."""
    return {
        "certificate_number": certificates.number_of(work.vault, person, certificate),
        "status": standing(certificate, work.now),
        "valid_to": valid_to(certificate),
    }


def _end_of_month(now: datetime, months: int) -> datetime:
    """The first instant after the month so many months from now: a card that says 03/2028 holds all March."""
    year, month = divmod(now.year * 12 + now.month - 1 + months + 1, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)

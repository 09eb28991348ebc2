"""Certificates: how one is issued and replaced, the single path by which its status changes, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.registry import certificate_number
from gateway.store import certificates, people, timers
from gateway.store.certificates import CertificateRow, ListedRow
from gateway.store.people import PersonRow

ACTIVE, SUSPENDED, EXPIRED = "active", "suspended", "expired"
REPLACED, REVOKED = "replaced", "revoked"
MOVES: Mapping[str, frozenset[str]] = {
    ACTIVE: frozenset({SUSPENDED, EXPIRED, REPLACED, REVOKED}),
    SUSPENDED: frozenset({ACTIVE, REPLACED, REVOKED}),
    EXPIRED: frozenset({REPLACED, REVOKED}),
    REPLACED: frozenset(),
    REVOKED: frozenset(),
}
"""Where each status leads. One that is suspended does not expire: its answer would tell it from an unknown number."""

EXPIRES, EXPIRING = "certificate_expires", "certificate_expiring"
"""The timers of a certificate: its end, and each reminder before it."""

_TIMER = "worker:timers"
_TOLD = frozenset({ACTIVE, SUSPENDED, REPLACED, REVOKED})  # of its end the holder was reminded before
_MORNING = timedelta(hours=10)  # reminders come by day, where the people are
_SPREAD = 240  # minutes over which those of one day are spread: many end with the same month


# --- issued and replaced ----------------------------------------------------------------------------------


def issue(work: Work, person: PersonRow, actor: str, reason: str) -> CertificateRow:
    """Gives a person a certificate; the one they go by is returned as it is. The caller has locked the person.

    One that was revoked, or handed over to another record, is no longer gone by.
    """
    there = certificates.newest_of(work.tx, person.id)
    if there is not None and MOVES[there.status]:
        return there
    return _draw(work, person, actor, reason)


def replace(
    work: Work, person: PersonRow, actor: str, reason: str, certificate_id: int | None = None
) -> CertificateRow:
    """A new number for the newest one, which from now on points to it; returns the new certificate.

    `actor` is `kind:id`, `reason` a code. Raises `ValueError` where there is none that can be replaced, or where the
    one that is meant (`certificate_id`) is not the newest. The caller has locked the person.
    """
    old = certificates.newest_of(work.tx, person.id)
    if old is None or REPLACED not in MOVES[old.status] or certificate_id not in (None, old.id):
        raise ValueError("there is no certificate that can be replaced")
    new = _draw(work, person, actor, reason)
    change_status(work, old.id, REPLACED, actor, reason, replaced_by=new.id)
    return new


def _draw(work: Work, person: PersonRow, actor: str, reason: str) -> CertificateRow:
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
    _set_timers(work, made)
    return made


# --- the one path of changes ------------------------------------------------------------------------------


def change_status(
    work: Work, certificate_id: int, status: str, actor: str, reason: str, replaced_by: int | None = None
) -> bool:
    """The one path by which a status changes, with its event; False where it had that status.

    `actor` is `kind:id`, `reason` a code, `replaced_by` the certificate that a replaced one points to. Those who hold
    it elsewhere are told that something changed, not what. Raises `ValueError` for a change that the domain does
    not know: whoever asks has looked at the status first.
    """
    certificate = certificates.lock(work.tx, certificate_id)
    if certificate is None:
        raise ValueError("no such certificate")
    if certificate.status == status:
        return False
    if status not in MOVES[certificate.status]:
        raise ValueError(f"a certificate cannot go from {certificate.status} to {status}")
    certificates.set_status(work.tx, certificate_id, status, replaced_by)
    _changed(work, certificate, status, actor, reason)
    return True


def restore(work: Work, certificate_id: int, status: str, actor: str, reason: str) -> bool:
    """Undoes the replacement that a merge of two records made; False where it is not replaced.

    `status` is the one it had. Nothing else leads back from `replaced`. On the same path: it has its event too.
    """
    certificate = certificates.lock(work.tx, certificate_id)
    if certificate is None or certificate.status != REPLACED:
        return False
    certificates.set_status(work.tx, certificate_id, status)
    _changed(work, certificate, status, actor, reason)
    return True


def _changed(work: Work, certificate: CertificateRow, status: str, actor: str, reason: str) -> None:
    certificates.add_event(work.tx, certificate.id, status, actor, reason, work.now)
    if status in _TOLD:
        stamp = f"certificate:{certificate.id}:{status}:{round(work.now.timestamp())}"
        _tell(work, certificate, "certificate_changed", {}, stamp)
    if status == ACTIVE:
        expire(work, certificate.id)  # its timer may have gone by while it did not hold


def _tell(
    work: Work, certificate: CertificateRow, notice: str, values: Mapping[str, str], dedupe: str
) -> None:
    """Tells all who hold a certificate, but not the conversation that acts itself."""
    for conversation in people.holders_of(work.tx, certificate.person_id):
        if conversation != work.party.conversation_id:
            notify(work, notice, ToPerson(conversation, certificate.person_id), values, dedupe)


# --- its end ----------------------------------------------------------------------------------------------


def _set_timers(work: Work, certificate: CertificateRow) -> None:
    timers.schedule(work.tx, EXPIRES, certificate.id, certificate.expires_at)
    morning = certificate.expires_at - work.policy.calendar.utc_offset + _MORNING
    for days in work.policy.renewal.remind_days:
        at = morning - timedelta(days=days) + timedelta(minutes=certificate.id % _SPREAD)
        if at > work.now:
            timers.schedule(work.tx, EXPIRING, certificate.id, at)


def expire(work: Work, certificate_id: int) -> None:
    """Writes down that a certificate ended, if it is active and has."""
    certificate = certificates.lock(work.tx, certificate_id)
    if (
        certificate is not None
        and certificate.status == ACTIVE
        and standing(certificate, work.now) == EXPIRED
    ):
        change_status(work, certificate_id, EXPIRED, _TIMER, "end_of_validity")


def remind(work: Work, certificate_id: int) -> None:
    """Tells the holder, where messages are allowed, in which month a certificate ends that still holds."""
    certificate = certificates.lock(work.tx, certificate_id)
    if certificate is None or standing(certificate, work.now) != ACTIVE:
        return
    left = (certificate.expires_at - work.now).days
    values = {"valid_to": valid_to(certificate)}
    _tell(work, certificate, "certificate_expiring", values, f"certificate:{certificate_id}:{left}")


def standing(certificate: CertificateRow | ListedRow, now: datetime) -> str:
    """The status that holds now: the end of the last month counts though nobody has written it yet."""
    if certificate.status == ACTIVE and certificate.expires_at <= now:
        return EXPIRED
    return certificate.status


def valid_to(certificate: CertificateRow | ListedRow) -> str:
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

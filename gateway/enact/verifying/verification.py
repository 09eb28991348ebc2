"""Whether a certificate holds: asked by a provider, counted when wrong, and never saying why it does not."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from gateway import log
from gateway.commands import Result, VerifyCertificate
from gateway.enact.certifying.certificates import ACTIVE, EXPIRED, REPLACED, standing, valid_to
from gateway.enact.notices.notify import ToStaff, notify
from gateway.enact.referring.legs import move
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry import births, certificate_number
from gateway.registry.births import Birth
from gateway.store import audit, certificates, people, providers, referrals, verifications
from gateway.store.certificates import CertificateRow
from gateway.store.people import RECORD, PersonRow
from gateway.store.providers import ProviderRow
from gateway.store.staff import SUPERVISOR
from gateway.store.verifications import MISTYPED
from gateway.vault import DataKey, Vault
from referral_engine.lifecycle import arrival_by_verification
from referral_engine.model import Actor, LegState

_ANSWERS = {ACTIVE: "valid", EXPIRED: "expired", REPLACED: "replaced"}


def verify_certificate(work: Work, command: VerifyCertificate) -> Result:
    """Answers a provider's phone, and logs the check. A valid one by the provider of a live leg is an arrival.

    Where too many are missed in all, nothing is looked up: only the holder's code helps, whatever the number is.
    """
    provider = asking(work)
    if provider is None:
        return Result("not_a_provider", {})
    if stopped(work):
        return logged(work, provider, None, Result("too_many", {}))
    if not certificate_number.check(command.number):
        return logged(work, provider, None, Result(MISTYPED, {}))
    missed = verifications.misses(work.tx, work.day_ago, work.policy.misses_all)
    if missed >= work.policy.misses_all:
        return logged(work, provider, None, Result("holder_needed", {}))
    found = certificates.find(work.tx, work.vault, command.number)
    agrees = _year_agrees(work, found[1] if found else None, command.birth_year)
    answer = answer_for(work, found[0]) if found and agrees else Result("not_valid", {})
    if answer.outcome == "not_valid" and missed + 1 >= work.policy.misses_all:
        _alarm(work, provider, missed + 1)
    if found and answer.outcome == "valid":
        arrive(work, provider, found[1])
    return logged(work, provider, found[0] if found else None, answer)


def asking(work: Work) -> ProviderRow | None:
    """The provider whose phone asks. One that was paused, or left the directory, is told what a stranger is told."""
    provider = providers.by_phone(work.tx, work.party.address_id)
    return provider if provider is not None and provider.status == providers.ACTIVE else None


def stopped(work: Work) -> bool:
    """Whether a phone missed or mistyped too often today. Others are not stopped by it."""
    missed, mistyped = verifications.slips_of(work.tx, work.party.address_id, work.day_ago)
    return missed >= work.policy.misses_per_phone or mistyped >= work.policy.mistyped_per_phone


def answer_for(work: Work, certificate: CertificateRow) -> Result:
    """What a provider may know of a certificate."""
    answer = _ANSWERS.get(standing(certificate, work.now), "not_valid")
    return Result(answer, {"valid_to": valid_to(certificate)} if answer == "valid" else {})


def logged(
    work: Work,
    provider: ProviderRow,
    certificate: CertificateRow | None,
    result: Result,
    *,
    miss: bool | None = None,
) -> Result:
    """Keeps a check, and gives its result back. A miss is what a guess may have been."""
    verifications.add(
        work.tx,
        certificate_id=certificate.id if certificate else None,
        provider_id=provider.id,
        address_id=work.party.address_id,
        outcome=result.outcome,
        miss=result.outcome == "not_valid" if miss is None else miss,
        now=work.now,
    )
    return result


def _alarm(work: Work, provider: ProviderRow, count: int) -> None:
    """Tells operator and supervisors that more are missed in all than honest mistakes explain."""
    log.get().warning("verification_misses", count=count)
    subject, detail = f"provider:{provider.id}", {"count": str(count)}
    audit.add(work.tx, f"address:{work.party.address_id}", "verification.misses", subject, detail, work.now)
    values = {"count": str(count)}
    notify(work, "verification_misses_staff", ToStaff("", SUPERVISOR), values, f"misses:{work.now:%Y-%m-%d}")


def _year_agrees(work: Work, person: PersonRow | None, year: int) -> bool:
    """Whether the birth year was right. Opens one record even where there is none, so that both take as long."""
    if person is None:
        key, sealed = _decoy(work.vault)
        orjson.loads(key.open(sealed, RECORD))
        return False
    age = known_of(work, person).get("age")
    if not age:
        return False  # of somebody known on paper the age may not be known
    birth = Birth.from_dict(age)
    calendar = work.policy.calendar_of(work.party.language)
    return births.covers(birth, year, calendar, ambiguous=work.policy.two_calendars)


def known_of(work: Work, person: PersonRow) -> dict[str, Any]:
    """The answers of a person; nothing of one who was erased: such a certificate is as good as unknown."""
    try:
        return people.record_of(work.vault, person)
    except VaultError:
        return {}


@lru_cache(maxsize=4)
def _decoy(vault: Vault) -> tuple[DataKey, bytes]:
    """A record of nobody, about as long as anybody's."""
    _, key = vault.new_key()
    return key, key.seal(orjson.dumps({f"answer {number}": "x" * 24 for number in range(12)}), RECORD)


def arrive(work: Work, provider: ProviderRow, person: PersonRow) -> None:
    """Moves the newest leg of this person here that a visit can move; both events are recorded."""
    for unlocked in reversed(referrals.live_at(work.tx, person.id, provider.id)):
        referral = referrals.lock(work.tx, unlocked.referral_id)
        leg = referrals.leg_by_code(work.tx, unlocked.code) or unlocked
        events = arrival_by_verification(LegState(leg.state))
        for event in events:
            move(work, referral, leg, event, Actor.VERIFICATION, f"provider:{provider.id}")
            leg = referrals.leg_by_code(work.tx, leg.code) or leg
        if events:
            return

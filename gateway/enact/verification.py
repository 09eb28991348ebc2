"""Whether a certificate holds: asked by a provider, counted when wrong, and never saying why it does not."""

from __future__ import annotations

from functools import lru_cache

import orjson

from gateway import log
from gateway.commands import Result, VerifyCertificate
from gateway.enact.certificates import ACTIVE, EXPIRED, REPLACED, standing, valid_to
from gateway.enact.legs import move
from gateway.enact.work import Work
from gateway.registry import births, certificate_number
from gateway.registry.births import Birth
from gateway.store import audit, certificates, people, providers, referrals, verifications
from gateway.store.certificates import CertificateRow
from gateway.store.people import RECORD, PersonRow
from gateway.store.providers import ProviderRow
from gateway.vault import DataKey, Vault
from referral_engine.lifecycle import arrival_by_verification
from referral_engine.model import Actor, LegState

_ANSWERS = {ACTIVE: "valid", EXPIRED: "expired", REPLACED: "replaced"}


def verify_certificate(work: Work, command: VerifyCertificate) -> Result:
    """Answers a provider's phone, and logs the check. A valid one by the provider of a live leg is an arrival.

    A provider that was paused, or left the directory, is told what a stranger is told.
    """
    provider = providers.by_phone(work.tx, work.party.address_id)
    if provider is None or provider.status != providers.ACTIVE:
        return Result("not_a_provider", {})
    if not certificate_number.check(command.number):
        return _logged(work, provider, None, Result("mistyped", {}))
    if _too_many(work):
        return _logged(work, provider, None, Result("too_many", {}))
    found = certificates.find(work.tx, work.vault, command.number)
    agrees = _year_agrees(work, found[1] if found else None, command.birth_year)
    if found is None or not agrees:
        return _logged(work, provider, found[0] if found else None, Result("not_valid", {}))
    certificate, person = found
    answer = _ANSWERS.get(standing(certificate, work.now), "not_valid")
    if answer != "valid":
        return _logged(work, provider, certificate, Result(answer, {}))
    _arrive(work, provider, person)
    return _logged(work, provider, certificate, Result("valid", {"valid_to": valid_to(certificate)}))


def _too_many(work: Work) -> bool:
    """A phone that missed too often is stopped. Others are not: one who guesses must not shut out the rest."""
    missed = verifications.misses_of(work.tx, work.party.address_id, work.day_ago)
    return missed >= work.policy.misses_per_phone


def _alert(work: Work, provider: ProviderRow) -> None:
    """Tells the operator, at each further miss, that more are missed in all than honest mistakes explain."""
    count = verifications.misses(work.tx, work.day_ago)
    if count >= work.policy.misses_all:
        log.get().warning("verification_misses", count=count)
        subject, detail = f"provider:{provider.id}", {"count": str(count)}
        audit.add(
            work.tx, f"address:{work.party.address_id}", "verification.misses", subject, detail, work.now
        )


def _year_agrees(work: Work, person: PersonRow | None, year: int) -> bool:
    """Whether the birth year was right. Opens one record even where there is none, so that both take as long."""
    if person is None:
        key, sealed = _decoy(work.vault)
        orjson.loads(key.open(sealed, RECORD))
        return False
    birth = Birth.from_dict(people.record_of(work.vault, person)["age"])
    calendar = work.policy.calendar_of(work.party.language)
    return births.covers(birth, year, calendar, ambiguous=work.policy.two_calendars)


@lru_cache(maxsize=4)
def _decoy(vault: Vault) -> tuple[DataKey, bytes]:
    """A record of nobody, about as long as anybody's."""
    _, key = vault.new_key()
    return key, key.seal(orjson.dumps({f"answer {number}": "x" * 24 for number in range(12)}), RECORD)


def _logged(work: Work, provider: ProviderRow, certificate: CertificateRow | None, result: Result) -> Result:
    verifications.add(
        work.tx,
        certificate_id=certificate.id if certificate else None,
        provider_id=provider.id,
        address_id=work.party.address_id,
        outcome=result.outcome,
        miss=result.outcome == "not_valid",
        now=work.now,
    )
    if result.outcome == "not_valid":
        _alert(work, provider)
    return result


def _arrive(work: Work, provider: ProviderRow, person: PersonRow) -> None:
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

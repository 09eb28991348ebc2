"""The holder's code: six digits by which a provider who has the holder before them learns who it is.

They go to the holder's own phones, though nobody said yes to messages: the holder is there and waits for them. STOP
is kept even so. Nothing that the provider reads, and no time that it takes, tells whether anything is sent: the worker
draws and sends the digits a moment later.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from gateway.commands import CheckHolderCode, Result, SendHolderCode
from gateway.enact.certifying.certificates import ACTIVE, EXPIRED, REPLACED, standing
from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering.screening import classes_of
from gateway.enact.verifying.verification import answer_for, arrive, asking, known_of, logged, stopped
from gateway.enact.work import Work
from gateway.registry import certificate_number, names
from gateway.store import certificates, holder_codes, people, timers
from gateway.store.certificates import CertificateRow
from gateway.store.holder_codes import HolderCodeRow
from gateway.store.people import PersonRow
from gateway.store.verifications import MISTYPED

SENDS = "holder_code"
"""The timer by which a code is sent, at once."""

_SENT_FOR = frozenset({ACTIVE, EXPIRED, REPLACED})
"""Of a suspended or revoked certificate no code is sent: it cannot be told from one that does not exist."""


def send_holder_code(work: Work, command: SendHolderCode) -> Result:
    """Takes a provider's wish for a code. Until the worker has sent one, no digits that anybody knows are right."""
    provider = asking(work)
    if provider is None:
        return Result("not_a_provider", {})
    here, limits = work.party.address_id, work.policy.holder_codes
    if stopped(work) or holder_codes.asked_by(work.tx, here, work.day_ago) >= limits.per_phone:
        return Result("too_many", {})
    if not certificate_number.check(command.number):
        return logged(work, provider, None, Result(MISTYPED, {}))
    found = certificates.find(work.tx, work.vault, command.number)
    nobodys = work.vault.digest(*_parts(here, _drawn(work)))
    until = work.now + timedelta(minutes=limits.minutes)
    made = holder_codes.add(work.tx, here, found[0].id if found else None, nobodys, work.now, until)
    timers.schedule(work.tx, SENDS, made, work.now)
    return Result("sent", {})


def send(work: Work, code_id: int) -> None:
    """Draws the digits and sends them to whoever holds the certificate, if there is somebody."""
    asked = holder_codes.by_id(work.tx, code_id)
    if asked is None or asked.certificate_id is None or work.now >= asked.expires_at:
        return
    code = _drawn(work)
    certificate = certificates.lock(work.tx, asked.certificate_id)
    told = certificate is not None and _tell(work, certificate, code, f"holder_code:{code_id}")
    digest = work.vault.digest(*_parts(asked.address_id, code))
    holder_codes.settle(work.tx, code_id, asked.certificate_id if told else None, digest)


def _tell(work: Work, certificate: CertificateRow, code: str, dedupe: str) -> bool:
    """Whether the code went to anybody; not where this certificate had its share of them today."""
    asked = holder_codes.sent_for(work.tx, certificate.id, work.day_ago)  # this one among them
    if standing(certificate, work.now) not in _SENT_FOR or asked > work.policy.holder_codes.per_certificate:
        return False
    reached = [
        notify(work, "holder_code", ToPerson(conversation, certificate.person_id), {"code": code}, dedupe)
        for conversation in people.holders_of(work.tx, certificate.person_id)
    ]
    return any(reached)


def _drawn(work: Work) -> str:
    return f"{work.runtime.below(1_000_000):06d}"


def _parts(address_id: int, code: str) -> tuple[str, ...]:
    return "holder_code", str(address_id), code


def check_holder_code(work: Work, command: CheckHolderCode) -> Result:
    """Tells the provider who the holder is, once, if the digits are those that this phone asked for last."""
    provider = asking(work)
    if provider is None:
        return Result("not_a_provider", {})
    asked = holder_codes.newest_of(work.tx, work.party.address_id)
    if asked is None or not _open(work, asked):
        return Result("lapsed", {})
    certificate = certificates.lock(work.tx, asked.certificate_id) if asked.certificate_id else None
    right = _matches(work, asked, command.code)
    if certificate is None or not right:
        holder_codes.tried(work.tx, asked, None)
        left = work.policy.holder_codes.tries - asked.tries - 1
        result = Result("wrong", {"tries_left": left}) if left else Result("lapsed", {})
        return logged(work, provider, certificate, result)
    holder_codes.tried(work.tx, asked, work.now)
    person = people.by_id(work.tx, certificate.person_id)
    name = known_of(work, person).get("full_name", "")
    answer = answer_for(work, certificate) if name else Result("not_valid", {})
    if answer.outcome == "valid":
        arrive(work, provider, person)
        answer = Result("valid", {**answer.values, **_told(work, person, name)})
    return logged(work, provider, certificate, answer, miss=False)


def _open(work: Work, asked: HolderCodeRow) -> bool:
    spent = asked.used_at is not None or asked.tries >= work.policy.holder_codes.tries
    return not spent and work.now < asked.expires_at


def _matches(work: Work, asked: HolderCodeRow, code: str) -> bool:
    return any(
        hmac.compare_digest(each, asked.digest)
        for each in work.vault.digests(*_parts(asked.address_id, code))
    )


def _told(work: Work, person: PersonRow, name: str) -> dict[str, str]:
    """All that a provider learns of a holder: own name, first letters of the others, and classes by their labels."""
    own, others = names.given_and_initials(name)
    language = work.party.language
    labels = [each.label.get(language) or each.code for each in classes_of(work, person)]
    return {"given_name": own, "initials": others, "classes": ", ".join(labels)}

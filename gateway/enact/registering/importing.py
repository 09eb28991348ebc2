"""People who are known on paper, registered from a list: each once, however often the list is given.

A row becomes a person as a registration by phone does: screened, compared with everybody, held back for a review where
the policy says so. It speaks to nobody, except by SMS to who allowed that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from gateway.enact.casework import reviews
from gateway.enact.certifying.certificates import issue
from gateway.enact.desk import desk
from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering import details
from gateway.enact.registering.people import settle
from gateway.enact.work import Work
from gateway.errors import StoreError, StoreUnavailable, VaultError
from gateway.messages import Address, AddressKind
from gateway.registry import reference
from gateway.registry.paper.people import Lists, PaperPerson
from gateway.runtime import Runtime
from gateway.store import binding, certificates, consents, imported, people, person_events
from gateway.store import reviews as review_rows
from gateway.store.conversations import open_address, open_alone
from gateway.store.people import PersonRow

ISSUED, REGISTERED, REVIEW = "issued", "registered", "review"
ALREADY, CHANGED, GOOD = "already", "changed", "good"
OUTCOMES = (ISSUED, REGISTERED, REVIEW, ALREADY, CHANGED, GOOD)
"""What became of a row: with a certificate, without one as asked, held back; taken before, the same or another; and
in a rehearsal, that nothing is wrong with it."""

STEP = 20
"""Rows in one transaction: few enough that whoever registers by phone meanwhile does not wait for long."""

_TRIES = 5  # of a step that met somebody else on the same rows
_PAPER = "paper"
_CARRIER = "africastalking"


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """What became of a row. `reference` and `number` (of the certificate) are personal; empty where there is none."""

    line: int
    outcome: str
    reference: str
    number: str


@dataclass(frozen=True, slots=True)
class Run:
    """One giving of a list: its name, who gives it, whether certificates are issued, and how the run is called."""

    listed: str
    actor: str
    issue: bool
    batch: str


def lists_of(work: Work) -> Lists:
    """What cells are read by."""
    policy = work.policy
    return Lists(
        codes=policy.codes,
        needs=tuple(policy.services),
        languages=policy.languages,
        region=policy.region,
        gazetteer=policy.gazetteer,
        two_calendars=policy.two_calendars,
    )


def take_step(runtime: Runtime, run: Run, rows: Iterable[PaperPerson]) -> list[Taken]:
    """Takes some rows in one transaction: all of them, or none where it fails.

    Raises `StoreError`. What was taken before stays, and is not taken twice.
    """
    rows = tuple(rows)
    for last in (*[False] * (_TRIES - 1), True):
        try:
            with runtime.database.transaction() as tx:
                work = desk(runtime, tx)
                taken = [_take(work, run, row) for row in rows]
        except (StoreUnavailable, _Met):
            if last:
                raise
            continue
        if work.ring:
            runtime.wake(work.ring)
        return taken
    raise AssertionError


def rehearse_step(runtime: Runtime, run: Run, rows: Iterable[PaperPerson]) -> list[Taken]:
    """What some rows became in an earlier run; `good` for those that are new. Changes nothing."""
    with runtime.database.reading() as tx:
        work = desk(runtime, tx)
        return [known(work, run, row) or Taken(row.line, GOOD, "", "") for row in rows]


class _Met(StoreError):
    """Another run took the same row at the same moment."""


def known(work: Work, run: Run, row: PaperPerson) -> Taken | None:
    """What a row became in an earlier run; None where it is new."""
    person_id = imported.find(work.tx, work.vault, run.listed, row.number)
    if person_id is None:
        return None
    person = people.by_id(work.tx, person_id)
    try:
        paper = people.record_of(work.vault, person).get(_PAPER, {})
        return _told(work, row, person, ALREADY if paper.get("row") == row.digest else CHANGED)
    except VaultError:  # erased since: whoever asked for that is not brought back by a list
        return Taken(row.line, ALREADY, "", "")


def _take(work: Work, run: Run, row: PaperPerson) -> Taken:
    before = known(work, run, row)
    return before or _register(work, run, row)


def _register(work: Work, run: Run, row: PaperPerson) -> Taken:
    here = _conversation(work, row)
    person = _draft(work, row, here)
    if not imported.add(work.tx, work.vault, run.listed, row.number, person.id, run.batch, work.now):
        raise _Met("a row was taken meanwhile")
    _consents(work, row, person.id, here)
    person_events.add(
        work.tx, work.vault, person, "imported", run.actor, work.now, detail={"batch": run.batch}
    )
    written = {
        "list": run.listed,
        "number": row.number,
        "date": row.consent_date.isoformat(),
        "reference": row.consent_reference,
        "row": row.digest,
    }
    if settle(work, person, {**row.answers, _PAPER: written}, run.actor):
        _answerable(work, person, here, row)
        outcome = REVIEW
    elif run.issue:
        issue(work, person, run.actor, "import")
        notify(work, "certificate_issued", ToPerson(here, person.id), {}, f"person:{person.id}:import")
        outcome = ISSUED
    else:
        outcome = REGISTERED
    if row.consents.get("sms"):
        details.plan(work, person.id)
    return _told(work, row, person, outcome)


def _conversation(work: Work, row: PaperPerson) -> int:
    """Who may speak for them: the phone's conversation; without a phone one that nobody leads to yet."""
    if not row.phone:
        return open_alone(work.tx, work.vault, work.now)
    phone = Address(AddressKind.PHONE, row.phone)
    here = open_address(work.tx, work.vault, phone, _CARRIER, work.now).conversation_id
    binding.speak(work.tx, here, row.language or work.policy.language)
    return here


def _draft(work: Work, row: PaperPerson, here: int) -> PersonRow:
    made = None
    while made is None:
        drawn = reference.draw(work.runtime.below)
        made = people.add(work.tx, work.vault, drawn, {}, here, work.now)
    return people.by_id(work.tx, made)


def _consents(work: Work, row: PaperPerson, person_id: int, here: int) -> None:
    """What was signed, with the day of the paper; the paper itself is named in the sealed record."""
    at = datetime.combine(row.consent_date, time(), UTC)
    for purpose, given in {"register": True, **row.consents}.items():
        consents.add(
            work.tx,
            person_id=person_id,
            conversation_id=here,
            purpose=purpose,
            given=given,
            revision=_PAPER,
            language=row.language or work.policy.language,
            channel=_PAPER,
            now=at,
        )


def _answerable(work: Work, person: PersonRow, here: int, row: PaperPerson) -> None:
    """Whoever decides the review can tell the person, where a phone leads to them."""
    if row.phone:
        for waiting in review_rows.waiting_of(work.tx, person.id, reviews.REGISTRATION):
            review_rows.save(work.tx, waiting.id, {"conversation_id": here})


def _told(work: Work, row: PaperPerson, person: PersonRow, outcome: str) -> Taken:
    certificate = certificates.newest_of(work.tx, person.id)
    number = certificates.number_of(work.vault, person, certificate) if certificate else ""
    return Taken(row.line, outcome, person.reference, number)


def called(listed: str, now: datetime) -> str:
    """What a run is called: `camp-2024:20260310T0900`."""
    return f"{listed}:{now:%Y%m%dT%H%M}"

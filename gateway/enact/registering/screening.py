"""How soon a person is to be seen: what the rules say, kept with its reasons, and the staff's word before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.enact.casework.cases import ring_for
from gateway.enact.desk import desk
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry.screening import Entitlement, Screening, Tier, classes, facts_of, screen
from gateway.runtime import Runtime
from gateway.store import audit, people, screenings, timers
from gateway.store.callbacks import DANGER
from gateway.store.people import PersonRow
from gateway.store.screenings import ScreeningRow

REASON = re.compile(r"[a-z][a-z0-9_]{1,47}")
"""Why the staff set a tier: a code, since it is kept in the open."""

REFER = "refer_by_rule"
"""The timer that opens the request which a tier asks for; its subject is the person."""

STEP = 200
"""People of one transaction of a replay: whoever registers meanwhile waits no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One person under the rules of now: the tier that held before, if any, and the one that holds."""

    before: Tier | None
    after: Tier


def screen_person(work: Work, person: PersonRow, record: Mapping[str, Any], actor: str) -> Screening:
    """Screens a person anew and keeps it where tier or reasons changed; returns what holds.

    Where a person set the tier, that tier stays, and what the rules say now is kept beside it. Somebody who becomes
    immediate in a conversation of their own is rung for, as danger is. The caller has locked the person.
    """
    before = screenings.newest_of(work.tx, person.id)
    said = said_of(work, record)
    held = _held(before, said)
    if before is None or _differs(work, person, before, held):
        word = before.reason if before else ""
        _keep(work, person, held, actor, word)
    if before is None or before.tier != held.tier:
        if held.tier is Tier.IMMEDIATE:
            _ring(work, person, before.at if before else person.created_at)
        if held.tier in work.policy.refer_by_tier:
            timers.schedule(work.tx, REFER, person.id, work.now)
    return held


def override(work: Work, person: PersonRow, tier: Tier, actor: str, reason: str) -> Screening:
    """A person of the staff sets the tier, with a coded reason; it holds until `lift`. The same again changes nothing.

    Raises `ValueError` without a reason of that form: it is what tells their word from the rules'.
    """
    if not REASON.fullmatch(reason):
        raise ValueError("a reason is a code of small letters, digits and _")
    before = screenings.newest_of(work.tx, person.id)
    said = said_of(work, people.record_of(work.vault, person))
    held = Screening(tier, said.reasons, said.version)
    if before is None or (before.tier, before.reason) != (tier, reason):
        _keep(work, person, held, actor, reason)
        detail = {"tier": tier.value, "was": before.tier if before else "", "reason": reason}
        audit.add(work.tx, actor, "screening.override", f"person:{person.id}", detail, work.now)
    return held


def lift(work: Work, person: PersonRow, actor: str) -> Screening:
    """Takes a person's word back: the rules decide again. Where nobody had set the tier, nothing changes."""
    before = screenings.newest_of(work.tx, person.id)
    said = said_of(work, people.record_of(work.vault, person))
    if before is None or not before.reason:
        return _held(before, said)
    _keep(work, person, said, actor, "")
    detail = {"tier": said.tier.value, "was": before.tier}
    audit.add(work.tx, actor, "screening.lift", f"person:{person.id}", detail, work.now)
    return said


def replay(runtime: Runtime, actor: str, *, keep: bool = True, step: int = STEP) -> Iterator[list[Replayed]]:
    """Screens everybody anew by the rules of now, some at a time; what each step came to. Rings nobody.

    With `keep` off nothing is written. Whoever comes while it runs has been screened by the same rules.
    """
    runtime.catalogue.fresh()
    after: int | None = 0
    while after is not None:
        with runtime.database.transaction() as tx:
            work = desk(runtime, tx)
            ids = screenings.each_after(tx, after, step)
            found = [_replayed(work, person_id, actor, keep) for person_id in ids]
        yield [each for each in found if each is not None]
        after = ids[-1] if ids else None


def _replayed(work: Work, person_id: int, actor: str, keep: bool) -> Replayed | None:
    """One person; None for somebody whose record is gone: there is nobody to be seen."""
    person = people.lock(work.tx, person_id)
    if person is None:
        return None
    try:
        record = people.record_of(work.vault, person)
    except VaultError:
        return None
    before = screenings.newest_of(work.tx, person.id)
    held = screen_person(work, person, record, actor) if keep else _held(before, said_of(work, record))
    return Replayed(Tier(before.tier) if before else None, held.tier)


def tier_of(work: Work, person_id: int) -> str:
    """The tier that holds; empty for somebody who was never screened."""
    newest = screenings.newest_of(work.tx, person_id)
    return newest.tier if newest else ""


def classes_of(work: Work, person: PersonRow) -> tuple[Entitlement, ...]:
    """The entitlement classes that a person is in today, by the rules of now."""
    facts = facts_of(people.record_of(work.vault, person), work.now.date())
    return classes(work.policy.entitlements, facts, tier_of(work, person.id))


# --- deciding and keeping ---------------------------------------------------------------------------------


def said_of(work: Work, record: Mapping[str, Any]) -> Screening:
    """What the rules say today: people grow older."""
    return screen(work.policy.screening, facts_of(record, work.now.date()))


def _held(before: ScreeningRow | None, said: Screening) -> Screening:
    """The rules' tier, or the one that a person set before."""
    if before is not None and before.reason:
        return Screening(Tier(before.tier), said.reasons, said.version)
    return said


def _differs(work: Work, person: PersonRow, before: ScreeningRow, held: Screening) -> bool:
    """Whether there is something to keep. Other rules that come to the same are not."""
    return (before.tier, screenings.reasons_of(work.vault, person, before)) != (held.tier, held.reasons)


def _keep(work: Work, person: PersonRow, held: Screening, actor: str, reason: str) -> None:
    kept = held.tier.value, held.reasons, held.version
    screenings.add(work.tx, work.vault, person, *kept, actor, reason, work.now)


def _ring(work: Work, person: PersonRow, since: datetime) -> None:
    """Rings unless that was done since, and only where it is the person who speaks."""
    here = people.all_held_by(work.tx, work.party.conversation_id)
    if any(each.id == person.id for each in here):
        ring_for(work, DANGER, since=since)

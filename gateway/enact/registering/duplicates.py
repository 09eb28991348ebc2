"""Who may be registered twice: found as they register, said to the staff with reasons, and decided by people alone.

A record is found by blind indexes of its blocking keys; only the records of those who share most of them are opened.
Drafts are neither found nor looked for. People who were rejected or have died are: that somebody comes again, or in
a dead person's name, is for the staff to know. A merged record is found too, and stands for the one that was kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.enact.registering import name_counts
from gateway.enact.registering.screening import REASON
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry.births import Birth
from gateway.registry.duplicates import blocking
from gateway.registry.duplicates.profiles import REGION
from gateway.registry.duplicates.score import Band, Comparison, Record, compare
from gateway.store import audit, duplicates, people, person_events
from gateway.store.duplicates import APART, OPEN, SIGN, LikenessRow, stands_for
from gateway.store.people import PersonRow
from gateway.vault import Vault

MOST = 60  # records opened and scored for one person
WHAT = "likeness"
_SEXES = ("f", "m")  # who did not say is neither, and unlike nobody
_FLAGS = {Band.LIKELY: "duplicate_likely", Band.POSSIBLE: "duplicate_possible"}


def index(work: Work, person: PersonRow, record: Mapping[str, Any]) -> None:
    """Makes a person findable by what their record says now, and by the phones that they hold now."""
    signs = [
        work.vault.blind(WHAT, key)[:SIGN]
        for written in as_compared(record, duplicates.phones_of(work.tx, person.id))
        for key in blocking.stored(written)
    ]
    duplicates.keep_keys(work.tx, person.id, signs)


def look_for(work: Work, person: PersonRow, record: Mapping[str, Any]) -> tuple[str, ...]:
    """Keeps who may be the same person, and returns the flag of the strongest band that nobody has decided about.

    `duplicate_likely`, `duplicate_possible` or none. An open pair that no longer holds is taken back; what the staff
    found to be two people is not offered again. Of two who register at once, the second is compared with the first.
    """
    tx = work.tx
    merged = duplicates.merged_into(tx, person.id)
    written = _of_person(work, person, record, merged)
    signs = signs_of(work.vault, written)
    tx.in_turn(signs)
    pairs = [pair for each in (person, *merged) for pair in duplicates.pairs_of(tx, each.id)]
    best = _best(work, written, _others(work, {person.id, *[each.id for each in merged]}, signs, pairs))
    for other, found in best.items():
        reasons = [[reason.field, reason.agreement, _hundredths(reason.points)] for reason in found.reasons]
        score = _hundredths(found.score)
        duplicates.note(tx, person.id, other, score, found.band.value, reasons, work.now)
    for pair in pairs:
        if pair.state == OPEN and person.id in pair.both and not pair.both & best.keys():
            duplicates.forget(tx, pair.id)
    bands = {found.band for found in best.values()}
    return next(((flag,) for band, flag in _FLAGS.items() if band in bands), ())


def apart(work: Work, one_id: int, other_id: int, actor: str, reason: str) -> bool:
    """Somebody of the staff found that two people are two: no records of theirs are offered as one again.

    `reason` is a code. False where that had been said. Raises `ValueError`, in words for the staff, where the two are
    one person by a merge, or nothing ever spoke for it.
    """
    check_reason(reason)
    one, other = (stands_for(people.by_id(work.tx, each)) for each in (one_id, other_id))
    if one == other:
        raise ValueError("these two were merged: undo that first")
    found = duplicates.between(work.tx, one, other)
    if not found:
        raise ValueError("these two were never found alike")
    waiting = [pair for pair in found if pair.state == OPEN]
    if waiting and duplicates.pair(work.tx, one, other) is None:
        likeness = waiting[0]
        duplicates.note(work.tx, one, other, likeness.score, likeness.band, likeness.reasons, work.now)
        waiting = [pair for pair in duplicates.between(work.tx, one, other) if pair.state == OPEN]
    for pair in waiting:
        duplicates.decide(work.tx, pair.id, APART, actor, work.now)
        audit.add(work.tx, actor, "people.apart", f"likeness:{pair.id}", {"reason": reason}, work.now)
    for person_id in sorted((one, other)) if waiting else ():
        person = people.by_id(work.tx, person_id)
        person_events.add(work.tx, work.vault, person, "apart", actor, work.now, reason=reason)
    return bool(waiting)


def check_reason(reason: str) -> None:
    """Raises `ValueError` for what is no code: a reason is kept in the open, and must not hold a name."""
    if not REASON.fullmatch(reason):
        raise ValueError("a reason is a code of small letters, digits and _")


def reindex(work: Work, after: int, most: int) -> list[int]:
    """Makes the next people after a number findable anew: kept before there were keys, or under an older key.

    Returns whom it came by; none where there is nobody left. Looks for no duplicates, and rings for nobody.
    """
    step = duplicates.each_after(work.tx, after, most)
    for person in step:
        record = record_of(work.vault, person)
        if record is None:
            duplicates.keep_keys(work.tx, person.id, ())
        else:
            index(work, person, record)
    return [person.id for person in step]


# --- comparing --------------------------------------------------------------------------------------------


def record_of(vault: Vault, person: PersonRow) -> dict[str, Any] | None:
    """The answers; None where the person was erased."""
    try:
        return people.record_of(vault, person)
    except VaultError:
        return None


def _of_person(
    work: Work, person: PersonRow, record: Mapping[str, Any], merged: Sequence[PersonRow]
) -> list[list[Record]]:
    """What a person is compared by: their record, and each that was merged into it, as it was written there."""
    phones = duplicates.phones_of(work.tx, person.id)
    written = (record, *[record_of(work.vault, each) for each in merged])
    return [as_compared(each, phones) for each in written if each]


def _others(
    work: Work, mine: set[int], signs: Sequence[bytes], pairs: Iterable[LikenessRow]
) -> list[PersonRow]:
    """The records to compare with: those that share most keys and those of open pairs, but none of anybody whom the
    staff told apart from any record of this person."""
    near = {each.id: each for each in duplicates.sharing(work.tx, signs, MOST)}
    beside = {
        state: {other for pair in pairs if pair.state == state for other in pair.both - mine}
        for state in (OPEN, APART)
    }
    near |= {each.id: each for each in duplicates.these(work.tx, beside[OPEN] - near.keys())}
    ruled_out = mine | {stands_for(each) for each in duplicates.these(work.tx, beside[APART])}
    return [each for each in near.values() if stands_for(each) not in ruled_out]


def _best(
    work: Work, written: Sequence[Sequence[Record]], others: Sequence[PersonRow]
) -> dict[int, Comparison]:
    """By person, the strongest likeness that is worth a look. A merged record speaks for the one kept."""
    if not others:
        return {}
    phones = duplicates.phones_of_all(work.tx, [each.id for each in others])
    registered = duplicates.largest(work.tx)
    profile, names = REGION.for_people(registered), name_counts.shares(work, registered)
    best: dict[int, Comparison] = {}
    for other in others:
        record = record_of(work.vault, other)
        theirs = as_compared(record, phones.get(other.id, ())) if record else []
        root = stands_for(other)
        for mine in written if theirs else ():
            found = compare(*_by_phone(mine, theirs), names=names, profile=profile)
            if found.band is not Band.NEW and (root not in best or found.score > best[root].score):
                best[root] = found
    return best


def _by_phone(mine: Sequence[Record], theirs: Sequence[Record]) -> tuple[Record, Record]:
    """Two records as they are to be compared: with a phone that both have, else with any."""
    ours = {each.phone: each for each in mine if each.phone}
    other = next((each for each in theirs if each.phone in ours), theirs[0])
    return ours.get(other.phone, mine[0]), other


def as_compared(record: Mapping[str, Any], phones: Iterable[int]) -> list[Record]:
    """A record as it is compared, once with each phone. A phone is told by its row: one number has one."""
    age, sex = record.get("age"), record.get("sex")
    written = Record(
        name=record["full_name"],
        birth=Birth.from_dict(age) if age else None,
        sex=sex if sex in _SEXES else "",
        area=record.get("area") or "",
    )
    return [replace(written, phone=str(phone).encode()) for phone in phones] or [written]


def signs_of(vault: Vault, written: Sequence[Sequence[Record]]) -> list[bytes]:
    """What is looked up by: every key in every way that the ring may have blinded it."""
    keys = sorted({key for record in written for each in record for key in blocking.searched(each)})
    return [blind[:SIGN] for key in keys for blind in vault.blinds(WHAT, key)]


def _hundredths(points: float) -> int:
    return round(points * 100)

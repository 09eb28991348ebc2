"""Two records of one person made one by the staff, and made two again. Never by machine.

The record kept speaks for both; the other stays as it was, sealed, under its own reference, which leads to the one
kept. What is live goes over: who may speak for the person, referrals, guardianships, a change of phone that waits.
Consents stay where they were given, and the newest answer over all records of a person holds. A PIN stays behind:
it is hashed for its own record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.enact.certifying import certificates
from gateway.enact.certifying.certificates import MOVES, REPLACED
from gateway.enact.registering.duplicates import check_reason
from gateway.enact.work import Work
from gateway.store import audit, duplicates, merges, people, person_events, reviews
from gateway.store.certificates import newest_of
from gateway.store.merges import HANDED, MergeRow
from gateway.store.people import MERGED, PENDING, REGISTERED, REJECTED, PersonRow

_MAY_GO = (PENDING, REGISTERED, REJECTED)
_MAY_STAY = (PENDING, REGISTERED)


def merge(work: Work, kept_id: int, gone_id: int, actor: str, reason: str) -> int | None:
    """Makes two records one person; returns the number of the merge, or None where they are one already.

    A record that was merged stands for the one that was kept. `reason` is a code. Raises `ValueError`, in words for
    the staff, where the two cannot be merged this way round.
    """
    check_reason(reason)
    kept, gone = _locked(work, kept_id, gone_id)
    if kept.id == gone.id:
        return None
    _refuse(kept, gone)
    moved: dict[str, Any] = {"status": gone.status, "own": _own(work, kept), "died": False}
    for conversation in people.holders_of(work.tx, gone.id):
        people.hold(work.tx, kept.id, conversation, work.now)
    for name in HANDED:
        moved[name] = merges.hand_over(work.tx, name, gone.id, kept.id)
    moved |= _certificates_over(work, kept, gone, actor) | {"decided": _close_reviews(work, gone)}
    if gone.died_at and not kept.died_at:
        merges.set_person(work.tx, kept.id, {"died_at": gone.died_at})
        moved["died"] = True
    merges.set_person(work.tx, gone.id, {"status": MERGED, "merged_into": kept.id})
    pair = duplicates.pair(work.tx, kept.id, gone.id)
    if pair is not None and pair.state == duplicates.OPEN:
        moved["likeness"] = pair.id
        duplicates.decide(work.tx, pair.id, duplicates.MERGED, actor, work.now)
    made = merges.add(work.tx, kept.id, gone.id, actor, reason, moved, work.now)
    _tell(work, "merged", made, kept, gone, actor, reason)
    return made


def unmerge(work: Work, merge_id: int, actor: str, reason: str) -> bool:
    """Makes the two records two people again; False where that was done.

    What went over goes back as it stands now, unless it has left the one kept meanwhile; what came to the one kept
    since then stays there. A phone that was taken off the one kept is not given to the other. Raises `ValueError`
    where the one kept has itself been merged: that has to be undone first.
    """
    check_reason(reason)
    row = merges.by_id(work.tx, merge_id)
    if row is None:
        raise ValueError("there is no such merge")
    if row.undone_at is not None:
        return False
    kept, gone = (people.by_id(work.tx, each) for each in _in_turn(work, row.kept_id, row.gone_id))
    if kept.merged_into is not None:
        raise ValueError("the record kept was merged too: undo that first")
    moved = row.moved
    _part_holders(work, row)
    for name in HANDED:
        merges.hand_back(work.tx, name, moved.get(name, ()), kept.id, gone.id)
    merges.set_person(work.tx, gone.id, {"status": moved["status"], "merged_into": None})
    _certificates_back(work, kept, gone, moved, actor)
    _reopen_reviews(work, moved["decided"])
    if moved["died"] and kept.died_at == gone.died_at:
        merges.set_person(work.tx, kept.id, {"died_at": None})
    if "likeness" in moved:
        duplicates.reopen(work.tx, moved["likeness"])
    merges.undo(work.tx, row.id, actor, work.now)
    _tell(work, "unmerged", row.id, kept, gone, actor, reason)
    return True


# --- whether and with what lock ---------------------------------------------------------------------------


def _refuse(kept: PersonRow, gone: PersonRow) -> None:
    if kept.status not in _MAY_STAY or gone.status not in _MAY_GO:
        raise ValueError(f"a {gone.status} record cannot go into a {kept.status} one")
    if gone.status == REGISTERED != kept.status:
        raise ValueError("one of the two is registered and the other is not yet: keep the registered one")


def _locked(work: Work, kept_id: int, gone_id: int) -> tuple[PersonRow, PersonRow]:
    """Those whom two records stand for, locked; looked for again where one was merged while we waited."""
    while True:
        roots = [duplicates.stands_for(people.by_id(work.tx, each)) for each in (kept_id, gone_id)]
        kept, gone = (people.by_id(work.tx, each) for each in _in_turn(work, *roots))
        if kept.merged_into is None and gone.merged_into is None:
            return kept, gone


def _in_turn(work: Work, one_id: int, other_id: int) -> tuple[int, int]:
    """Locks two people, the smaller number first, so that two merges never wait for each other."""
    for each in sorted({one_id, other_id}):
        people.lock(work.tx, each)
    return one_id, other_id


# --- who may speak ----------------------------------------------------------------------------------------


def _own(work: Work, kept: PersonRow) -> list[int]:
    """The conversations that hold a record of itself, not by way of one that went into it before."""
    earlier = {each for row in merges.into(work.tx, kept.id) for each in row.moved["own"]}
    through = set().union(*merges.conversations_of_merged(work.tx, kept.id).values())
    return [each for each in people.holders_of(work.tx, kept.id) if each not in through or each in earlier]


def _part_holders(work: Work, row: MergeRow) -> None:
    """Takes from the one kept the conversations that hold it only by the record that leaves."""
    held = set(people.holders_of(work.tx, row.kept_id))
    of_merged = merges.conversations_of_merged(work.tx, row.kept_id)
    leaving = {row.gone_id, *row.moved["people"]}
    stay = set(row.moved["own"]).union(*(held for each, held in of_merged.items() if each not in leaving))
    theirs = set().union(*(of_merged.get(each, ()) for each in leaving))
    for conversation in sorted(held & theirs - stay):
        people.let_go(work.tx, row.kept_id, conversation)
    for conversation in sorted(of_merged.get(row.gone_id, set()) - held):
        people.let_go(work.tx, row.gone_id, conversation)


# --- certificates and reviews -----------------------------------------------------------------------------


def _certificates_over(work: Work, kept: PersonRow, gone: PersonRow, actor: str) -> dict[str, Any]:
    """The certificate of the one kept replaces the other's; where it never had one, the other's become its own."""
    standing = newest_of(work.tx, kept.id)
    theirs = merges.certificates_of(work.tx, gone.id)
    if standing is None:
        for each in theirs:
            merges.hand_certificate(work.tx, work.vault, each, gone, kept)
        return {"certificates": [each.id for each in theirs], "replaced": []}
    live = [each for each in theirs if REPLACED in MOVES[each.status]]
    for each in live:
        certificates.change_status(work, each.id, REPLACED, actor, "merged", replaced_by=standing.id)
    return {"certificates": [], "replaced": [[each.id, each.status] for each in live]}


def _certificates_back(
    work: Work, kept: PersonRow, gone: PersonRow, moved: Mapping[str, Any], actor: str
) -> None:
    for each in merges.certificates_of(work.tx, kept.id):
        if each.id in moved["certificates"]:
            merges.hand_certificate(work.tx, work.vault, each, kept, gone)
    for certificate_id, status in moved["replaced"]:
        certificates.restore(work, certificate_id, status, actor, "unmerged")


def _close_reviews(work: Work, gone: PersonRow) -> list[list[Any]]:
    """A registration that is another's record has not to be decided; returns what stood in its reviews."""
    waiting = reviews.waiting_of(work.tx, gone.id, "registration")
    for each in waiting:
        decision = {"state": reviews.REJECTED, "reason": "duplicate", "decided_at": work.now}
        reviews.save(work.tx, each.id, decision)
    return [[each.id, each.state, each.reason] for each in waiting]


def _reopen_reviews(work: Work, decided: list[list[Any]]) -> None:
    for review_id, state, reason in decided:
        reviews.save(work.tx, review_id, {"state": state, "reason": reason, "decided_at": None})


def _tell(
    work: Work, event: str, merge_id: int, kept: PersonRow, gone: PersonRow, actor: str, reason: str
) -> None:
    """Puts a merge, or its undoing, on the record of both people, and in the audit."""
    for person, part in ((kept, "kept"), (gone, "gone")):
        detail = {"merge": str(merge_id), "part": part}
        person_events.add(work.tx, work.vault, person, event, actor, work.now, reason=reason, detail=detail)
    audit.add(work.tx, actor, f"people.{event}", f"merge:{merge_id}", {"reason": reason}, work.now)

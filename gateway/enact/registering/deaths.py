"""A death, as a caseworker records it: nothing is said about the person any more, and nothing opens them."""

from __future__ import annotations

from gateway.enact.certifying.certificates import EXPIRES, EXPIRING, REVOKED, change_status
from gateway.enact.referring.legs import move, shift
from gateway.enact.registering import details
from gateway.enact.work import Work
from gateway.store import certificates, guardians, people, person_events, referrals, timers, unsent
from gateway.store.people import PersonRow
from referral_engine.model import LIVE, Actor, LegEvent, LegState, ReferralEvent

_FINAL = frozenset({REVOKED, "replaced"})
REASON = "death"
DIED = "died"
"""Why a letter did not leave, where the carrier's word would stand."""


def record_death(work: Work, person: PersonRow, actor: str, reason: str) -> bool:
    """Notes that somebody died; False where that is noted. The caller has locked the person.

    The certificate is revoked. What was asked for is taken back, and providers read that it is no longer needed,
    not why. From now on no notice about them is sent, no phone speaks for them, and they are nobody's guardian.
    `actor` is `kind:id`, `reason` a code of how it is known.
    """
    if person.died_at is not None:
        return False
    people.set_died(work.tx, person.id, work.now)
    person_events.add(work.tx, work.vault, person, "died", actor, work.now, reason=reason)
    newest = certificates.newest_of(work.tx, person.id)
    if newest is not None and newest.status not in _FINAL:
        change_status(work, newest.id, REVOKED, actor, REASON)
        for kind in (EXPIRES, EXPIRING):
            timers.cancel(work.tx, kind, newest.id)
    timers.cancel(work.tx, details.INVITE, person.id)
    for referral_id in referrals.unfinished_of(work.tx, person.id):
        _take_back(work, referral_id, actor)
    _keep_letters_back(work, person)
    guardians.end(work.tx, person.id, work.now)
    return True


def _keep_letters_back(work: Work, person: PersonRow) -> None:
    """What waits to be sent about the dead does not leave; to a phone that others share, the rest does."""
    asked = referrals.all_of(work.tx, person.id)
    keys = [f"person:{person.id}:", f"details:{person.id}:"]
    if (newest := certificates.newest_of(work.tx, person.id)) is not None:
        keys.append(f"certificate:{newest.id}:")
    for referral_id, _ in asked:
        keys.append(f"referral:{referral_id}:")
        keys += [f"leg:{leg.id}:" for leg in referrals.legs_of(work.tx, referral_id)]
    purposes = [notice.name for notice in work.published.notices.values() if notice.audience == "person"]
    for here in {*people.holders_of(work.tx, person.id), *(conversation for _, conversation in asked)}:
        alone = all(each.id == person.id for each in people.all_held_by(work.tx, here))
        unsent.keep_back(work.tx, [here], purposes, None if alone else keys, DIED, work.now)


def undo_death(work: Work, person: PersonRow, actor: str, reason: str) -> bool:
    """It was somebody else: they may speak again; False where no death was noted.

    What was revoked and taken back stays so: a certificate is issued anew, help asked for anew.
    """
    if person.died_at is None:
        return False
    people.set_died(work.tx, person.id, None)
    person_events.add(work.tx, work.vault, person, "death_undone", actor, work.now, reason=reason)
    return True


def _take_back(work: Work, referral_id: int, actor: str) -> None:
    referral = referrals.lock(work.tx, referral_id)
    own = referrals.legs_of(work.tx, referral.id)
    newest = own[-1] if own else None
    if newest is not None and newest.state in LIVE:
        move(work, referral, newest, LegEvent.WITHDRAW, Actor.PERSON, actor)
    else:
        at = LegState(newest.state) if newest else None
        shift(work, referral, ReferralEvent.WITHDRAW, Actor.PERSON, at)

"""Two records are made one person by the staff, and two again, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registered import BY, Register, phone

from gateway.commands import RecordConsent
from gateway.enact.casework import reviews
from gateway.enact.certifying import certificates
from gateway.enact.registering import merging
from gateway.enact.work import Work
from gateway.store import certificates as certificate_rows
from gateway.store import consents, conversations, guardians, merges, people, referrals
from gateway.store import duplicates as likeness_rows
from gateway.store import reviews as review_rows
from gateway.store.people import DRAFT, MERGED, PENDING, REGISTERED, REJECTED, PersonRow
from gateway.store.tables import (
    addresses,
    audit,
    certificate_events,
    likenesses,
    metadata,
    outbox,
    person_events,
)
from gateway.store.tables import certificates as certificate_table
from gateway.store.tables import merges as merge_table
from gateway.store.tables import people as people_table
from gateway.vault import Vault

HISTORY = {merge_table, person_events, certificate_events, audit, outbox}
"""What tells of a merge after it was undone, too."""


@pytest.fixture
def register(world: Any) -> Register:
    return Register(world)


@contextmanager
def desk(register: Register) -> Iterator[Work]:
    with register.world.database.transaction() as tx:
        yield register.work(tx)


def merge(register: Register, kept: int, gone: int) -> int | None:
    with desk(register) as work:
        return merging.merge(work, kept, gone, BY, "same_person")


def unmerge(register: Register, merge_id: int | None) -> bool:
    assert merge_id is not None
    with desk(register) as work:
        return merging.unmerge(work, merge_id, BY, "two_people")


def person(register: Register, person_id: int) -> PersonRow:
    with register.world.database.reading() as tx:
        return people.by_id(tx, person_id)


def conversation(register: Register, number: int) -> int:
    with desk(register) as work:
        found = conversations.find_address(work.tx, work.vault, phone(number))
        assert found is not None
        return found.conversation_id


def held(register: Register, number: int) -> list[int]:
    """The people of a phone, as a conversation on it sees them."""
    here = conversation(register, number)
    with register.world.database.reading() as tx:
        return [each.id for each in people.all_held_by(tx, here)]


def dump(register: Register) -> dict[str, list[tuple[Any, ...]]]:
    """The whole register without its history; a number that was sealed anew counts as what it says."""
    found = {}
    with register.world.database.reading() as tx:
        for table in set(metadata.sorted_tables) - HISTORY:
            rows = tx.execute(table.select().order_by(*table.primary_key.columns)).all()
            found[table.name] = [tuple(row) for row in rows]
        by_id = {row.id: row for row in tx.execute(people_table.select()).all()}
        found["certificates"] = [
            (*row[:3], opened(register.world.vault, by_id[row.person_id].key, row.number), *row[4:])
            for row in tx.execute(certificate_table.select().order_by(certificate_table.c.id)).all()
        ]
    return found


def opened(vault: Vault, key: bytes, number: bytes) -> bytes:
    return vault.open_key(key).open(number, certificate_rows.NUMBER)


def furnish(register: Register, person_id: int, *, certificate: bool = True) -> None:
    """A certificate, an open and a closed referral, and a ward of their own."""
    with desk(register) as work:
        someone = people.by_id(work.tx, person_id)
        if certificate:
            certificates.issue(work, someone, BY, "registration")
        here = people.holders_of(work.tx, person_id)[0]
        values = {"conversation_id": here, "need": "health", "area": "ET14", "priority": "normal"}
        for state in ("open", "closed"):
            referrals.open_referral(
                work.tx, values | {"person_id": person_id, "state": state, "reason": ""}, work.now
            )
        ward = register.put(work.tx, "Deeqa Cali", 40 + person_id)
        guardians.appoint(work.tx, ward.id, person_id, "child", BY, work.now)


def two(register: Register) -> tuple[int, int]:
    """One person registered twice, from two phones."""
    one, _ = register.register("Hodan Cali Nuur", 1)
    other, flags = register.register("Hodan Ali Noor", 2)
    assert flags == ("duplicate_likely",)
    return one, other


# --- making one -------------------------------------------------------------------------------------------


def test_the_one_kept_speaks_for_both(register: Register) -> None:
    """Both phones speak for it, both references mean it, and nobody is offered twice."""
    one, other = two(register)
    references = [person(register, each).reference for each in (one, other)]
    merge(register, one, other)
    assert (held(register, 1), held(register, 2)) == ([one], [one])
    for number in (1, 2):
        here = conversation(register, number)
        with register.world.database.reading() as tx:
            found = [people.held_by(tx, here, reference) for reference in references]
            assert [each.id for each in found if each] == [one, one]
    assert person(register, other).status == MERGED
    assert register.pairs() == [(one, other, "likely", "merged")]


def test_a_reference_opens_nothing_elsewhere(register: Register) -> None:
    """A stranger's conversation is led nowhere by the reference of a merged record."""
    one, other = two(register)
    stranger, _ = register.register("Tigist Bekele Girma", 3)
    merge(register, one, other)
    here = conversation(register, 3)
    with register.world.database.reading() as tx:
        assert people.held_by(tx, here, person(register, other).reference) is None
    assert held(register, 3) == [stranger]


def test_what_is_live_goes_over(register: Register) -> None:
    """Open referrals, guardianships; closed referrals stay; the other's certificate is replaced by the one kept's."""
    one, other = two(register)
    furnish(register, one)
    furnish(register, other)
    merge(register, one, other)
    rows = register.world.rows(metadata.tables["referrals"])
    assert [(each.person_id, each.state) for each in rows] == [
        (one, "open"),
        (one, "closed"),
        (one, "open"),
        (other, "closed"),
    ]
    assert {each.guardian_id for each in register.world.rows(metadata.tables["guardians"])} == {one}
    mine, theirs = register.world.rows(certificate_table)
    assert (mine.status, theirs.status, theirs.replaced_by) == ("active", "replaced", mine.id)
    assert [each.event for each in register.world.rows(certificate_events)] == [
        "issued",
        "issued",
        "replaced",
    ]


def test_a_certificate_without_a_rival_stays_good(register: Register) -> None:
    """Where the one kept never had one, the other's goes on under the same number, as the one kept's own."""
    one, other = two(register)
    furnish(register, one, certificate=False)
    furnish(register, other)
    [before] = dump(register)["certificates"]
    merge(register, one, other)
    [after] = dump(register)["certificates"]
    assert (after[1], after[3], after[4]) == (one, before[3], "active")


ANSWERS = (
    (("one", True), ("other", False), False),
    (("other", False), ("one", True), True),
    (("other", True), ("other", True), True),
    (("one", False), ("one", False), False),
)


def test_the_newest_answer_holds(register: Register) -> None:
    """Consents stay where they were given; over both records the newest answer holds. Undone, each has its own."""
    for number, (first, then, holds) in enumerate(ANSWERS):
        one, _ = register.register("Hodan Cali Nuur", 2 * number)
        other, _ = register.register("Hodan Ali Noor", 2 * number + 1)
        who = {"one": (one, 2 * number), "other": (other, 2 * number + 1)}
        for name, yes in (first, then):
            person_id, spoken = who[name]
            reference = person(register, person_id).reference
            register.world.call(phone(spoken), RecordConsent("sms", yes, reference))
        made = merge(register, one, other)
        with register.world.database.reading() as tx:
            assert consents.given(tx, one, "sms") is holds, (first, then)
        unmerge(register, made)
        own = [yes for name, yes in (first, then) if name == "one"]
        with register.world.database.reading() as tx:
            assert consents.given(tx, one, "sms") is (own[-1] if own else False), (first, then)


ROUNDS = (
    (REGISTERED, REGISTERED, True),
    (REGISTERED, PENDING, True),
    (REGISTERED, REJECTED, True),
    (PENDING, PENDING, True),
    (PENDING, REGISTERED, False),
    (REJECTED, REGISTERED, False),
    (REGISTERED, DRAFT, False),
    (DRAFT, REGISTERED, False),
)


def test_which_way_round(register: Register) -> None:
    """Nobody is approved by a merge: a registered record never goes into one that is not; drafts are left alone."""
    for number, (kept, gone, fits) in enumerate(ROUNDS):
        one, _ = register.register("Hodan Cali Nuur", 2 * number, status=kept)
        other, _ = register.register("Hodan Ali Noor", 2 * number + 1, status=gone)
        before = dump(register)
        try:
            assert merge(register, one, other)
        except ValueError:
            assert not fits, (kept, gone)
            assert dump(register) == before
        else:
            assert fits, (kept, gone)


def test_a_registration_that_waits_is_decided_by_it(register: Register) -> None:
    """The other's review is closed as a duplicate; undone, it waits again."""
    one, _ = register.register("Hodan Cali Nuur", 1)
    other, flags = register.register("Hodan Ali Noor", 2, status=PENDING)
    with desk(register) as work:
        reviews.open_review(work, kind=reviews.REGISTRATION, person_id=other, flags=flags)
    made = merge(register, one, other)
    with register.world.database.reading() as tx:
        assert review_rows.waiting(tx) == []
    unmerge(register, made)
    with register.world.database.reading() as tx:
        assert [each.person_id for each in review_rows.waiting(tx)] == [other]


def test_on_record(register: Register) -> None:
    """Both people's histories and the audit say who merged, why, and who undid it: in codes."""
    one, other = two(register)
    made = merge(register, one, other)
    unmerge(register, made)
    events = [
        (each.person_id, each.event, each.actor, each.reason) for each in register.world.rows(person_events)
    ]
    assert events == [
        (one, "merged", BY, "same_person"),
        (other, "merged", BY, "same_person"),
        (one, "unmerged", BY, "two_people"),
        (other, "unmerged", BY, "two_people"),
    ]
    noted = [(each.actor, each.action, each.subject) for each in register.world.rows(audit)]
    assert noted[-2:] == [
        (BY, "people.merged", f"merge:{made}"),
        (BY, "people.unmerged", f"merge:{made}"),
    ]


def test_a_reason_is_a_code(register: Register) -> None:
    """Nothing that could be a name or a story is kept in the open."""
    one, other = two(register)
    for reason in ("", "Hodan", "same person", "x" * 49):
        with desk(register) as work, pytest.raises(ValueError, match="code"):
            merging.merge(work, one, other, BY, reason)


# --- and two again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("certificate", [True, False], ids=["both certified", "only the other"])
def test_undone_it_never_was(register: Register, certificate: bool) -> None:
    """After merge and unmerge the register is what it was, row by row; a second time changes nothing."""
    one, other = two(register)
    furnish(register, one, certificate=certificate)
    furnish(register, other)
    before = dump(register)
    made = merge(register, one, other)
    once = dump(register)
    assert once != before
    assert merge(register, one, other) is merge(register, other, one) is None
    assert dump(register) == once
    assert unmerge(register, made)
    assert not unmerge(register, made)
    assert dump(register) == before


def test_a_chain(register: Register) -> None:
    """What went into a record goes on with it, and is undone from the end; no reference ever leads to a dead end."""
    one, other = two(register)
    third, _ = register.register("Hodaan Cali Nur", 3)
    states = [dump(register)]
    first = merge(register, other, one)
    states.append(dump(register))
    second = merge(register, third, one)  # `one` is `other` by now
    assert {person(register, each).merged_into for each in (one, other)} == {third}
    assert held(register, 1) == held(register, 2) == held(register, 3) == [third]
    with pytest.raises(ValueError, match="undo that first"):
        unmerge(register, first)
    assert unmerge(register, second)
    assert dump(register) == states[1]
    assert unmerge(register, first)
    assert dump(register) == states[0]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first in first out", "last in first out"])
def test_two_into_one(register: Register, order: tuple[int, int]) -> None:
    """Two records that share a phone go into a third and leave it in either order: no phone is lost or left over."""
    one, other = two(register)
    third, _ = register.register("Hodaan Cali Nur", 2)
    before = dump(register)
    made = [merge(register, one, other), merge(register, one, third)]
    for place in order:
        assert held(register, 2) == ([one] if place == order[0] else sorted([one, (other, third)[order[0]]]))
        unmerge(register, made[place])
    assert dump(register) == before


def test_what_came_since_stays(register: Register) -> None:
    """A phone and a referral that came to the one kept meanwhile stay with it; a phone that was taken off it is not
    given to the other; a certificate that was revoked stays revoked."""
    one, other = two(register)
    furnish(register, one)
    furnish(register, other)
    made = merge(register, one, other)
    gone_phone, new = conversation(register, 2), 7
    register.register("Tigist Bekele Girma", new)
    new_phone = conversation(register, new)
    with desk(register) as work:
        people.let_go(work.tx, one, gone_phone)
        people.hold(work.tx, one, new_phone, work.now)
        values = {"conversation_id": new_phone, "need": "shelter", "area": "ET14", "priority": "normal"}
        referrals.open_referral(work.tx, values | {"person_id": one, "state": "open", "reason": ""}, work.now)
        mine = certificate_rows.newest_of(work.tx, one)
        assert mine is not None
        certificates.change_status(work, mine.id, "revoked", BY, "lost")
    unmerge(register, made)
    assert one in held(register, new)
    assert held(register, 2) == []
    needs = [(each.person_id, each.need) for each in register.world.rows(metadata.tables["referrals"])]
    assert needs == [(one, "health"), (one, "health"), (other, "health"), (other, "health"), (one, "shelter")]
    assert [each.status for each in register.world.rows(certificate_table)] == ["revoked", "active"]


def test_a_death_is_of_the_person(register: Register) -> None:
    """Where the record that goes is a dead person's, the one kept is silent too, until that is undone."""
    one, other = two(register)
    with desk(register) as work:
        merges.set_person(work.tx, other, {"died_at": work.now})
    made = merge(register, one, other)
    assert held(register, 1) == []
    unmerge(register, made)
    assert held(register, 1) == [one]


# --- and after it -----------------------------------------------------------------------------------------


def test_the_old_spelling_still_finds(register: Register) -> None:
    """Somebody who comes a third time, as the merged record was written, is found as the one kept."""
    one, _ = register.register("Maxamed Cali Nuur", 1)
    other, _ = register.register("Hodan Warsame Elmi", 2)
    merge(register, one, other)
    third, flags = register.register("Hodan Warsame Elmi", 3)
    assert flags == ("duplicate_likely",)
    assert register.pairs()[-1] == (one, third, "likely", "open")
    assert register.correct(one) == ("duplicate_likely",)
    assert len(register.pairs()) == 1


def test_told_apart_from_one_record_is_told_apart_from_the_person(register: Register) -> None:
    """Who is not the one, and the one is the other, is not the other either: nobody is asked again."""
    one, other = two(register)
    third, _ = register.register("Hodaan Cali Nur", 3)
    register.apart(other, third)
    merge(register, one, other)
    assert register.correct(third) == register.correct(one) == ()
    assert (one, third, "likely", "open") not in register.pairs()


def test_pairs_are_listed_by_who_is_left(register: Register) -> None:
    """An open pair of a record that was merged since is one of the person kept, once, and none of one person."""
    one, other = two(register)
    third, _ = register.register("Hodaan Cali Nur", 3)
    assert len(register.pairs()) == 3
    merge(register, one, other)
    with register.world.database.reading() as tx:
        [pair] = likeness_rows.waiting(tx)
        assert likeness_rows.waiting(tx, "possible") == []
    assert {pair.one, pair.other} == {person(register, each).reference for each in (one, third)}
    register.apart(one, third)
    with register.world.database.reading() as tx:
        assert likeness_rows.waiting(tx) == []


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6))
def test_any_merges_undone_backwards_leave_no_trace(register: Register, pairs: list[tuple[int, int]]) -> None:
    """Whatever was merged into what, undone from the last to the first the register is what it was."""
    if not register.pairs():
        two(register)
        register.register("Hodaan Cali Nur", 2)
        register.register("Hodan Aly Noor", 1)
        for each in (1, 2, 3):
            furnish(register, each)
    ids = sorted({each for row in register.world.rows(likenesses) for each in (row.one_id, row.other_id)})
    before = dump(register)
    made = [merge(register, ids[one], ids[other]) for one, other in pairs]
    for each in reversed([each for each in made if each is not None]):
        assert unmerge(register, each)
    assert dump(register) == before
    assert {row.conversation_id for row in register.world.rows(addresses)} >= {1}

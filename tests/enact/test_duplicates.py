"""Who registers twice is found through sealed names, and only people decide."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from registered import BY, Register
from sqlalchemy import select

from gateway.enact.registering import duplicates, name_counts
from gateway.store import duplicates as rows
from gateway.store import people
from gateway.store import timers as timer_rows
from gateway.store.people import DRAFT, REGISTERED, REJECTED
from gateway.store.tables import blocking_keys, likenesses, metadata, person_events, timers
from gateway.store.tables import people as people_table
from gateway.vault import Vault


@pytest.fixture
def register(world: Any) -> Register:
    return Register(world)


LIKELY, POSSIBLE = ("duplicate_likely",), ("duplicate_possible",)


SAME_PHONE = {"same_phone": True}
MEETINGS: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "another spelling": ("Hodan Cali Nuur", "Hodan Ali Noor", {}, LIKELY),
    "Ethiopic": ("Fatuma Ahmed Osman", "ፋጡማ አህመድ ኡስማን", {}, LIKELY),
    "Arabic, same phone": ("Khadija Omar Duale", "خديجة عمر دعالي", SAME_PHONE, LIKELY),
    "registered again": ("Xaliimo Saalax Guuleed", "Halima Saleh Guled", SAME_PHONE, LIKELY),
    "sister, same phone": ("Ubax Diiriye Samatar", "Sagal Diiriye Samatar", SAME_PHONE, POSSIBLE),
    "only the phone": ("Leensaa Tolosa Gemechu", "Tigist Bekele Girma", SAME_PHONE, ()),
    "only the own name": ("Ikraam Koshin Bile", "Ikraam Warsame Elmi", {"area": "SD0101"}, ()),
    "sex not said": ("Rooble Gurmu Jara", "Rooble Gurmuu Jaarraa", {"sex": "not_said"}, LIKELY),
    "was rejected": ("Almaz Kebede Alemu", "Almaz Kebbede Alamu", {"first_status": REJECTED}, LIKELY),
    "only a draft": ("Selam Hagos Kiros", "Selam Hagos Kiros", {"first_status": DRAFT}, ()),
}


def test_found_through_sealed_names(register: Register) -> None:
    """Spellings and scripts of one name meet; a phone alone, or a name alone, proves nothing. A draft is nobody yet;
    that somebody who was rejected comes again is for the staff to know."""
    expected = []
    for number, (case, (first, second, given, flags)) in enumerate(MEETINGS.items()):
        changes = dict(given)
        later = 2 * number + (not changes.pop("same_phone", False))
        one, none = register.register(first, 2 * number, status=changes.pop("first_status", REGISTERED))
        other, found = register.register(second, later, **changes)
        assert (none, found) == ((), flags), case
        expected += [(one, other, flag.removeprefix("duplicate_"), "open") for flag in flags]
    assert register.pairs() == expected


def test_an_erased_record_is_passed_over(register: Register) -> None:
    """Whose key was destroyed is found by nobody, and stops nobody's registration."""
    world = register.world
    one, _ = register.register("Hodan Cali Nuur", 1)
    with world.database.transaction() as tx:
        tx.execute(people_table.update().where(people_table.c.id == one).values(key=bytes(64)))
    assert register.register("Hodan Ali Noor", 2)[1] == ()


def test_looking_twice_changes_nothing(register: Register) -> None:
    """The same record again is the same pair, open, with the same flag."""
    register.register("Hodan Cali Nuur", 1)
    other, flags = register.register("Hodan Ali Noor", 2)
    before = register.world.rows(likenesses), register.world.rows(blocking_keys)
    assert register.correct(other) == flags == LIKELY
    assert (register.world.rows(likenesses), register.world.rows(blocking_keys)) == before


def test_a_correction_looks_again(register: Register) -> None:
    """A name that was put right finds others, and an open pair that no longer holds is gone."""
    one, _ = register.register("Hodan Cali Nuur", 1)
    two, _ = register.register("Tigist Bekele Girma", 2)
    assert register.correct(two, full_name="Hodan Ali Noor") == LIKELY
    assert register.pairs() == [(one, two, "likely", "open")]
    assert register.correct(two, full_name="Tigist Bekele Girma") == ()
    assert register.pairs() == []


def test_two_people_are_not_offered_again(register: Register) -> None:
    """What the staff said stands, whatever is corrected later; said twice it changes nothing. It is on record."""
    one, _ = register.register("Hodan Cali Nuur", 1)
    two, _ = register.register("Hodan Ali Noor", 2)
    assert register.apart(two, one)
    assert not register.apart(one, two)
    assert register.correct(two, area="ET1402") == ()
    assert register.pairs() == [(one, two, "likely", "apart")]
    with register.world.database.reading() as tx:
        assert rows.waiting(tx) == []
    events = [(each.person_id, each.event, each.actor) for each in register.world.rows(person_events)]
    assert events == [(one, "apart", BY), (two, "apart", BY)]


def test_no_name_stands_in_clear(register: Register) -> None:
    """In no table, in no script, nor in what is counted: whoever copies the database reads no name."""
    world = register.world
    for number in range(4):
        register.register("Hodan Cali Nuur", number)
    with world.database.transaction() as tx:
        name_counts.count(register.work(tx))
        everything = repr([tx.execute(select(table)).all() for table in metadata.sorted_tables]).lower()
    assert "likely" in everything
    for word in ("hodan", "cali", "nuur", "hdn", "nur", "+25191100", "1990"):
        assert word not in everything, word


def test_reasons_are_codes(register: Register) -> None:
    """What is kept of a pair is which fields agree, and what that is worth in hundredths."""
    register.register("Hodan Cali Nuur", 1)
    register.register("Hodan Ali Noor", 1)
    [likeness] = register.world.rows(likenesses)
    assert [reason[:2] for reason in likeness.reasons] == [
        ["own_name", "same"],
        ["fathers_name", "same"],
        ["grandfathers_name", "same"],
        ["birth", "same"],
        ["sex", "same"],
        ["area", "same"],
        ["phone", "same"],
    ]
    assert likeness.score == sum(points for _, _, points in likeness.reasons)


# --- keys -------------------------------------------------------------------------------------------------

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_found_under_an_older_key(register: Register) -> None:
    """After a new key came into the ring people are found as before; `reindex` then writes by the new one."""
    world = register.world
    one, _ = register.register("Hodan Cali Nuur", 1)
    old = {each.key for each in world.rows(blocking_keys)}
    world.vault = Vault((NEW, OLD))
    assert register.register("Hodan Ali Noor", 2)[1] == LIKELY
    with world.database.transaction() as tx:
        work = register.work(tx)
        seen = duplicates.reindex(work, 0, 100)
        assert (seen[0], duplicates.reindex(work, seen[-1], 100)) == (one, [])
    assert not old & {each.key for each in world.rows(blocking_keys)}
    assert register.register("Hodan Aly Nour", 3)[1] == LIKELY


def test_a_common_key_fetches_few(register: Register) -> None:
    """However many share a name, few are opened: those who share most keys."""
    world = register.world
    with world.database.transaction() as tx:
        work = register.work(tx)
        made = [register.put(tx, "Maxamed Axmed Cali", 1) for _ in range(3)]
        everybody = bytes(16)
        with tx.batch() as batch:
            for person in made:
                batch.add(blocking_keys, {"key": everybody, "person_id": person.id})
        rows.keep_keys(tx, made[1].id, (everybody, bytes(15) + b"\1"))
        assert [each.id for each in rows.sharing(tx, (everybody, bytes(15) + b"\1"), 2)] == [
            made[1].id,
            made[2].id,
        ]
        assert [each.id for each in rows.sharing(tx, [everybody] * 30, 1)] == [made[2].id]
        assert rows.sharing(tx, (), 5) == []
        assert work.tx is tx


def test_two_at_once_find_each_other(register: Register) -> None:
    """Of two registrations at the same moment the second sees the first, on PostgreSQL too."""
    meeting = threading.Barrier(2)
    found: dict[int, tuple[str, ...]] = {}

    def come(number: int, name: str) -> None:
        meeting.wait(10)
        found[number] = register.register(name, number)[1]

    names = {1: "Hodan Cali Nuur", 2: "Hodan Ali Noor"}
    both = [threading.Thread(target=come, args=each) for each in names.items()]
    for each in both:
        each.start()
    for each in both:
        each.join(20)
    assert sorted(found.values()) == [(), LIKELY]


def test_the_second_waits_for_the_first(register: Register) -> None:
    """Who looks while another has not committed yet waits for it, and finds it."""
    world = register.world
    if world.database.is_sqlite:
        return  # one writer at a time anyway: it would wait for us for ever
    found: list[tuple[str, ...]] = []
    with world.database.transaction() as tx:
        work = register.work(tx)
        person = register.put(tx, "Hodan Cali Nuur", 1)
        record = people.record_of(world.vault, person)
        duplicates.look_for(work, person, record)
        other = threading.Thread(target=lambda: found.append(register.register("Hodan Ali Noor", 2)[1]))
        other.start()
        other.join(0.3)
        assert found == []
        duplicates.index(work, person, record)
    other.join(10)
    assert found == [LIKELY]


# --- how common names are ---------------------------------------------------------------------------------


def test_names_are_counted_when_the_register_has_doubled(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One timer a doubling; after it a name that many bear here proves less than it did."""
    world = register.world
    monkeypatch.setattr(name_counts, "_ENOUGH", 4)
    for number in range(12):
        register.register("Shewit Gebru Aregay", number, age=None, area="", sex="")
    assert len(world.rows(likenesses)) == 12 * 11 / 2
    due = [each.subject_id for each in world.rows(timers) if each.kind == name_counts.KIND]
    assert due == [3, 4]
    with world.database.transaction() as tx:
        for timer in timer_rows.due(tx, world.now, 10):
            claimed = timer_rows.claim(tx, timer)
            assert claimed is not None
            name_counts.count(register.work(tx), claimed.subject_id)
        assert rows.counts(tx)[0] == 12  # type: ignore[index]
    assert register.register("Shewit Gebru Aregay", 12, age=None, area="", sex="")[1] == ()
    assert len([each for each in world.rows(timers) if each.kind == name_counts.KIND]) == 2

"""Screening in the register: kept when it changed, rung for once, the staff's word before the rules', replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gateway.commands import RequestCallback
from gateway.enact.desk import desk
from gateway.enact.referring.matching import request_for
from gateway.enact.registering import screening
from gateway.enact.work import Work
from gateway.messages import Address
from gateway.registry.screening import Rule, Ruleset, Screening, Tier, condition
from gateway.store import people, screenings
from gateway.store.people import PersonRow
from gateway.store.screenings import ScreeningRow
from gateway.store.tables import audit, callbacks, referrals
from gateway.store.tables import people as people_rows
from gateway.store.tables import screenings as rows
from referral_engine.model import Priority

from .conftest import ABEBE, CASEWORKER, HODAN, World

STAFF = "staff:1"
REQUEST = ("health", "ET14", "en", frozenset[int]())
Act = Callable[[Work, PersonRow], Screening]


def act(world: World, what: Act, who: Address | None = HODAN, reference: str = "") -> Screening:
    """Something done with the first person, from a phone or, without one, at the desk."""
    with world.database.transaction() as tx:
        work = world.work(tx, who) if who else desk(world.runtime, tx)
        person = people.by_reference(tx, reference) if reference else people.lock(tx, 1)
        assert person is not None
        done = what(work, person)
    world.rung.extend(work.ring)
    return done


def screen(world: World, who: Address | None = HODAN, **changed: Any) -> Screening:
    """Screens the first person, after a change of the answers that are kept."""

    def what(work: Work, person: PersonRow) -> Screening:
        record = people.record_of(work.vault, person) | changed
        people.rewrite(work.tx, work.vault, person, record, person.status, work.now)
        return screening.screen_person(work, person, record, "worker:rules")

    return act(world, what, who)


def newest(world: World, person_id: int = 1) -> ScreeningRow | None:
    with world.database.reading() as tx:
        return screenings.newest_of(tx, person_id)


def history(world: World) -> list[tuple[str, tuple[str, ...], str, str]]:
    """What was kept of the first person since the registration: tier, reasons, actor, reason."""
    with world.database.reading() as tx:
        found, person = screenings.history_of(tx, 1), people.by_id(tx, 1)
    return [
        (row.tier, screenings.reasons_of(world.vault, person, row), row.actor, row.reason) for row in found
    ]


@pytest.fixture
def person(world: World) -> World:
    """A world with one registered person, of whom one factor holds: she was sent back. Nothing waits for a review."""
    world.policy(review="none")
    world.register(HODAN)
    with world.database.transaction() as tx:
        tx.execute(rows.delete())
    return world


def test_a_screening_is_kept_when_it_changed(person: World) -> None:
    """Tier, reasons and rules in a row of their own, when and by whom; the same again is no row."""
    assert screen(person).tier is Tier.STANDARD
    assert screen(person).reasons == ("sent_back",)
    person.pass_time(hours=1)
    screen(person, need="shelter")
    screen(person, need="shelter")
    assert history(person) == [
        ("standard", ("sent_back",), "worker:rules", ""),
        ("high", ("two_factors", "sent_back", "basic_need"), "worker:rules", ""),
    ]
    row = newest(person)
    assert row is not None
    assert (row.ruleset, row.at) == (person.published.policy.screening.version, person.now)


def test_what_the_rules_know_is_sealed(person: World) -> None:
    """The names of rules would tell of an illness: they open with the person's key alone, as the answers do."""
    screen(person, restricted={"mental_health": "yes", "trafficking": "yes"})
    row = newest(person)
    assert row is not None and b"mental_health" not in row.reasons and b"trafficked" not in row.reasons
    assert "trafficked" in history(person)[-1][1]
    assert "ScreeningRow(" not in repr(row)


def test_other_rules_that_come_to_the_same_are_no_change(person: World) -> None:
    """A version alone writes nothing: else each new one would write a row for everybody."""
    screen(person)
    rules = person.published.policy.rules
    person.policy(rules=replace(rules, ruleset=replace(rules.ruleset, version="f" * 64)))
    screen(person)
    assert len(history(person)) == 1


# --- ringing ----------------------------------------------------------------------------------------------


def test_who_becomes_immediate_is_rung_for_once(person: World) -> None:
    """The caseworkers hear of it as of danger; screened again, nobody is rung for a second time."""
    screen(person)
    screen(person, urgent="yes")
    screen(person, wg_see="cannot")
    assert person.told(CASEWORKER) == ["callback_staff"]
    assert [row.reason for row in person.rows(callbacks)] == ["danger"]


def test_a_call_that_was_asked_for_is_not_rung_again(world: World) -> None:
    """Who asked to be called while registering, and whose call somebody took, is called once."""
    world.draft(HODAN)
    world.pass_time(minutes=1)
    world.call(HODAN, RequestCallback("danger"))
    with world.database.transaction() as tx:
        tx.execute(callbacks.update().values(state="taken"))
    world.pass_time(minutes=30)
    screen(world, urgent="yes")
    assert world.told(CASEWORKER) == ["callback_staff"]


def test_immediate_a_second_time_rings_again(person: World) -> None:
    """What was well for a while and is worse again is a new call."""
    for urgent in ("yes", "no", "yes"):
        person.pass_time(hours=1)
        screen(person, urgent=urgent)
        with person.database.transaction() as tx:
            tx.execute(callbacks.update().values(state="closed"))
    assert person.told(CASEWORKER) == ["callback_staff"] * 2


@pytest.mark.parametrize("who", [None, CASEWORKER], ids=["desk", "staff"])
def test_only_the_persons_own_conversation_is_called_back(person: World, who: Address | None) -> None:
    """Where somebody else writes a record, there is nobody at that phone to call."""
    assert screen(person, who, urgent="yes").tier is Tier.IMMEDIATE
    assert person.rows(callbacks) == []


# --- the staff's word -------------------------------------------------------------------------------------


def test_the_staffs_word_holds_until_it_is_lifted(person: World) -> None:
    """A replay keeps what the rules say now beside it; lifted, the rules decide again."""
    screen(person)
    act(person, partial(screening.override, tier=Tier.IMMEDIATE, actor=STAFF, reason="seen_in_person"), None)
    assert screen(person, need="shelter").tier is Tier.IMMEDIATE
    assert act(person, partial(screening.lift, actor=STAFF), None).tier is Tier.HIGH
    high = ("two_factors", "sent_back", "basic_need")
    assert history(person) == [
        ("standard", ("sent_back",), "worker:rules", ""),
        ("immediate", ("sent_back",), STAFF, "seen_in_person"),
        ("immediate", high, "worker:rules", "seen_in_person"),
        ("high", high, STAFF, ""),
    ]


def test_a_word_may_put_somebody_back(person: World) -> None:
    """It goes before the rules in both directions, and no rule undoes it."""
    screen(person, urgent="yes")
    act(person, partial(screening.override, tier=Tier.STANDARD, actor=STAFF, reason="mistaken"), None)
    assert screen(person, wg_walk="cannot").tier is Tier.STANDARD
    assert set(history(person)[-1][1]) == {"danger", "disability", "sent_back"}


def test_who_decided_and_why_is_on_record(person: World) -> None:
    """Override and lift are audited in codes; repeated, they change nothing and leave no second entry."""
    for _ in range(2):
        act(person, partial(screening.override, tier=Tier.HIGH, actor=STAFF, reason="seen_in_person"))
    for _ in range(2):
        act(person, partial(screening.lift, actor=STAFF))
    entries = [row for row in person.rows(audit) if row.action.startswith("screening.")]
    assert [(row.actor, row.action, row.subject, row.detail) for row in entries] == [
        (
            STAFF,
            "screening.override",
            "person:1",
            {"tier": "high", "was": "", "reason": "seen_in_person"},
        ),
        (STAFF, "screening.lift", "person:1", {"tier": "standard", "was": "high"}),
    ]


def test_a_reason_is_a_code(person: World) -> None:
    """It is kept in the open: no sentence about a person fits."""
    for reason in ("", "Her name is Hodan", "x", "a" * 49, "Seen", "1st"):
        with pytest.raises(ValueError, match="a reason is a code"):
            act(person, partial(screening.override, tier=Tier.HIGH, actor=STAFF, reason=reason))
    assert history(person) == []


# --- replay -----------------------------------------------------------------------------------------------


def replayed(world: World, *, keep: bool = True) -> Counter[tuple[str | None, str]]:
    steps = screening.replay(world.runtime, "command-line", keep=keep)
    return Counter((each.before, each.after) for step in steps for each in step)


def test_replay_is_safe_to_run_twice(person: World) -> None:
    """Everybody who finished registering, drafts left out; the second time nothing is new, and nobody is rung for."""
    person.register(ABEBE, "Abebe Kebede", urgent="yes", sex="m")
    with person.database.transaction() as tx:
        tx.execute(rows.delete())
    person.draft(ABEBE, "Cali Nuur")
    told = len(person.messages())
    counted = replayed(person, keep=False)
    assert counted == {(None, "standard"): 1, (None, "immediate"): 1}
    assert person.rows(rows) == []
    assert replayed(person) == counted
    kept = person.rows(rows)
    assert [(row.person_id, row.tier, row.actor) for row in kept] == [
        (1, "standard", "command-line"),
        (2, "immediate", "command-line"),
    ]
    assert replayed(person) == {("standard", "standard"): 1, ("immediate", "immediate"): 1}
    assert person.rows(rows) == kept
    assert len(person.messages()) == told


def test_replay_by_new_rules(person: World) -> None:
    """Who was standard under the old rules is what the new ones say, and who was set by hand stays."""
    person.register(ABEBE, "Abebe Kebede", sex="m")
    replayed(person)
    act(person, partial(screening.override, tier=Tier.STANDARD, actor=STAFF, reason="seen_in_person"))
    rules = person.published.policy.rules
    sent_back = Rule("sent_back", Tier.HIGH, condition("return_type == 'forced'"), {"en": "Was sent back"})
    person.policy(rules=replace(rules, ruleset=Ruleset((sent_back,), "f" * 64)))
    assert replayed(person, keep=False) == {("standard", "standard"): 1, ("standard", "high"): 1}
    assert replayed(person) == {("standard", "standard"): 1, ("standard", "high"): 1}
    assert [row.tier for each in (1, 2) if (row := newest(person, each))] == ["standard", "high"]


def test_replay_goes_step_by_step(person: World) -> None:
    """However many there are, each is screened once; who was erased, died or turned out to be another is left out."""
    for number in range(7):
        person.register(HODAN, f"Hodan Cali {'ABCDEFG'[number]}")
    with person.database.transaction() as tx:
        tx.execute(people_rows.update().where(people_rows.c.id == 3).values(key=b"destroyed"))
        tx.execute(people_rows.update().where(people_rows.c.id == 4).values(died_at=person.now))
        tx.execute(people_rows.update().where(people_rows.c.id == 5).values(merged_into=1))
        tx.execute(people_rows.update().where(people_rows.c.id == 6).values(status="rejected"))
    steps = list(screening.replay(person.runtime, "command-line", step=2))
    assert [len(step) for step in steps] == [2, 1, 1, 0]


# --- what follows from a tier -----------------------------------------------------------------------------


PRIORITIES = [
    (Tier.IMMEDIATE, "no", Priority.EMERGENCY),
    (Tier.HIGH, "no", Priority.URGENT),
    (Tier.STANDARD, "no", Priority.NORMAL),
    (Tier.STANDARD, "yes", Priority.NORMAL),  # the staff put them back
    ("", "no", Priority.NORMAL),
    ("", "yes", Priority.URGENT),
]


def test_the_priority_of_a_referral_follows_the_tier(person: World) -> None:
    """Of somebody who was never screened, the answer to the last question still counts."""
    with person.database.transaction() as tx:
        work = person.work(tx, HODAN)
        record = people.record_of(work.vault, people.by_id(tx, 1))
        found = [
            (tier, urgent, request_for(work, record | {"urgent": urgent}, *REQUEST, tier).priority)
            for tier, urgent, _ in PRIORITIES
        ]
    assert found == PRIORITIES


def test_a_referral_is_asked_for_with_that_priority(person: World) -> None:
    """Whoever is to be seen first has the shortest times."""
    act(person, partial(screening.override, tier=Tier.HIGH, actor=STAFF, reason="seen_in_person"))
    person.refer(HODAN, person.rows(people_rows)[0].reference)
    assert [row.priority for row in person.rows(referrals)] == ["urgent"]


def test_entitlement_classes_follow_the_tier_that_holds(person: World) -> None:
    """The letters of adult and family; that of priority once the staff say so."""

    def letters() -> str:
        with person.database.transaction() as tx:
            work = person.work(tx, HODAN)
            return "".join(each.code for each in screening.classes_of(work, people.by_id(tx, 1)))

    assert letters() == "AF"
    act(person, partial(screening.override, tier=Tier.HIGH, actor=STAFF, reason="seen_in_person"))
    assert letters() == "AFP"

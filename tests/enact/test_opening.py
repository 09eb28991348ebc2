"""Requests that the staff open, and those that wait as drafts until a person agrees to share."""

from __future__ import annotations

import pytest

from gateway.commands import RequestReferral, Result
from gateway.enact.desk import desk
from gateway.enact.registering.deaths import record_death
from gateway.enact.requesting.opening import open_for
from gateway.enact.timers import fire_due
from gateway.store import people, staff
from gateway.store.tables import audit, leg_events, legs, referrals

from .conftest import ABEBE, CLINIC, HODAN, OTHER_CLINIC, World


def open_(
    world: World, reference: str, need: str = "health", area: str = "", provider: str = "", by: str = "near"
) -> Result:
    """One of the staff opens a request."""
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        member = next(each for each in staff.active(tx) if each.code == by)
        person = people.by_reference(tx, reference)
        assert person is not None
        return open_for(work, member, person, need, area, provider)


def states(world: World) -> list[str]:
    return [str(row.state) for row in world.rows(referrals)]


def test_a_caseworker_opens_one(world: World) -> None:
    """The provider is asked at once and the staff's word is on record; the same need again is the same request."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "share", person=person)
    made = open_(world, person)
    assert made.outcome == "requested"
    assert open_(world, person) == Result("already_open", made.values)
    assert world.call(HODAN, RequestReferral(person, "health", "ET14")).outcome == "already_open"
    assert world.told(CLINIC) == ["leg_offered"]
    assert states(world) == ["open"]
    assert world.rows(leg_events)[0].actor.startswith("staff:")
    opened = [row.detail["outcome"] for row in world.rows(audit) if row.action == "referrals.open"]
    assert opened == ["requested", "already_open"]


def test_a_draft_opens_when_they_agree(world: World) -> None:
    """Until then nobody is asked, and nothing of it is lost; a no leaves it a draft."""
    person, _ = world.register(HODAN)
    assert open_(world, person) == Result("draft", {})
    assert open_(world, person) == Result("already_open", {})
    world.consent(HODAN, "share", given=False, person=person)
    assert (states(world), world.rows(legs)) == (["draft"], [])
    world.consent(HODAN, "share", person=person)
    assert states(world) == ["open"]
    assert world.told(CLINIC) == ["leg_offered"]
    world.consent(HODAN, "share", person=person)
    assert len(world.rows(legs)) == 1


def test_a_draft_ends_with_a_death(world: World) -> None:
    """Nobody is asked for the dead."""
    reference, _ = world.register(HODAN)
    open_(world, reference)
    with world.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        assert person is not None
        record_death(desk(world.runtime, tx), person, "staff:1", "family")
    assert states(world) == ["withdrawn"]


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ({"provider": "other_clinic"}, "requested"),
        ({"provider": "nobody"}, "unfit"),
        ({"need": "legal"}, "no_provider"),
        ({"area": "ET05", "by": "near"}, "far"),
        ({"area": "ET05", "by": "boss"}, "no_provider"),
    ],
    ids=["named", "no-such-provider", "nobody-has-it", "another-area", "nobody-there"],
)
def test_where_it_goes_and_where_it_cannot(world: World, asked: dict[str, str], outcome: str) -> None:
    """A refusal keeps nothing."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "share", person=person)
    assert open_(world, person, **asked).outcome == outcome
    assert states(world) == (["open"] if outcome == "requested" else [])
    assert ("leg_offered" in world.told(OTHER_CLINIC)) is (outcome == "requested")


def test_nobody_is_asked_for_who_has_not_finished(world: World) -> None:
    """A reference that was given out half-way names nobody yet."""
    assert open_(world, world.draft(HODAN)).outcome == "not_registered"


@pytest.mark.parametrize(
    ("shares", "found"), [(True, ["open"]), (False, ["draft"])], ids=["agreed", "not yet"]
)
def test_a_rule_opens_one(world: World, shares: bool, found: list[str]) -> None:
    """Who is to be seen first is referred by the policy's own word, once; without consent it waits as a draft."""
    world.policy(review="none", refer_by_tier={"immediate": "health"})
    person, _ = world.register(HODAN, urgent="yes")
    world.consent(HODAN, "share", given=shares, person=person)
    for _ in range(3):
        fire_due(world.runtime)
    assert states(world) == found
    assert [row.actor for row in world.rows(leg_events) if row.event == "open"] == ["rule:tier"] * shares
    world.consent(HODAN, "share", person=person)
    assert states(world) == ["open"]


def test_a_rule_refers_nobody_else(world: World) -> None:
    """Another tier, or a policy that says nothing of it."""
    world.policy(review="none")
    world.register(HODAN, urgent="yes")
    world.policy(review="none", refer_by_tier={"immediate": "health"})
    world.register(ABEBE)
    fire_due(world.runtime)
    assert states(world) == []

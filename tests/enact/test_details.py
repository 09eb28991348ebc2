"""The answers that can wait: asked in order, kept one by one, asked for again a few times, never without leave."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.catalogue.details import Invitations
from gateway.catalogue.published import Published
from gateway.commands import CALLS, NextDetail, Result, SaveDetail, StopMessages
from gateway.conversation.flow import Choose
from gateway.enact.desk import desk
from gateway.enact.registering import details as acts
from gateway.enact.timers import fire_due
from gateway.registry import details
from gateway.registry.details import NOT_SAID, ORDER
from gateway.registry.screening import DOMAINS, GRADES, WASHINGTON
from gateway.store import people, screenings
from gateway.store.tables import audit
from referral_engine.calendars import WorkingCalendar

from .conftest import ABEBE, HODAN, World


def answer(world: World, reference: str, **said: str) -> Result:
    """One answer after the other; the result of the last."""
    return [world.call(HODAN, SaveDetail(reference, *each)) for each in said.items()][-1]


def record(world: World, reference: str) -> dict[str, Any]:
    with world.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        assert person is not None
        return people.record_of(world.vault, person)


def tier(world: World, reference: str) -> str:
    with world.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        newest = screenings.newest_of(tx, person.id) if person else None
        return newest.tier if newest else ""


def usual(world: World, name: str) -> str:
    """The first code that an answer may be."""
    return "ET0404" if name == details.PLACE else details.listed(name, world.published.policy.codes)[0]


# --- asking and keeping -----------------------------------------------------------------------------------


def test_all_are_asked_once_and_in_order(world: World) -> None:
    """Each answer is kept at once and the next is asked, until nothing is left; the count says when to pause."""
    reference, _ = world.register(HODAN)
    for number, name in enumerate(ORDER, 1):
        asked = world.call(HODAN, NextDetail(reference))
        assert (asked.outcome, asked.values) == ("next", {"field": name, "area": "ET14"})
        said = answer(world, reference, **{name: usual(world, name)})
        assert (said.outcome, said.values) == ("saved", {"given": number, "left": len(ORDER) - number})
    assert world.call(HODAN, NextDetail(reference)).outcome == "complete"
    kept = record(world, reference)
    assert set(kept["details"]) == {details.key(name) for name in ORDER} > set(WASHINGTON)
    assert kept["details_said"]["nationality"] == [world.now.isoformat(timespec="seconds"), "sms"]
    assert kept["full_name"] == "Hodan Cali Nuur", "what was answered before stays"


def test_what_is_skipped_is_not_asked_again(world: World) -> None:
    """`not_said` is an answer, to a place too."""
    reference, _ = world.register(HODAN)
    answer(world, reference, nationality=NOT_SAID, origin_area=NOT_SAID)
    assert world.call(HODAN, NextDetail(reference)).values["field"] == "marital"


def test_the_same_again_changes_nothing(world: World) -> None:
    """An answer that is repeated keeps the time of the first."""
    reference, _ = world.register(HODAN)
    answer(world, reference, nationality="ET")
    first = record(world, reference)
    world.pass_time(days=20)
    answer(world, reference, nationality="ET")
    answer(world, reference, marital="single")
    later = record(world, reference)
    assert later["details"] == {"nationality": "ET", "marital": "single"}
    assert later["details_said"]["nationality"] == first["details_said"]["nationality"]
    assert later["details_said"]["marital"] != first["details_said"]["nationality"]


@pytest.mark.parametrize("who", ["draft", "somebody else's", "nobody"])
def test_only_the_registered_are_asked(world: World, who: str) -> None:
    """A draft, another conversation's person and a wrong reference are all not registered here."""
    if who == "draft":
        reference = world.draft(HODAN)
    else:
        reference = world.register(ABEBE)[0] if who == "somebody else's" else "K7R249XM"
    assert world.call(HODAN, NextDetail(reference)).outcome == "not_registered"
    assert answer(world, reference, nationality="ET").outcome == "not_registered"


def test_a_code_outside_the_lists_is_not_kept(world: World) -> None:
    """Whatever asks, only the policy's codes and the four grades come into a record."""
    reference, _ = world.register(HODAN)
    for field, said in (("nationality", "XX"), ("see", "often"), ("pregnancy", "yes"), ("origin_area", "")):
        with pytest.raises(ValueError, match="no such"):
            world.call(HODAN, SaveDetail(reference, field, said))
    assert "details" not in record(world, reference)


def test_an_answer_is_screened_at_once(world: World) -> None:
    """From "a lot of difficulty" in one of the six on, somebody is to be seen sooner."""
    world.policy(review="none")  # six alike on one phone would be looked at
    for number, name in enumerate(DOMAINS):
        alone = {"return_type": "assisted", "children_with": 0, "people_with": 0}
        reference, _ = world.register(HODAN, f"Hodan Cali {'ABCDEF'[number]}a", **alone)
        answer(world, reference, **{name: "some"})
        assert tier(world, reference) == "standard", name
        answer(world, reference, **{name: "a_lot"})
        assert tier(world, reference) == "high", name


def test_the_flow_offers_what_the_policies_list(published: Published) -> None:
    """Every code of a list can be chosen and no other is, in each country; every question can be skipped."""
    states = published.revision.flows["details"].states
    for name in ORDER:
        asked = [states[each] for each in (name, f"other_{name}") if each in states]
        offered = {code for each in asked if isinstance(each, Choose) for code in each.options}
        if name == details.PLACE:
            assert NOT_SAID in states["origin"].options  # type: ignore[union-attr]
        else:
            assert offered == set(details.listed(name, published.policy.codes)), name
    assert GRADES == ("none", "some", "a_lot", "cannot")


# --- inviting ---------------------------------------------------------------------------------------------

INVITED = "details_invitation"


def fire(world: World) -> None:
    fire_due(world.runtime)


def allow(world: World, reference: str) -> None:
    world.consent(HODAN, "sms", person=reference)


def test_four_invitations_and_no_more(world: World) -> None:
    """The first after three days, then one a week, four in all; each names the word and no person."""
    reference, _ = world.register(HODAN)
    allow(world, reference)
    world.policy(calendar=WorkingCalendar(frozenset({5, 6}), frozenset(), timedelta(hours=3)))  # no feast
    days: list[int] = []
    for day in range(40):
        fire(world)
        days += [day] * (world.told(HODAN).count(INVITED) - len(days))
        world.pass_time(days=1)
    assert days == [3, 10, 17, 24]
    text = dict(world.messages(HODAN))[INVITED]
    assert "QUESTIONS" in text or "ጥያቄ" in text
    assert "Hodan" not in text


def test_no_invitation_without_leave(world: World) -> None:
    """Neither who never allowed SMS, nor who said no later, nor who sent STOP is written to."""
    silent, _ = world.register(ABEBE, "Abebe Bekele Tesfaye")
    world.consent(ABEBE, "sms", person=silent)
    world.consent(ABEBE, "sms", given=False, person=silent)
    stopped, _ = world.register(HODAN)
    allow(world, stopped)
    world.call(HODAN, StopMessages())
    for _ in range(6):
        world.pass_time(days=7)
        fire(world)
    assert INVITED not in world.told(ABEBE) + world.told(HODAN)


def test_no_invitation_when_all_is_said(world: World) -> None:
    """The last answer takes the invitation back, and a timer that fires all the same says nothing."""
    reference, _ = world.register(HODAN)
    allow(world, reference)
    answer(world, reference, **{name: usual(world, name) for name in ORDER})
    world.pass_time(days=7)
    fire(world)
    allow(world, reference)  # plans anew
    world.pass_time(days=7)
    fire(world)
    assert INVITED not in world.told(HODAN)


def test_a_registration_finished_late_is_invited_too(world: World) -> None:
    """A draft is not written to; a week after it, whoever has finished meanwhile is."""
    reference = world.draft(HODAN)
    allow(world, reference)
    world.pass_time(days=4)
    fire(world)
    assert INVITED not in world.told(HODAN)
    world.call(HODAN, world.answers(reference))
    world.pass_time(days=10)
    fire(world)
    assert world.told(HODAN).count(INVITED) == 1


def test_workers_that_were_away_write_by_day(world: World) -> None:
    """What fell due and was found in the evening waits for the next working morning."""
    reference, _ = world.register(HODAN)
    allow(world, reference)
    world.now = datetime(2026, 3, 13, 19, 0, tzinfo=UTC)  # a Friday, 22:00 in Addis Ababa
    fire(world)
    assert INVITED not in world.told(HODAN)
    world.now = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)  # Monday, 8:00
    fire(world)
    assert world.told(HODAN).count(INVITED) == 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-10T07:00", "2026-03-10T07:00"),
        ("2026-03-10T05:00", "2026-03-10T05:00"),
        ("2026-03-10T04:59", "2026-03-10T05:00"),
        ("2026-03-10T15:00", "2026-03-11T05:00"),
        ("2026-03-13T15:00", "2026-03-16T05:00"),
        ("2026-03-14T07:00", "2026-03-16T05:00"),
        ("2026-03-09T22:00", "2026-03-10T05:00"),
        ("2026-03-11T22:00", "2026-03-13T05:00"),
    ],
    ids=[
        "by-day",
        "at-eight",
        "before-eight",
        "at-six",
        "friday-night",
        "saturday",
        "past-midnight",
        "holiday",
    ],
)
def test_opening(moment: str, expected: str) -> None:
    """From 8:00 to 18:00 local time on working days; three hours ahead of UTC here."""
    holiday = datetime(2026, 3, 12).date()
    calendar = WorkingCalendar(frozenset({5, 6}), frozenset({holiday}), timedelta(hours=3))
    found = acts.opening(calendar, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_country_sets_how_often(world: World) -> None:
    """Days and number are the policy's; none at all is possible."""
    assert world.published.policy.invitations == Invitations(3, 7, 4)
    world.policy(invitations=Invitations(1, 1, 0))
    reference, _ = world.register(HODAN)
    allow(world, reference)
    world.pass_time(days=2)
    fire(world)
    assert INVITED not in world.told(HODAN)


# --- what only caseworkers may know -----------------------------------------------------------------------


def test_no_call_of_a_flow_knows_what_is_confided() -> None:
    """No argument and no result of any command or query is one of the restricted answers."""
    for call in CALLS.values():
        spoken = {each.name for each in fields(call)} | {
            name for each in call.outcomes.values() for name in each
        }
        assert not spoken & set(acts.CONFIDED), call


def test_what_is_confided_is_sealed_and_screened(world: World) -> None:
    """It counts for how soon a person is seen; the audit says that something was confided, and not what."""
    reference, _ = world.register(HODAN, return_type="assisted", children_with=0, people_with=0)
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        person = people.by_reference(tx, reference)
        assert person is not None
        acts.confide(work, person, "pregnancy", "yes", "staff:1")
        for name, said in (("pregnancy", "perhaps"), ("full_name", "yes")):
            with pytest.raises(ValueError, match="no such"):
                acts.confide(work, person, name, said, "staff:1")
    kept = record(world, reference)
    assert kept["restricted"] == {"pregnancy": "yes"}
    assert kept["restricted_said"]["pregnancy"][1] == "staff:1"
    assert tier(world, reference) == "high"
    (entry,) = [each for each in world.rows(audit) if each.action == "people.restricted"]
    assert (entry.actor, entry.detail) == ("staff:1", {})


def test_answering_leaves_what_is_confided(world: World) -> None:
    """A person's own answers touch nothing that a caseworker wrote."""
    reference, _ = world.register(HODAN)
    with world.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        assert person is not None
        acts.confide(desk(world.runtime, tx), person, "detention", "no", "staff:1")
    answer(world, reference, see="none")
    assert record(world, reference)["restricted"] == {"detention": "no"}

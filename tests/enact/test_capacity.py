"""Providers say whether they have room: asked each week, in a word or a digit, and what follows where they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.asking import CapacityQuestion
from gateway.commands import FindService, SayCapacity
from gateway.enact import timers
from gateway.enact.helping.capacity import ASK, PLAN, QUESTION, REMIND, SILENT, asked_last
from gateway.enact.helping.directory import load
from gateway.enact.referring.matching import ranked
from gateway.messages import ChannelName, Handling
from gateway.store import outbox
from gateway.store.conversations import open_address
from gateway.store.tables import audit, providers, service_areas, services
from gateway.store.tables import timers as timers_table
from referral_engine.calendars import WorkingCalendar
from referral_engine.match import Because
from referral_engine.model import Request

from .conftest import CASEWORKER, CLINIC, DIRECTORY, FAR_CASEWORKER, HODAN, OTHER_CLINIC, SUPERVISOR, World

ETHIOPIA = WorkingCalendar(frozenset({5, 6}), frozenset(), timedelta(hours=3))
SUDAN = WorkingCalendar(frozenset({4, 5}), frozenset(), timedelta(hours=2))


# --- when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "calendar", "first", "following"),
    [
        # The world's clock is UTC; nine in the morning in Addis Ababa is six.
        ((2026, 3, 10, 9), ETHIOPIA, "2026-03-16 06:00", "2026-03-16 06:00"),
        ((2026, 3, 9, 5), ETHIOPIA, "2026-03-09 06:00", "2026-03-16 06:00"),
        ((2026, 3, 9, 6), ETHIOPIA, "2026-03-16 06:00", "2026-03-16 06:00"),
        ((2026, 3, 8, 22), ETHIOPIA, "2026-03-09 06:00", "2026-03-16 06:00"),
        ((2026, 3, 10, 9), SUDAN, "2026-03-16 07:00", "2026-03-16 07:00"),
        (
            (2026, 3, 10, 9),
            replace(ETHIOPIA, holidays={datetime(2026, 3, 16).date()}),
            "2026-03-17 06:00",
            "2026-03-17 06:00",
        ),
    ],
    ids=["tuesday", "early monday", "monday at nine", "monday by local time", "sudan", "holiday"],
)
def test_on_a_monday_at_nine(
    now: tuple[int, ...], calendar: WorkingCalendar, first: str, following: str
) -> None:
    """By the local clock, on the next working day where that Monday is none."""
    at, question = datetime(*now, tzinfo=UTC), CapacityQuestion()  # type: ignore[misc, arg-type]
    assert f"{question.first(calendar, at, 0):%Y-%m-%d %H:%M}" == first
    assert f"{question.next(calendar, at, 0):%Y-%m-%d %H:%M}" == following


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.integers(0, 10_000), st.integers(1, 4))
def test_week_after_week(start: datetime, provider: int, weeks: int) -> None:
    """Never in the past, always on a working day within an hour of nine, about so many days apart."""
    question, now = CapacityQuestion(every_days=7 * weeks), start.replace(tzinfo=UTC)
    asked = question.first(ETHIOPIA, now, provider)
    for _ in range(5):
        local = asked + ETHIOPIA.utc_offset
        assert asked > now
        assert ETHIOPIA.works_on(local.date())
        assert time(9) <= local.time() < time(10)
        now, asked = asked, question.next(ETHIOPIA, asked, provider)
        assert timedelta(days=7 * weeks - 3) < asked - now < timedelta(days=7 * weeks + 4)


# --- what is said -----------------------------------------------------------------------------------------


def states(world: World, code: str = "other_clinic") -> dict[str, str]:
    """The state of each of a provider's services."""
    (provider,) = [row.id for row in world.rows(providers) if row.code == code]
    return {row.need: row.state for row in world.rows(services) if row.provider_id == provider}


SAID = (
    ("full", "", "recorded", "S1 S2", "full", "full"),
    ("full", "S2", "recorded", "S2", "open", "full"),
    ("closed", "hoy", "recorded", "S2", "open", "closed"),
    ("full", "ጤና", "recorded", "S1", "full", "open"),
    ("full", "HEALTH", "recorded", "S1", "full", "open"),
    ("full", "legal", "no_service", "S1 S2", "open", "open"),
    ("full", "please", "no_service", "S1 S2", "open", "open"),
    ("", "", "needs_state", "S1 S2", "open", "open"),
    ("half", "S1", "needs_state", "S1", "open", "open"),
)
"""State and service as said; the outcome and the services it names; how health and shelter stand then."""


def test_of_all_services_or_of_one(world: World) -> None:
    """By the neutral code or a name in any language; what is said is on record, and nobody else's changes."""
    for state, need, outcome, named, health, shelter in SAID:
        found = world.call(OTHER_CLINIC, SayCapacity(state, need))
        assert (found.outcome, found.values["services"]) == (outcome, named), need
        assert states(world) == {"health": health, "shelter": shelter}, need
        world.call(OTHER_CLINIC, SayCapacity("open"))
    assert states(world, "clinic") == {"health": "open"}
    said = [row.detail["state"] for row in world.rows(audit) if row.action == "say_capacity"]
    assert [state for state in said if state != "open"] == ["full", "full", "closed", "full", "full"]


def test_only_providers_are_asked(world: World) -> None:
    """From any other phone nothing is known of services."""
    for who in (HODAN, CASEWORKER):
        assert world.call(who, SayCapacity("closed")).outcome == "unknown"


def test_who_is_full_is_not_matched(world: World) -> None:
    """Until it says that it is open again, which is assured from then on."""
    for who in (CLINIC, OTHER_CLINIC):
        world.call(who, SayCapacity("full"))
    assert world.call(HODAN, FindService("health", "ET14")).outcome == "none"
    world.pass_time(days=1)
    world.call(CLINIC, SayCapacity("open"))
    assert world.call(HODAN, FindService("health", "ET14")).outcome == "available"
    assert world.rows(services)[0].assured_at == world.now


def test_who_said_full_may_still_accept(world: World) -> None:
    """What it was asked before is not taken back by it."""
    code = world.refer(HODAN, world.register(HODAN)[0])
    world.call(CLINIC, SayCapacity("full"))
    assert world.answer(CLINIC, code, "accept").outcome == "recorded"


def test_what_left_the_directory_is_not_opened_by_a_word(world: World) -> None:
    """A service that the directory no longer has is none of the provider's."""
    data: dict[str, Any] = {**DIRECTORY, "organisations": {**DIRECTORY["organisations"]}}
    data["organisations"]["other_clinic"] = {
        **DIRECTORY["organisations"]["other_clinic"],
        "services": [{"need": "health", "areas": ["ET14"]}],
    }
    load(world.runtime, data)
    assert world.call(OTHER_CLINIC, SayCapacity("open")).values["services"] == "S1"
    assert states(world)["shelter"] == "closed"
    assert {row.need for row in world.rows(service_areas)} == {"health"}


# --- what is asked ----------------------------------------------------------------------------------------


def sweep(world: World, to: datetime) -> None:
    """Lets a worker sweep every few hours until then."""
    while world.now < to:
        world.now = min(to, world.now + timedelta(hours=5))
        timers.fire_due(world.runtime)


MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


def asked(world: World, who: Any = CLINIC) -> int:
    return world.told(who).count(QUESTION)


def unanswered(world: World) -> dict[str, int]:
    return {row.code: row.unanswered for row in world.rows(providers)}


def test_asked_weekly_and_reminded_once(world: World) -> None:
    """On Monday, and on Wednesday who has not answered; then again a week after."""
    sweep(world, MONDAY)
    assert (asked(world), asked(world, OTHER_CLINIC)) == (1, 1)
    world.call(CLINIC, SayCapacity("open"))
    sweep(world, MONDAY + timedelta(days=5))
    assert (asked(world), asked(world, OTHER_CLINIC)) == (1, 2)
    assert unanswered(world) == {"clinic": 0, "other_clinic": 0}
    sweep(world, MONDAY + WEEK)
    assert (asked(world), asked(world, OTHER_CLINIC)) == (2, 3)
    assert unanswered(world) == {"clinic": 0, "other_clinic": 1}


def test_who_stays_silent_sinks_and_the_staff_hear_of_it_once(world: World) -> None:
    """After three questions, those of its areas; it comes after its equals with the reason, and is never removed."""
    sweep(world, MONDAY)
    for week in range(1, 6):
        world.call(OTHER_CLINIC, SayCapacity("open"))
        sweep(world, MONDAY + week * WEEK)
    assert unanswered(world) == {"clinic": 5, "other_clinic": 0}
    assert world.told(CASEWORKER).count(SILENT) == 1
    assert SILENT not in world.told(FAR_CASEWORKER) + world.told(SUPERVISOR)
    text = next(text for purpose, text in world.messages(CASEWORKER) if purpose == SILENT)
    assert ("Centre One" in text, "3" in text) == (True, True)
    with world.database.reading() as tx:
        fit, _ = ranked(world.work(tx, CLINIC), Request("health", "ET14", language="en"))
    assert [each.offer.code for each in fit] == ["other_clinic", "clinic"]
    assert [each.value for each in fit[1].reasons if each.code is Because.SILENT] == [5]
    world.call(CLINIC, SayCapacity("open"))
    assert unanswered(world)["clinic"] == 0


def test_planned_once_and_for_whoever_comes_back(world: World) -> None:
    """However often the directory is loaded there is one question a week; who is paused is not asked."""
    for _ in range(3):
        load(world.runtime, DIRECTORY)
        timers.fire_due(world.runtime)
    due = [row.kind for row in world.rows(timers_table) if row.state == "due" and row.kind in (PLAN, ASK)]
    assert due == [ASK, ASK]
    alone = {**DIRECTORY, "organisations": {"clinic": DIRECTORY["organisations"]["clinic"]}}
    load(world.runtime, alone)
    sweep(world, MONDAY)
    assert (asked(world), asked(world, OTHER_CLINIC)) == (1, 0)
    load(world.runtime, DIRECTORY)
    sweep(world, MONDAY + WEEK)
    assert (asked(world), asked(world, OTHER_CLINIC)) == (3, 1)  # one of three reminded


def test_a_policy_without_the_question_asks_nobody(world: World) -> None:
    """It is a decision of the country."""
    world.policy(capacity_question=None)
    sweep(world, MONDAY)
    kinds = {row.kind for row in world.rows(timers_table)} & {ASK, REMIND}
    assert (asked(world), kinds) == (0, set())


# --- whether a bare digit can mean it ---------------------------------------------------------------------


def posted(world: World, purpose: str, due_in: timedelta = timedelta()) -> None:
    """A letter to the clinic's phone."""
    with world.database.transaction() as tx:
        row = open_address(tx, world.vault, CLINIC, "africastalking", world.now)
        letter = outbox.Letter(
            row.conversation_id,
            row.id,
            ChannelName.SMS,
            "africastalking",
            purpose,
            Handling.RESEND,
            b"",
            due_at=world.now + due_in,
        )
        outbox.post(tx, letter, world.now)


def is_newest(world: World) -> bool:
    with world.database.reading() as tx:
        row = world.work(tx, CLINIC).party.address_id
        return asked_last(tx, row, world.now)


def test_only_the_newest_message_is_answered_bare(world: World) -> None:
    """A letter that came later hides the question; one that waits for the morning has not come yet."""
    assert not is_newest(world)
    posted(world, QUESTION)
    assert is_newest(world)
    posted(world, "leg_offered", timedelta(hours=9))
    assert is_newest(world)
    world.pass_time(hours=10)
    assert not is_newest(world)

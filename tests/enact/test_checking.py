"""A provider checks a certificate."""

from __future__ import annotations

from time import perf_counter

import pytest
import structlog
from sqlalchemy import select, update

from gateway.commands import Result, VerifyCertificate
from gateway.enact.certifying.certificates import change_status
from gateway.enact.helping.directory import load
from gateway.messages import Address
from gateway.registry import certificate_number
from gateway.registry.births import Birth, parse_age
from gateway.registry.calendars import Calendar
from gateway.store.providers import PAUSED
from gateway.store.tables import (
    audit,
    certificate_events,
    certificates,
    leg_events,
    legs,
    providers,
    verifications,
)

from .conftest import ABEBE, CLINIC, DIRECTORY, HODAN, OTHER_CLINIC, SUPERVISOR, World

UNKNOWN = certificate_number.compose("5", "102938475")
MISTYPED = UNKNOWN[:-1] + str((int(UNKNOWN[-1]) + 1) % 10)


def set_status(world: World, status: str) -> None:
    with world.database.transaction() as tx:
        work = world.work(tx, CLINIC)
        certificate = tx.execute(select(certificates.c.id)).scalar_one()
        assert change_status(work, certificate, status, "staff:1", "test")


def check(world: World, number: str, year: int = 1990, who: Address = CLINIC) -> str:
    return world.call(who, VerifyCertificate(number, year)).outcome


def test_a_valid_certificate(world: World) -> None:
    """Its last month is said, and the check is logged with provider and certificate."""
    _, number = world.register(HODAN)
    result = world.call(CLINIC, VerifyCertificate(number, 1991))
    assert (result.outcome, result.values) == ("valid", {"valid_to": "2028-03"})
    (logged,) = world.rows(verifications)
    assert (logged.outcome, logged.miss, logged.certificate_id) == ("valid", False, 1)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("suspended", "not_valid"), ("revoked", "not_valid"), ("replaced", "replaced"), ("expired", "expired")],
)
def test_every_status_has_its_answer_and_its_event(world: World, status: str, outcome: str) -> None:
    """One path changes a status, writes the event, and is seen by the next check."""
    _, number = world.register(HODAN)
    set_status(world, status)
    assert check(world, number) == outcome
    events = [(event.event, event.actor, event.reason) for event in world.rows(certificate_events)]
    assert events[1:] == [(status, "staff:1", "test")]
    assert check(world, number, year=1950) == "not_valid"


def test_a_status_that_ended_does_not_come_back(world: World) -> None:
    """A revoked certificate cannot be made active; the same status again writes nothing."""
    world.register(HODAN)
    set_status(world, "revoked")
    with pytest.raises(ValueError, match="revoked"):
        set_status(world, "active")
    assert len(world.rows(certificate_events)) == 2


def test_it_holds_to_the_end_of_its_last_month(world: World) -> None:
    """A card that says 03/2028 is valid all March of 2028, and expired in April."""
    _, number = world.register(HODAN)
    world.now = world.now.replace(year=2028, month=3, day=31, hour=23)
    assert check(world, number) == "valid"
    world.pass_time(hours=1)
    assert check(world, number) == "expired"


def test_only_a_providers_phone_may_ask(world: World) -> None:
    """Anyone else learns nothing, whether the number is real or not."""
    _, number = world.register(HODAN)
    for asked in (number, UNKNOWN, "123"):
        assert check(world, asked, who=ABEBE) == "not_a_provider"
    assert world.rows(verifications) == []


def test_unknown_and_wrong_year_are_one_answer_and_one_miss(world: World) -> None:
    """Nothing tells a number that does not exist from one that does."""
    _, number = world.register(HODAN)
    wrong = [
        world.call(CLINIC, VerifyCertificate(number, 1989)),
        world.call(CLINIC, VerifyCertificate(UNKNOWN, 1990)),
    ]
    assert wrong[0] == wrong[1]
    assert [row.miss for row in world.rows(verifications)] == [True, True]


def test_a_typing_mistake_has_its_own_answer_and_is_no_miss(world: World) -> None:
    """The check digits are tried before anything is looked up."""
    _, number = world.register(HODAN)
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert check(world, mistyped) == "mistyped"
    assert [(row.outcome, row.miss) for row in world.rows(verifications)] == [("mistyped", False)]


def test_a_guessing_phone_is_stopped_for_a_day(world: World) -> None:
    """After its misses even a right number is not answered; another provider goes on."""
    world.policy(misses_per_phone=3)
    _, number = world.register(HODAN)
    assert [check(world, UNKNOWN) for _ in range(4)] == ["not_valid"] * 3 + ["too_many"]
    assert check(world, number) == "too_many"
    assert check(world, number, who=OTHER_CLINIC) == "valid"
    world.pass_time(hours=24, seconds=1)
    assert check(world, number) == "valid"


def test_guessing_from_many_phones_alarms_and_switches_all_to_the_holders_code(world: World) -> None:
    """From then on no phone learns whether a number is right; operator and supervisors are told, once a day."""
    world.policy(misses_all=2)
    _, number = world.register(HODAN)
    with structlog.testing.capture_logs() as logged:
        assert check(world, UNKNOWN) == "not_valid"
        assert logged == []
        assert check(world, UNKNOWN) == "not_valid"
    assert [(event["event"], event["count"]) for event in logged] == [("verification_misses", 2)]
    (entry,) = [row for row in world.rows(audit) if row.action == "verification.misses"]
    assert (entry.subject, entry.detail) == ("provider:1", {"count": "2"})
    for asked in (number, UNKNOWN):
        assert world.call(OTHER_CLINIC, VerifyCertificate(asked, 1990)) == Result("holder_needed", {})
    assert world.told(SUPERVISOR) == ["verification_misses_staff"]
    assert check(world, MISTYPED, who=OTHER_CLINIC) == "mistyped"
    assert [row.certificate_id for row in world.rows(verifications)] == [None] * 5
    world.pass_time(hours=24, seconds=1)
    assert check(world, number, who=OTHER_CLINIC) == "valid"


def test_mistyping_all_day_is_a_flood(world: World) -> None:
    """Mistyped numbers are no misses, but so many of them stop the phone that sends them."""
    world.policy(mistyped_per_phone=3)
    _, number = world.register(HODAN)
    assert [check(world, MISTYPED) for _ in range(4)] == ["mistyped"] * 3 + ["too_many"]
    assert check(world, number) == "too_many"
    assert check(world, number, who=OTHER_CLINIC) == "valid"


def test_both_lengths_verify_side_by_side(world: World) -> None:
    """A register that grows into longer numbers keeps the short ones; a guess of either length is one answer."""
    _, short = world.register(HODAN)
    world.policy(certificate_random_digits=11)
    _, long = world.register(ABEBE, "Abebe Kebede Tesfa")
    assert (len(short), len(long)) == (12, 14)
    longer = certificate_number.compose("5", "10293847561")
    assert [check(world, each) for each in (short, long, longer, UNKNOWN)] == ["valid"] * 2 + [
        "not_valid"
    ] * 2


@pytest.mark.parametrize("how", ["paused", "gone"])
def test_an_organisation_that_left_is_a_stranger(world: World, how: str) -> None:
    """One that is paused, or no more in the directory, learns nothing, and nothing is logged for it."""
    _, number = world.register(HODAN)
    if how == "gone":
        rest = {code: each for code, each in DIRECTORY["organisations"].items() if code != "clinic"}
        load(world.runtime, {**DIRECTORY, "organisations": rest})
    else:
        with world.database.transaction() as tx:
            tx.execute(update(providers).where(providers.c.code == "clinic").values(status=PAUSED))
    assert check(world, number) == check(world, UNKNOWN) == "not_a_provider"
    assert world.rows(verifications) == []
    assert check(world, number, who=OTHER_CLINIC) == "valid"


@pytest.mark.parametrize(
    ("told", "counted_in", "language", "agreeing"),
    [
        pytest.param("1990", "gregorian", "en", {1982, 1983, 1990}, id="a year"),
        pytest.param("1990", "ethiopian", "en", {1990, 1997, 1998}, id="an ethiopian year"),
        pytest.param("1990", "ethiopian", "am", {1990, 1997, 1998}, id="an ethiopian year, asked in amharic"),
        pytest.param("36", "gregorian", "en", {1989, 1990}, id="an age"),
        pytest.param("36", "gregorian", "am", {1981, 1982, 1983, 1989, 1990}, id="an age, asked in amharic"),
    ],
)
def test_in_ethiopia_a_year_holds_in_the_calendar_of_the_one_who_asks(
    world: World, told: str, counted_in: str, language: str, agreeing: set[int]
) -> None:
    """A typed year may have been meant in the other calendar: that reading agrees too, and no further year."""
    world.policy(misses_per_phone=1000)
    birth = parse_age(told, world.now.date(), Calendar(counted_in))
    assert isinstance(birth, Birth)
    _, number = world.register(HODAN, age=birth.to_dict())
    found = {
        year
        for year in range(1980, 2000)
        if world.call(CLINIC, VerifyCertificate(number, year), language=language).outcome == "valid"
    }
    assert found == agreeing


def test_where_all_count_in_one_calendar_no_other_agrees(world: World) -> None:
    """Without an Ethiopian calendar in the policy a typed year means one year."""
    world.policy(calendars={}, misses_per_phone=1000)
    birth = parse_age("1990", world.now.date())
    assert isinstance(birth, Birth)
    _, number = world.register(HODAN, age=birth.to_dict())
    found = {year for year in range(1980, 2000) if check(world, number, year) == "valid"}
    assert found == {1990}


def test_a_check_by_the_legs_provider_is_an_arrival(world: World) -> None:
    """Accepted and arrived, both on record; a second check moves nothing; another provider's never does."""
    person, number = world.register(HODAN)
    world.refer(HODAN, person)
    assert check(world, number, who=OTHER_CLINIC) == "valid"
    assert [leg.state for leg in world.rows(legs)] == ["queued"]
    world.sent()
    for _ in range(2):
        assert check(world, number) == "valid"
    assert [leg.state for leg in world.rows(legs)] == ["in_service"]
    assert [event.event for event in world.rows(leg_events)] == ["open", "sent", "accept", "arrive"]


def test_every_no_takes_as_long(world: World) -> None:
    """The time of an answer does not tell a number that does not exist from one that does."""
    world.policy(misses_per_phone=10_000, misses_all=10_000)
    _, number = world.register(HODAN)
    times: dict[str, list[float]] = {number: [], UNKNOWN: []}
    for _ in range(40):
        for asked, taken in times.items():
            begun = perf_counter()
            assert check(world, asked, year=1950) == "not_valid"
            taken.append(perf_counter() - begun)
    gap = abs(min(times[number]) - min(times[UNKNOWN]))  # the least: what else the machine does only adds
    assert gap < 0.005

"""Who is asked first, of a directory on a real database."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment

from gateway.cli import gateway
from gateway.commands import FindService, WithdrawReferral
from gateway.enact.desk import desk
from gateway.enact.helping.directory import load
from gateway.enact.referring.matching import RECORD_COUNTS, best, ranked
from gateway.errors import FlowError
from gateway.registry.places import Gazetteer, Place
from gateway.runtime import Runtime
from gateway.store import referrals
from gateway.store.tables import legs, providers, service_areas, services
from referral_engine.hours import NOT_SAID, read_hours
from referral_engine.match import Reach, match
from referral_engine.model import Offer, Priority, Request

from .conftest import ABEBE, DIRECTORY, HODAN, START, World

AREAS = ("ET14", "ET1401", "ET1402", "ET05", "ET0502", "ET")
HOURS: tuple[dict[str, list[str]], ...] = (
    {},
    {day: ["08:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    {"sun": ["08:00-17:00"], "closed": ["2026-03-15"]},
)
ENDS = ("sent", "accepted", "declined", "expired", "completed")


# --- a directory drawn by chance, and what the pure engine makes of it ------------------------------------


def drawn(chance: random.Random) -> dict[str, Any]:
    """Organisations with one service each, in an order of codes that no database would choose by itself."""
    made = {}
    for number in range(24):
        service = {
            "need": "health",
            "areas": chance.sample(AREAS, chance.randint(1, 2)),
            "capacity": chance.choice([None, 2, 9]),
            "languages": chance.choice([[], ["so", "am"]]),
            "hours": chance.choice(HOURS),
            "eligibility": chance.choice([{}, {"sexes": ["f"]}, {"age_min": 18}]),
        }
        name = chance.choice("aBcZ_9") + f"{(number * 7) % 24}"
        made[name] = {"name": "N", "neutral": f"Centre {number}", "language": "en", "services": [service]}
    return {"organisations": made}


def offers_of(directory: dict[str, Any], history: list[dict[str, Any]]) -> list[Offer]:
    """The same directory and history as the engine would be told of them by hand."""
    made = []
    for code, entry in directory["organisations"].items():
        (service,) = entry["services"]
        own = [leg for leg in history if leg["code"] == code]
        recent = [
            leg["state"] for leg in own if leg["closed_at"] and leg["closed_at"] > START - RECORD_COUNTS
        ]
        made.append(
            Offer(
                provider=code,
                service="",
                need="health",
                areas=frozenset(service["areas"]),
                capacity=service["capacity"],
                load=sum(leg["closed_at"] is None for leg in own),
                languages=frozenset(service["languages"] or [entry["language"]]),
                sexes=frozenset(service["eligibility"].get("sexes", ())),
                age_min=service["eligibility"].get("age_min"),
                declines=recent.count("declined"),
                expiries=recent.count("expired"),
                hours=read_hours(service["hours"]) if service["hours"] else NOT_SAID,
                asked_at=max((leg["opened_at"] for leg in own), default=None),
                code=code,
            )
        )
    return made


def lived(world: World, chance: random.Random, codes: list[str]) -> list[dict[str, Any]]:
    """A year of legs, written into the database; some of them live."""
    history = []
    world.register(HODAN)
    with world.database.transaction() as tx:
        row = {"person_id": 1, "conversation_id": 1, "need": "health", "area": "ET14"}
        row |= {
            "priority": "normal",
            "state": "open",
            "conversation_id": world.work(tx, HODAN).party.conversation_id,
        }
        referral = referrals.open_referral(tx, row, START)
        known = {each.code: each.id for each in tx.execute(providers.select())}
        mine = {each.provider_id: each.id for each in tx.execute(services.select()) if each.need == "health"}
        for number in range(60):
            code, state = chance.choice(codes), chance.choice(ENDS)
            opened = START - timedelta(days=chance.randrange(300))
            closed = None if state in ENDS[:2] else opened + timedelta(hours=5)
            history.append({"code": code, "state": state, "opened_at": opened, "closed_at": closed})
            provider = known[code]
            leg = {"code": f"{number:06}", "referral_id": referral.id, "provider_id": provider}
            tx.add(legs, history[-1] | leg | {"service_id": mine[provider]})
    return history


def asked(chance: random.Random) -> Request:
    return Request(
        "health",
        chance.choice(AREAS[:5]),
        language=chance.choice(["", "so", "en"]),
        sex=chance.choice(["", "f", "m"]),
        age=chance.choice([None, 9, 40]),
        priority=chance.choice(list(Priority)),
        at=START + timedelta(hours=3),
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_database_answers_as_the_engine_does(world: World, seed: int) -> None:
    """On either database the ranking is that of the pure engine, and who is asked is the first of it."""
    chance = random.Random(seed)
    directory = drawn(chance)
    load(world.runtime, directory)
    told = offers_of(directory, lived(world, chance, list(directory["organisations"])))
    gazetteer = world.published.policy.gazetteer
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        for request in (asked(chance) for _ in range(25)):
            expected = match(
                request, told, Reach(gazetteer.around(request.area), gazetteer.inside(request.area))
            )
            fit, left_out = ranked(work, request)
            assert [(each.offer.code, each.reasons) for each in fit] == [
                (each.offer.provider, each.reasons) for each in expected
            ]
            assert len(fit) + len(left_out) == len(told) + 2  # the world's own clinics are paused
            chosen = best(work, request, lock=chance.random() < 0.5)
            assert (chosen and (str(chosen.service_id), chosen.reasons)) == (
                (fit[0].offer.service, fit[0].reasons) if fit else None
            )


# --- turns and hours --------------------------------------------------------------------------------------


def alike(**service: Any) -> dict[str, Any]:
    """The two clinics, each alike in language, area and capacity."""
    directory: dict[str, Any] = deepcopy(DIRECTORY)
    for entry in directory["organisations"].values():
        entry |= {
            "language": "en",
            "services": [{"need": "health", "areas": ["ET14"], "capacity": 5} | service],
        }
    return directory


def test_equals_take_turns(world: World) -> None:
    """Whoever was asked last is asked next only after the other, though both are free again."""
    load(world.runtime, alike())
    person, _ = world.register(HODAN)
    other, _ = world.register(ABEBE)
    for who, reference in ((HODAN, person), (ABEBE, other)) * 2:
        world.refer(who, reference)
        world.call(who, WithdrawReferral())
        world.pass_time(hours=1)
    clinic, second, *_ = world.rows(providers)
    assert [leg.provider_id for leg in world.rows(legs)] == [clinic.id, second.id] * 2


def test_who_is_closed_today_is_asked_last_but_is_asked(world: World) -> None:
    """An urgent need goes to whoever is open; where nobody else is, to whoever opens next."""
    directory = alike(hours={"sun": ["08:00-17:00"]})
    load(world.runtime, directory)
    urgent = Request("health", "ET14", priority=Priority.URGENT, at=START)
    with world.database.transaction() as tx:
        shut = best(desk(world.runtime, tx), urgent)
    directory["organisations"]["other_clinic"]["services"][0]["hours"] = {"tue": ["08:00-17:00"]}
    load(world.runtime, directory)
    with world.database.transaction() as tx:
        opened = best(desk(world.runtime, tx), urgent)
    clinic, other, *_ = world.rows(providers)
    assert shut is not None
    assert opened is not None
    assert (shut.provider_id, opened.provider_id) == (clinic.id, other.id)
    assert "open_now" in [each.code for each in opened.reasons]


def test_a_service_of_other_areas_is_none(world: World) -> None:
    """No row of another area or need answers; a place that nobody knows has nobody."""
    assert world.call(HODAN, FindService("health", "ET14")).outcome == "available"
    for need, area in (("health", "ET05"), ("food", "ET14"), ("health", "ET9999"), ("health", "")):
        assert world.call(HODAN, FindService(need, area)).outcome == "none"


def test_a_region_asked_for_is_served_by_a_part_of_it(world: World) -> None:
    """Where nobody covers the whole, somebody in it is better than nobody."""
    load(world.runtime, alike(areas=["ET1401", "ET1402"]))
    with world.database.transaction() as tx:
        chosen = best(desk(world.runtime, tx), Request("health", "ET14"))
    assert chosen is not None
    assert chosen.reasons[0].code == "part_of_area"


# --- the directory ----------------------------------------------------------------------------------------


def test_the_areas_follow_the_directory(world: World) -> None:
    """What a service no longer covers is gone, and an area given twice stands once."""
    load(world.runtime, alike(areas=["ET05", "ET05"], languages=["so", "en"], hours={"mon": ["08:00-12:00"]}))
    health = [row for row in world.rows(services) if row.need == "health"]
    areas = [(row.area, row.service_id) for row in world.rows(service_areas) if row.need == "health"]
    assert areas == [("ET05", row.id) for row in health]
    assert [row.languages for row in health] == [["so", "en"]] * 2
    assert [row.hours for row in health] == [{"week": [[0, 480, 720]], "closed": []}] * 2


@pytest.mark.parametrize(
    "hours", [{"monday": []}, {"mon": ["8-12"]}, ["mon"]], ids=["day", "span", "no-days"]
)
def test_hours_that_cannot_be_read_are_a_fault(world: World, hours: Any) -> None:
    """The organisation is named, and nothing changes."""
    with pytest.raises(FlowError, match="clinic: "):
        load(world.runtime, alike(hours=hours))
    assert [row.hours for row in world.rows(services)] == [None] * 3


def test_around_and_inside_a_place() -> None:
    """From a place outwards to its country, and from a country or a region in."""
    made = Gazetteer(
        [Place("ET01", "R", 1, "ET"), Place("ET0101", "Z", 2, "ET01"), Place("ET02", "S", 1, "ET")]
    )
    assert made.around("ET0101") == ("ET0101", "ET01", "ET")
    assert made.around("XX") == ("XX",)
    assert made.inside("ET") == ("ET01", "ET0101", "ET02")
    assert made.inside("ET0101") == made.inside("XX") == ()


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def house(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A directory that the command line reads; those of the sample are paused by it."""
    for name, value in environment(runtime.settings.database_url).items():
        monkeypatch.setenv(name, value)
    directory = deepcopy(DIRECTORY)
    directory["organisations"]["other_clinic"]["services"][0] |= {"areas": ["ET05"]}
    directory["organisations"]["full"] = {
        "name": "Full",
        "neutral": "Centre Nine",
        "language": "en",
        "services": [{"need": "health", "areas": ["ET14"], "capacity": 0}],
    }
    load(runtime, directory)
    return runtime


REASONS = (
    "serves this very area",
    "may serve this person",
    "is not known to speak so",
    "2 places left",
    "0 referrals in hand",
)


def run(*words: str) -> Result:
    return CliRunner().invoke(gateway, ["referrals", "providers", *words])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_list_of_who_could_help(house: Runtime) -> None:
    """Ranked with reasons in words; those left out with why, and those of other areas counted."""
    result = run("--need", "health", "--area", "ET14", "--language", "so")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "  1  clinic: " + "; ".join(REASONS),
        "  -  full: every place is taken",
        "  -  sample_health_addis: paused",
        "  -  4 left out: serves other areas",
    ]
    shown = json.loads(run("--need", "health", "--area", "ET14", "--json").stdout)
    assert [each["provider"] for each in shown["ranked"]] == ["clinic"]
    assert [(each["provider"], each["reason"]) for each in shown["left_out"]] == [
        ("full", "full"),
        ("other_clinic", "area"),
        ("sample_clinic_hargeysa", "area"),
        ("sample_health_addis", "paused"),
        ("sample_help_jijiga", "area"),
        ("sample_relief_khartoum", "area"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--need", "gold", "--area", "ET14"), "--need"),
        (("--need", "health", "--area", "Addis"), "--area"),
        (("--need", "health", "--area", "ET14", "--language", "xx"), "--language"),
    ],
    ids=["need", "area", "language"],
)
def test_a_slip_is_named(house: Runtime, words: tuple[str, ...], said: str) -> None:
    """A need or place that nobody knows is not answered with "nobody"."""
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr

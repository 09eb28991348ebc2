"""Organisations of a file come into the register, all or none and as often as wanted, and go out of it unchanged."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from gateway.directory.model import CLOSED, FULL, OPEN, Location, Organisation, Service
from gateway.enact.helping.exchange import Terms, give_out, take_in
from gateway.errors import StoreError
from gateway.store.conversations import address_by_id
from gateway.store.tables import audit, provider_locations, provider_phones, providers, services, staff
from referral_engine.hours import read_hours

from .conftest import CLINIC, World

TERMS = Terms("staff:1", phones=True, whole=False, called="Centre", rehearsal=False)
HOUSE = Organisation(
    code="house",
    name="House of Example",
    language="so",
    neutral="Centre Nine",
    phones=("+251911000077",),
    email="office@example.org",
    website="https://example.org",
    services=(
        Service(
            "legal",
            areas=("ET05", "ET14"),
            capacity=7,
            sexes=("f",),
            age_min=18,
            age_max=60,
            languages=("so", "am"),
            hours=read_hours({"mon": ["08:00-12:00"], "closed": ["2026-09-11"]}),
            assured=date(2026, 2, 1),
        ),
        Service("shelter", areas=("ET14",), state=CLOSED, assured=date(2026, 2, 1)),
    ),
    locations=(Location("ET14", "Main house", "1 Ring Road", 9.03, 38.74), Location("ET05")),
)


def take(world: World, *organisations: Organisation, **terms: Any) -> Counter[str]:
    return take_in(world.runtime, organisations, replace(TERMS, **terms))


def given_out(world: World) -> dict[str, Organisation]:
    return {each.code: each for each in give_out(world.runtime, "staff:1", phones=True)}


def test_it_comes_out_as_it_came_in(world: World) -> None:
    """Everything that the model knows is kept; the others stay as they were."""
    before = given_out(world)
    assert take(world, HOUSE) == {"new": 1}
    assert given_out(world) == {**before, "house": HOUSE}


def test_taking_in_what_was_given_out_changes_nothing(world: World) -> None:
    """The same rows with the same ids, the second time and with its own export."""
    take(world, HOUSE)
    tables = (providers, services, provider_locations, provider_phones, staff)
    before = [[tuple(row) for row in world.rows(table)] for table in tables]
    world.pass_time(days=3)
    assert take(world, HOUSE) == {"same": 1}
    assert take(world, *given_out(world).values(), whole=True) == {"same": 3, "paused": 0}
    assert [[tuple(row) for row in world.rows(table)] for table in tables] == before


def test_a_rehearsal_keeps_nothing(world: World) -> None:
    """It counts what would become of each, and neither the register nor the record of acts has a trace."""
    before, acts = given_out(world), len(world.rows(audit))
    changed = replace(before["clinic"], name="Clinic of the City")
    assert take(world, HOUSE, changed, rehearsal=True) == {"new": 1, "changed": 1}
    assert given_out(world) == before
    assert [row.action for row in world.rows(audit)][acts:] == ["providers.export"]


def test_all_or_nothing(world: World) -> None:
    """One that the database refuses takes back those before it."""
    before = given_out(world)
    with pytest.raises((StoreError, AttributeError)):
        take(world, HOUSE, replace(HOUSE, code="other", services=(None,)))  # type: ignore[arg-type]
    assert given_out(world) == before


def test_who_is_not_in_the_file(world: World) -> None:
    """They stay; with the whole directory in the file they are paused. Staff stay in any case."""
    staff_before = world.rows(staff)
    take(world, HOUSE)
    assert given_out(world).keys() == {"clinic", "other_clinic", "house"}
    assert take(world, HOUSE, whole=True) == {"same": 1, "paused": 2}
    assert given_out(world).keys() == {"house"}
    assert world.rows(staff) == staff_before


def test_neutral_names_are_given(world: World) -> None:
    """A number after the highest, once for all: it stays when the file comes again without one."""
    nameless = [replace(HOUSE, code=code, neutral="", phones=()) for code in ("a", "b")]
    take(world, replace(HOUSE, neutral="Centre 7"))
    for _ in range(2):
        take(world, *nameless, phones=False)
        found = given_out(world)
        assert (found["a"].neutral, found["b"].neutral) == ("Centre 8", "Centre 9")


def test_phones_only_when_asked(world: World) -> None:
    """A file alone lets nobody check certificates, and takes it from nobody."""
    stranger = replace(given_out(world)["clinic"], phones=("+251911999999",))
    take(world, stranger, phones=False)
    assert given_out(world)["clinic"].phones == (CLINIC.value,)
    take(world, stranger)
    assert given_out(world)["clinic"].phones == ("+251911999999",)
    with world.database.reading() as tx:
        roles = [address_by_id(tx, row.address_id).roles for row in world.rows(provider_phones)]
    assert roles == [("provider",)] * 2


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (date(2026, 3, 9), FULL),
        (date(2026, 3, 10), FULL),
        (date(2026, 3, 11), OPEN),
        (None, FULL),
    ],
    ids=["older", "the same day", "newer", "undated"],
)
def test_the_newest_word_counts(world: World, said: date | None, state: str) -> None:
    """What a provider said by SMS is not undone by a file that is older, or does not say how old it is."""
    open_house = replace(HOUSE, services=(Service("legal", areas=("ET14",), assured=date(2026, 2, 1)),))
    take(world, open_house)
    with world.database.transaction() as tx:
        told = {"state": FULL, "assured_at": world.now}
        tx.execute(update(services).where(services.c.need == "legal").values(**told))
    take(world, replace(open_house, services=(Service("legal", areas=("ET14",), assured=said),)))
    (service,) = given_out(world)["house"].services
    assert service.state == state


def test_acts_are_on_record(world: World) -> None:
    """Who took in how many, and who looked at phones: no names, no numbers."""
    take(world, HOUSE)
    given_out(world)
    give_out(world.runtime, "staff:1", phones=False)
    acts = [(row.actor, row.action, row.detail) for row in world.rows(audit)][-2:]
    assert acts == [
        ("staff:1", "providers.import", {"new": "1"}),
        ("staff:1", "providers.export", {"phones": "yes"}),
    ]

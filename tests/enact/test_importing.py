"""People on paper are registered once each, as a registration by phone would be, and written to only with leave."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from gateway.commands import MyPeople, ShowCertificate
from gateway.enact.desk import desk
from gateway.enact.registering.importing import (
    ALREADY,
    CHANGED,
    GOOD,
    ISSUED,
    REGISTERED,
    REVIEW,
    Run,
    Taken,
    lists_of,
    rehearse_step,
    take_step,
)
from gateway.errors import StoreError
from gateway.registry.paper.people import COLUMNS, NEEDED, PaperPerson, read
from gateway.registry.paper.sheet import Sheet, open_sheet
from gateway.store import people as people_rows
from gateway.store import screenings
from gateway.store.tables import (
    certificate_events,
    certificates,
    consents,
    conversations,
    imported,
    people,
    person_events,
    reviews,
    timers,
)

from .conftest import ABEBE, HODAN, World

RUN = Run("camp", "staff:1", True, "camp:20260310T0900")
ROW = {
    "number": "A-17",
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "birth": "35",
    "country_from": "SA",
    "return_month": "02/2026",
    "return_type": "assisted",
    "area": "Addis Ababa",
    "people_with": "2",
    "children_with": "1",
    "need": "health",
    "phone": "",
    "consent_register": "yes",
    "consent_date": "15/01/2026",
    "consent_reference": "box 3, sheet 4",
    "consent_sms": "",
}
ASHA = {"number": "A-18", "full_name": "Asha Yusuf Warsame", "birth": "52"}
MULU = {"number": "A-19", "full_name": "Mulu Tadesse Girma", "birth": "24", "sex": "m"}


def rows(world: World, *changes: dict[str, str]) -> list[PaperPerson]:
    """Rows of a list, each the first one with changes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), restval="")
    writer.writeheader()
    writer.writerows([ROW | each for each in changes])
    sheet = open_sheet(out.getvalue(), COLUMNS, NEEDED)
    assert isinstance(sheet, Sheet)
    with world.database.reading() as tx:
        found = list(read(sheet, lists_of(desk(world.runtime, tx)), world.now.date()))
    assert all(isinstance(each, PaperPerson) for each in found), found
    return [each for each in found if isinstance(each, PaperPerson)]


def take(world: World, *changes: dict[str, str], run: Run = RUN) -> list[Taken]:
    return take_step(world.runtime, run, rows(world, *changes))


def outcomes(taken: list[Taken]) -> list[str]:
    return [each.outcome for each in taken]


def test_a_row_becomes_a_person_with_a_certificate(world: World) -> None:
    """Registered, screened, certified, with the consents of the paper and where it is; on whose word, in events."""
    (taken,) = take(world, {})
    assert (taken.line, taken.outcome, len(taken.number)) == (2, ISSUED, 12)
    with world.database.transaction() as tx:
        person = people_rows.by_reference(tx, taken.reference)
        assert person is not None
        assert person.status == "registered"
        record = people_rows.record_of(world.vault, person)
        assert screenings.newest_of(tx, person.id) is not None
    assert record["full_name"] == "Hodan Cali Nuur"
    assert record["age"]["from"] == 1990
    assert {name: record["paper"][name] for name in ("list", "number", "date", "reference")} == {
        "list": "camp",
        "number": "A-17",
        "date": "2026-01-15",
        "reference": "box 3, sheet 4",
    }
    assert [(each.event, each.actor) for each in world.rows(certificate_events)] == [("issued", "staff:1")]
    (event,) = world.rows(person_events)
    assert (event.event, event.actor, event.detail) == ("imported", "staff:1", {"batch": RUN.batch})
    assert [(each.purpose, each.given, each.channel) for each in world.rows(consents)] == [
        ("register", True, "paper")
    ]


def test_nothing_of_the_list_can_be_read(world: World) -> None:
    """Neither its numbers, nor where the papers are, nor names, phones or certificate numbers stand in a row."""
    (taken,) = take(world, {"phone": HODAN.value})
    kept = [
        str(value)
        for table in (people, imported, consents, person_events, certificates, conversations, timers, reviews)
        for row in world.rows(table)
        for value in row
    ]
    assert kept
    for secret in ("A-17", "box 3", "Hodan", HODAN.value[4:], taken.number):
        assert not any(secret in each for each in kept), secret
    assert taken.number not in repr(taken)


def test_a_list_given_twice_changes_nothing(world: World) -> None:
    """Each row is known by list and number: the second time all were taken already, with the same certificates."""
    first = take(world, {}, ASHA)
    again = take(world, {}, ASHA, MULU)
    assert outcomes(again) == [ALREADY, ALREADY, ISSUED]
    assert [each.number for each in again[:2]] == [each.number for each in first]
    assert len(world.rows(people)) == len(world.rows(certificates)) == 3
    elsewhere = take(
        world, MULU | {"full_name": "Lensa Bulti Dinka"}, run=Run("other", "staff:1", True, "other:1")
    )
    assert outcomes(elsewhere) == [ISSUED], "numbers count within their list"


def test_a_changed_row_is_told_and_not_written(world: World) -> None:
    """What the register holds may have been corrected since: a list does not overwrite it."""
    (before,) = take(world, {})
    (after,) = take(world, {"full_name": "Hodan Ali Noor"})
    assert (after.outcome, after.reference) == (CHANGED, before.reference)
    with world.database.transaction() as tx:
        person = people_rows.by_reference(tx, before.reference)
        assert person is not None
        assert people_rows.record_of(world.vault, person)["full_name"] == "Hodan Cali Nuur"


def test_stopped_half_way_it_goes_on(world: World) -> None:
    """A step that fails takes none of its rows; what was taken before it stays, and giving the list again ends it."""
    take(world, {})

    def broken() -> Iterator[Any]:
        yield rows(world, ASHA)[0]
        raise StoreError("the power went")

    with pytest.raises(StoreError, match="power"):
        take_step(world.runtime, RUN, broken())
    wrong = [rows(world, ASHA)[0], None]
    with pytest.raises(AttributeError):
        take_step(world.runtime, RUN, wrong)  # type: ignore[arg-type]
    assert len(world.rows(people)) == 1
    assert outcomes(take(world, {}, ASHA, MULU)) == [ALREADY, ISSUED, ISSUED]


def test_the_same_list_at_two_desks(world: World) -> None:
    """Given twice at the same moment, every row is one person with one certificate."""
    listed = rows(world, {}, ASHA, MULU)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: take_step(world.runtime, RUN, listed), range(4)))
    assert Counter(each.outcome for step in taken for each in step) == {ISSUED: 3, ALREADY: 9}
    assert len(world.rows(people)) == len(world.rows(certificates)) == len(world.rows(imported)) == 3


def test_a_rehearsal_writes_nothing(world: World) -> None:
    """It says what was taken before, what changed, and what is new."""
    take(world, {}, ASHA)
    step = rehearse_step(world.runtime, RUN, rows(world, {}, ASHA | {"need": "work"}, MULU))
    assert outcomes(step) == [ALREADY, CHANGED, GOOD]
    assert len(world.rows(people)) == 2


def test_without_issuing_there_is_no_certificate(world: World) -> None:
    """The people are registered all the same."""
    (taken,) = take(world, {}, run=Run("camp", "staff:1", False, RUN.batch))
    assert (taken.outcome, taken.number) == (REGISTERED, "")
    assert world.rows(certificates) == []


def test_who_may_be_registered_is_looked_at_first(world: World) -> None:
    """Somebody who looks like a person of the register waits for the staff, without a certificate."""
    world.register(ABEBE, "Hodan Cali Nuur")
    (taken,) = take(world, {"phone": HODAN.value})
    assert (taken.outcome, taken.number) == (REVIEW, "")
    (review,) = world.rows(reviews)
    assert (review.kind, review.flags) == ("registration", ["duplicate_likely"])
    with world.database.reading() as tx:
        held = tx.execute(select(people.c.status).where(people.c.id == review.person_id)).scalar()
    assert held == "pending"
    assert review.conversation_id is not None, "whoever decides can tell them"


# --- phones -----------------------------------------------------------------------------------------------


def test_a_phone_of_the_list_speaks_for_the_person(world: World) -> None:
    """Its conversation holds them, beside whom it held before; the certificate still stands behind a PIN."""
    mine, _ = world.register(HODAN, "Fatuma Osman Ahmed")
    (taken,) = take(world, {"phone": HODAN.value} | ASHA)
    offered = world.call(HODAN, MyPeople()).values["people"]
    assert [each["value"] for each in offered] == [mine, taken.reference]
    assert world.call(HODAN, ShowCertificate(taken.reference, "8302")).outcome == "no_pin"


def test_nobody_is_written_to_without_leave(world: World) -> None:
    """No SMS without a yes on paper; with it, that the card is ready, and no invitation before its time."""
    take(world, ASHA | {"phone": ABEBE.value, "consent_sms": "no"}, MULU | {"phone": "0933456789"})
    assert world.messages(ABEBE) == []
    take(world, {"phone": HODAN.value, "consent_sms": "yes", "language": "so"})
    ((purpose, text),) = world.messages(HODAN)
    assert (purpose, text[:9]) == ("certificate_issued"[:18], "Kaarkaagu")
    assert [each.kind for each in world.rows(timers)].count("details_invite") == 1


def test_people_without_a_phone_stand_alone(world: World) -> None:
    """Each has a conversation of their own that nobody leads to: nobody finds another's record in it."""
    take(world, {}, ASHA)
    alone = world.rows(conversations)
    held = {each.id for each in alone}
    assert len(held) >= 2
    assert world.call(HODAN, MyPeople()).outcome == "none"

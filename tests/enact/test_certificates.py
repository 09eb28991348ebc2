"""The life of a certificate: every change by one path, seen by every reader, and told without saying what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from gateway.catalogue.policy import Renewal
from gateway.commands import ChoosePin, ReplaceCertificate, ShowCertificate, StopMessages, VerifyCertificate
from gateway.enact.certifying import certificates as path
from gateway.enact.certifying.certificates import ACTIVE, EXPIRED, MOVES, REPLACED, REVOKED, SUSPENDED
from gateway.enact.desk import desk
from gateway.enact.timers import fire_due
from gateway.store import certificates, people
from gateway.store.certificates import CertificateRow
from gateway.store.tables import certificate_events
from gateway.store.tables import certificates as certificates_table

from .conftest import ABEBE, CLINIC, HODAN, World

STATUSES = (ACTIVE, SUSPENDED, EXPIRED, REPLACED, REVOKED)
ALLOWED = {
    (ACTIVE, SUSPENDED),
    (ACTIVE, EXPIRED),
    (ACTIVE, REPLACED),
    (ACTIVE, REVOKED),
    (SUSPENDED, ACTIVE),
    (SUSPENDED, REPLACED),
    (SUSPENDED, REVOKED),
    (EXPIRED, REPLACED),
    (EXPIRED, REVOKED),
}
LAST_MONTH = datetime(2028, 3, 31, 23, tzinfo=UTC)


def change(world: World, status: str, certificate: int = 1) -> bool:
    with world.database.transaction() as tx:
        return path.change_status(desk(world.runtime, tx), certificate, status, "staff:1", "test")


def staff_replaces(world: World, reason: str = "corrected") -> str:
    """Returns the new number."""
    with world.database.transaction() as tx:
        work, person = desk(world.runtime, tx), people.by_id(tx, 1)
        return certificates.number_of(work.vault, person, path.replace(work, person, "staff:1", reason))


def newest(world: World, person: int) -> CertificateRow:
    with world.database.reading() as tx:
        found = certificates.newest_of(tx, person)
    assert found is not None
    return found


def events(world: World) -> list[tuple[int, str, str, str]]:
    return [
        (each.certificate_id, each.event, each.actor, each.reason) for each in world.rows(certificate_events)
    ]


def check(world: World, number: str) -> str:
    return world.call(CLINIC, VerifyCertificate(number, 1990)).outcome


def test_every_pair_of_statuses(world: World) -> None:
    """A change happens with its event, or is refused and writes nothing; the same again changes nothing."""
    world.policy(review="none")  # so many who sound alike would be looked at first
    for number, (before, after) in enumerate(product(STATUSES, STATUSES), 1):
        world.register(HODAN, f"Hodan {'x' * number}")
        if before != ACTIVE:
            assert change(world, before, number)
        written = len(events(world))
        if before == after:
            assert not change(world, after, number)
        elif (before, after) in ALLOWED:
            assert change(world, after, number)
            assert events(world)[-1] == (number, after, "staff:1", "test")
            written += 1
        else:
            with pytest.raises(ValueError, match=before):
                change(world, after, number)
        assert len(events(world)) == written
        assert newest(world, number).status == (after if (before, after) in ALLOWED else before)
    assert {(before, after) for before, onward in MOVES.items() for after in onward} == ALLOWED


# --- another number ---------------------------------------------------------------------------------------


def test_the_old_number_points_to_the_new_one(world: World) -> None:
    """The old one says that it was replaced, the new one holds, and nothing leads from the new one back."""
    person, old = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    new = staff_replaces(world)
    assert (check(world, old), check(world, new)) == ("replaced", "valid")
    rows = world.rows(certificates_table)
    assert [(row.id, row.status, row.replaced_by) for row in rows] == [(1, REPLACED, 2), (2, ACTIVE, None)]
    assert events(world)[1:] == [
        (2, "issued", "staff:1", "corrected"),
        (1, "replaced", "staff:1", "corrected"),
    ]
    ((purpose, text),) = world.messages(HODAN)
    assert purpose == "certificate_changed"
    assert not re.search("[0-9]", text)


def test_who_lost_the_card_gets_a_new_number_behind_the_pin(world: World) -> None:
    """The number that was shown is the one that now holds; nobody is told what they have just done."""
    person, old = world.register(HODAN)
    assert world.call(HODAN, ReplaceCertificate(person, "2580")).outcome == "no_pin"
    world.call(HODAN, ChoosePin(person, "2580"))
    assert world.call(HODAN, ReplaceCertificate(person, "1111")).outcome == "wrong_pin"
    assert check(world, old) == "valid"
    given = world.call(HODAN, ReplaceCertificate(person, "2580"))
    assert (given.outcome, given.values["valid_to"]) == ("replaced", "2028-03")
    assert check(world, old) == "replaced"
    assert check(world, given.values["certificate_number"]) == "valid"
    shown = world.call(HODAN, ShowCertificate(person, "2580"))
    assert shown.values["certificate_number"] == given.values["certificate_number"]
    assert events(world)[-1] == (1, "replaced", "person:1", "lost")
    assert world.told(HODAN) == []


def test_a_holder_has_few_new_numbers_a_year(world: World) -> None:
    """After them only the staff can give one; theirs do not count, and a year later the holder can again."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    staff_replaces(world)
    outcomes = [world.call(HODAN, ReplaceCertificate(person, "2580")).outcome for _ in range(4)]
    assert outcomes == ["replaced"] * 3 + ["refused"]
    staff_replaces(world)
    world.pass_time(days=366)
    assert world.call(HODAN, ReplaceCertificate(person, "2580")).outcome == "replaced"


@pytest.mark.parametrize(
    ("status", "by", "outcome"),
    [
        (SUSPENDED, "holder", "refused"),
        (REVOKED, "holder", "refused"),
        (EXPIRED, "staff", "refused"),
        (EXPIRED, "holder", "replaced"),
    ],
)
def test_what_does_not_hold_is_for_the_staff(world: World, status: str, by: str, outcome: str) -> None:
    """Unless the policy lets holders renew what has ended, by its date or written down."""
    world.policy(renewal=Renewal(by=by))
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    if status == EXPIRED:
        world.now = LAST_MONTH.replace(year=2029)
    else:
        change(world, status)
    assert world.call(HODAN, ReplaceCertificate(person, "2580")).outcome == outcome


def test_nothing_of_somebody_elses(world: World) -> None:
    """A stranger with the reference and the PIN gets what anyone gets."""
    person, number = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    assert world.call(ABEBE, ReplaceCertificate(person, "2580")).outcome == "none"
    assert check(world, number) == "valid"


@pytest.mark.parametrize(("status", "anew"), [(ACTIVE, False), (SUSPENDED, False), (REVOKED, True)])
def test_issuing_again(world: World, status: str, anew: bool) -> None:
    """Whoever goes by a certificate keeps it, suspended or not; after a revocation there is a new one."""
    world.register(HODAN)
    change(world, status)
    with world.database.transaction() as tx:
        path.issue(desk(world.runtime, tx), people.by_id(tx, 1), "staff:1", "again")
    assert len(world.rows(certificates_table)) == (2 if anew else 1)


def test_there_must_be_something_to_replace(world: World) -> None:
    """Not for somebody without a certificate, and not for what was revoked: that needs a new one."""
    world.register(HODAN)
    world.draft(ABEBE, "Abebe Kebede Tesfa")
    change(world, REVOKED)
    for person_id in (1, 2):
        with world.database.transaction() as tx, pytest.raises(ValueError, match="no certificate"):
            path.replace(desk(world.runtime, tx), people.by_id(tx, person_id), "staff:1", "lost")
    assert len(world.rows(certificates_table)) == 1


# --- its end ----------------------------------------------------------------------------------------------


def test_it_ends_by_its_timer(world: World) -> None:
    """Not before its month is over, once, and on record; what is suspended stays suspended and says nothing new."""
    _, number = world.register(HODAN)
    world.register(ABEBE, "Abebe Kebede Tesfa")
    change(world, SUSPENDED)
    world.now = LAST_MONTH
    fire_due(world.runtime)
    assert [row.status for row in world.rows(certificates_table)] == [SUSPENDED, ACTIVE]
    world.pass_time(hours=1)
    fire_due(world.runtime)
    fire_due(world.runtime)
    assert [row.status for row in world.rows(certificates_table)] == [SUSPENDED, EXPIRED]
    assert events(world)[-1] == (2, "expired", "worker:timers", "end_of_validity")
    assert check(world, number) == "not_valid"
    change(world, ACTIVE)
    assert check(world, number) == "expired"
    assert [event for certificate, event, *_ in events(world) if certificate == 1][-2:] == [ACTIVE, EXPIRED]


@pytest.mark.parametrize(
    ("consent", "stop", "status", "told"),
    [
        pytest.param(True, False, ACTIVE, 2, id="messages are allowed"),
        pytest.param(False, False, ACTIVE, 0, id="they are not"),
        pytest.param(True, True, ACTIVE, 0, id="stopped"),
        pytest.param(True, False, REVOKED, 0, id="revoked"),
    ],
)
def test_reminders(world: World, consent: bool, stop: bool, status: str, told: int) -> None:
    """Sixty and fourteen days before the end, by day where the holder is, to who allowed messages."""
    person, _ = world.register(HODAN)
    if consent:
        world.consent(HODAN, "sms", person=person)
    if stop:
        world.call(HODAN, StopMessages())
    change(world, status)
    sent = []
    for days in (60, 14, 0):
        world.now = datetime(2028, 4, 1, 7, 0, tzinfo=UTC) - timedelta(days=days)
        fire_due(world.runtime)
        sent.append(world.told(HODAN).count("certificate_expiring"))
        world.pass_time(minutes=1)
        fire_due(world.runtime)
        sent.append(world.told(HODAN).count("certificate_expiring"))
    assert sent == [0, min(told, 1), min(told, 1), told, told, told]
    if told:
        assert re.findall("[0-9/]+", world.messages(HODAN)[-1][1]) == ["03/2028"]


def test_a_replaced_one_reminds_nobody(world: World) -> None:
    """Its timers look at how things stand: only the newest number's end is told."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    world.pass_time(days=300)
    staff_replaces(world)
    world.now = LAST_MONTH
    fire_due(world.runtime)
    assert "certificate_expiring" not in world.told(HODAN)

"""With the holder there: six digits tell a provider who it is, and nobody else anything."""

from __future__ import annotations

import re
import secrets
from time import perf_counter

import pytest
from sqlalchemy import update

from gateway.catalogue.policy import HolderCodes
from gateway.commands import (
    CheckHolderCode,
    ChoosePin,
    Result,
    SendHolderCode,
    StopMessages,
    VerifyCertificate,
    WhoChecked,
)
from gateway.enact.certifying import certificates as path
from gateway.enact.desk import desk
from gateway.enact.timers import fire_due
from gateway.registry import certificate_number
from gateway.store import people
from gateway.store.tables import holder_codes, legs, verifications
from gateway.store.tables import people as people_table

from .conftest import ABEBE, CLINIC, HODAN, OTHER_CLINIC, World

UNKNOWN = certificate_number.compose("5", "102938475")
SENT, LAPSED = Result("sent", {}), Result("lapsed", {})


def send(world: World, number: str) -> str:
    """Asks for a code; returns the one that came to the holder, or nothing."""
    before = world.told(HODAN).count("holder_code")
    assert world.call(CLINIC, SendHolderCode(number)) == SENT
    fire_due(world.runtime)
    came = [text for purpose, text in world.messages(HODAN) if purpose == "holder_code"]
    found = re.search(r"[0-9]{6}", came[-1]) if len(came) > before else None
    return found[0] if found else ""


def other(code: str) -> str:
    return f"{(int(code or '0') + 1) % 1_000_000:06d}"


def change(world: World, status: str) -> None:
    with world.database.transaction() as tx:
        path.change_status(desk(world.runtime, tx), 1, status, "staff:1", "test")


def test_the_right_digits_tell_who_it_is(world: World) -> None:
    """Own name, first letters, classes and the last month; no consent to messages is needed; it is an arrival."""
    person, number = world.register(HODAN)
    world.refer(HODAN, person)
    world.sent()
    code = send(world, number)
    assert world.call(CLINIC, CheckHolderCode(code)) == Result(
        "valid",
        {"valid_to": "2028-03", "given_name": "Hodan", "initials": "C N", "classes": "Adult, With children"},
    )
    assert [leg.state for leg in world.rows(legs)] == ["in_service"]
    (logged,) = world.rows(verifications)
    assert (logged.outcome, logged.certificate_id, logged.miss) == ("valid", 1, False)
    assert all(code.encode() not in row.digest for row in world.rows(holder_codes))


def test_the_digits_open_once_and_only_here(world: World) -> None:
    """Not from another provider's phone, not a second time, not after a newer code."""
    _, number = world.register(HODAN)
    old = send(world, number)
    code = send(world, number)
    assert world.call(OTHER_CLINIC, CheckHolderCode(code)) == LAPSED
    if old != code:
        assert world.call(CLINIC, CheckHolderCode(old)) == Result("wrong", {"tries_left": 2})
    assert world.call(CLINIC, CheckHolderCode(code)).outcome == "valid"
    assert world.call(CLINIC, CheckHolderCode(code)) == LAPSED


def test_they_lapse_in_minutes(world: World) -> None:
    """Ten of them; then the right digits are as good as none."""
    _, number = world.register(HODAN)
    code = send(world, number)
    world.pass_time(minutes=9, seconds=59)
    assert world.call(CLINIC, CheckHolderCode(other(code))).outcome == "wrong"
    world.pass_time(seconds=1)
    assert world.call(CLINIC, CheckHolderCode(code)) == LAPSED


def test_three_tries(world: World) -> None:
    """The right digits come too late after the third wrong ones; a new code is asked for."""
    _, number = world.register(HODAN)
    code = send(world, number)
    answers = [world.call(CLINIC, CheckHolderCode(other(code))) for _ in range(3)]
    assert answers == [Result("wrong", {"tries_left": 2}), Result("wrong", {"tries_left": 1}), LAPSED]
    assert world.call(CLINIC, CheckHolderCode(code)) == LAPSED
    assert world.call(CLINIC, CheckHolderCode(send(world, number))).outcome == "valid"


@pytest.mark.parametrize("how", ["unknown", "suspended", "revoked", "stopped", "too often"])
def test_what_nobody_is_sent_looks_like_what_somebody_is(world: World, how: str) -> None:
    """A number that does not exist, that may not be told of, or whose holder cannot be written to: one answer."""
    _, number = world.register(HODAN)
    match how:
        case "unknown":
            number = UNKNOWN
        case "suspended" | "revoked":
            change(world, how)
        case "stopped":
            world.call(HODAN, StopMessages())
        case _:
            world.policy(holder_codes=HolderCodes(per_certificate=1))
            assert send(world, number)
    assert send(world, number) == ""
    tries = [world.call(CLINIC, CheckHolderCode(f"{each:06d}")) for each in range(3)]
    assert tries == [Result("wrong", {"tries_left": 2}), Result("wrong", {"tries_left": 1}), LAPSED]


def test_no_digits_are_right_where_nobody_was_sent_any(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even those that were drawn: a lucky guess tells nothing of a number that does not exist."""
    monkeypatch.setattr(secrets, "randbelow", lambda _: 123456)
    assert world.call(CLINIC, SendHolderCode(UNKNOWN)) == SENT
    fire_due(world.runtime)
    assert world.call(CLINIC, CheckHolderCode("123456")) == Result("wrong", {"tries_left": 2})


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("suspended", "not_valid"), ("revoked", "not_valid"), ("replaced", "replaced"), ("expired", "expired")],
)
def test_what_changed_meanwhile_is_what_counts(world: World, status: str, outcome: str) -> None:
    """The status of this moment is answered, and nothing of the person with it."""
    _, number = world.register(HODAN)
    code = send(world, number)
    change(world, status)
    assert world.call(CLINIC, CheckHolderCode(code)) == Result(outcome, {})
    assert [row.miss for row in world.rows(verifications)] == [False]


def test_an_erased_person_is_nobody(world: World) -> None:
    """Whose key was destroyed is not valid, by year and by code, and nothing breaks by it."""
    _, number = world.register(HODAN)
    code = send(world, number)
    with world.database.transaction() as tx:
        tx.execute(update(people_table).values(key=bytes(64)))
    assert world.call(CLINIC, VerifyCertificate(number, 1990)) == Result("not_valid", {})
    assert world.call(CLINIC, CheckHolderCode(code)) == Result("not_valid", {})


def test_who_has_no_known_age_is_verified_by_the_code_alone(world: World) -> None:
    """Of people known on paper it may be unknown: no year is right then."""
    _, number = world.register(HODAN)
    with world.database.transaction() as tx:
        person = people.by_id(tx, 1)
        answers = people.record_of(world.vault, person)
        del answers["age"]
        people.rewrite(tx, world.vault, person, answers, person.status, world.now)
    assert world.call(CLINIC, VerifyCertificate(number, 1990)).outcome == "not_valid"
    assert world.call(CLINIC, CheckHolderCode(send(world, number))).values["given_name"] == "Hodan"


def test_a_phone_may_ask_so_often(world: World) -> None:
    """Whatever the numbers were; another provider's phone goes on, and a day later all is as before."""
    world.policy(holder_codes=HolderCodes(per_phone=3))
    _, number = world.register(HODAN)
    asked = [world.call(CLINIC, SendHolderCode(each)).outcome for each in (UNKNOWN, number, UNKNOWN, number)]
    assert asked == ["sent"] * 3 + ["too_many"]
    assert world.call(OTHER_CLINIC, SendHolderCode(number)) == SENT
    world.pass_time(hours=24, seconds=1)
    assert world.call(CLINIC, SendHolderCode(number)) == SENT


def test_only_providers_ask(world: World) -> None:
    """Anyone else sends nobody anything; a mistyped number is told apart, and counts as mistyped."""
    _, number = world.register(HODAN)
    assert world.call(ABEBE, SendHolderCode(number)).outcome == "not_a_provider"
    assert world.call(ABEBE, CheckHolderCode("123456")).outcome == "not_a_provider"
    assert world.call(CLINIC, SendHolderCode(UNKNOWN[:-1])).outcome == "mistyped"
    assert [row.outcome for row in world.rows(verifications)] == ["mistyped"]
    assert world.told(HODAN) == []


def test_it_helps_where_guessing_stopped_all_checks(world: World) -> None:
    """When too many are missed in all, the holder's code still answers."""
    world.policy(misses_all=1)
    _, number = world.register(HODAN)
    world.call(OTHER_CLINIC, VerifyCertificate(UNKNOWN, 1990))
    assert world.call(CLINIC, VerifyCertificate(number, 1990)).outcome == "holder_needed"
    assert world.call(CLINIC, CheckHolderCode(send(world, number))).outcome == "valid"


def test_sending_takes_as_long_for_no_number_as_for_one(world: World) -> None:
    """The time of the answer does not tell a number that does not exist from one that does."""
    world.policy(holder_codes=HolderCodes(per_phone=10_000, per_certificate=10_000))
    _, number = world.register(HODAN)
    times: dict[str, list[float]] = {number: [], UNKNOWN: []}
    for _ in range(25):
        for asked, taken in times.items():
            world.pass_time(seconds=1)
            begun = perf_counter()
            assert world.call(CLINIC, SendHolderCode(asked)) == SENT
            taken.append(perf_counter() - begun)
    assert abs(min(times[number]) - min(times[UNKNOWN])) < 0.005


# --- who checked me ---------------------------------------------------------------------------------------


def test_the_holder_sees_who_looked(world: World) -> None:
    """The newest five first, by neutral names and in local days, whatever was answered; nothing that reached nobody."""
    person, number = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    assert world.call(HODAN, WhoChecked(person, "2580")) == Result("none", {})
    world.call(CLINIC, VerifyCertificate(number, 1990))
    world.pass_time(days=1)
    world.call(OTHER_CLINIC, VerifyCertificate(number, 1950))
    world.call(OTHER_CLINIC, VerifyCertificate(UNKNOWN, 1990))
    world.call(OTHER_CLINIC, VerifyCertificate(number[:-1], 1990))
    world.pass_time(hours=13)  # the next day in Ethiopia, not yet in UTC
    assert world.call(CLINIC, CheckHolderCode(send(world, number))).outcome == "valid"
    shown = world.call(HODAN, WhoChecked(person, "2580"))
    assert shown.values == {"checks": "12/03 Centre One; 11/03 Centre Two; 10/03 Centre One"}
    for _ in range(5):
        world.call(OTHER_CLINIC, VerifyCertificate(number, 1990))
    shown = world.call(HODAN, WhoChecked(person, "2580"))
    assert shown.values == {"checks": "; ".join(["12/03 Centre Two"] * 5)}


def test_old_numbers_count_too(world: World) -> None:
    """A check of the number that was replaced is a check of the person."""
    person, number = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        path.replace(work, people.by_id(tx, 1), "staff:1", "lost")
    assert world.call(CLINIC, VerifyCertificate(number, 1990)).outcome == "replaced"
    assert world.call(HODAN, WhoChecked(person, "2580")).values == {"checks": "10/03 Centre One"}


def test_only_the_holder_sees_it(world: World) -> None:
    """A wrong PIN counts; a stranger with reference and PIN gets what anyone gets."""
    person, number = world.register(HODAN)
    assert world.call(HODAN, WhoChecked(person, "2580")).outcome == "no_pin"
    world.call(HODAN, ChoosePin(person, "2580"))
    world.call(CLINIC, VerifyCertificate(number, 1990))
    assert world.call(HODAN, WhoChecked(person, "1111")) == Result("wrong_pin", {"tries_left": 4})
    assert world.call(ABEBE, WhoChecked(person, "2580")) == Result("none", {})

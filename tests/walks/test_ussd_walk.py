"""USSD callers through the real door: drops, repeats, short cuts, and many at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from doors import Caller
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gateway.registry import certificate_number
from gateway.runtime import Runtime
from gateway.store.tables import certificates, inbox, people
from gateway.web.app import create_app

ANSWERS = (
    "1",
    "1",
    "1",
    "1",
    "Abdi Nur Ali",
    "Jijiga",
    "1",
    "1",
    "35",
    "1",
    "1",
    "05 2026",
    "2",
    "0",
    "1",
    "2",
    "1",
    "1",
)
"""From the first dial to the certificate, in English."""

NAMED = 4  # the place of the name among them


def _name(number: int) -> str:
    """Three words that are like nobody else's: two people who are alike wait for a review."""
    drawn = Random(number)
    syllables = ["".join(map(drawn.choice, ("bdgklmnrst", "aeiou"))) for _ in range(12)]
    return " ".join("".join(syllables[word : word + 4]).title() for word in (0, 4, 8))


def _count(runtime: Runtime, table: object) -> int:
    with runtime.database.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_dropped_caller_goes_on_where_they_were(client: FlaskClient) -> None:
    """Whatever screen a caller is cut off at, the next dial shows it again and nothing answered is lost."""
    caller = Caller(client, "+251911234567")
    screen = caller.dial()
    for answer in ANSWERS:
        again = caller.dial()
        assert again.split("\n")[-1] == screen.split("\n")[-1]
        screen = caller.say(answer)
    assert screen.startswith("END You are registered")


def test_a_repeated_hop_gets_the_same_bytes_and_changes_nothing(
    client: FlaskClient, runtime: Runtime
) -> None:
    """A hop that the carrier sends again is answered with the bytes of before."""
    caller = Caller(client, "+251911234567")
    assert caller.dial() == caller.post()
    for answer in ANSWERS:
        assert caller.say(answer) == caller.post()
    assert _count(runtime, people) == _count(runtime, certificates) == 1
    assert _count(runtime, inbox) == 1 + len(ANSWERS)


def test_a_late_hop_shows_the_current_screen(client: FlaskClient) -> None:
    """A text that is not a continuation of the one answered last changes nothing."""
    caller = Caller(client, "+251911234567")
    caller.dial()
    screen = caller.say("1")
    assert caller.post(text="") == screen
    assert caller.post(text="3*1*1") == screen
    assert "certificate" in screen


def test_a_dialled_short_cut_stops_before_anything_happens(client: FlaskClient, runtime: Runtime) -> None:
    """Segments walk through menus, and stop at the first screen whose answer would be kept."""
    caller = Caller(client, "+251911234567")
    caller.dial()
    caller.say("1")
    shown = caller.dial("1*1*Abdi")
    assert "agree" in shown.lower()
    assert _count(runtime, people) == 0


def test_a_session_id_belongs_to_one_phone(client: FlaskClient) -> None:
    """A hop that names another's session reads nothing of it, and its dialogue ends."""
    caller = Caller(client, "+251911234567")
    caller.dial()
    caller.say("1")
    assert caller.post(phoneNumber="+251922345678").startswith("END ")
    assert caller.post(serviceCode="*999#").startswith("END ")
    assert caller.post().startswith("CON Main menu")


@pytest.mark.slow
def test_two_hundred_register_at_once(runtime: Runtime) -> None:
    """Two hundred callers, each hop sent twice: as many people and valid certificates, no number twice."""
    app = create_app(runtime)

    def register(number: int) -> str:
        caller = Caller(app.test_client(), f"+2519{number:08d}")
        screens = [(caller.dial(), caller.post())]
        answers = (*ANSWERS[:NAMED], _name(number), *ANSWERS[NAMED + 1 :])
        screens += [(caller.say(answer), caller.post()) for answer in answers]
        assert all(first == second for first, second in screens)
        return screens[-1][0]

    with ThreadPoolExecutor(16) as phones:
        last = list(phones.map(register, range(22_000_000, 22_000_200)))
    app.extensions["simulator"].close()
    found = [re.search(r"number is ([\d ]+)\.", screen) for screen in last]
    numbers = {certificate_number.read(each[1]) for each in found if each}
    assert len(numbers) == 200
    assert all(number and certificate_number.check(number) for number in numbers)
    assert _count(runtime, people) == _count(runtime, certificates) == 200

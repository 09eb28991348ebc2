"""PINs: what they open, and what a guesser gets."""

from __future__ import annotations

import pytest

from gateway.commands import ChoosePin, HasPin, ShowCertificate
from gateway.store.tables import pin_misses, pins
from gateway.vault import Vault

from .conftest import ABEBE, CHAT, HODAN, World


class CountingVault(Vault):
    """Counts how often a PIN was hashed."""

    hashed = 0

    def check_pin(self, person: int, pin: str, stored: str) -> bool:
        self.hashed += 1
        return super().check_pin(person, pin, stored)


def test_the_pin_opens_the_certificate(world: World) -> None:
    """Chosen once, it shows the number, its status and last month."""
    person, number = world.register(HODAN)
    assert world.call(HODAN, HasPin(person)).outcome == "no"
    assert world.call(HODAN, ShowCertificate(person, "2580")).outcome == "no_pin"
    assert world.call(HODAN, ChoosePin(person, "2580")).outcome == "chosen"
    assert world.call(HODAN, HasPin(person)).outcome == "yes"
    shown = world.call(HODAN, ShowCertificate(person, "2580"))
    assert shown.values == {"certificate_number": number, "status": "active", "valid_to": "2028-03"}
    assert "2580" not in world.rows(pins)[0].hash


@pytest.mark.parametrize("pin", ["0000", "1234", "1212", "12", "25801"])
def test_weak_pins_are_refused(world: World, pin: str) -> None:
    """The first that anyone tries cannot be chosen."""
    person, _ = world.register(HODAN)
    assert world.call(HODAN, ChoosePin(person, pin)).outcome == "weak"
    assert world.rows(pins) == []


def test_a_pin_is_chosen_once(world: World) -> None:
    """A second choice changes nothing."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    assert world.call(HODAN, ChoosePin(person, "9173")).outcome == "exists"
    assert world.call(HODAN, ShowCertificate(person, "2580")).outcome == "shown"


def test_five_wrong_tries_lock_for_a_day(world: World) -> None:
    """Then even the right PIN does not open, nothing is hashed any more, and a day later all is as before."""
    world.vault = counting = CountingVault((bytes(range(32)),))
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    answers = [world.call(HODAN, ShowCertificate(person, "1111")) for _ in range(5)]
    assert [answer.values.get("tries_left", 0) for answer in answers] == [4, 3, 2, 1, 0]
    assert answers[-1].outcome == "locked"
    for pin in ("2580", "1111"):
        assert world.call(HODAN, ShowCertificate(person, pin)).outcome == "locked"
    assert counting.hashed == 5
    assert len(world.rows(pin_misses)) == 5
    world.pass_time(hours=24, seconds=1)
    assert world.call(HODAN, ShowCertificate(person, "2580")).outcome == "shown"


def test_nothing_is_learnt_of_a_person_elsewhere(world: World) -> None:
    """Another conversation that knows the reference gets what anyone gets, and counts against nobody."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, "2580"))
    for stranger in (ABEBE, CHAT):
        assert world.call(stranger, HasPin(person)).outcome == "no"
        assert world.call(stranger, ShowCertificate(person, "2580")).outcome == "none"
        assert world.call(stranger, ChoosePin(person, "9173")).outcome == "exists"
    assert world.rows(pin_misses) == []

"""A number that was given to somebody new, through the real doors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from town import Town

from gateway.store.tables import addresses

PHONE = "+251911234599"
NAME, PIN = "Zzyzx Qanaaryeed", "2580"


@pytest.fixture
def silent(town: Town) -> Town:
    """Somebody registered, chose a PIN, asked for help, left a question open, and was not heard for long."""
    town.registers(PHONE, name=NAME)
    caller = town.caller(PHONE)
    caller.dial()
    caller.say("2")
    caller.say(PIN)
    caller.say(PIN)
    caller.say("1")  # the card is not lost
    town.asks_for_health(PHONE)
    town.texter(PHONE).writes("REG", "1", "1", NAME)
    with town.runtime.database.transaction() as tx:
        long_ago = town.runtime.now() - timedelta(days=91)
        tx.execute(update(addresses).values(seen_at=long_ago))
    return town


def test_a_recycled_number(silent: Town) -> None:
    """Dialled, or texted with any word: no name, no request, no question of before; who is new says so and goes on."""
    caller, texter = silent.caller(PHONE), silent.texter(PHONE)
    screens = [caller.dial(), caller.say("1")]  # the language is asked anew
    silent.said(screens[-1], "prove/before", channel="ussd")
    screens += [texter.write(word) for word in ("STATUS", "WITHDRAW", "CERTIFICATE", "MYDATA", "SERVICES")]
    screens += [texter.write("menu"), texter.write("2")]
    silent.said(screens[-1], "main/menu")
    screens += [texter.write("REG"), texter.write("1")]
    assert not [screen for screen in screens if "Zzyzx" in screen or "Z Q" in screen]
    silent.said(screens[2], "status/nothing")
    silent.said(caller.dial(), "registration/relation", channel="ussd")


def test_the_same_person_again(silent: Town) -> None:
    """The PIN leads back to the question that was left open; the phone is doubted no more."""
    caller = silent.caller(PHONE)
    caller.dial()
    caller.say("1")
    caller.say("1")
    silent.said(caller.say(PIN), "registration/area", channel="ussd")
    silent.said(silent.texter(PHONE).write("STATUS"), "status/sent")
    assert silent.count(addresses, former_id=None) == silent.count(addresses)

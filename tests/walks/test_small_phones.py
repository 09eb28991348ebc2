"""Networks whose phones draw Latin letters only, and what is counted of the questions that people were led to."""

from __future__ import annotations

from collections.abc import Callable

from doors import Caller
from sqlalchemy import select
from town import Town

from gateway.catalogue.files import Bundle
from gateway.store.tables import inbox
from gateway.text import gsm7

LATIN = '\n  "63699": {septets: 160, ucs2: 70, idle_seconds: 30, session_seconds: 180, scripts: [Latn]}'


def test_amharic_in_latin_letters(town: Town, edited: Callable[..., Bundle]) -> None:
    """On such a network an Amharic speaker reads romanised screens; on another the same dialogue is Ethiopic again."""
    runtime = town.runtime
    bundle = edited("policies/et.yaml", "networks:", f"networks:{LATIN}")
    runtime.catalogue.publish(bundle, "tests", "", runtime.now())
    phone = Caller(town.client, "+251911000301")
    phone.dial()
    phone.say("አማርኛ")
    phone.typed.append("1")
    latin = phone.post(networkCode="63699")
    assert gsm7.septets(latin) is not None
    phone.dial()
    assert gsm7.septets(phone.post()) is None


def test_each_message_says_where_it_led(town: Town) -> None:
    """The inbox holds the question that each message led to, by name: nothing of an answer."""
    phone = Caller(town.client, "+251911000302")
    phone.dial()
    phone.say("1")
    with town.runtime.database.reading() as tx:
        asked = list(tx.execute(select(inbox.c.asked).order_by(inbox.c.id)).scalars())
    assert asked == ["language.pick", "main.menu"]

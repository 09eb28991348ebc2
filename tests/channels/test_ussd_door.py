"""The USSD door: what a hop means, and what a caller reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed, StoreUnavailable
from gateway.messages import Address, AddressKind, Choice, DialogueEnd, Opening, Prompt
from gateway.text import gsm7
from gateway.text.screens import Profile
from gateway.ussd.africastalking import AfricasTalkingUSSD
from gateway.ussd.render import render
from gateway.web.app import create_app

SCREEN = Profile(prefix=4)


def test_a_hop_is_read(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """Every field of a hop has its place."""
    addresses["ussd"].post(client)
    [hop] = intake.handed
    assert hop.address == Address(AddressKind.PHONE, "+251911000001")
    assert (hop.text, hop.transport, hop.service, hop.network) == ("1*2", "ATUid_0a", "*384*1", "63601")
    assert hop.opening is Opening.ANSWER


def test_an_empty_text_is_a_new_dialogue(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """The first hop carries no input."""
    addresses["ussd"].post(client, addresses["ussd"].good.replace(b"text=1%2A2", b"text="))
    assert intake.handed[0].opening is Opening.DIALLED


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (b"1%2A2", b"1%2A2", True),
        (b"%2A384%2A1%23", b"%2A384%2A1", True),
        (b"1%2A2", b"1%2A2%2A3", False),
        (b"ATUid_0a", b"ATUid_0b", False),
        (b"251911000001", b"251911000002", False),
        (b"%2A384%2A1%23", b"%2A384%2A2%23", False),
    ],
    ids=["repeat", "without #", "further text", "other session", "other phone", "other service"],
)
def test_what_makes_a_hop_itself(
    addresses: Any, client: FlaskClient, intake: Any, old: bytes, new: bytes, same: bool
) -> None:
    """A hop has no id: session, phone, service and whole text together are it, and nothing less."""
    good = addresses["ussd"].good
    assert old in good
    addresses["ussd"].post(client)
    addresses["ussd"].post(client, good.replace(old, new))
    first, second = intake.handed
    assert (first.provider_id == second.provider_id) is same


def test_the_reply_is_sent_to_the_letter(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """Nothing stands before CON or END, and nothing is added."""
    intake.screen = "CON ሰላም\n1 አዎ"
    reply = addresses["ussd"].post(client)
    assert reply.data == "CON ሰላም\n1 አዎ".encode()
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "screen", ["", "Hello", " CON x", "\ufeffCON x", "CON", "CON \ud800"],
    ids=["empty", "bare", "white space", "BOM", "no space", "lone surrogate"],
)  # fmt: skip
def test_what_is_no_screen_is_not_sent(addresses: Any, client: FlaskClient, intake: Any, screen: str) -> None:
    """A reply that would kill the caller's dialogue is replaced by last words."""
    intake.screen = screen
    assert addresses["ussd"].post(client).text.startswith("END Hadda")


@pytest.mark.parametrize(
    "error", [StoreUnavailable("x"), Malformed("x"), KeyError("x")], ids=["down", "odd", "bug"]
)
def test_last_words_are_the_countrys(
    addresses: Any, client: FlaskClient, intake: Any, catalogue: Any, error: Exception
) -> None:
    """They are published words in the policy's first language, and still known when the database is down."""
    catalogue.down = True
    intake.fails = error
    assert addresses["ussd"].post(client).text == "END Hadda ma jawaabi karno."


def test_last_words_without_any_database(addresses: Any, runtime: Any, intake: Any, catalogue: Any) -> None:
    """A process that never saw what is published has words too, and learns the published ones."""
    catalogue.down = True
    client = create_app(runtime, intake).test_client()
    intake.fails = StoreUnavailable("down")
    assert (
        addresses["ussd"].post(client).text == "END We cannot answer now. Please try again in a few minutes."
    )
    catalogue.down, intake.fails = False, None
    addresses["ussd"].post(client)
    intake.fails = StoreUnavailable("down")
    assert addresses["ussd"].post(client).text == "END Hadda ma jawaabi karno."


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (
            b"sessionId=s1&status=Incomplete&date=2026-01-02+03%3A04%3A05&cost=KES+0.10&input=1%2A2",
            DialogueEnd("africastalking", "s1", "Incomplete", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ),
        (
            b"sessionId=s1&status=Success&date=2026-01-02T03%3A04%3A05Z",
            DialogueEnd("africastalking", "s1", "Success", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ),
        (b"sessionId=s1&date=soon", DialogueEnd("africastalking", "s1", "", None)),
    ],
    ids=["full", "other date form", "fields missing"],
)
def test_the_end_of_a_dialogue(
    addresses: Any, client: FlaskClient, intake: Any, body: bytes, end: DialogueEnd
) -> None:
    """Fields may be missing, dates have two forms, costs any."""
    assert addresses["ussd-events"].post(client, body).status_code == 200
    assert intake.handed == [end]


texts = st.text("abc ሰላ€'1", max_size=400)


@settings(max_examples=150, deadline=None)
@given(
    text=texts, labels=st.lists(texts.filter(bool), max_size=9), page=st.integers(0, 9), closes=st.booleans()
)
def test_every_screen_fits_with_its_prefix(text: str, labels: list[str], page: int, closes: bool) -> None:
    """160 septets or 70 UCS-2 units hold a screen, CON or END included; and END is said only at the end."""
    choices = tuple(Choice(str(n), label, str(n)) for n, label in enumerate(labels, 1))
    prompt = Prompt(text, "so", choices, back="Dib", more="Ka badan", page=page, closes=closes)
    shown = render(prompt, SCREEN)
    septets = gsm7.septets(shown.body)
    assert len(shown.body) <= 70 if septets is None else septets <= 160
    assert shown.body.startswith("END " if closes and page >= shown.pages - 1 else "CON ")


def test_limits_are_the_networks() -> None:
    """A network that shows less gets smaller pages."""
    limits = {"63601": Profile(prefix=4, septets=40)}
    channel = AfricasTalkingUSSD(("t" * 22,), lambda network: limits.get(network, SCREEN))
    prompt = Prompt("one two three four five six seven eight nine ten", "en", more="More")
    assert channel.render(prompt).pages == 1
    assert channel.render(prompt, "63601").pages == 2

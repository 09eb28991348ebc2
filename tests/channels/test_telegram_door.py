"""The Telegram door: what an update means, and how a prompt becomes a message with buttons."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.messages import Address, AddressKind, Choice, Opening, Prompt
from gateway.telegram.render import render

CHAT = {"from": {"id": 42}, "chat": {"id": 42, "type": "private"}}
PHONE = Address(AddressKind.PHONE, "+251911000001")


def read(addresses: Any, client: FlaskClient, intake: Any, **update: Any) -> Any:
    """What the door made of an update."""
    body = json.dumps({"update_id": 7, **update}).encode()
    assert addresses["telegram"].post(client, body).status_code == 200
    [inbound] = intake.handed
    return inbound


@pytest.mark.parametrize(
    ("typed", "opening", "text"),
    [
        ("hello", Opening.ANSWER, "hello"),
        ("/start", Opening.DIALLED, ""),
        ("/start ref_9-A", Opening.LINK, "ref_9-A"),
        ("/start " + "a" * 64, Opening.LINK, "a" * 64),
        ("/start " + "a" * 65, Opening.ANSWER, "/start " + "a" * 65),
        ("/start {{7*7}}", Opening.ANSWER, "/start {{7*7}}"),
        ("/starting", Opening.ANSWER, "/starting"),
        ("STOP", Opening.ANSWER, "STOP"),
    ],
)
def test_texts(
    addresses: Any, client: FlaskClient, intake: Any, typed: str, opening: Opening, text: str
) -> None:
    """A text is an answer; the start button opens, and a deep link brings its payload."""
    inbound = read(addresses, client, intake, message={**CHAT, "text": typed})
    assert (inbound.opening, inbound.text) == (opening, text)
    assert inbound.address == Address(AddressKind.TELEGRAM, "42")
    assert (inbound.provider_id, inbound.transport, inbound.contact) == ("7", "", None)


@pytest.mark.parametrize(
    ("data", "opening", "text", "mark"),
    [
        ("0a1b2c3d:3", Opening.ANSWER, "3", "0a1b2c3d"),
        ("ACCEPT 482135", Opening.PRESSED, "ACCEPT 482135", ""),
    ],
    ids=["of a prompt", "of a notice"],
)
def test_a_pressed_button(
    addresses: Any, client: FlaskClient, intake: Any, data: str, opening: Opening, text: str, mark: str
) -> None:
    """Its data is a prompt's mark and key, or the words of a notice; the query is to be acknowledged."""
    query = {"id": "900", "from": {"id": 42}, "data": data, "message": {"chat": CHAT["chat"]}}
    inbound = read(addresses, client, intake, callback_query=query)
    assert (inbound.opening, inbound.text, inbound.mark) == (opening, text, mark)
    assert (inbound.transport, inbound.provider_id) == ("900", "7")
    assert inbound.address == Address(AddressKind.TELEGRAM, "42")


@pytest.mark.parametrize(
    ("contact", "bound"),
    [
        ({"user_id": 42, "phone_number": "251911000001"}, PHONE),
        ({"user_id": 42, "phone_number": "+251911000001"}, PHONE),
        ({"user_id": 42, "phone_number": "+251 911-000 001"}, PHONE),
        ({"user_id": 43, "phone_number": "251911000001"}, None),
        ({"user_id": "42", "phone_number": "251911000001"}, None),
        ({"phone_number": "251911000001"}, None),
        ({"user_id": None, "phone_number": "251911000001"}, None),
        ({"user_id": 42, "phone_number": "0911000001"}, None),
        ({"user_id": 42, "phone_number": "+251911XXXYYY"}, None),
        ({"user_id": 42}, None),
    ],
    ids=[
        "no plus", "plus", "grouped", "another's", "id of text", "no id", "id null", "national", "letters", "no phone",
    ],
)  # fmt: skip
def test_contacts(
    addresses: Any, client: FlaskClient, intake: Any, contact: Any, bound: Address | None
) -> None:
    """A phone is bound only where Telegram says that it is the sender's own."""
    inbound = read(addresses, client, intake, message={**CHAT, "contact": contact})
    assert (inbound.opening, inbound.contact, inbound.text) == (Opening.CONTACT, bound, "")


def test_a_captioned_picture(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """Its caption is what was said."""
    assert (
        read(addresses, client, intake, message={**CHAT, "photo": [], "caption": "STATUS"}).text == "STATUS"
    )


def test_another_bots_address_is_none(client: FlaskClient) -> None:
    """Only our own bot's name is an address."""
    assert client.post("/telegram/other", json={}).status_code == 404


CHOICES = (Choice("1", "Yes", "yes"), Choice("2", "No", "no"))


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        (Prompt("Agree?", "en", CHOICES), ["1", "2"]),
        (Prompt("Agree?", "en", CHOICES, back="Back", more="More"), ["1", "2", "0"]),
        (Prompt("Children?", "en", back="Back", zero_is_answer=True), ["99"]),
        (Prompt("a " * 3000, "en", CHOICES, back="Back", more="More"), ["9", "0"]),
        (Prompt("a " * 3000, "en", CHOICES, back="Back", more="More", page=1), ["1", "2", "0"]),
        (Prompt("a " * 3000, "en", CHOICES, page=99), ["1", "2"]),
        (Prompt("a " * 3000, "en"), ["9"]),
    ],
    ids=[
        "options",
        "back",
        "zero is an answer",
        "first of two",
        "second of two",
        "past the last",
        "more unnamed",
    ],
)
def test_buttons(prompt: Prompt, keys: list[str]) -> None:
    """Every way on has a button that sends the key a keypad would; no button is blank, no text too long."""
    shown = render(prompt)
    assert [button.key for button in shown.buttons] == keys
    assert all(button.label for button in shown.buttons)
    assert len(shown.body) <= 4096


def test_astral_text_is_measured_as_telegram_does() -> None:
    """4096 UTF-16 units hold every page."""
    shown = render(Prompt("😀" * 3000, "en"))
    assert len(shown.body.encode("utf-16-le")) // 2 <= 4096
    assert shown.pages == 2


def test_the_contact_button() -> None:
    """It is offered where the conversation wants a phone, and only there."""
    wanted = Prompt("Your phone?", "en", wants_contact=True, contact_label="Share my phone number")
    assert render(wanted).contact_label == "Share my phone number"
    assert render(Prompt("Hi", "en", contact_label="Share my phone number")).contact_label == ""


def test_the_web_process_does_not_carry_the_sending_library() -> None:
    """Receiving costs none of the megabytes that sending does."""
    heavy = {"telegram", "httpx", "africastalking", "phonenumbers"}
    code = f"import sys, gateway.wsgi; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"

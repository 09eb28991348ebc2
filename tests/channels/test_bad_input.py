"""What strangers, phones and carriers send that nobody planned for: the answer to each, and where it is kept.

`taken` was handed on, `kept` was quarantined raw. A caller reads a screen in every case.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOP = {
    "sessionId": "ATUid_0a",
    "phoneNumber": "+251911000001",
    "networkCode": "63601",
    "serviceCode": "*384*1#",
    "text": "1*2",
}
SMS = {"id": "m1", "from": "+251911000001", "to": "8384", "text": "REG"}
DEEP = b'{"update_id":1,"message":' + b'{"a":' * 5000 + b"1" + b"}" * 5001


def hop(**changed: str | None) -> bytes:
    """A hop with fields changed, or left out by None."""
    return urlencode({name: value for name, value in (HOP | changed).items() if value is not None}).encode()


def sms(**changed: str | None) -> bytes:
    """A message with fields changed, or left out by None; `from_` is `from`."""
    fields = SMS | {name.rstrip("_"): value for name, value in changed.items()}
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def raw(text: bytes, post: bytes) -> bytes:
    """A post with its text replaced by raw bytes."""
    return post.rpartition(b"text=")[0] + b"text=" + text


def told(changes: dict[str, Any] | None = None, **update: Any) -> bytes:
    """A Telegram update with a private message, changed."""
    message = {"from": {"id": 42}, "chat": {"id": 42, "type": "private"}, "text": "hi"} | (changes or {})
    return json.dumps({"update_id": 7, "message": message} | update).encode()


LONE = "\ud83d"
GROUP = {"chat": {"id": -5, "type": "group"}}

FORMS = [
    ("empty", b"", b"", "kept"),
    ("not a form", b'{"text": "1"}', b'{"text": "1"}', "kept"),
    ("raw invalid utf-8", raw(b"caf\xe9", hop()), raw(b"caf\xe9", sms()), "kept"),
    ("encoded invalid utf-8", raw(b"caf%E9", hop()), raw(b"caf%E9", sms()), "kept"),
    ("overlong utf-8", raw(b"%C0%AF", hop()), raw(b"%C0%AF", sms()), "kept"),
    ("raw valid utf-8", raw("ሰላም".encode(), hop()), raw("ሰላም".encode(), sms()), "taken"),
    ("percent at the end", raw(b"100%", hop()), raw(b"100%", sms()), "taken"),
    ("NUL", raw(b"a%00b", hop()), raw(b"a%00b", sms()), "taken"),
    ("lone surrogate", raw(b"a%ED%A0%BDb", hop()), raw(b"a%ED%A0%BDb", sms()), "taken"),
    ("emoji", hop(text="😀"), sms(text="😀"), "taken"),
    (
        "emoji as two surrogates",
        raw(b"%ED%A0%BD%ED%B8%80", hop()),
        raw(b"%ED%A0%BD%ED%B8%80", sms()),
        "taken",
    ),
    ("no text field", hop(text=None), sms(text=None), "kept"),
    ("no id", hop(sessionId=None), sms(id=None), "kept"),
    ("empty id", hop(sessionId=""), sms(id=""), "kept"),
    ("no sender", hop(phoneNumber=None), sms(from_=None), "kept"),
    ("empty sender", hop(phoneNumber=""), sms(from_=""), "kept"),
    ("empty text", hop(text=""), sms(text=""), "taken"),
    ("text too long", hop(text="1" * 9000), sms(text="1" * 9000), "kept"),
    ("id too long", hop(sessionId="1" * 200), sms(id="1" * 200), "kept"),
    ("same field twice", hop() + b"&text=1%2A2", sms() + b"&text=REG", "taken"),
    ("two values of a field", hop() + b"&text=9", sms() + b"&text=9", "kept"),
    ("a thousand fields", hop() + b"&a=1" * 1000, sms() + b"&a=1" * 1000, "kept"),
    ("unknown fields", hop() + b"&new=1", sms() + b"&new=1", "taken"),
    ("unknown network", hop(networkCode="00000"), sms(networkCode="00000"), "taken"),
    ("network of letters", hop(networkCode="Somtel"), sms(networkCode="Somtel"), "taken"),
    ("no network", hop(networkCode=None), sms(networkCode=None), "taken"),
    ("raw plus in the phone", hop().replace(b"%2B", b"+"), sms().replace(b"%2B", b"+"), "taken"),
    ("letters in the phone", hop(phoneNumber="+254711XXXYYY"), sms(from_="+254711XXXYYY"), "kept|taken"),
    ("alphanumeric sender", hop(phoneNumber="MTN"), sms(from_="MTN"), "kept|taken"),
    ("short code as sender", hop(phoneNumber="8384"), sms(from_="8384"), "kept|taken"),
    (
        "Arabic digits in the phone",
        hop(phoneNumber="+٢٥١٩١١٠٠٠٠٠١"),
        sms(from_="+٢٥١٩١١٠٠٠٠٠١"),
        "kept|taken",
    ),
    ("no service code", hop(serviceCode=None), sms(to=None), "kept|taken"),
]

UPDATES = [
    ("empty", b"", 400, "kept"),
    ("not JSON", b"update_id=7", 400, "kept"),
    ("cut off", told()[:-1], 400, "kept"),
    ("NaN", b'{"update_id": NaN}', 400, "kept"),
    ("Infinity", b'{"update_id": 1, "x": -Infinity}', 400, "kept"),
    ("deep", DEEP, 400, "kept"),
    ("number of 5,000 digits", b'{"update_id": ' + b"9" * 5000 + b"}", 400, "kept"),
    ("raw invalid utf-8", told().replace(b"hi", b"\xe9"), 200, "kept"),
    ("list", b"[1]", 200, "kept"),
    ("null", b"null", 200, "kept"),
    ("no update_id", b'{"message": {}}', 200, "kept"),
    ("update_id of text", told(update_id="7"), 200, "kept"),
    ("update_id true", told(update_id=True), 200, "kept"),
    ("update_id past any integer column", told(update_id=2**70), 200, "kept"),
    ("message a text", told(message="hi"), 200, "kept"),
    ("message null", told(message=None), 200, "kept"),
    ("no chat", told({"chat": None}), 200, "kept"),
    ("chat id of text", told({"chat": {"id": "42", "type": "private"}}), 200, "kept"),
    ("text a number", told({"text": 5}), 200, "kept"),
    ("text too long", told({"text": "a" * 5000}), 200, "kept"),
    ("group", told(GROUP), 200, "kept"),
    ("edited message", b'{"update_id": 7, "edited_message": {}}', 200, "kept"),
    ("unknown kind", b'{"update_id": 7, "mood_change": {"mood": 3}}', 200, "kept"),
    ("my_chat_member", b'{"update_id": 7, "my_chat_member": {}}', 200, "kept"),
    (
        "pressed without a message",
        b'{"update_id": 7, "callback_query": {"id": "1", "data": "1"}}',
        200,
        "kept",
    ),
    ("contact a text", told({"contact": "0911"}), 200, "kept"),
    ("contact of nobody", told({"contact": {"phone_number": "251911000001"}}), 200, "taken"),
    ("NUL", told({"text": "a\0b"}), 200, "taken"),
    ("lone surrogate", told({"text": f"a{LONE}b"}), 200, "taken"),
    ("emoji", told({"text": "😀"}), 200, "taken"),
    ("picture", told({"text": "", "photo": []}), 200, "taken"),
    ("unknown fields", told({"aura": "blue"}, new=1), 200, "taken"),
]


def assert_where(where: str, body: bytes, intake: Any) -> None:
    """Nothing is lost: it was handed on, or kept byte for byte."""
    handed, kept = len(intake.handed), [each[2] for each in intake.quarantined]
    assert (handed, kept) == ((1, []) if where == "taken" else (0, [body]))


@pytest.mark.parametrize(
    ("body", "where"), [(h, w.split("|")[0]) for _, h, _, w in FORMS], ids=[f[0] for f in FORMS]
)
def test_hop(addresses: Any, client: FlaskClient, intake: Any, body: bytes, where: str) -> None:
    """A caller always reads a screen."""
    reply = addresses["ussd"].post(client, body)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.data.startswith(b"CON " if where == "taken" else b"END ")
    assert_where(where, body, intake)


@pytest.mark.parametrize(
    ("body", "where"), [(s, w.split("|")[-1]) for _, _, s, w in FORMS], ids=[f[0] for f in FORMS]
)
def test_sms(addresses: Any, client: FlaskClient, intake: Any, body: bytes, where: str) -> None:
    """A carrier always reads 200: anything else makes it repeat for twelve hours."""
    reply = addresses["sms"].post(client, body)
    assert (reply.status_code, reply.data) == (200, b"")
    assert_where(where, body, intake)


@pytest.mark.parametrize(("body", "status", "where"), [u[1:] for u in UPDATES], ids=[u[0] for u in UPDATES])
def test_update(
    addresses: Any, client: FlaskClient, intake: Any, body: bytes, status: int, where: str
) -> None:
    """Telegram reads 200 for every update, and 400 for what is none."""
    reply = addresses["telegram"].post(client, body)
    assert (reply.status_code, reply.data) == (status, b"")
    assert_where(where, body, intake)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (b"a%00b%ED%A0%BDc", "abc"),
        (b"%ED%A0%BD%ED%B8%80", "😀"),
        (quote_plus("😀").encode(), "😀"),
        (b"a+b%2Bc", "a b+c"),
        (b"a%zz%", "a%zz%"),
        (b"a=b", "a=b"),
    ],
    ids=["unstorable", "two surrogates", "emoji", "plus", "stray percent", "equals sign"],
)
def test_forms_are_read_to_the_letter(
    addresses: Any, client: FlaskClient, intake: Any, typed: bytes, read: str
) -> None:
    """What a person typed arrives, without what no database takes."""
    addresses["sms"].post(client, raw(typed, sms()))
    assert intake.handed[0].text == read


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda junk: raw(junk, hop()))))
def test_any_bytes_get_an_answer(address: Any, client: FlaskClient, intake: Any, body: bytes) -> None:
    """No body whatever is a server error, or is neither handed on nor kept."""
    intake.handed.clear()
    intake.quarantined.clear()
    reply = address.post(client, body)
    assert reply.status_code in ((200, 400) if address.is_json else (200,))
    assert len(intake.handed) + len(intake.quarantined) == 1
    if address.is_hop:
        assert reply.data.startswith((b"CON ", b"END "))

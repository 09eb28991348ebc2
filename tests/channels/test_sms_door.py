"""The SMS door: messages, delivery reports, opt-outs, and how a prompt becomes a text message."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.messages import Address, AddressKind, Choice, DeliveryState, OptOut, Prompt
from gateway.sms.render import render


@pytest.mark.parametrize(
    ("sender", "kind", "value"),
    [
        (b"%2B251911000001", AddressKind.PHONE, "+251911000001"),
        (b"+251911000001", AddressKind.PHONE, "+251911000001"),
        (b"MTN", AddressKind.SENDER, "MTN"),
        (b"8384", AddressKind.SENDER, "8384"),
        (b"Ethio+Tel", AddressKind.SENDER, "Ethio Tel"),
        (b"%2B0000", AddressKind.SENDER, "+0000"),
        (b"%2B251911000001%0A", AddressKind.SENDER, "+251911000001"),
    ],
    ids=["phone", "raw plus", "letters", "short code", "two words", "no phone", "trailing newline"],
)
def test_senders(
    addresses: Any, client: FlaskClient, intake: Any, sender: bytes, kind: AddressKind, value: str
) -> None:
    """Whoever sends is received; only a phone is somebody to converse with."""
    addresses["sms"].post(client, b"id=m1&to=8384&text=REG&networkCode=63601&from=" + sender)
    [message] = intake.handed
    assert message.address == Address(kind, value)
    assert (message.text, message.provider_id, message.service, message.network) == (
        "REG",
        "m1",
        "8384",
        "63601",
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Sent", DeliveryState.PENDING),
        ("Submitted", DeliveryState.PENDING),
        ("Buffered", DeliveryState.PENDING),
        ("Success", DeliveryState.DELIVERED),
        ("success", DeliveryState.DELIVERED),
        ("Failed", DeliveryState.FAILED),
        ("Rejected", DeliveryState.FAILED),
        ("Expired", DeliveryState.FAILED),
        ("AbsentSubscriber", DeliveryState.FAILED),
        ("Teleported", DeliveryState.UNRECOGNISED),
        ("", DeliveryState.UNRECOGNISED),
    ],
)
def test_statuses(
    addresses: Any, client: FlaskClient, intake: Any, status: str, state: DeliveryState
) -> None:
    """Each word of the carrier has one of ours; a word that nobody documents is stored all the same."""
    body = f"id=ATXid_1&status={status}&phoneNumber=%2B251911000001&failureReason=UserInBlackList".encode()
    assert addresses["sms-reports"].post(client, body).status_code == 200
    [report] = intake.handed
    assert (report.message_id, report.status, report.state) == ("ATXid_1", status, state)
    assert (report.address, report.reason) == (Address(AddressKind.PHONE, "+251911000001"), "UserInBlackList")


def test_a_report_without_a_phone(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """Id and status are enough."""
    addresses["sms-reports"].post(client, b"id=ATXid_1&status=Sent&phoneNumber=MTN")
    assert intake.handed[0].address is None


def test_ranks(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """Reports come out of order: a final word outranks an interim one, delivery outranks all, the unknown none."""
    for status in ("Teleported", "Sent", "Submitted", "Buffered", "Failed", "Success"):
        addresses["sms-reports"].post(client, f"id=ATXid_1&status={status}".encode())
    ranks = [report.rank for report in intake.handed]
    assert ranks == sorted(set(ranks))


def test_an_opt_out(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """A phone and the sender that it wants no more of."""
    addresses["sms-optouts"].post(client)
    assert intake.handed == [OptOut("africastalking", Address(AddressKind.PHONE, "+251911000001"), "8384")]


def test_a_prompt_as_a_message() -> None:
    """The whole text with its numbered options, however long: nobody pages through a text message."""
    choices = tuple(Choice(str(n), f"Need {n}", str(n)) for n in range(1, 10))
    shown = render(
        Prompt("What do you need?" + " Please choose." * 30, "en", choices, back="Back", more="More", page=3)
    )
    lines = shown.body.split("\n")
    assert lines[1:] == [f"{n} Need {n}" for n in range(1, 10)] + ["0 Back"]
    assert (shown.pages, shown.buttons) == (1, ())

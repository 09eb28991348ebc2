"""The real client libraries against a carrier that misbehaves in every way we know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.carriers import wire as wires
from gateway.carriers.africastalking_client import AfricasTalkingClient
from gateway.carriers.telegram_client import TelegramClient
from gateway.carriers.wire import Wire
from gateway.errors import SendError
from gateway.messages import Address, AddressKind, ChannelName, Choice, Outbound
from gateway.sms.sender import AfricasTalkingSender
from gateway.telegram.sender import TelegramSender, cut, keyboard

NUMBER = "+251911000001"
TOKEN = "123456:a-bot-token-nobody-may-see"


@pytest.fixture
def line() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


@pytest.fixture
def sms(carrier: Any, line: Wire) -> AfricasTalkingSender:
    return AfricasTalkingSender(AfricasTalkingClient("us", "key", carrier.url, line), "8008")


@pytest.fixture
def chat(carrier: Any, line: Wire) -> TelegramSender:
    return TelegramSender(TelegramClient(TOKEN, carrier.url, line))


def text_message(number: str = NUMBER, kind: AddressKind = AddressKind.PHONE) -> Outbound:
    return Outbound(ChannelName.SMS, Address(kind, number), "hello", reference="1")


def chat_message(**more: Any) -> Outbound:
    return Outbound(ChannelName.TELEGRAM, Address(AddressKind.TELEGRAM, "77"), "hello", **more)


@pytest.mark.parametrize("mode", ["accept", "charset"], ids=["plain JSON", "content type with a charset"])
def test_an_accepted_sms_returns_the_carriers_id(carrier: Any, sms: AfricasTalkingSender, mode: str) -> None:
    """Whatever the content type, an accepted recipient is a receipt, and the request is the library's own."""
    carrier.mode = mode
    receipt = sms.send(text_message())
    assert receipt.message_id.startswith("ATXid_")
    assert carrier.paths == ["/version1/messaging"]
    assert carrier.bodies[0] == {
        "username": ["us"], "to": [NUMBER], "message": ["hello"], "bulkSMSMode": ["1"], "from": ["8008"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "code", "retryable", "ambiguous", "rests", "unreachable"),
    [
        ("empty", "no_recipient", True, False, False, False),
        ("broke", "InsufficientBalance", True, False, True, False),
        ("blacklisted", "UserInBlacklist", False, False, False, True),
        ("gateway", "GatewayError", True, False, False, False),
        ("strange", "status_777", False, True, False, False),
        ("odd", "unreadable", False, True, False, False),
        ("html", "unreadable", False, True, False, False),
        ("huge", "no_answer", False, True, False, False),
        ("error", "http_500", False, True, False, False),
        ("busy", "http_429", True, False, True, False),
        ("unauthorised", "http_401", True, False, True, False),
        ("bad", "http_400", False, False, False, False),
        ("redirect", "redirected", True, False, True, False),
        ("reset", "no_answer", False, True, False, False),
    ],
)
def test_each_way_an_sms_can_fail(
    carrier: Any,
    sms: AfricasTalkingSender,
    mode: str,
    code: str,
    retryable: bool,
    ambiguous: bool,
    rests: bool,
    unreachable: bool,
) -> None:
    """Every answer becomes one error that says what to do; a redirect is never followed with our key."""
    carrier.mode = mode
    with pytest.raises(SendError) as caught:
        sms.send(text_message())
    error = caught.value
    assert (error.code, error.retryable, error.ambiguous) == (code, retryable, ambiguous)
    assert (error.retry_after is not None, error.unreachable) == (rests, unreachable)
    assert carrier.paths == ["/version1/messaging"]


def test_the_carriers_own_wait_is_kept(carrier: Any, sms: AfricasTalkingSender) -> None:
    """A 429 that says when to come back is believed."""
    carrier.mode = "busy"
    with pytest.raises(SendError) as caught:
        sms.send(text_message())
    assert caught.value.retry_after == 1.0


@pytest.mark.parametrize("mode", ["hang", "drip"])
def test_one_exchange_is_bounded_in_all(carrier: Any, mode: str) -> None:
    """A server that never answers, or a byte at a time, holds us no longer than the deadline."""
    carrier.mode = mode
    line = Wire(seconds=0.5)
    sms = AfricasTalkingSender(AfricasTalkingClient("us", "key", carrier.url, line))
    began = time.monotonic()
    with pytest.raises(SendError) as caught:
        sms.send(text_message())
    line.close()
    assert time.monotonic() - began < 2
    assert caught.value.ambiguous


def test_a_carrier_that_cannot_be_reached_has_taken_nothing(line: Wire) -> None:
    """A refused connection is worth a retry and never unknown, for both carriers."""
    nowhere = "http://127.0.0.1:9"
    for sender, message in (
        (AfricasTalkingSender(AfricasTalkingClient("us", "key", nowhere, line)), text_message()),
        (TelegramSender(TelegramClient(TOKEN, nowhere, line)), chat_message()),
    ):
        with pytest.raises(SendError) as caught:
            sender.send(message)
        assert (caught.value.code, caught.value.retryable, caught.value.ambiguous) == (
            "unreached",
            True,
            False,
        )


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(text_message("+0000"), id="zeros"),
        pytest.param(text_message(NUMBER + "\n"), id="newline"),
        pytest.param(text_message("MTN", AddressKind.SENDER), id="name"),
        pytest.param(text_message("251911000001"), id="no plus"),
    ],
)
def test_what_is_no_phone_never_reaches_the_carrier(
    carrier: Any, sms: AfricasTalkingSender, message: Outbound
) -> None:
    """The library lets some of these through; we do not, and the error shows no number."""
    with pytest.raises(SendError, match=r"^not_a_phone$"):
        sms.send(message)
    assert carrier.paths == []


def test_a_chat_message_acknowledges_its_query_first(carrier: Any, chat: TelegramSender) -> None:
    """The spinning button stops, and the message comes with one button a choice that sends its key."""
    buttons = (Choice("1", "Yes", "yes"), Choice("0", "Back", "back"))
    chat.send(chat_message(buttons=buttons, answers="q1"))
    assert [name for name, _ in carrier.bodies] == ["answerCallbackQuery", "sendMessage"]
    sent = carrier.bodies[1][1]
    assert sent["chat_id"] == "77"
    assert '"callback_data": "1"' in sent["reply_markup"]


def test_a_stale_query_does_not_block_the_message(carrier: Any, chat: TelegramSender) -> None:
    """Telegram refuses to acknowledge an old query; the person still hears from us."""
    carrier.mode = "stale"
    assert chat.send(chat_message(answers="q1")).message_id == "77:5"


@pytest.mark.parametrize(
    ("mode", "code", "retryable", "ambiguous", "after", "unreachable"),
    [
        ("403", "forbidden", False, False, None, True),
        ("400", "bad_request", False, False, None, False),
        ("400m", "chat_migrated", False, False, None, True),
        ("401", "invalid_token", True, False, wires.REST, False),
        ("429", "retry_after", True, False, 7.0, False),
        ("502", "no_answer", False, True, None, False),
        ("html", "unreadable", False, True, None, False),
    ],
)
def test_each_way_a_chat_message_can_fail(
    carrier: Any,
    chat: TelegramSender,
    mode: str,
    code: str,
    retryable: bool,
    ambiguous: bool,
    after: float | None,
    unreachable: bool,
) -> None:
    """The library's exceptions overlap (a refusal is a kind of network error); ours do not."""
    carrier.mode = mode
    with pytest.raises(SendError) as caught:
        chat.send(chat_message())
    error = caught.value
    assert (error.code, error.retryable, error.ambiguous) == (code, retryable, ambiguous)
    assert (error.retry_after, error.unreachable) == (after, unreachable)
    assert TOKEN not in str(error)


def test_a_full_chat_and_a_bot_that_is_held_back(carrier: Any, chat: TelegramSender) -> None:
    """429 is about the one chat; only when a second chat hears it too, all are left alone, for a minute at most."""
    carrier.mode = "429"
    said = []
    for to in ("77", "77", "78"):
        with pytest.raises(SendError) as caught:
            chat.send(replace(chat_message(), address=Address(AddressKind.TELEGRAM, to)))
        said.append((caught.value.only_this, caught.value.retry_after))
    assert said == [(True, 7.0), (True, 7.0), (False, 7.0)]


def test_one_bot_serves_many_sends_from_many_threads(carrier: Any, chat: TelegramSender) -> None:
    """A bot over several event loops fails every second call; ours has one loop for all threads."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: chat.send(chat_message()), range(20)))
    assert len(receipts) == len(carrier.bodies) == 20


def test_a_long_text_is_cut_between_characters() -> None:
    """4096 UTF-16 units, and no half of an emoji."""
    assert len(cut("a" * 5000)) == 4096
    assert cut("a" * 4095 + "😀") == "a" * 4095


def test_a_contact_is_asked_for_by_the_bottom_keyboard() -> None:
    """Only that keyboard can ask for a phone; the choices stand under it with their labels."""
    made = keyboard(chat_message(contact_label="Share my number", buttons=(Choice("1", "Skip", "skip"),)))
    assert made is not None
    rows = made.to_dict()["keyboard"]
    assert rows[0][0] == {"text": "Share my number", "request_contact": True}
    assert rows[1][0]["text"] == "Skip"
    assert made.to_dict()["one_time_keyboard"] is True


def test_no_library_logs_the_token(
    carrier: Any, chat: TelegramSender, caplog: pytest.LogCaptureFixture
) -> None:
    """httpx logs whole addresses, the token in them; configured logs hold none of it."""
    from gateway import log

    log.configure()
    caplog.set_level("DEBUG")
    chat.send(chat_message())
    assert "bot-token" not in caplog.text

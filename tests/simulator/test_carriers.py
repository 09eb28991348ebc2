from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from africastalking.SMS import SMSService
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from gateway.simulator.app import Simulator
from gateway.simulator.faults import Fault
from gateway.simulator.network import Character
from gateway.simulator.wiring import Wiring

ALMAZ = Character("+251911234501", "Almaz", telegram=500000001)
CLINIC = Character("+251911000001", "Clinic", "provider")
CASEWORKER = Character("+251911000090", "Caseworker", "staff", telegram=700000001, met=True)


@pytest.fixture
def cast() -> tuple[Character, ...]:
    return ALMAZ, CLINIC, CASEWORKER


def sms_client(carrier_url: str, key: str = "key-of-the-test") -> SMSService:
    client = SMSService("demo", key)
    client._baseUrl = f"{carrier_url}/carrier/africastalking/version1"
    return client


def bot(carrier_url: str, work: Callable[[Bot], Coroutine[Any, Any, Any]], token: str = "700:token") -> Any:
    async def run() -> Any:
        async with Bot(token, base_url=f"{carrier_url}/carrier/telegram/bot") as client:
            return await work(client)

    with ThreadPoolExecutor(1) as alone:  # a browser of an earlier test may still hold this thread's loop
        return alone.submit(lambda: asyncio.run(run())).result()


def test_a_message_by_the_real_client_reaches_the_phone_and_is_reported(
    simulator: Simulator, carrier_url: str, gateway: Any
) -> None:
    """The real `africastalking` client reads the answer as JSON; the phone shows the text; reports name its id."""
    answer = sms_client(carrier_url).send("Selam, ሰላም", [CLINIC.number])
    (recipient,) = answer["SMSMessageData"]["Recipients"]
    assert recipient["statusCode"] == 101
    assert re.fullmatch(r"ATXid_[0-9a-f]{32}", recipient["messageId"])
    (text,) = simulator.network.phone(CLINIC.number).texts
    assert (text.body, text.mine) == ("Selam, ሰላም", False)
    reports = gateway.wait(lambda: len(got := gateway.posted("/reports")) == 2 and got)
    assert [report["status"] for report in reports] == ["Sent", "Success"]
    assert {report["id"] for report in reports} == {recipient["messageId"]}
    gateway.wait(lambda: text.status == "delivered")


@pytest.mark.parametrize(
    ("number", "code"),
    [("+251911000001", 101), ("+0000", 403)],
    ids=["a good number", "a number that is none"],
)
def test_each_recipient_is_judged_alone(carrier_url: str, number: str, code: int) -> None:
    """A wrong number gets its own status code; the request as a whole is still a 201."""
    answer = sms_client(carrier_url).send("Hello", [number])
    assert answer["SMSMessageData"]["Recipients"][0]["statusCode"] == code


def test_a_foreign_key_or_sender_takes_nothing(carrier_url: str, simulator: Simulator) -> None:
    """A wrong API key is refused; a sender that is not ours is a 201 without recipients."""
    with pytest.raises(Exception, match="authentication is invalid"):
        sms_client(carrier_url, "wrong").send("Hello", [CLINIC.number])
    answer = sms_client(carrier_url).send("Hello", [CLINIC.number], "BANK")
    assert answer["SMSMessageData"]["Recipients"] == []
    assert not simulator.network.phone(CLINIC.number).texts


@pytest.mark.parametrize(
    ("fault", "sees", "taken"),
    [
        (Fault.ERROR, "500", 0),
        (Fault.TOO_MANY, "429", 0),
        (Fault.HTML, "200", 0),
        (Fault.NO_RECIPIENTS, "201", 0),
        (Fault.RESET, "ConnectionError", 1),
    ],
    ids=lambda value: str(value),
)
def test_a_fault_strikes_once_and_is_over(
    simulator: Simulator, carrier_url: str, fault: Fault, sees: str, taken: int
) -> None:
    """Each fault looks to the client as it would on the line, takes the message or not, and then all is well."""

    def post() -> str:
        try:
            answer = requests.post(
                f"{carrier_url}/carrier/africastalking/version1/messaging",
                {"username": "demo", "to": CLINIC.number, "message": "Hello"},
                headers={"apiKey": "key-of-the-test"},
                timeout=5,
            )
        except requests.exceptions.ConnectionError:
            return "ConnectionError"
        return str(answer.status_code)

    assert (
        requests.post(f"{carrier_url}/faults", json={"fault": fault, "times": 1}, timeout=5).json()[fault]
        == 1
    )
    assert post() == sees
    assert len(simulator.network.phone(CLINIC.number).texts) == taken
    assert post() == "201"


def test_a_held_answer_outlasts_the_client(
    simulator: Simulator, carrier_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time-out takes the message and lets the client wait longer than it will."""
    monkeypatch.setattr("gateway.simulator.africastalking.HELD_SECONDS", 0.6)
    simulator.faults.arm(Fault.TIMEOUT, 1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        sms_client(carrier_url).send("Hello", [CLINIC.number], timeout=(1, 0.2))
    assert len(simulator.network.phone(CLINIC.number).texts) == 1


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (Fault.DISORDER, ["Success", "Sent"]),
        (Fault.UNDELIVERED, ["Sent", "Failed"]),
        (Fault.EARLY, ["Success"]),
        (Fault.REPEATED, ["Sent", "Sent", "Success"]),
    ],
    ids=lambda value: str(value),
)
def test_reports_can_be_made_to_misbehave(
    simulator: Simulator, carrier_url: str, gateway: Any, fault: Fault, statuses: list[str]
) -> None:
    """Delivery reports come out of order, twice, early, or say that the phone never got the message."""
    simulator.faults.arm(fault, 1)
    sms_client(carrier_url).send("Hello", [CLINIC.number])
    gateway.wait(lambda: len(gateway.posted("/reports")) == len(statuses))
    assert [report["status"] for report in gateway.posted("/reports")] == statuses


def test_a_dialogue_is_cumulative_and_ends(simulator: Simulator, gateway: Any, wiring: Wiring) -> None:
    """Every hop carries all that was typed; `END` closes the dialogue and the network reports its end."""
    gateway.screens += ["CON Name?", "CON Age?", "END Done"]
    assert simulator.africastalking.dial(ALMAZ.number, "*384*1234#").dialogue.screen == "Name?"  # type: ignore[union-attr]
    simulator.africastalking.answer(ALMAZ.number, "Almaz * Bekele")
    dialogue = simulator.africastalking.answer(ALMAZ.number, "35").dialogue
    assert dialogue is not None
    assert (dialogue.screen, dialogue.open) == ("Done", False)
    hops = gateway.posted(wiring.webhook_token)
    assert [hop["text"] for hop in hops] == ["", "Almaz * Bekele", "Almaz * Bekele*35"]
    assert re.fullmatch(r"ATUid_[0-9a-f]{32}", hops[0]["sessionId"])
    assert (hops[0]["serviceCode"], hops[0]["networkCode"]) == ("*384*1234#", "63601")
    (end,) = gateway.wait(lambda: gateway.posted("/events"))
    assert (end["status"], end["hopsCount"], end["sessionId"]) == ("Success", "3", hops[0]["sessionId"])


@pytest.mark.parametrize(
    ("code", "text"),
    [("*384*1234#", ""), ("*384*1234", ""), ("*384*1234*1*2#", "1*2"), ("*999#", None)],
    ids=["the service", "without its hash", "a short cut", "a code of nobody"],
)
def test_what_is_dialled(
    simulator: Simulator, gateway: Any, wiring: Wiring, code: str, text: str | None
) -> None:
    """A short cut arrives as text of the first hop; a code of nobody never reaches the gateway."""
    simulator.africastalking.dial(ALMAZ.number, code)
    assert [hop["text"] for hop in gateway.posted(wiring.webhook_token)] == ([] if text is None else [text])


def test_a_dropped_or_broken_dialogue_is_over(simulator: Simulator, gateway: Any) -> None:
    """Hanging up is reported as incomplete; an answer without CON or END shows the network's own error."""
    gateway.screens += ["CON Name?", " CON with a leading space"]
    simulator.africastalking.dial(ALMAZ.number, "*384*1234#")
    simulator.africastalking.hang_up(ALMAZ.number)
    gateway.wait(lambda: [end["status"] for end in gateway.posted("/events")] == ["Incomplete"])
    dialogue = simulator.africastalking.dial(ALMAZ.number, "*384*1234#").dialogue
    assert dialogue is not None
    assert not dialogue.open
    assert dialogue.screen.startswith("Connection problem")


def test_a_screen_too_long_for_the_air_is_cut(simulator: Simulator, gateway: Any) -> None:
    """The phone shows what a radio message holds: 182 septets, or 80 UCS-2 characters."""
    gateway.screens += ["CON " + "a" * 200, "CON " + "ሰ" * 90]
    shown = [simulator.africastalking.dial(ALMAZ.number, "*384*1234#").dialogue for _ in range(2)]
    assert [(len(each.screen), each.cut) for each in shown if each] == [(182, True), (80, True)]


def test_an_incoming_text_is_posted_until_it_is_taken(
    simulator: Simulator, gateway: Any, wiring: Wiring
) -> None:
    """The same id comes again while the gateway answers 503; the next message's date has the other form."""
    gateway.refusals = 2
    simulator.africastalking.text(ALMAZ.number, "REGISTER ሰላም+1")
    posts = gateway.wait(lambda: len(got := gateway.posted(wiring.webhook_token)) == 3 and got)
    assert len({post["id"] for post in posts}) == 1
    assert posts[0]["text"] == "REGISTER ሰላም+1"
    simulator.africastalking.text(ALMAZ.number, "again")
    gateway.wait(lambda: len(gateway.posted(wiring.webhook_token)) == 4)
    assert {post["date"][10] for post in gateway.posted(wiring.webhook_token)} == {"T", " "}


def test_telegram_speaks_to_the_real_client(simulator: Simulator, carrier_url: str) -> None:
    """`python-telegram-bot` knows itself, sends with buttons and with a contact keyboard, and answers a press."""
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("አማርኛ", callback_data="am")]])
    share = ReplyKeyboardMarkup([[KeyboardButton("Share", request_contact=True)]])

    async def work(client: Bot) -> tuple[str, int, int]:
        first = await client.send_message(CASEWORKER.telegram, "Language?", reply_markup=buttons)
        await client.send_message(CASEWORKER.telegram, "Phone?", reply_markup=share)
        return client.username, first.message_id, first.chat.id

    name, message_id, chat_id = bot(carrier_url, work)
    chat = simulator.network.chat(CASEWORKER.telegram)
    assert chat is not None
    assert (name, chat_id, chat.share_label) == ("returnee_bot", CASEWORKER.telegram, "Share")
    assert chat.messages[0].id == str(message_id)
    assert chat.messages[0].buttons == [[{"label": "አማርኛ", "data": "am"}]]


def test_updates_are_what_the_library_reads(simulator: Simulator, gateway: Any, carrier_url: str) -> None:
    """Commands, presses and contacts parse with `Update.de_json` and carry the secret; a press is acknowledged."""
    bot(
        carrier_url,
        lambda client: client.send_message(
            CASEWORKER.telegram,
            "Pick",
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("One", callback_data="1")]]),
        ),
    )
    chat = simulator.network.chat(CASEWORKER.telegram)
    assert chat is not None
    simulator.telegram.write(CASEWORKER.telegram, "/start register")
    simulator.telegram.press(CASEWORKER.telegram, chat.messages[0].id, "1")
    simulator.telegram.share_contact(CASEWORKER.telegram)
    simulator.telegram.share_contact(CASEWORKER.telegram, of=ALMAZ.number)
    posts = gateway.wait(lambda: len(got := gateway.posted("telegram/returnee")) == 4 and got)
    assert {post.pop("secret") for post in posts} == {"s" * 32}
    updates = {update.update_id: update for post in posts if (update := Update.de_json(post))}
    start, press, own, foreign = (updates[key] for key in sorted(updates))
    assert start.message.text == "/start register"
    assert press.callback_query.data == "1"
    assert own.message.contact.user_id == own.message.from_user.id == CASEWORKER.telegram
    assert own.message.contact.phone_number == CASEWORKER.number.lstrip("+")
    assert foreign.message.contact.user_id is None
    bot(carrier_url, lambda client: client.answer_callback_query(press.callback_query.id))
    assert chat.messages[0].status == "delivered"


@pytest.mark.parametrize(
    ("chat_id", "text", "error", "words"),
    [
        (ALMAZ.telegram, "Hello", BadRequest, "Chat not found"),
        (12345, "Hello", BadRequest, "Chat not found"),
        (CASEWORKER.telegram, "x" * 4097, BadRequest, "too long"),
    ],
    ids=["a chat never begun", "nobody", "too long"],
)
def test_telegram_refuses_like_telegram(
    carrier_url: str, chat_id: int, text: str, error: type[Exception], words: str
) -> None:
    """What the Bot API refuses, the real client raises by its own name."""
    with pytest.raises(error, match=words):
        bot(carrier_url, lambda client: client.send_message(chat_id, text))


@pytest.mark.parametrize(
    ("fault", "error", "taken"),
    [(Fault.ERROR, NetworkError, 0), (Fault.TOO_MANY, RetryAfter, 0), (Fault.RESET, NetworkError, 1)],
    ids=lambda value: str(value),
)
def test_telegram_faults(
    simulator: Simulator,
    carrier_url: str,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    error: type[Exception],
    taken: int,
) -> None:
    """Faults reach the real client as the errors of its library; a broken line has taken the message."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # the library asks for it, loudly
    simulator.faults.arm(fault, 1)
    with pytest.raises(error):
        bot(carrier_url, lambda client: client.send_message(CASEWORKER.telegram, "Hello"))
    chat = simulator.network.chat(CASEWORKER.telegram)
    assert chat is not None
    assert len(chat.messages) == taken


def test_a_blocked_bot_and_a_wrong_token(simulator: Simulator, carrier_url: str) -> None:
    """A person who blocked the bot is `Forbidden`; a wrong token never gets in."""
    simulator.telegram.block(CASEWORKER.telegram)
    with pytest.raises(Forbidden):
        bot(carrier_url, lambda client: client.send_message(CASEWORKER.telegram, "Hello"))
    with pytest.raises(InvalidToken):
        bot(carrier_url, lambda client: client.get_me(), token="1:wrong")


def test_it_reaches_nothing_but_loopback() -> None:
    """A simulator that would post elsewhere cannot be made."""
    with pytest.raises(ValueError, match="loopback"):
        Wiring("https://gateway.example.org", "k", "t", "b", "s")


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("dial", {"number": "+251911234501", "code": "*384*1234#"}, 200),
        ("dial", {"number": "robert'); --", "code": "*384*1234#"}, 400),
        ("text", {"number": 5, "text": "x"}, 400),
        ("text", {"text": "x"}, 400),
        ("chat/write", {"user": 1, "text": "x"}, 400),
        ("faults", {"fault": "fire", "times": 1}, 400),
        ("faults", {"fault": "error", "times": "x"}, 400),
        ("dial", ["not", "an", "object"], 400),
    ],
    ids=[
        "good",
        "no number",
        "wrong type",
        "missing",
        "no account",
        "no such fault",
        "no count",
        "no object",
    ],
)
def test_the_pages_actions_are_checked(carrier_url: str, path: str, said: Any, status: int) -> None:
    """What a page sends wrongly is refused as its own mistake."""
    assert requests.post(f"{carrier_url}/{path}", json=said, timeout=5).status_code == status


def test_a_foreign_page_cannot_act(carrier_url: str) -> None:
    """A form post, which any page may send, is refused; the page itself carries a policy without inline code."""
    assert requests.post(f"{carrier_url}/reset", data={"a": "b"}, timeout=5).status_code == 415
    page = requests.get(f"{carrier_url}/", timeout=5)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_state_is_sent_only_when_it_changed(carrier_url: str, simulator: Simulator) -> None:
    """A page that has seen the newest state gets an empty answer."""
    version = requests.get(f"{carrier_url}/state", timeout=5).json()["version"]
    assert requests.get(f"{carrier_url}/state?since={version}", timeout=5).status_code == 204
    simulator.network.note("to", "SMS", "x", "200")
    assert requests.get(f"{carrier_url}/state?since={version}", timeout=5).json()["log"][-1]["detail"] == "x"


def test_the_world_is_bounded(simulator: Simulator) -> None:
    """Any number of guests and messages keeps a bounded number of phones, and the cast stays."""
    for guest in range(2_100):
        simulator.network.phone(f"+2519{guest:08d}")
    phones = {phone["number"] for phone in simulator.network.state()["phones"]}
    assert len(phones) == 2_000
    assert {ALMAZ.number, CLINIC.number, CASEWORKER.number} <= phones

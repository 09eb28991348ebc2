"""Telegram chats through the real door: buttons, deep links, and a phone whose conversation goes on in the chat."""

from __future__ import annotations

from typing import Any

import pytest
from town import REGISTERING, Town, post_update

from gateway.messages import Outbound
from gateway.store.tables import conversations, holders, inbox, people

PHONE, OTHERS_PHONE = "+251911234503", "+251911234501"
CHAT = 500000003


def labels(message: Outbound) -> list[str]:
    return [button.label for button in message.buttons]


def test_the_first_words_in_a_chat(town: Town) -> None:
    """/start asks for a language with buttons; then the phone may be shared, or not; then there is the menu."""
    chat = town.chatter(CHAT)
    town.said(chat.write("/start"), "language/pick", channel="rich")
    names = ["English", "Soomaali", "አማርኛ", "Afaan Oromoo", "ትግርኛ", "العربية", "Kiswahili"]
    assert labels(chat.last) == names
    town.said(chat.press("አማርኛ", query="query-7"), "main/share", "am", "rich")
    assert chat.last.answers == "query-7"  # the press is acknowledged
    assert chat.last.contact_label == town.words.phrase("share_phone", "am")
    (later,) = labels(chat.last)
    town.said(chat.write(later), "main/menu", "am", "rich")  # a key of that keyboard sends its label
    assert len(labels(chat.last)) == 8 + 1  # and Back
    town.said(chat.press(town.words.label("main", "menu", "status", "am", "rich")), "status/nothing", "am")


def test_a_deep_link_begins_where_it_leads(town: Town) -> None:
    """`/start register`: the language, then the registration's first question; an unknown payload, the menu."""
    chat = town.chatter(CHAT)
    town.said(chat.write("/start register"), "language/pick", channel="rich")
    town.said(chat.press("Soomaali"), "registration/consent", "so", "rich")
    other = town.chatter(CHAT + 1)
    other.write("/start nowhere")
    town.said(other.press("English"), "main/share", channel="rich")


def test_an_update_that_comes_again(town: Town) -> None:
    """A press delivered twice is one press, and is answered once."""
    chat = town.chatter(CHAT)
    chat.write("/start")
    pressed = {
        "id": "query-1",
        "from": {"id": CHAT},
        "data": chat.last.buttons[0].key,
        "message": {"chat": {"id": CHAT, "type": "private"}},
    }
    for _ in range(3):
        assert post_update(town.client, {"update_id": 4_000_000, "callback_query": pressed}) == 200
    town.deliver()
    assert len(town.to(str(CHAT))) == 2
    town.said(chat.last.body, "main/share", channel="rich")


# --- a phone and a chat -----------------------------------------------------------------------------------


def begins(town: Town) -> None:
    """Somebody begins to register on the phone, in Somali, and is cut off where the age is asked."""
    phone = town.caller(PHONE)
    phone.dial()
    phone.say("2")
    screen = town.answers(phone.say, phone.say("1"), "registration", REGISTERING, language="so", until="age")
    town.said(screen, "registration/age", "so", "ussd")


@pytest.mark.parametrize("shared", [PHONE, PHONE.removeprefix("+")], ids=["with a plus", "without"])
def test_a_registration_begun_on_a_phone_ends_in_the_chat(town: Town, shared: str) -> None:
    """The same question in the phone's language; then the phone knows the person, and nobody is there twice."""
    phone, chat = town.caller(PHONE), town.chatter(CHAT)
    begins(town)
    chat.write("/start")
    chat.press("አማርኛ")
    screen = chat.share(shared)
    town.said(screen, "registration/age", "so", "rich")
    screen = town.answers(chat.write, screen, "registration", REGISTERING, language="so", channel="rich")
    issued = town.said(screen, "registration/issued", "so", "rich")
    assert town.count(people) == town.count(holders) == 1
    town.said(phone.dial(), "main/menu", "so", "ussd")
    town.said(phone.say("2"), "certificate/new_pin", "so", "ussd")
    phone.say("7193")
    shown = town.said(phone.say("7193"), "certificate/active", "so", "ussd")
    assert shown["certificate_number"] == issued["certificate_number"]


def test_the_phone_goes_on_too(town: Town) -> None:
    """Once bound there is one conversation: what is answered in the chat is not asked on the phone again."""
    phone, chat = town.caller(PHONE), town.chatter(CHAT)
    begins(town)
    chat.write("/start")
    chat.press("English")
    chat.share(PHONE)
    town.said(chat.write("35"), "registration/confirm_age", "so", "rich")
    town.said(chat.write("1"), "registration/country", "so", "rich")
    town.said(phone.dial(), "registration/country", "so", "ussd")


def test_a_phone_that_nobody_knew(town: Town) -> None:
    """It joins the chat: dialling from it goes on in the chat's language, without being asked for one."""
    chat = town.chatter(CHAT)
    chat.write("/start")
    chat.press("አማርኛ")
    town.said(chat.share(PHONE), "main/bound", "am", "rich")
    town.said(town.caller(PHONE).dial(), "main/menu", "am", "ussd")


def test_a_contact_of_somebody_else(town: Town) -> None:
    """It is refused, asked for or not; the chat goes on, and neither reads anything of the other."""
    town.registers(OTHERS_PHONE)
    chat = town.chatter(CHAT)
    chat.write("/start")
    chat.press("English")
    screen = chat.share(OTHERS_PHONE, owner=CHAT + 1)
    town.said(screen, "main/refused", channel="rich")
    town.said(screen, "main/menu", channel="rich")
    town.said(chat.share("+251911XXXYYY"), "contact/refused", channel="rich")
    town.said(
        chat.write(contact={"phone_number": OTHERS_PHONE, "first_name": "x"}),
        "contact/refused",
        channel="rich",
    )
    town.said(chat.press("My certificate"), "certificate/nobody", channel="rich")
    town.said(town.caller(OTHERS_PHONE).dial(), "main/menu", channel="ussd")
    town.said(town.caller(OTHERS_PHONE).say("2"), "certificate/new_pin", channel="ussd")


def test_what_is_no_private_message(town: Town) -> None:
    """Groups, edits and kinds that nobody knows: kept once, answered 200, and never spoken to."""
    group = {"id": -5, "type": "group"}
    message: dict[str, Any] = {"from": {"id": CHAT}, "chat": group, "text": "REG"}
    updates = [
        {"update_id": 1, "message": message},
        {
            "update_id": 2,
            "callback_query": {"id": "q", "from": {"id": CHAT}, "data": "1", "message": message},
        },
        {"update_id": 3, "channel_post": message},
        {"update_id": 4, "edited_message": message | {"chat": {"id": CHAT, "type": "private"}}},
        {"update_id": 5, "a_kind_of_next_year": {"x": [1]}},
    ]
    for update in [*updates, *updates]:
        assert post_update(town.client, update) == 200
    town.deliver()
    assert town.sent == []
    assert town.count(inbox) == town.count(inbox, state="quarantined") == len(updates)
    staff = town.count(conversations)  # of the sample directory: nobody was added
    assert town.chatter(CHAT).write("hello")
    assert town.count(conversations) == staff + 1

"""What is our own fault, or a carrier's odd ways: nobody is left without an answer, and nothing typed leaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from doors import TOKEN, Caller, text_message
from sqlalchemy import select
from town import Town, post_update

from gateway.conversation.session import Session, from_json, to_json
from gateway.messages import Address, AddressKind
from gateway.store import conversations
from gateway.store.inbox import BODY
from gateway.store.tables import conversations as conversations_table
from gateway.store.tables import inbox, outbox
from gateway.vault import Vault
from gateway.web.app import create_app

PHONE, CHAT = "+251911234503", 500000003
NAMED = ("2", "1", "1", "1", "Tigist Tesfaye")
"""Somali, register, consent, a name: the place is asked next."""


def named(town: Town) -> Caller:
    """A phone that has come so far."""
    phone = Caller(town.client, PHONE)
    phone.dial()
    for answer in NAMED:
        phone.say(answer)
    return phone


def changed(town: Town, change: Callable[[Session], Session]) -> None:
    """Changes the phone's session where it is kept."""
    runtime = town.runtime
    with runtime.database.transaction() as tx:
        row = conversations.find_address(tx, runtime.vault, Address(AddressKind.PHONE, PHONE))
        assert row is not None
        assert row.session is not None
        key = runtime.vault.open_key(row.key)
        session = change(from_json(key.open(row.session, conversations.SESSION)))
        conversations.save_session(
            tx, row.conversation_id, key, to_json(session), session.revision, row.language, runtime.now()
        )


def sessions(town: Town) -> list[Any]:
    with town.runtime.database.reading() as tx:
        statement = select(conversations_table.c.session).order_by(conversations_table.c.id)
        return list(tx.execute(statement).scalars())


def test_a_revision_that_is_gone(town: Town) -> None:
    """The conversation begins anew on the current one, in the language that was chosen."""
    phone = named(town)
    changed(town, lambda session: replace(session, revision="gone"))
    town.said(phone.dial(), "main/menu", "so", "ussd")


def test_a_flow_that_cannot_go_on(town: Town) -> None:
    """The answer is to try later, once; the message is kept as failed, and the conversation stands as it stood."""
    named(town)
    changed(
        town, lambda s: replace(s, frames=(replace(s.frames[0], state="nowhere"), *s.frames[1:]), offer="")
    )
    changed(town, lambda s: replace(s, frames=(*s.frames[:-1], replace(s.frames[-1], state="nowhere"))))
    before = sessions(town)
    for _ in range(2):
        answer = town.texter(PHONE).write("Jijiga", "the same")
    assert answer == ""
    assert [each.body for each in town.to(PHONE)] == [town.words.phrase("try_later", "so")]
    assert town.count(inbox, state="failed") == 1
    assert sessions(town) == before


@pytest.mark.parametrize(
    "body",
    [
        b"input=2*4711*4711&lastAppResponse=END+4711&status=Success",
        b"status=Success&te%78t=1*4711",
        b'{"input": "1*4711=4711&4711"}',
    ],
    ids=["an end event", "a name in disguise", "no form"],
)
def test_a_pin_never_lies_in_quarantine(town: Town, body: bytes) -> None:
    """Of a USSD form only fields that hold nothing typed are kept."""
    town.client.post(
        f"/ussd/africastalking/{TOKEN}/events", data=body, content_type="application/x-www-form-urlencoded"
    )
    with town.runtime.database.reading() as tx:
        (kept,) = tx.execute(select(inbox.c.body)).scalars()
    raw = town.runtime.vault.open_alone(kept, BODY)
    assert b"4711" not in raw
    assert raw


def test_a_message_that_comes_again_under_a_newer_key(town: Town) -> None:
    """Its digest is looked up under every key of the ring; so is how far a dialogue was answered."""
    phone = named(town)
    town.texter(PHONE).write("DANGER", "the same")
    newer = replace(town.runtime, vault=Vault((bytes(range(1, 33)), bytes(range(32)))))
    application = create_app(newer)
    replies = town.count(outbox, purpose="reply")
    assert text_message(application.test_client(), PHONE, "DANGER", "the same") == 200
    assert town.count(outbox, purpose="reply") == replies
    screen = phone.post()
    phone.client = application.test_client()
    assert phone.post() == screen
    assert phone.say("MENU") != screen
    application.extensions["simulator"].close()


def test_a_button_answers_its_own_question_only(town: Town) -> None:
    """Pressed twice, or later, it shows the question that is open now."""
    chat = town.chatter(CHAT)
    chat.write("/start")
    old = chat.last.buttons[0].key
    town.said(chat.press("English"), "main/share", channel="rich")
    for number in (7_000_001, 7_000_002):
        pressed = {
            "id": f"query-{number}",
            "from": {"id": CHAT},
            "data": old,
            "message": {"chat": {"id": CHAT, "type": "private"}},
        }
        assert post_update(town.client, {"update_id": number, "callback_query": pressed}) == 200
        town.deliver()
        town.said(chat.last.body, "main/share", channel="rich")
    town.said(chat.press("Go to the menu"), "main/menu", channel="rich")


def test_whoever_has_not_chosen_hears_the_language_of_the_country(town: Town) -> None:
    """A stranger's first words are answered in it."""
    town.said(town.texter(PHONE).write("STOP please"), "stop/stopped", "am")

"""Every word that is sent with a code is understood as people type it, in each of its languages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.catalogue.published import Published
from gateway.commands import Kind
from gateway.conversation.flow import Trigger
from gateway.conversation.session import Session
from gateway.conversation.step import step
from gateway.messages import Address, AddressKind, ChannelName, Inbound

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CODE = "123455"
AS_TYPED = (
    "{word} {code}",
    "{word} 12345-5",
    "{word}: {code}.",
    "{word} ١٢٣٤٥٥",
    "{word} l23455",
    "{word}{code}",
    "{code} {word}",
    "12345-5 {word}",
    "{code}{word}",
)


def led(published: Published, text: str, role: str) -> tuple[str, str, dict[str, Any]]:
    """Where a text leads: the flow, its state, and what was taken from the text."""
    session = Session(published.id, "en", (role,), "sms")
    inbound = Inbound(ChannelName.SMS, "sim", Address(AddressKind.PHONE, "+251911234567"), text, "1")
    top = step(published.revision, session, inbound, NOW).session.frames[-1]
    return top.flow, top.state, dict(top.variables)


def triggers(published: Published, audience: str) -> list[Trigger]:
    """Those whose words a code follows."""
    return [
        trigger
        for flow in published.revision.flows.values()
        for trigger in flow.triggers
        if trigger.audience == audience and trigger.take and trigger.take[0].kind is Kind.LEG_CODE
    ]


@pytest.mark.parametrize("audience", ["provider", "staff"])
def test_however_it_is_typed(assembled: Published, audience: str) -> None:
    """In groups, other numerals, with a letter for a digit, run together or the code first: the same call."""
    found = triggers(assembled, audience)
    assert len(found) >= 8
    for trigger in found:
        for word in trigger.words:
            straight = led(assembled, f"{word} {CODE}", audience)
            assert (straight[0], straight[2]) == (trigger.flow, {trigger.take[0].name: CODE}), word
            for typed in (each.format(word=word, code=CODE) for each in AS_TYPED):
                assert led(assembled, typed, audience) == straight, typed
                assert led(assembled, typed.upper(), audience) == straight, typed

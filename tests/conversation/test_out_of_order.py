"""A number that runs into its keyword or stands before it means the same as in the order that we ask for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import FLOWS, published

from gateway.conversation.session import Session
from gateway.conversation.step import step
from gateway.messages import Address, AddressKind, ChannelName, Inbound

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WORLD = published(*FLOWS)


def taken(text: str, *roles: str) -> tuple[str, dict[str, object]] | None:
    """The keyword's flow that a text entered, with what it took; None where it is no keyword."""
    session = Session("r1", channel="sms", roles=roles)
    inbound = Inbound(ChannelName.SMS, "sim", Address(AddressKind.PHONE, "+252611111111"), text, "1")
    frames = step(WORLD, session, inbound, NOON).session.frames
    found = frames[-1] if frames else None
    return None if found is None or found.flow in ("main", "start") else (found.flow, dict(found.variables))


@pytest.mark.parametrize(
    "text",
    [
        "DECLINE 123456 FULL",
        "decline 12345-6 full",
        "Decline: 123456 full",
        "DECLINE,123456,FULL",
        "DECLINE 123456,full",
        "DECLINE 123456; full",
        "DECLINE123456 FULL",
        "DECLINE-123456 full",
        "DECLINE #123456 full",
        "DECLINE (123456) full",
        "123456 DECLINE FULL",
        "12345-6 decline full",
        "123 456 decline full",
        "#123456 DECLINE full",
        "123456DECLINE full",
        "١٢٣٤٥٦ DECLINE full",
        "DECLINE l23456 full",
    ],
)
def test_an_order_that_can_mean_one_thing_is_taken(text: str) -> None:
    """Glued, turned round, in groups, with a hash, in other numerals."""
    assert taken(text, "provider") == taken("DECLINE 123456 FULL", "provider") is not None


@pytest.mark.parametrize(
    "text",
    [
        "123456 not DECLINE",
        "I cannot DECLINE 123456",
        "do not DECLINE 123456",
        "123456",
        "full 123456",
        "123456 full",
    ],
)
def test_words_in_front_are_no_keyword(text: str) -> None:
    """What may say the opposite is not taken for the word that stands in it."""
    assert taken(text, "provider") is None


@pytest.mark.parametrize("text", ["DECLINE123456", "123456 DECLINE"])
def test_to_anyone_else_it_is_no_keyword(text: str) -> None:
    """The audience of a keyword holds in every order."""
    assert taken(text) is None
    assert taken(text, "staff") is None


def test_a_certificate_may_stand_first() -> None:
    """As a code may: V and the number, either way."""
    straight = taken("V 512345678901 1990", "provider")
    assert straight is not None
    assert straight == taken("V512345678901 1990", "provider") == taken("5123 4567 8901 V 1990", "provider")


@given(st.text(alphabet="Vv DECLINE-_#:.,0123456789١፲ab'", max_size=120))
def test_anything_may_be_typed(text: str) -> None:
    """No text is an error."""
    taken(text, "provider")

"""A bare answer to what was sent unasked reads as if its keyword stood in front, while nothing else is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from small_world import FLOWS, published

from gateway.conversation.invited import spelled_out

ROOM = {
    "flow": "room",
    "language": "en",
    "audience": "provider",
    "triggers": [{"words": ["ROOM", "BOOS"], "take": ["state"], "link": "room"}],
    "variables": {"state": {"type": "code", "values": {"open": ["1", "FURAN", "HELP"], "full": ["2"]}}},
    "states": {"noted": {"say": "Noted.", "end": True}},
}
WORLD = published(*FLOWS, ROOM)


@pytest.fixture
def provider(meet):
    return meet(WORLD, meet().channel, "provider")


def read(person, text, link="room"):
    return spelled_out(WORLD, person.session, text, link, person.now)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("1", "room 1"),
        (" 2. ", "room  2. "),
        ("٢", "room ٢"),
        ("furan", "room furan"),
        ("full", "room full"),
        ("3", ""),
        ("1 2", ""),
        ("help", ""),
        ("", ""),
    ],
    ids=ascii,
)
def test_a_word_of_the_answer(provider, text, read_as):
    """What the keyword would take; a word that is a keyword itself stays that."""
    assert read(provider, text) == read_as


def test_only_of_a_link_that_is_there_for_them(meet, provider):
    """Whoever the flow is not meant for, and a link that no flow has."""
    assert read(meet(WORLD), "1") == ""
    assert read(provider, "1", "nothing") == ""


def test_while_a_question_is_open(provider):
    """One asked of late has its answer first; a menu of long ago has been forgotten, an unfinished answer has not."""
    provider.types("hello")
    assert provider.session.frames
    assert read(provider, "1") == ""
    provider.now += timedelta(days=1)
    assert read(provider, "1") == "room 1"
    provider.types("REG")
    provider.types("1")
    assert read(provider, "1") == ""
    provider.now += timedelta(days=1)
    assert read(provider, "1") == ""


def test_what_is_put_off_is_open(provider):
    """An offer to go on stands in front of everything."""
    provider.session = replace(provider.session, offer="resume")
    assert read(provider, "1") == ""

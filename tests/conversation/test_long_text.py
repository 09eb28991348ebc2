"""What is told at length is asked anew after Back: shown again it would fill screen after screen."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import FLOWS, published

from gateway.conversation.answers import LONG_TEXT

from .conftest import Person


def tells(most: int) -> dict[str, Any]:
    """A flow that asks for a text of at most so many characters, and then whether that was all."""
    return {
        "flow": "tell",
        "language": "en",
        "triggers": [{"words": ["TELL"]}],
        "variables": {"told": {"type": "text", "max": most}},
        "states": {
            "tell": {"ask": "What happened?", "save": "told", "go": "all"},
            "all": {
                "choose": "Is that all?",
                "options": {"yes": {"label": "Yes", "go": "over"}, "no": {"label": "No", "go": "tell"}},
            },
            "over": {"say": "We heard: {told}", "end": True},
        },
    }


@pytest.mark.parametrize(("most", "offered"), [(LONG_TEXT, True), (LONG_TEXT + 1, False)])
def test_only_a_short_text_is_offered_again(most: int, offered: bool) -> None:
    """Back takes either away; 1 keeps the short one, and is an answer to the other."""
    person = Person(published(*FLOWS, tells(most)))
    person.says("TELL", "they took my papers")
    screen = person.types("back")
    assert ("they took my papers" in screen) is offered
    person.types("1")
    assert person.types("1").startswith("We heard: " + ("they took my papers" if offered else "1"))

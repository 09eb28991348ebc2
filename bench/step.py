"""Microseconds for one pure step with a condition: read the session, answer, decide, fill a text, write it again."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any

from gateway.conversation import load
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.source import FlowSource, Source
from gateway.conversation.step import step
from gateway.messages import Address, AddressKind, ChannelName, Inbound

ROUNDS, REPEATS = 200, 200
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

LANGUAGES = {"en": "English", "so": "Soomaali", "am": "አማርኛ"}
WORDS = {"back": ["BACK"], "home": ["MENU"], "more": ["MORE"], "yes": ["YES", "HAA"], "no": ["NO", "MAYA"]}
FLOW: dict[str, Any] = {
    "flow": "registration",
    "language": "en",
    "role": "main",
    "triggers": [{"words": ["REG", "REGISTER"]}],
    "variables": {
        "consent": {"type": "code"},
        "full_name": {"type": "person_name"},
        "age": {"type": "age"},
        "area": {"type": "place"},
        "children": {"type": "number"},
        "need": {"type": "code"},
    },
    "states": {
        "consent": {
            "choose": "We keep your details. Agree?",
            "save": "consent",
            "options": {"yes": {"label": "Yes", "go": "name"}, "no": {"label": "No", "go": "over"}},
        },
        "name": {"ask": "Your full name?", "save": "full_name", "go": "age"},
        "age": {"ask": "Your age?", "save": "age", "go": "children"},
        "children": {"ask": "How many children are with you?", "save": "children", "go": "family"},
        "family": {"decide": [{"if": "children > 4 && consent == 'yes'", "go": "large"}, {"else": "need"}]},
        "large": {"say": "Thank you, {full_name}.", "go": "need"},
        "need": {
            "choose": "What do you need most?",
            "save": "need",
            "options": {
                code: {"label": label}
                for code, label in (
                    ("health", "Health"),
                    ("shelter", "A home"),
                    ("legal", "Papers"),
                    ("work", "Work"),
                )
            },
            "go": "over",
        },
        "over": {"end": True},
    },
}


def main() -> None:
    """Prints one JSON object: the median over rounds of the mean step."""
    phrases = {name: {"en": name} for name in load.PHRASES}
    machine = Source("phrases.yaml", {"languages": LANGUAGES, "phrases": phrases, "words": WORDS})
    revision = load.revision("bench", [FlowSource(Source("flow.yaml", FLOW))], machine)
    session = Session("bench", language="so", channel=ChannelName.USSD.value, roles=("provider",))
    for text in ("hello", "1", "Nuur Xuseen Cabdirashiid", "35"):
        session = step(revision, session, inbound(text), NOW).session
    stored, answer = to_json(session), inbound("5")
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(REPEATS):
            to_json(step(revision, from_json(stored), answer, NOW).session)
        rounds.append((time.perf_counter() - began) / REPEATS * 1e6)
    print(json.dumps({"median_us": round(statistics.median(rounds), 1)}))


def inbound(text: str) -> Inbound:
    """One answer from a phone."""
    return Inbound(ChannelName.USSD, "sim", Address(AddressKind.PHONE, "+252611111111"), text, "1")


if __name__ == "__main__":
    main()

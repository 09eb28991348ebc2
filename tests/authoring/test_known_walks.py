"""What the check says is known at a question is known there, whatever somebody does on the way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from planted import PHRASES
from ruamel.yaml import YAML

from gateway.authoring.analysis import paths
from gateway.authoring.project import Project
from gateway.authoring.rules.known import known
from gateway.commands import Call, Kind, Result
from gateway.conversation import load
from gateway.conversation.flow import Ask, Revision, Trigger
from gateway.conversation.session import Frame, Session
from gateway.conversation.source import FlowSource, Source
from gateway.conversation.step import Step, resume, step
from gateway.conversation.walk import Walk
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind, ChannelName, Inbound

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PHONE = Address(AddressKind.PHONE, "+252611111111")
TYPED = {
    Kind.TEXT: "hargeysa",
    Kind.PERSON_NAME: "Asha Ali",
    Kind.AGE: "35",
    Kind.YEAR: "1990",
    Kind.NUMBER: "3",
    Kind.MONTH: "05 2026",
    Kind.DATE: "25/12",
    Kind.PIN: "4821",
    Kind.CERTIFICATE_NUMBER: "528401739255",
    Kind.LEG_CODE: "123455",
}
BROUGHT: dict[Kind, Any] = {
    Kind.NUMBER: 3,
    Kind.YEAR: 1990,
    Kind.BOOLEAN: True,
    Kind.AGE: {"from": 1997, "to": 1998, "precision": "year", "calendar": "ethiopian", "raw": "1990"},
    Kind.LIST: [{"value": "SO1201", "label": "Hargeysa"}, {"value": "SO12", "label": "Woqooyi"}],
}
STEPS = 60


@pytest.fixture(scope="module")
def revision(project: Project) -> Revision:
    """The shipped flows."""
    return project.revision


def answered(call: Call, chance: random.Random) -> Result:
    """Some outcome of a call, with all that it brings."""
    outcome = chance.choice(sorted(call.outcomes))
    values = {name: BROUGHT.get(kind, "1") for name, kind in call.outcomes[outcome].items()}
    codes = [name for name, kind in call.outcomes[outcome].items() if kind is Kind.CODE]
    return Result(
        outcome, values | {name: chance.choice(["sent", "missed", "active", "other"]) for name in codes}
    )


def entered(
    revision: Revision, name: str, door: str, triggers: Sequence[Trigger], chance: random.Random
) -> Step:
    """Somebody who comes into a flow, by a keyword with all that it takes or without one."""
    takes = chance.choice(triggers).take if triggers else ()
    values = {each.name: BROUGHT.get(each.kind, "1") for each in takes}
    walk = Walk(revision, Session("r", "en", (), ChannelName.SMS, asked_at=NOON.timestamp()), NOON)
    walk.frames = [Frame(name, door, values)]
    call = walk.run()
    return Step(walk.done(), None, call)


def said(revision: Revision, frame: Frame, chance: random.Random) -> str:
    """Something that a person may type at a question: an answer, nonsense, or a way back."""
    state = revision.flows[frame.flow].states[frame.state]
    right = TYPED.get(state.variable.kind, "1") if isinstance(state, Ask) else str(chance.randint(1, 4))
    return chance.choice([right, right, right, right, "back", "back", "%"])


@pytest.mark.parametrize(
    ("name", "brings"),
    [(name, False) for name in ("registration", "services", "certificate", "verify", "status", "main")]
    + [(name, True) for name in ("registration", "verify", "replies")],
)
def test_what_is_known_is_there(revision: Revision, name: str, brings: bool):
    """Many people at random, each with wrong answers and ways back among the right ones.

    `brings`: whoever enters by a keyword sends all that it can take.
    """
    flow = revision.flows[name]
    at_start = name in paths.entered(revision)
    there, doors = known(flow, at_start)[brings], paths.doors(flow, at_start)
    met: set[str] = set()
    for seed in range(100):
        chance = random.Random(seed)
        door = chance.choice(sorted(doors))
        taken = entered(revision, name, door, doors[door] if brings else (), chance)
        met |= walked(revision, name, there, taken, chance)
    assert met, "nobody was asked anything"


def test_what_is_known_is_there_in_flows_that_nobody_would_write():
    """States of every kind that lead to each other at random, so that ways round and back cross in every manner."""
    phrases, met, loaded = Source("phrases.yaml", YAML(typ="safe").load(PHRASES)), 0, 0
    for seed in range(120):
        chance = random.Random(seed)
        try:
            revision = load.revision("r", [FlowSource(Source("f", at_random(chance)))], phrases)
        except FlowError:
            continue  # a circle without a question
        loaded += 1
        there, _ = known(revision.flows["main"], True)
        for _walk in range(15):
            taken = entered(revision, "main", revision.flows["main"].start, (), chance)
            met += len(walked(revision, "main", there, taken, chance))
    assert loaded > 30 and met > 1000


def walked(
    revision: Revision, name: str, there: Mapping[str, frozenset[str]], taken: Step, chance: random.Random
) -> set[str]:
    """The questions of a flow that somebody met, at each of which all was there that is said to be known."""
    met: set[str] = set()
    for _ in range(STEPS):
        while taken.call is not None:
            taken = resume(revision, taken.session, answered(taken.call, chance), NOON)
        if not taken.session.frames or taken.session.offer == "closed":
            break
        top = taken.session.frames[-1]
        if top.flow == name and not taken.session.offer:
            met.add(top.state)
            assert there[top.state] <= top.variables.keys(), top.state
        text = said(revision, top, chance)
        taken = step(revision, taken.session, Inbound(ChannelName.SMS, "s", PHONE, text, "1"), NOON)
    return met


def at_random(chance: random.Random) -> dict[str, Any]:
    """A flow of some states, each leading to any."""
    names = [f"s{number}" for number in range(chance.randint(4, 9))]
    return {
        "flow": "main",
        "language": "en",
        "role": "main",
        "variables": {
            "v": {"type": "text"},
            "n": {"type": "number"},
            "t": {"type": "text"},
            "l": {"type": "list"},
            "s": {"type": "place"},
        },
        "states": {name: some_state(chance, [*names, "z"]) for name in names} | {"z": {"end": True}},
    }


def some_state(chance: random.Random, names: list[str]) -> dict[str, Any]:
    """A state of any kind."""
    one, two, three = (chance.choice(names) for _ in range(3))
    conditions = ["v == ''", "n == 0", "t != '' && n > 1", "v == '' || t == ''"]
    options = {"a": {"label": "A", "go": one}, "b": {"label": "B", "go": two}}
    ask: dict[str, Any] = {
        "ask": "What?",
        "save": chance.choice("vnt"),
        "go": one,
        "retries": chance.randint(0, 1),
    }
    find = {
        "do": "find_places",
        "with": {"typed": {"value": "x"}},
        "on": {
            "found": {"save": {"place": "s"}, "go": one},
            "several": {"save": {"places": "l"}, "go": two},
            "none": {"go": three},
        },
    }
    return chance.choice(
        [
            ask,
            ask | {"too_many": two},
            {"choose": "Which?", "save": "t", "options": options},
            {"choose": "Which?", "options": options},
            {"choose": "Which?", "from": "l", "most": 3, "save": "s", "options": options, "go": three},
            find,
            {"do": "start_messages", "on": {"started": {"go": one}}},
            {"say": "So.", "go": one},
            {"decide": [{"if": chance.choice(conditions), "go": one}, {"else": two}]},
        ]
    )

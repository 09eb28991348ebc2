"""How soon complaints are answered is the policy's to say, and what it leaves out is as usual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from gateway.catalogue.complaining import read_deadlines
from gateway.catalogue.files import Bundle
from gateway.conversation.source import Node, Source
from gateway.errors import FlowError
from gateway.registry.grievances import About, Deadlines
from referral_engine.deadlines import Span


def read(given: Any) -> Deadlines:
    """What a policy with this under `complaints` says."""
    return read_deadlines(
        Node.of(Source("policies/et.yaml", {"complaints": given}, PLACES)).get("complaints")
    )


PLACES: Mapping[tuple[str | int, ...], tuple[int, int]] = {("complaints",): (29, 13)}


@pytest.mark.parametrize("country", ["et", "so", "sd"])
def test_every_country_answers_in_time(shipped: Bundle, country: str) -> None:
    """The shipped policies say what would hold without them, so that an operator sees it."""
    written = Node.of(shipped.sources[f"policies/{country}.yaml"]).get("complaints")
    assert written is not None
    assert read_deadlines(written) == read_deadlines(None) == Deadlines()


def test_a_time_may_be_changed() -> None:
    """Each by itself."""
    changed = read({"answer": {"days": 12}})
    assert changed.pace(About.STAFF).answer == Span(timedelta(days=12))
    assert (changed.pace(About.HARM), changed.silence) == (Deadlines().harm, Deadlines().silence)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"silence": {"weeks": 4}}, "silence"),
        ({"silent": {"days": 4}}, "unknown key 'silent'"),
        ({"harm": {"answer": {"hours": 2}}}, "'acknowledge' is longer than 'answer'"),
        ({"harm": {"answered": {"hours": 2}}}, "unknown key 'answered'"),
        ({"answer": {"working_days": -1}}, "answer"),
        ([], "expected 'key: value' pairs"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_names_its_line(given: Any, problem: str) -> None:
    """A policy that cannot be meant is not published."""
    with pytest.raises(FlowError, match=problem) as refused:
        read(given)
    assert (refused.value.file, refused.value.line) == ("policies/et.yaml", 29)

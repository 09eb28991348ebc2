"""What the register could not keep is named before it is tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.directory.model import Location, Organisation, Service, faults

HEALTH = Service("health", areas=("ET14",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"services": (HEALTH, HEALTH)}, ["health is offered twice"]),
        ({"services": (replace(HEALTH, areas=()),)}, ["health has no area"]),
        ({"services": (replace(HEALTH, need="magic"),)}, ["magic is not a need that is known"]),
        ({"locations": (Location("ET9999"),)}, ["ET9999 is not an area that is known"]),
        (
            {"locations": (Location("ET14", "x" * 121),)},
            ["the name of a location is longer than 120 letters"],
        ),
        ({"website": "x" * 501}, ["the website is longer than 500 letters"]),
    ],
    ids=["none", "twice", "no area", "need", "area", "long place", "long"],
)
def test_what_the_register_cannot_take(change: dict[str, Any], said: list[str]) -> None:
    """Each fault is found before the database sees it."""
    organisation = replace(Organisation("x", "X", "en", services=(HEALTH,)), **change)
    assert list(faults(organisation, {"health"}, {"ET14"})) == said

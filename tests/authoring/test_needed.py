"""What may still be read from a state on: the explorer takes conversations for one that differ in nothing else."""

from __future__ import annotations

import pytest

from gateway.authoring.analysis.needed import needed
from gateway.catalogue.published import Published

NEEDED = {
    "read by the state itself": ("status", "next", "code", True),
    "read behind several more": ("registration", "sex", "full_name", True),
    "given anew before it is read": ("details", "nationality", "given", False),
    "given anew on every way but one": ("registration", "confirm", "area", True),
    "read by nothing behind": ("registration", "issued", "full_name", False),
    "read by a condition alone": ("registration", "any_people", "people_with", True),
    "a list that is offered": ("certificate", "which", "people", True),
}


@pytest.mark.parametrize(
    ("flow", "state", "variable", "still"), [pytest.param(*row, id=name) for name, row in NEEDED.items()]
)
def test_what_is_still_read(assembled: Published, flow: str, state: str, variable: str, still: bool) -> None:
    """Whether a variable makes a difference from a state on."""
    known = needed(assembled.revision.flows[flow])
    assert (variable in known[state]) is still

"""A person's public reference."""

from __future__ import annotations

from random import Random

import pytest

from gateway.registry import certificate_number, short_code
from gateway.registry.reference import draw, read


def test_draws_differ_and_are_read_back() -> None:
    """A thousand draws are a thousand references of eight signs, none to be taken for a number of ours."""
    randbelow = Random(1).randrange
    drawn = {draw(randbelow) for _ in range(1000)}
    assert len(drawn) == 1000
    for reference in drawn:
        assert len(reference) == 8
        assert read(reference) == reference == read(f"{reference[:4].lower()} {reference[4:].lower()}")
        assert certificate_number.read(reference) is None and short_code.read(reference) is None


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        pytest.param("k7r2-49xm", "K7R249XM", id="lower case, grouped"),
        pytest.param("K7RZ49XM", "K7R249XM", id="Z for 2"),
        pytest.param("K٧R٢٤٩XM", "K7R249XM", id="arabic-indic digits"),
        pytest.param("77R249XM", None, id="no letter first"),
        pytest.param("K7R249X", None, id="too short"),
        pytest.param("K7R249XO", None, id="a sign that is not used"),
    ],
)
def test_read(typed: str, reference: str | None) -> None:
    """What people write down or hear is read kindly, and nothing else is taken."""
    assert read(typed) == reference

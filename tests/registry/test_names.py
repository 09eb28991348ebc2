"""Names of people."""

from __future__ import annotations

import pytest

from gateway.messages import Rejected
from gateway.registry.names import initials, person_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("  Amina   Nuur  Xuseen ", "Amina Nuur Xuseen", id="spacing"),
        pytest.param("abdi-rashiid CALI", "abdi-rashiid CALI", id="case and hyphen as typed"),
        pytest.param("Ta’aa Gammadaa", "Ta'aa Gammadaa", id="apostrophe"),
        pytest.param("አሚና ኑር", "አሚና ኑር", id="amharic"),
        pytest.param("\u202bآمنة نور\u202c", "آمنة نور", id="arabic"),
        pytest.param("Bo", "Bo", id="two letters"),
    ],
)
def test_a_name_is_kept_as_typed(typed: str, name: str) -> None:
    """Only spacing and invisible characters change."""
    assert person_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("1", "digits_in_name", id="a menu answer"),
        pytest.param("Amina 2", "digits_in_name", id="a digit"),
        pytest.param("አሚና ፪", "digits_in_name", id="an ethiopic digit"),
        pytest.param("A", "name_too_short", id="one letter"),
        pytest.param("*#!", "name_too_short", id="no letter"),
        pytest.param("", "name_too_short", id="nothing"),
    ],
)
def test_what_is_no_name_is_rejected(typed: str, reason: str) -> None:
    """A mistake is a value with a reason."""
    assert person_name(typed) == Rejected(reason)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amina Nuur Xuseen", "A N X"),
        ("'aisha abdi", "A A"),
        ("አሚና ኑር", "አ ኑ"),
        ("آمنة نور", "آ ن"),
        ("Amina -", "A"),
    ],
    ids=ascii,
)
def test_initials(name: str, letters: str) -> None:
    """A shared phone shows first letters only."""
    assert initials(name) == letters

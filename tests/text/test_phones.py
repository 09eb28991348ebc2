"""Phone numbers. No fictitious ranges exist in the region: those below are the samples of the numbering plans."""

from __future__ import annotations

import pytest

from gateway.messages import Rejected
from gateway.text.phones import e164, phone


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        pytest.param("0911234567", "ET", "+251911234567", id="ethiopia, national"),
        pytest.param("00251911234567", "ET", "+251911234567", id="ethiopia, 00"),
        pytest.param("+251 91 123 4567", "KE", "+251911234567", id="plus, from elsewhere"),
        pytest.param("0712 123456", "KE", "+254712123456", id="kenya, national"),
        pytest.param("254712123456", "KE", "+254712123456", id="kenya, no plus"),
        pytest.param("00254712123456", "KE", "+254712123456", id="kenya, where 00 is not the prefix"),
        pytest.param("000252612345678", "KE", "+252612345678", id="kenya, 000"),
        pytest.param("0772123456", "UG", "+256772123456", id="uganda"),
        pytest.param("612345678", "SO", "+252612345678", id="somalia"),
        pytest.param("٠٩١٢٣٤٥٦٧٨", "SD", "+249912345678", id="sudan, arabic digits"),
        pytest.param("77 12 34 56", "DJ", "+25377123456", id="djibouti"),
        pytest.param("(0921)-234–567", "SS", "+211921234567", id="south sudan, brackets and dashes"),
        pytest.param("\u202a+251911234567\u202c", "ET", "+251911234567", id="pasted with bidi marks"),
    ],
)
def test_a_typed_mobile_number_becomes_e164(typed: str, region: str, number: str) -> None:
    """National, 00 and + forms, and digits of any script, are one number."""
    assert phone(typed, region) == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("+254711XXXYYY", "not_a_phone", id="letters are no digits"),
        pytest.param("+25471212345a", "not_a_phone", id="one letter"),
        pytest.param("0712123456 ext 12", "not_a_phone", id="extension"),
        pytest.param("0712123456#12", "not_a_phone", id="extension sign"),
        pytest.param("+0000", "not_a_phone", id="noughts"),
        pytest.param("", "not_a_phone", id="nothing"),
        pytest.param("07121", "not_a_phone", id="too short"),
        pytest.param("7" * 200, "not_a_phone", id="too long"),
        pytest.param("+999123456789", "not_a_phone", id="no such country"),
        pytest.param("0202012345", "not_a_mobile", id="a fixed line takes no SMS"),
    ],
)
def test_what_is_no_mobile_number_is_rejected(typed: str, reason: str) -> None:
    """A mistake is a value with a reason."""
    assert phone(typed, "KE") == Rejected(reason)


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        pytest.param("+254712123456", True, id="usual"),
        pytest.param("+88312345678", True, id="a range that no table knows"),
        pytest.param("254712123456", False, id="no plus"),
        pytest.param(" 254712123456", False, id="the plus of a form became a space"),
        pytest.param("+254712123456\n", False, id="newline"),
        pytest.param("+0000000000", False, id="leading nought"),
        pytest.param("+1234567", False, id="seven digits"),
        pytest.param("+1234567890123456", False, id="sixteen digits"),
        pytest.param("+٢٥٤٧١٢١٢٣٤٥٦", False, id="other digits"),
        pytest.param("MTN", False, id="alphanumeric sender"),
    ],
)
def test_a_carriers_number_is_taken_by_its_form(sent: str, taken: bool) -> None:
    """What a carrier sends is accepted as given or not at all."""
    assert e164(sent) == (sent if taken else None)

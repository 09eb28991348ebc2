"""The GSM 7-bit alphabet."""

from __future__ import annotations

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.text import gsm7

ORACLE = gsm0338.Codec()
EVERY = "".join(gsm7._TO_SEPTETS)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("Haa / Maya", 10, id="somali"),
        pytest.param("ta'e", 4, id="straight apostrophe"),
        pytest.param("ta’e", None, id="curly apostrophe"),
        pytest.param("€5 {a}", 9, id="extension characters cost two"),
        pytest.param("a\x1bb", None, id="a raw escape is no character"),
        pytest.param("ሰላም", None, id="amharic"),
        pytest.param("tab\tbed", None, id="tab"),
        pytest.param("`", None, id="grave accent"),
    ],
)
def test_septets(text: str, cost: int | None) -> None:
    """A text's cost is exact, and None where the alphabet lacks a character."""
    assert gsm7.septets(text) == cost


def test_every_character_agrees_with_the_oracle() -> None:
    """Each of 65,536 characters is encodable here exactly where an independent table says so, to equal septets."""
    for point in range(0x10000):
        character = chr(point)
        if character == "\x1b":
            continue  # the oracle takes it, which is wrong
        try:
            expected: bytes | None = ORACLE.encode(character)[0]
        except UnicodeError:
            expected = None
        assert gsm7.septets(character) == (len(expected) if expected is not None else None)
        if expected is not None:
            assert gsm7.encode(character) == expected


def test_the_alphabet_is_whole() -> None:
    """127 characters of the default table and ten of the extension."""
    assert len(EVERY) == 137


@settings(deadline=None)
@given(st.text(st.sampled_from(EVERY)))
def test_what_is_encoded_comes_back(text: str) -> None:
    """Encoding takes as many septets as were counted and is undone by decoding, here and by the oracle."""
    values = gsm7.encode(text)
    assert len(values) == gsm7.septets(text)
    assert gsm7.decode(values) == text == ORACLE.decode(values)[0]


@pytest.mark.parametrize("text", ["\x1b", "a\x1be", "ሀ", "😀", "\ud800"], ids=ascii)
def test_encode_refuses_without_quoting(text: str) -> None:
    """What cannot be encoded is a ValueError that does not show the text."""
    with pytest.raises(ValueError, match=r"^a character is not in the GSM 7-bit alphabet$"):
        gsm7.encode(text)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        pytest.param(b"\x1b\x65", "€", id="an extension character"),
        pytest.param(b"\x1b\x41", "A", id="an unknown extension reads as the default table"),
        pytest.param(b"\x1b\x1bA", " A", id="escape of an escape"),
        pytest.param(b"A\x1b", "A ", id="escape at the end"),
    ],
)
def test_decode_reads_as_a_phone_must(values: bytes, text: str) -> None:
    """Odd escapes read as TS 23.038 tells a receiver."""
    assert gsm7.decode(values) == text


def test_decode_refuses_eight_bits() -> None:
    """A value above 127 is no septet."""
    with pytest.raises(ValueError, match="above 127"):
        gsm7.decode(b"\x80")

"""Alphabets, lengths and the parts of a long message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.text import gsm7
from gateway.text.alphabets import Alphabet, alphabet_of, measure
from gateway.text.parts import split


@pytest.mark.parametrize(
    ("text", "alphabet", "units"),
    [
        pytest.param("", Alphabet.GSM7, 0, id="nothing"),
        pytest.param("Eeyyee [1]", Alphabet.GSM7, 12, id="gsm with brackets"),
        pytest.param("አዎ", Alphabet.UCS2, 2, id="amharic"),
        pytest.param("نعم 1", Alphabet.UCS2, 5, id="arabic"),
        pytest.param("ok 😀", Alphabet.UCS2, 5, id="an emoji costs two"),
        pytest.param("\ud800", Alphabet.UCS2, 1, id="a lone surrogate is no crash"),
    ],
)
def test_measure(text: str, alphabet: Alphabet, units: int) -> None:
    """Length is in the units of the alphabet that the text needs."""
    assert measure(text) == (alphabet, units)
    assert alphabet_of(text) is alphabet


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("", [0], id="an empty message is one part"),
        pytest.param("a" * 160, [160], id="160 septets"),
        pytest.param("a" * 161, [153, 8], id="161 septets"),
        pytest.param("a" * 306, [153, 153], id="306 septets"),
        pytest.param("€" * 80, [80], id="80 extension characters"),
        pytest.param("a" * 152 + "€" * 10, [152, 10], id="an escape pair does not straddle"),
        pytest.param("ሀ" * 70, [70], id="70 units"),
        pytest.param("ሀ" * 71, [67, 4], id="71 units"),
        pytest.param("😀" * 36, [33, 3], id="surrogate pairs are whole"),
    ],
)
def test_split(text: str, lengths: list[int]) -> None:
    """The borders are those of the standard."""
    assert [len(part) for part in split(text).parts] == lengths


@settings(deadline=None)
@given(st.text(st.sampled_from("a€ነé^😀"), max_size=400) | st.text(st.sampled_from("ab{€"), max_size=400))
def test_parts_join_and_fit(text: str) -> None:
    """Parts give the text back, each fits its room in the message's alphabet, and no room is wasted."""
    result = split(text)
    assert "".join(result.parts) == text
    sizes = [
        gsm7.septets(part) if result.alphabet is Alphabet.GSM7 else len(part.encode("utf-16-le")) // 2
        for part in result.parts
    ]
    alone, each = (160, 153) if result.alphabet is Alphabet.GSM7 else (70, 67)
    if len(sizes) == 1:
        assert sizes[0] is not None and sizes[0] <= alone
    else:
        assert all(size is not None and each - 1 <= size <= each for size in sizes[:-1])
        assert sizes[-1] is not None and 0 < sizes[-1] <= each


def test_a_repr_shows_no_text() -> None:
    """A message's words do not reach a log by its repr."""
    assert "secret" not in repr(split("secret"))

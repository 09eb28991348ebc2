"""Reading the cumulative USSD text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.text.cumulative import Diverged, Fresh, Repeat, mark, read

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("answered", "text", "expected"),
    [
        pytest.param("", "", Repeat(), id="the first hop again"),
        pytest.param("", "1", Fresh("1"), id="the first input"),
        pytest.param("", "1*2", Fresh("1*2"), id="a star in the first input"),
        pytest.param("1", "1*2", Fresh("2"), id="the next input"),
        pytest.param("1", "1*2*3", Fresh("2*3"), id="a star in an input"),
        pytest.param("1", "1*", Fresh(""), id="an empty input"),
        pytest.param("1", "1**", Fresh("*"), id="a star alone"),
        pytest.param("1*2", "1*2", Repeat(), id="a repeat"),
        pytest.param("1*2", "1", Diverged(), id="out of date"),
        pytest.param("1*2", "", Diverged(), id="the first hop, late"),
        pytest.param("1*2", "1*3", Diverged(), id="another input"),
        pytest.param("1*2", "1*23", Diverged(), id="no star follows"),
        pytest.param("1*2", "3*2*1", Diverged(), id="another beginning"),
        pytest.param("አዎ*2", "አዎ*2*አይ", Fresh("አይ"), id="lengths count characters"),
    ],
)
def test_read(answered: str, text: str, expected: object) -> None:
    """A text is a repeat, a new input or out of step with what was answered."""
    assert read(text, mark(answered, KEY), KEY) == expected


inputs = st.text(st.sampled_from("*12a ሀ"), max_size=4)


@settings(deadline=None)
@given(
    # An empty first input leaves the text empty: the network itself cannot tell it from the first hop again.
    st.tuples(inputs.filter(bool), st.lists(inputs, max_size=8)),
    st.data(),
)
def test_every_input_is_read_once(typed: tuple[str, list[str]], data: st.DataObject) -> None:
    """However often hops are delivered, and with late ones between them, each input is applied exactly once."""
    expected = [typed[0], *typed[1]]
    texts = ["", *("*".join(expected[: count + 1]) for count in range(len(expected)))]
    answered, applied = mark("", KEY), []
    for hop, text in enumerate(texts):
        deliveries = [text] * data.draw(st.integers(1, 3))
        deliveries += data.draw(st.lists(st.sampled_from(texts[: hop + 1]), max_size=2))
        for delivery in deliveries:
            outcome = read(delivery, answered, KEY)
            if isinstance(outcome, Fresh):
                applied.append(outcome.input)
                answered = mark(delivery, KEY)
    assert applied == expected


def test_a_mark_keeps_no_text() -> None:
    """What is kept of a text is a length and a digest that needs the key; an input's repr does not show it."""
    kept = mark("1*4821", KEY)
    assert b"4821" not in kept.digest
    assert kept.digest != mark("1*4821", b"other" * 8).digest
    assert "4821" not in repr(read("1*4821", mark("1", KEY), KEY))
    assert read("1*4821", kept, b"other" * 8) == Diverged()

"""YAML files are changed in place: what did not change stays byte for byte."""

from __future__ import annotations

import pytest

from gateway.authoring.translating import splice
from gateway.catalogue.files import Bundle
from gateway.errors import FlowError


def test_shipped_files_are_rewritten_to_themselves(shipped: Bundle) -> None:
    """Every shipped file, read and written again, stays byte for byte."""
    for path, source in shipped.sources.items():
        assert splice.rewritten(shipped.texts[path], source.data, path) == shipped.texts[path]


def test_texts_of_every_style() -> None:
    """Texts over several lines, empty values and texts that look like something else are put in as they are."""
    text = "# top\na: |\n  One\n  two\nb: plain goes\n  on   # note\nc:\nd: {e: 'x'}\n"
    wanted = {"a": "Eins: zwei", "b": "neu", "c": {"say": "012"}, "d": {"e": "x", "f": "yes"}}
    assert splice.rewritten(text, wanted, "x.yaml") == (
        '# top\na: "Eins: zwei"\nb: neu   # note\nc:\n  say: "012"\nd: {e: \'x\', f: "yes"}\n'
    )


def test_an_anchor_is_not_guessed_at() -> None:
    """A text that stands in two places by an anchor is left to a person."""
    text = "a: &same Haa\nb: *same\n"
    with pytest.raises(FlowError, match="edit it by hand"):
        splice.rewritten(text, {"a": "Maya", "b": "Haa"}, "x.yaml")

"""Reading an operator's files: YAML 1.2, with the place of everything, and a clear word for what is no YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.files import from_bytes, read_file, read_folder, to_bytes
from gateway.errors import FlowError

TEXT = """\
no: yes
on: 'true'
number: -12
zeros: "012345"
text: |
  two
  lines
day: 2027-01-07
nothing:
flag: true
ratio: 0.5
items: [a, 1.5.2,
  {deep: x}]
"""


def read(folder: Path, text: str) -> Any:
    (folder / "f.yaml").write_text(text, "utf-8")
    return read_file(folder / "f.yaml")


def test_words_stay_words(tmp_path: Path) -> None:
    """`no`, `yes` and `on` are words, quotes make text, and a date is what was typed."""
    assert read(tmp_path, TEXT).data == {
        "no": "yes",
        "on": "true",
        "number": -12,
        "zeros": "012345",
        "text": "two\nlines\n",
        "day": "2027-01-07",
        "nothing": None,
        "flag": True,
        "ratio": 0.5,
        "items": ["a", "1.5.2", {"deep": "x"}],
    }


def test_every_place_is_known(tmp_path: Path) -> None:
    """Line and column, from 1, of every key and every item."""
    places = read(tmp_path, TEXT).places
    assert places["no",] == (1, 1)
    assert places["items", 1] == (12, 12)
    assert places["items", 2, "deep"] == (13, 4)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a second time"),
        ("a: &x {b: 1}\nc: *x\n", 2, "an alias"),
        ("a: [1,\nb: 2\n", 3, ""),
        ("a: b: c\n", 1, ""),
        ("a: 'open\n", 2, ""),
        ("? [a, b]\n: c\n", 1, "a key is one word"),
        ("a: \x07\n", 0, ""),
        ("a: 1\n---\nb: 2\n", 2, ""),
        ("a: " + "[" * 400_000, 1, "too deep"),
    ],
    ids=["twice", "alias", "unclosed", "nested", "quote", "key", "control", "two", "deep"],
)
def test_what_is_no_yaml(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """The file and, where the reader knows it, the line; one line of text."""
    with pytest.raises(FlowError) as caught:
        read(tmp_path, text)
    assert problem in caught.value.problem
    assert (caught.value.file, caught.value.line, caught.value.rule) == ("f.yaml", line, "yaml")
    assert "\n" not in str(caught.value)


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever an editor saved, nothing but the one error comes of it."""
    folder = tmp_path_factory.getbasetemp()
    try:
        read(folder, text)
    except FlowError as refused:
        where = refused.file
    else:
        where = "f.yaml"
    assert where == "f.yaml"


def test_a_bundle_is_kept_with_its_places(tmp_path: Path) -> None:
    """What the database keeps comes back whole, so that no process reads YAML again."""
    read(tmp_path, TEXT)
    bundle = read_folder(tmp_path)
    again = from_bytes(to_bytes(bundle))
    assert again.id == bundle.id
    kept, read_now = again.sources["f.yaml"], bundle.sources["f.yaml"]
    assert (kept.path, kept.data, dict(kept.places)) == (read_now.path, read_now.data, read_now.places)

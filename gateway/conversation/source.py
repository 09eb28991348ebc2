"""What the loader reads: plain data with the line of each value, and a cursor that complains with file and line.

Whoever reads the YAML (1.2, so that `no:` and `on:` stay words) makes the `Source`s; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from gateway.errors import FlowError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path as shown to authors, its plain data, and the line and column (from 1) of each path in it."""

    path: str
    data: Any
    places: Mapping[Path, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowSource:
    """One flow: its own file and one file a translation."""

    flow: Source
    texts: tuple[Source, ...] = ()


class Faults:
    """Where an author's mistakes go: the first is raised; or, given a list, each is kept and reading goes on."""

    __slots__ = ("_kept",)

    def __init__(self, kept: list[FlowError] | None = None) -> None:
        self._kept = kept

    @contextmanager
    def go_on(self) -> Iterator[None]:
        """Reads a part that may be faulty."""
        try:
            yield
        except FlowError as fault:
            if self._kept is None:
                raise
            self._kept.append(fault)


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a source. Every reader raises `FlowError` with file, line and state for a value of another shape."""

    source: Source
    value: Any
    path: Path = ()
    state: str = ""

    @classmethod
    def of(cls, source: Source) -> Node:
        """The root of a source."""
        return cls(source, source.data)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, from 1; of the nearest known place around it, or (0, 0)."""
        places, path = self.source.places, self.path
        while path and path not in places:
            path = path[:-1]
        return places.get(path, (0, 0))

    def fault(self, problem: str, rule: str = "shape", hint: str = "") -> FlowError:
        """The error to raise about this place."""
        line, column = self.place
        return FlowError(
            problem,
            file=self.source.path,
            line=line,
            column=column,
            state=self.state,
            rule=rule,
            hint=hint,
        )

    def unknown(self, what: str, name: str, known: Iterable[str]) -> FlowError:
        """The error for a name that nothing bears, with the nearest one that something does."""
        near = get_close_matches(name, sorted(known), 1)
        hint = f"Did you mean '{near[0]}'?" if near else ""
        return self.fault(f"unknown {what} '{name}'", f"unknown.{what.replace(' ', '_')}", hint)

    def under(self, state: str) -> Node:
        """The same place, known to belong to a state."""
        return Node(self.source, self.value, self.path, state)

    def at(self, key: str | int) -> Node:
        """The place under a key that is there."""
        return Node(self.source, self.value[key], (*self.path, key), self.state)

    def get(self, key: str) -> Node | None:
        """The place under a key, or None where it is absent."""
        return self.at(key) if key in self.mapping() else None

    def need(self, key: str) -> Node:
        """The place under a key that must be there."""
        found = self.get(key)
        if found is None:
            raise self.fault(f"'{key}' is missing")
        return found

    def only(self, *keys: str) -> None:
        """Refuses every other key."""
        for key in self.mapping():
            if key not in keys:
                raise self.at(key).unknown("key", key, keys)

    def mapping(self) -> Mapping[str, Any]:
        """The value as a mapping from words."""
        value = self.value
        if type(value) is not dict and not isinstance(value, Mapping):
            raise self.fault("expected 'key: value' pairs")
        for key in value:
            if not isinstance(key, str):
                raise self.fault(f"the key {key} is not a word: put it in quotes")
        return value

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping."""
        return ((key, self.at(key)) for key in self.mapping())

    def each(self) -> Iterator[Node]:
        """The entries of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.fault("expected a list")
        return (self.at(position) for position in range(len(self.value)))

    def text(self) -> str:
        """The value as text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault(
                "expected text" if isinstance(self.value, str) else "expected text: put it in quotes"
            )
        return self.value.strip()

    def whole(self, least: int = 0) -> int:
        """The value as a whole number."""
        if type(self.value) is not int or self.value < least:
            raise self.fault(f"expected a whole number, {least} or more")
        return self.value

    def flag(self) -> bool:
        """The value as true or false."""
        if not isinstance(self.value, bool):
            raise self.fault("expected true or false")
        return self.value

    def among(self, known: Iterable[str], what: str) -> str:
        """The value as one of some names."""
        known = tuple(known)
        name = self.text()
        if name not in known:
            raise self.unknown(what, name, known)
        return name


def words(node: Node | None) -> tuple[str, ...]:
    """A list of texts, empty where it is absent."""
    return () if node is None else tuple(each.text() for each in node.each())

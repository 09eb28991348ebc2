"""A revision's files: read from a folder or the database, and turned into sources with line numbers.

YAML is read as 1.2, where `no:`, `yes:` and `on:` stay words and `012345` stays text in quotes only.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from gateway.conversation.source import Faults, FlowSource, Source
from gateway.conversation.source import Path as Within
from gateway.errors import FlowError

SUFFIXES = (".yaml", ".csv")
LARGEST = 1_000_000  # bytes of one file
DEEPEST = 40  # mappings and lists inside one another

_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_FOLDERS = frozenset({"notices", "policies"})
_QUOTED = frozenset("'\"|>")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~"), None),
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one revision by their path below the folder, and each YAML file as a source."""

    texts: Mapping[str, str]
    sources: Mapping[str, Source]

    @property
    def id(self) -> str:
        """The revision's name: a hash of every path and text."""
        digest = hashlib.sha256()
        for path, text in sorted(self.texts.items()):
            digest.update(f"{path}\0{len(text)}\0{text}".encode())
        return digest.hexdigest()

    def under(self, folder: str) -> Iterator[Source]:
        """The sources of a folder, by name."""
        return (source for path, source in sorted(self.sources.items()) if path.startswith(f"{folder}/"))


def flow_sources(bundle: Bundle) -> Iterator[FlowSource]:
    """The files of each flow: its own and its translations."""
    for path, source in sorted(bundle.sources.items()):
        folder, _, name = path.rpartition("/")
        if name == "flow.yaml" and folder not in _FOLDERS:
            texts = [each for each in bundle.under(folder) if each.path.startswith(f"{folder}/text.")]
            yield FlowSource(source, tuple(texts))


def read_folder(folder: Path, faults: list[FlowError] | None = None) -> Bundle:
    """Every flow, notice and policy file below a folder.

    Raises `FlowError` with file and line for bad YAML; given a list of `faults`, the error goes there, and the file is
    left out.
    """
    guard = Faults(faults)
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            name = path.relative_to(folder).as_posix()
            with guard.go_on():
                texts[name] = _text(path, name)
    if not texts:
        raise FlowError(f"no flow files in {folder.name}/")
    sources: dict[str, Source] = {}
    for name, text in texts.items():
        if name.endswith(".yaml"):
            with guard.go_on():
                sources[name] = _parsed(name, text)
    return Bundle(texts, sources)


def read_file(path: Path) -> Source:
    """One YAML file. Raises `FlowError` with file and line."""
    return _parsed(path.name, _text(path, path.name))


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > LARGEST:
        raise FlowError(f"is larger than {LARGEST} bytes", file=name)
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise FlowError("is not UTF-8 text: save it as UTF-8", file=name) from None


def to_bytes(bundle: Bundle) -> bytes:
    """A bundle as the database keeps it, sources included: reading YAML again would cost each process seconds."""
    read = {path: [source.data, _told(source.places)] for path, source in bundle.sources.items()}
    return zlib.compress(orjson.dumps({"texts": bundle.texts, "read": read}))


def from_bytes(data: bytes) -> Bundle:
    """The bundle that `to_bytes` wrote."""
    plain = orjson.loads(zlib.decompress(data))
    sources = {path: Source(path, value, _Places(told)) for path, (value, told) in plain["read"].items()}
    return Bundle(plain["texts"], sources)


def _told(places: Mapping[Within, tuple[int, int]]) -> str:
    return orjson.dumps([[list(path), place] for path, place in places.items()]).decode()


class _Places(Mapping[Within, tuple[int, int]]):
    """Where things stand in a file, read when somebody first asks: a sound file's are never needed, and weigh most."""

    __slots__ = ("_told",)

    def __init__(self, told: str) -> None:
        self._told: str | dict[Within, tuple[int, int]] = told

    def _read(self) -> dict[Within, tuple[int, int]]:
        if isinstance(self._told, str):
            self._told = {tuple(path): tuple(place) for path, place in orjson.loads(self._told)}
        return self._told

    def __getitem__(self, path: Within) -> tuple[int, int]:
        return self._read()[path]

    def __iter__(self) -> Iterator[Within]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def _parsed(path: str, text: str) -> Source:
    reader = _Reader(path)
    try:
        return Source(path, reader.document(yaml.parse(text, _Loader)), reader.places)
    except yaml.MarkedYAMLError as error:
        problem = str(error.problem or "is not YAML").split("\n")[0]
        raise reader.fault(error.problem_mark, problem) from None
    except yaml.YAMLError as error:
        raise FlowError(str(error).split("\n")[0], file=path, rule="yaml") from None


class _Reader:
    """Plain data from a parser's events; `places` are line and column of every key and item."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._events: Iterator[Any] = iter(())
        self.places: dict[Within, tuple[int, int]] = {}

    def document(self, events: Iterator[Any]) -> Any:
        """The one document of a stream; None where it is empty."""
        self._events = events
        next(events)  # the stream's beginning
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        value = self._value(next(events), ())
        next(events)  # the document's end
        if not isinstance(after := next(events), yaml.StreamEndEvent):
            raise self.fault(after.start_mark, "a second document: only one belongs in a file")
        return value

    def _value(self, event: Any, within: Within) -> Any:
        if len(within) > DEEPEST:
            raise self.fault(event.start_mark, "nested too deep for any file here")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(within)
        if isinstance(event, yaml.MappingStartEvent):
            return self._pairs(within)
        raise self.fault(event.start_mark, "an alias (*): write the value out")

    def _items(self, within: Within) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            place = (*within, len(items))
            self.places[place] = _from_one(event.start_mark)
            items.append(self._value(event, place))
        return items

    def _pairs(self, within: Within) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self.fault(event.start_mark, "a key is one word")
            key = _scalar(event)
            if key in values:
                raise self.fault(event.start_mark, f"the key '{key}' stands here a second time")
            self.places[*within, key] = _from_one(event.start_mark)
            values[key] = self._value(next(self._events), (*within, key))
        return values

    def fault(self, mark: Any, problem: str) -> FlowError:
        """The error about a place."""
        line, column = _from_one(mark) if mark else (0, 0)
        return FlowError(problem, file=self._path, line=line, column=column, rule="yaml")


def _scalar(node: Any) -> Any:
    """A value by the core schema of YAML 1.2: quoted it is text, and so is anything that is no number, flag or null."""
    text: str = node.value
    if node.style in _QUOTED:
        return text
    if not text:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _from_one(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1

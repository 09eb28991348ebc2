"""A revision's files: read from a folder or the database, and turned into sources with line numbers.

YAML is read as 1.2, where `no:`, `yes:` and `on:` stay words and `012345` stays text in quotes only.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from gateway.conversation.source import Path as Place
from gateway.conversation.source import Source
from gateway.errors import FlowError

SUFFIXES = (".yaml", ".csv")
LARGEST = 1_000_000  # bytes of one file


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


def read_folder(folder: Path) -> Bundle:
    """Every flow, notice and policy file below a folder. Raises `FlowError` with file and line for bad YAML."""
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            name = path.relative_to(folder).as_posix()
            texts[name] = _text(path, name)
    if not texts:
        raise FlowError(f"no flow files in {folder.name}/")
    return Bundle(
        texts, {path: _parsed(path, text) for path, text in texts.items() if path.endswith(".yaml")}
    )


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
    read = {
        path: [source.data, [[list(place), line] for place, line in source.lines.items()]]
        for path, source in bundle.sources.items()
    }
    return zlib.compress(orjson.dumps({"texts": bundle.texts, "read": read}))


def from_bytes(data: bytes) -> Bundle:
    """The bundle that `to_bytes` wrote."""
    plain = orjson.loads(zlib.decompress(data))
    sources = {
        path: Source(path, value, {tuple(place): line for place, line in lines})
        for path, (value, lines) in plain["read"].items()
    }
    return Bundle(plain["texts"], sources)


def _parsed(path: str, text: str) -> Source:
    reader = YAML(typ="rt", pure=True)
    reader.allow_duplicate_keys = False
    try:
        value = reader.load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        problem = str(error.problem or "is not YAML").split("\n")[0]
        raise FlowError(problem, file=path, line=mark.line + 1 if mark else 0) from None
    lines: dict[Place, int] = {}
    return Source(path, _plain(value, (), lines, path), lines)


def _plain(value: Any, place: Place, lines: dict[Place, int], path: str) -> Any:
    """The value as plain data; the line of every key and item goes to `lines`."""
    if isinstance(value, CommentedMap):
        for key in value:
            lines[(*place, key)] = value.lc.key(key)[0] + 1
        return {key: _plain(inner, (*place, key), lines, path) for key, inner in value.items()}
    if isinstance(value, CommentedSeq):
        for index in range(len(value)):
            lines[(*place, index)] = value.lc.item(index)[0] + 1
        return [_plain(inner, (*place, index), lines, path) for index, inner in enumerate(value)]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)  # a date that YAML recognised

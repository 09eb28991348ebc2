"""Files of strangers, opened with care: none too large, none from outside a package, no archive that swells."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISLNK
from typing import IO, Any

import orjson

from gateway.errors import FlowError

LARGEST = 64 * 1024 * 1024  # bytes of one file, unpacked
LARGEST_PACKAGE = 2 * LARGEST  # bytes of all files of a package, unpacked
MOST_FILES = 100
_NAME = re.compile(r"(?:[A-Za-z0-9_-]{1,60}/)?([A-Za-z0-9_-]{1,60}\.(?:csv|json))")
_PAGE = "contents"


def text(path: Path) -> str:
    """A file in UTF-8. Raises `FlowError` for another encoding and for one that is too large."""
    with path.open("rb") as file:
        return _decoded(_bounded(file, LARGEST, path.name), path.name)


def items(path: Path) -> tuple[list[Any], str]:
    """The objects of an HSDS JSON file: a list of them, one alone, or a page of the API with its `contents`.

    Beside them what page it is, where there are more. Raises `FlowError` for what is no JSON of this kind.
    """
    try:
        found = orjson.loads(text(path))
    except orjson.JSONDecodeError:
        raise FlowError("this is not JSON", file=path.name) from None
    if isinstance(found, list):
        return found, ""
    if not isinstance(found, dict):
        raise FlowError("a list of HSDS objects is needed", file=path.name)
    if _PAGE not in found:
        return [found], ""
    if not isinstance(found[_PAGE], list):
        raise FlowError("the contents of a page are a list", file=path.name)
    last = found.get("last_page", True)
    return found[_PAGE], "" if last else f"page {found.get('page_number')} of {found.get('total_pages')}"


def package(path: Path) -> dict[str, str]:
    """The CSV and JSON files of a folder, or of a zip archive, by their names.

    Raises `FlowError` for an archive that cannot be read, that is locked, names a file outside itself or a link, and
    for more or larger files than a directory has.
    """
    found: dict[str, str] = {}
    room = LARGEST_PACKAGE
    for name, data in _folder(path) if path.is_dir() else _archive(path):
        room -= len(data)
        if room < 0 or len(found) >= MOST_FILES:
            raise FlowError("the package is too large", file=path.name)
        if name in found:
            raise FlowError(f"{name} stands in the package twice", file=path.name)
        found[name] = _decoded(data, name)
    return found


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for each in sorted(path.iterdir()):
        if _NAME.fullmatch(each.name) and each.is_file():
            if each.is_symlink():
                raise FlowError("a link is not followed", file=each.name)
            with each.open("rb") as file:
                yield each.name, _bounded(file, LARGEST, each.name)


def _archive(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise FlowError("the package has too many files", file=path.name)
            for entry in entries:
                if entry.is_dir():
                    continue
                name = _NAME.fullmatch(entry.orig_filename)
                if name is None or S_ISLNK(entry.external_attr >> 16):
                    raise FlowError(
                        "the package holds something else than CSV and JSON files", file=path.name
                    )
                with archive.open(entry) as file:
                    yield name[1], _bounded(file, LARGEST, name[1])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
        raise FlowError("this is no zip archive, or a locked or a broken one", file=path.name) from None


def _bounded(file: IO[bytes], most: int, name: str) -> bytes:
    """What a file holds, never more of it than is allowed: an archive's own word for its sizes is not believed."""
    data = file.read(most + 1)
    if len(data) > most:
        raise FlowError("the file is too large", file=name)
    return data


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FlowError("the file is not in UTF-8", file=name) from None


def write(content: str, path: Path, *, private: bool) -> None:
    """Writes a file, `private` for its owner's eyes alone, also where it was there for all to read."""
    with open(path, "w", encoding="utf-8", newline="", opener=_private if private else None) as file:
        file.write(content)


def pack(files: dict[str, str], path: Path, *, private: bool) -> None:
    """Writes a package: into a zip archive where the path ends so, otherwise into a folder, made if need be."""
    if path.suffix.lower() != ".zip":
        path.mkdir(exist_ok=True)
        for name, content in files.items():
            write(content, path / name, private=private)
        return
    with (
        open(path, "wb", opener=_private if private else None) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content.encode(), zipfile.ZIP_DEFLATED)


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor

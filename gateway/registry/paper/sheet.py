"""A CSV file (RFC 4180) as spreadsheets write it: its text, what parts its cells, its columns, its rows.

UTF-8 with or without a byte order mark; commas, semicolons or tabs. Whatever the file holds, reading it ends in cells
and refusals: a refusal names line and column and never what stands there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.text.clean import clean

DELIMITERS = (",", ";", "\t")
WHOLE = "(line)"
"""The column of a refusal that is about a whole line."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken and why: a line of the file from 1, a column's name, a reason's code."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """A row of cells by their columns, and the line of the file that it begins on."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """A file whose columns are understood. `names` are its columns in their order, `text` all of it."""

    text: str
    delimiter: str
    names: tuple[str, ...]

    def lines(self) -> Iterator[Line | Refusal]:
        """Every row that is not blank, without the header."""
        for line, cells in _records(self.text, self.delimiter):
            if isinstance(cells, str):
                yield Refusal(line, WHOLE, cells)
            elif line > 1 and any(map(str.strip, cells)):
                yield self._line(line, cells)

    def _line(self, line: int, cells: Sequence[str]) -> Line | Refusal:
        beyond = cells[len(self.names) :]
        if len(cells) < len(self.names) or any(map(str.strip, beyond)):
            return Refusal(line, WHOLE, "cells")
        return Line(line, dict(zip(self.names, map(clean, cells), strict=False)))


def decode(data: bytes) -> str | Refusal:
    """The text of a file, without its byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = "utf16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "not_utf8"
        return Refusal(data.count(b"\n", 0, error.start) + 1, WHOLE, reason)


def open_sheet(text: str, known: Collection[str], needed: Collection[str]) -> Sheet | tuple[Refusal, ...]:
    """The sheet of a text whose first line names its columns, all of them `known` and all `needed` among them.

    A column that nobody knows is named by its number: without a header it would be somebody's name.
    """
    readings = [(delimiter, _names(text, delimiter)) for delimiter in DELIMITERS]
    delimiter, names = max(readings, key=lambda read: len(set(read[1]) & set(known)))
    faults = [
        Refusal(1, f"column {number}", "unknown_column")
        for number, name in enumerate(names, 1)
        if name not in known
    ]
    faults += [Refusal(1, name, "twice_column") for name in known if names.count(name) > 1]
    faults += [Refusal(1, name, "missing_column") for name in needed if name not in names]
    return tuple(dict.fromkeys(faults)) or Sheet(text, delimiter, names)


def _names(text: str, delimiter: str) -> tuple[str, ...]:
    """The names in the first line: in any case, with spaces for underlines, empty ones at the end left out."""
    first = next(_records(text, delimiter), (1, []))[1]
    names = ["_".join(clean(cell).lower().split()) for cell in first] if not isinstance(first, str) else []
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line that it begins on; or a reason why it is none. A cell never spans lines here."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield begins, "quotes"
            continue
        yield begins, "spans_lines" if any("\n" in cell or "\r" in cell for cell in cells) else cells

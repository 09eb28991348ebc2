"""CSV cells that a spreadsheet would run as a formula, kept as text.

A spreadsheet takes a cell that begins with = + - @, a tab or a line break for a formula, and some take the full-width
forms of the signs for the same; such a cell stands behind an apostrophe (OWASP, CSV injection). A plain signed number
is no formula: phones and degrees stay as they are, so that other readers of the file see them rightly.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.errors import FlowError

MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
MOST_ROWS = 200_000
_STARTS = "=+-@＝＋－＠﹦﹢﹣﹫−"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def _runs(text: str) -> bool:
    return text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in tuple(_STARTS)


def shielded(text: str) -> str:
    """The cell as a file holds it. `unshielded` gives back every text as it was."""
    if text.startswith("'") or (_runs(text) and not _NUMBER.fullmatch(text)):
        return "'" + text
    return text


def unshielded(cell: str) -> str:
    """The text of a cell, without the apostrophe that this file or another program set before a formula."""
    rest = cell[1:]
    return rest if cell.startswith("'") and (rest.startswith("'") or _runs(rest)) else cell


def written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A CSV file (RFC 4180) of those columns; a row may lack some."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([shielded(row.get(column, "")) for column in columns])
    return out.getvalue()


def rows(text: str, file: str, *, separators: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """The line (from 1) and the cells that are not blank of each row, by column.

    Raises `FlowError` for what is no CSV file, a column that is named twice, a row of other cells than the first has
    columns, and more rows than any directory has.
    """
    text = text.removeprefix(MARK)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(separators, key=head.count))
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        if len(set(columns)) < len(columns):
            raise FlowError("a column is named twice", file=file, line=1)
        for count, cells in enumerate(reader):
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise FlowError(
                    f"this row has {len(cells)} cells, and the file {len(columns)} columns",
                    file=file,
                    line=reader.line_num,
                )
            if count >= MOST_ROWS:
                raise FlowError("the file has too many rows", file=file)
            found = ((column, unshielded(cell).strip()) for column, cell in zip(columns, cells, strict=True))
            yield reader.line_num, {column: cell for column, cell in found if cell}
    except csv.Error:
        raise FlowError("this is not CSV", file=file, line=reader.line_num) from None

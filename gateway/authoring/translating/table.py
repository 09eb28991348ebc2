"""The CSV file of a language, for whoever translates in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from gateway.authoring.texts import Standing
from gateway.authoring.translating.rows import Answer, Row
from gateway.errors import FlowError

COLUMNS = ("text", "language", "base", "translation", "standing", "letters", "note", "place")
_NEEDED = ("text", "language", "base", "translation")
_MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write(rows: Sequence[Row]) -> str:
    """The file. A cell that a spreadsheet would run as a formula stands behind an apostrophe."""
    out = io.StringIO()
    out.write(_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        limit = "" if row.limit is None else str(row.limit)
        place = f"{row.file}:{row.line}"
        cells = (
            row.name,
            row.language,
            row.base,
            row.translation,
            row.standing.value,
            limit,
            row.note,
            place,
        )
        writer.writerow([_shielded(cell) for cell in cells])
    return out.getvalue()


def read(text: str, origin: str) -> tuple[str, list[Answer]]:
    """The file's language and what was translated in it. Commas, semicolons and tabs may part its columns.

    Raises `FlowError`, with `origin` as its file, for one without the columns, or of several languages.
    """
    text = text.removeprefix(_MARK)
    head = text.split("\n", 1)[0]
    parted = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=parted)
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise FlowError(
            f"the column '{missing[0]}' is missing",
            file=origin,
            line=1,
            hint=f"keep the first line as it was: {', '.join(COLUMNS)}",
        )
    languages: set[str] = set()
    answers = []
    for cells in reader:
        row = {name: _bare(cells[name] or "") for name in reader.fieldnames or () if name in COLUMNS}
        if not row["text"]:
            continue
        languages.add(row["language"])
        unseen = row.get("standing", "") in (Standing.CHANGED, Standing.UNMARKED)
        translation = row["translation"].replace("\r\n", "\n").strip()
        base = row["base"].replace("\r\n", "\n").strip()
        answers.append(Answer(row["text"], base, translation, reader.line_num, unseen=unseen))
    if not languages:
        raise FlowError("there is no text in the file", file=origin)
    if len(languages) > 1:
        raise FlowError("the column 'language' must hold the same language in every row", file=origin, line=2)
    return languages.pop(), answers


def _shielded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell

"""The gettext PO file of a language, as Weblate and Poedit read and write it."""

from __future__ import annotations

from collections.abc import Sequence

import polib

from gateway.authoring.texts import Standing, digest
from gateway.authoring.translating.rows import Answer, Row
from gateway.errors import FlowError

_TWO = "nplurals=2; plural=(n != 1);"
_FIRST_TWO = "nplurals=2; plural=(n > 1);"
_PLURALS = {
    "am": _FIRST_TWO,
    "ti": _FIRST_TWO,
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
"""CLDR's plural forms, which editors ask for though no text of ours has any."""


def write(rows: Sequence[Row], language: str, earlier: str = "", origin: str = "") -> str:
    """The file. What translators wrote as comments into an `earlier` one is kept, and the text they translated.

    Raises `FlowError`, with `origin` as its file, where `earlier` is no PO file.
    """
    old = _opened(earlier, origin) if earlier else polib.POFile()
    known = {entry.msgctxt: entry for entry in old}
    file = polib.POFile(wrapwidth=100)
    file.header = old.header
    file.metadata = old.metadata | {
        "Project-Id-Version": "returnee-gateway",
        "Language": language.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": _PLURALS.get(language.split("-")[0], _TWO),
    }
    file.extend(_entry(row, known.get(row.name)) for row in rows)
    return f"{file}"


def _entry(row: Row, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=row.name,
        msgid=row.base,
        msgstr=row.translation,
        comment=row.note,
        occurrences=[(row.file, str(row.line))],
        tcomment=old.tcomment if old else "",
    )
    if row.standing in (Standing.CHANGED, Standing.UNMARKED):
        entry.flags = ["fuzzy"]
        if old is not None:
            seen = [text for text in (old.msgid, old.previous_msgid) if text and digest(text) == row.marked]
            entry.previous_msgid = seen[0] if seen else None
    return entry


def read(text: str, origin: str) -> tuple[str, list[Answer]]:
    """The file's language and what was translated in it. Raises `FlowError`, with `origin` as its file."""
    file = _opened(text, origin)
    language = file.metadata.get("Language", "").replace("_", "-")
    if not language:
        raise FlowError(
            "the file does not say its language", file=origin, hint="put 'Language: so' into its header"
        )
    lines = {line.strip(): number for number, line in enumerate(text.splitlines(), 1)}
    answers = [
        Answer(
            entry.msgctxt,
            entry.msgid,
            entry.msgstr.strip(),
            lines.get(f'msgctxt "{entry.msgctxt}"', entry.linenum or 0),
            unsure=entry.fuzzy,
        )
        for entry in file
        if entry.msgctxt and not entry.obsolete
    ]
    return language, answers


def _opened(text: str, origin: str) -> polib.POFile:
    try:
        return polib.pofile(text if "\n" in text else f"{text}\n")
    except OSError as error:
        line = str(error).rpartition("line ")[2].split(":")[0].rstrip(")")
        place = int(line) if line.isdigit() else 0
        raise FlowError(
            "this is not a PO file", file=origin, line=place, hint="save it as gettext PO, UTF-8"
        ) from None

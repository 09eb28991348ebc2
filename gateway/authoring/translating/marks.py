"""Writes `translated.csv`: from which base text each translation was made."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping

from gateway.authoring.project import Project
from gateway.authoring.texts import Text, digest, marks, marks_path, texts

Marks = dict[str, dict[tuple[str, str], str]]
"""By folder: the digest of the base text for each (key, language)."""


def mark(project: Project, language: str, flows: Collection[str] = ()) -> tuple[dict[str, str], int]:
    """Says that the translations into a language fit their base texts; of some flows, `notices` or `phrases` alone.

    Gives the changed files with their texts, and how many translations were not known to fit before.
    """
    marked: Marks = {}
    for text in texts(project):
        if language in text.translations and (not flows or text.flow in flows):
            marked.setdefault(text.folder, {})[text.key, language] = digest(text.base)
    known = {folder: marks(project, folder) for folder in marked}
    new = sum(known[folder].get(place) != of for folder, rows in marked.items() for place, of in rows.items())
    return files(project, marked), new


def files(project: Project, marked: Mapping[str, Mapping[tuple[str, str], str]]) -> dict[str, str]:
    """The `translated.csv` of each folder that new marks change, without rows of texts that are gone."""
    changed = {}
    every = texts(project)
    for folder, rows in marked.items():
        known = marks(project, folder)
        if any(known.get(place) != of for place, of in rows.items()):
            changed[marks_path(folder)] = _table(project, every, folder, known | dict(rows))
    return changed


def _table(project: Project, every: list[Text], folder: str, rows: Mapping[tuple[str, str], str]) -> str:
    """Rows in the order of the texts, then of the languages."""
    order = {text.key: number for number, text in enumerate(every) if text.folder == folder}
    languages = {language: number for number, language in enumerate(project.languages)}
    kept = [(key, language) for key, language in rows if key in order]
    kept.sort(key=lambda each: (order[each[0]], languages.get(each[1], len(languages)), each[1]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("text", "language", "of"))
    writer.writerows((key, language, rows[key, language]) for key, language in kept)
    return out.getvalue()

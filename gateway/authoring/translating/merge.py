"""Puts what came back from translators into the files: only what fits, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from gateway.authoring.findings import Finding, Rule, Severity
from gateway.authoring.project import Project
from gateway.authoring.texts import Text, digest, texts
from gateway.authoring.translating import marks, shelf, splice
from gateway.authoring.translating.room import PLACEHOLDER, Room
from gateway.authoring.translating.rows import Answer
from gateway.errors import FlowError

LATIN = "-Latn"
"""Behind a language: its variant in Latin letters."""

PLACEHOLDERS = Rule(
    "import.placeholders", "A translation has the placeholders of its base text", Severity.ERROR
)
SHAPE = Rule("import.place", "A translation has a place in its file", Severity.ERROR)
UNKNOWN = Rule("import.unknown", "What comes back belongs to a text that is there", Severity.WARNING)
OLD = Rule("import.old", "What comes back was made from the text as it is now", Severity.WARNING)
LENGTH = Rule("import.length", "A translation fits the room that the translator was told", Severity.WARNING)


@dataclass
class Merge:
    """What came of an import.

    `files` are the changed files with their new texts. `taken`, `refused` and `left` name texts: put in, not put in
    because of a finding of the kind error, and not put in because the translator marked them as needing work.
    """

    files: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def merge(project: Project, language: str, answers: Sequence[Answer], origin: str) -> Merge:
    """Merges a translator's file, which `origin` names in findings. Raises `FlowError` for an unknown language.

    A translation that differs is put in. It counts as made from the base text that the translator saw; one that is
    the same as before counts so where the translator did not leave it marked as needing work.
    """
    known(project, language, origin)
    return _Merging(project, language, origin).of(answers)


def known(project: Project, language: str, origin: str) -> None:
    """Refuses a language that the files do not name, `origin` being the file that wants it. Raises `FlowError`."""
    if language.removesuffix(LATIN) not in project.languages:
        raise FlowError(
            f"the language '{language}' is not among ours",
            file=origin,
            hint=f"add it to 'languages' in {project.phrases.source.path}",
        )


class _Merging:
    def __init__(self, project: Project, language: str, origin: str) -> None:
        self.project, self.language, self.origin = project, language, origin
        self.room, self.done = Room(project), Merge()
        self.marked: marks.Marks = {}
        self.data: dict[str, Any] = {}
        self.heads: dict[str, str] = {}

    def of(self, answers: Sequence[Answer]) -> Merge:
        there = {text.name: text for text in texts(self.project) if text.language_base != self.language}
        order = {name: number for number, name in enumerate(there)}
        for answer in sorted(answers, key=lambda each: order.get(each.name, len(order))):
            text = there.get(answer.name)
            if text is None:
                self._say(UNKNOWN, answer, f"there is no text '{answer.name}' any more", "it was left out")
            elif answer.translation:
                self._take(text, answer)
        for path, data in self.data.items():
            before = self.project.bundle.texts.get(path, "")
            after = splice.rewritten(before or self.heads[path], data, path)
            if after != before:
                self.done.files[path] = after
        self.done.files |= marks.files(self.project, self.marked)
        self.done.findings.sort()
        return self.done

    def _take(self, text: Text, answer: Answer) -> None:
        same = text.translations.get(self.language) == answer.translation
        if answer.unsure and not same:
            self.done.left.append(text.name)
        elif same:
            if answer.base == text.base and not answer.unsure and not answer.unseen:
                self._mark(text, answer)
        elif problem := _misfit(text, answer.translation):
            self._refuse(PLACEHOLDERS, text, answer, *problem)
        elif not self._put(text, answer.translation):
            self._refuse(
                SHAPE,
                text,
                answer,
                "there is no place for this text in its file",
                "translate the label first",
            )
        else:
            self.done.taken.append(text.name)
            self._mark(text, answer)
            self._warn(text, answer)

    def _put(self, text: Text, translation: str) -> bool:
        place = shelf.spot(self.project, text, self.language)
        if place.file not in self.data:
            source = self.project.bundle.sources.get(place.file)
            self.heads[place.file] = place.head
            self.data[place.file] = (
                deepcopy(source.data) if source else dict(shelf.HEAD, language=self.language)
            )
        return shelf.put(self.data[place.file], place, text, translation)

    def _mark(self, text: Text, answer: Answer) -> None:
        self.marked.setdefault(text.folder, {})[text.key, self.language] = digest(answer.base)

    def _warn(self, text: Text, answer: Answer) -> None:
        if answer.base != text.base:
            hint = "export again and look at it once more"
            self._say(OLD, answer, f"'{text.name}' has changed since it was handed out", hint)
        limit, used = self.room.limit(text, self.language), self.room.used(answer.translation)
        if limit is not None and used > limit:
            self._say(
                LENGTH,
                answer,
                f"'{text.name}' takes {used} letters, {limit} have room",
                "it was taken: shorten it",
            )

    def _refuse(self, rule: Rule, text: Text, answer: Answer, problem: str, hint: str) -> None:
        self.done.refused.append(text.name)
        self._say(rule, answer, f"'{text.name}': {problem}", hint)

    def _say(self, rule: Rule, answer: Answer, problem: str, hint: str) -> None:
        self.done.findings.append(Finding(self.origin, answer.line, 1, rule.id, problem, hint, rule.severity))


def _misfit(text: Text, translation: str) -> tuple[str, str] | None:
    """What is wrong with a translation's placeholders and how to mend it, or None."""
    wanted, given = set(PLACEHOLDER.findall(text.base)), set(PLACEHOLDER.findall(translation))
    if text.kind == "synonyms":
        wanted = set()
    if lacking := sorted(wanted - given):
        return f"{{{lacking[0]}}} is missing", "keep every {…} of the base text as it is"
    if strange := sorted(given - wanted):
        return (
            f"{{{strange[0]}}} is not in the base text",
            "keep every {…} of the base text as it is, add none",
        )
    if re.search(r"[{}]", PLACEHOLDER.sub("", translation)):
        return "a brace stands alone", "braces only stand around the names of the base text"
    return None

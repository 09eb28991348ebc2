"""A translator's work list: one row a text of one language, and what comes back for it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.authoring.project import Project
from gateway.authoring.texts import Standing, Text, texts
from gateway.authoring.translating.room import Room

_WHAT = {
    "say": "what we say",
    "choose": "a question with options",
    "ask": "an open question",
    "invalid": "said when an answer could not be understood",
    "label": "an option to choose: short",
    "synonyms": "other words that people may type for an option, with | between them",
    "notice": "a message that we send unasked: no word of illness, danger or law",
    "button": "a button under a message that we send unasked: one word or two, as neutral as the message",
    "phrase": "said by the machine itself",
}
_WHERE = {"ussd": "only on basic phones (USSD)", "sms": "only in SMS", "rich": "only in Telegram"}


@dataclass(frozen=True, slots=True)
class Row:
    """What a translator sees. `translation` is empty where there is none; `limit` None where no number holds."""

    name: str
    language: str
    base: str
    translation: str
    standing: Standing
    limit: int | None
    note: str
    file: str
    line: int
    marked: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a text, from the base text that the translator saw.

    `unsure`: the translator marked it as needing work. `unseen`: it was handed out to be looked at, and unless the
    translation differs nobody says that it was.
    """

    name: str
    base: str
    translation: str
    line: int
    unsure: bool = False
    unseen: bool = False


def rows(project: Project, language: str) -> list[Row]:
    """Every text that a language needs or has, in the order of the files."""
    room = Room(project)
    return [
        _row(each, language, room)
        for each in texts(project)
        if each.language_base != language and each.standing(language) is not Standing.COVERED
    ]


def _row(text: Text, language: str, room: Room) -> Row:
    limit = room.limit(text, language)
    notes = [_WHAT[text.kind], *filter(None, [_WHERE.get(text.channel, "")])]
    if limit is not None:
        notes.append(f"at most {limit} letters" + (" beside the {…}" if "{" in text.base else ""))
    return Row(
        name=text.name,
        language=language,
        base=text.base,
        translation=text.translations.get(language, ""),
        standing=text.standing(language),
        limit=limit,
        note="; ".join(notes),
        file=text.file,
        line=text.place.place[0],
        marked=text.marked.get(language, ""),
    )

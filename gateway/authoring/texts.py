"""Every text that is translated, of flows, notices and phrases: its base, its translations, and how they stand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.authoring.project import Project
from gateway.conversation.source import Node
from gateway.conversation.wording import VARIANTS

MARKS = "translated.csv"
"""Beside each folder's texts: which base text each translation was made from. Columns `text,language,of`."""

JOINT = " | "
"""Between the synonyms of an option, where they are shown as one text."""

NOTICES, PHRASES = "notices", "phrases"
"""Stand in the place of a flow's name for the texts that belong to none."""

_SPOKEN = ("say", "choose", "ask", "invalid")
_LETTERS = 8  # of a digest


class Standing(StrEnum):
    """How a translation stands to the base text."""

    MISSING = "missing"
    COVERED = "covered"  # needs none of its own: another text of its language is said in this place
    CURRENT = "current"  # made from the base text as it is now
    CHANGED = "changed"  # the base text has changed since
    UNMARKED = "unmarked"  # nobody has said from which base text it was made


@dataclass(frozen=True, slots=True)
class Text:
    """One text on one channel.

    `key` is unique within `flow`; `kind` is say, choose, ask, invalid, label, synonyms, notice, button or phrase;
    `channel` is ussd, sms or rich, empty for the text of all that have none of their own. `marked` maps languages to
    the digest of the base text that their translation was made from; `covered` are the languages that need no
    translation here.
    """

    file: str
    folder: str
    flow: str
    key: str
    kind: str
    channel: str
    language_base: str
    base: str
    translations: Mapping[str, str]
    place: Node
    places: Mapping[str, Node]
    marked: Mapping[str, str]
    covered: frozenset[str]

    @property
    def name(self) -> str:
        """The text's name among all texts: `consent.sure.choose`."""
        return f"{self.flow}.{self.key}"

    @property
    def state(self) -> str:
        """The state it belongs to, empty for notices and phrases."""
        return "" if self.flow in (NOTICES, PHRASES) else self.key.split(".", 1)[0]

    def standing(self, language: str) -> Standing:
        """How the translation into a language stands."""
        if language not in self.translations:
            return Standing.COVERED if language in self.covered else Standing.MISSING
        made_from = self.marked.get(language)
        if made_from is None:
            return Standing.UNMARKED
        return Standing.CURRENT if made_from == digest(self.base) else Standing.CHANGED


def digest(base: str) -> str:
    """The first eight hexadecimal digits of the SHA-256 of a base text."""
    return hashlib.sha256(base.encode()).hexdigest()[:_LETTERS]


def texts(project: Project) -> list[Text]:
    """Every translatable text, flows by name, then notices, then phrases, each in the order of its file."""
    found: list[Text] = []
    for flow in sorted(project.revision.flows):
        found += _of_flow(project, flow)
    found += _of_notices(project)
    found += _of_phrases(project)
    return found


def marks(project: Project, folder: str) -> dict[tuple[str, str], str]:
    """What a folder's `translated.csv` says: the digest for each (key, language). Empty where there is no such file."""
    text = project.bundle.texts.get(marks_path(folder), "")
    return {
        (row["text"], row["language"]): row["of"]
        for row in csv.DictReader(text.splitlines())
        if row.get("text") and row.get("language") and row.get("of")
    }


def marks_path(folder: str) -> str:
    """The path of a folder's `translated.csv`."""
    return f"{folder}/{MARKS}" if folder else MARKS


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What the texts of one file have in common."""

    file: str
    folder: str
    flow: str
    language: str
    marks: Mapping[tuple[str, str], str]

    def text(
        self,
        key: str,
        kind: str,
        channel: str,
        place: Node,
        places: Mapping[str, Node],
        covered: frozenset[str],
    ) -> Text:
        marked = {language: self.marks[key, language] for language in places if (key, language) in self.marks}
        said = {language: _said(node) for language, node in places.items()}
        return Text(
            self.file,
            self.folder,
            self.flow,
            key,
            kind,
            channel,
            self.language,
            _said(place),
            said,
            place,
            places,
            marked,
            covered,
        )

    def spoken(
        self,
        key: str,
        kind: str,
        base: Node,
        others: Mapping[str, Node],
        every: frozenset[str],
        plain: str = "",
    ) -> Iterator[Text]:
        """A text in each of its channels' forms. `plain` is the key of the form for all channels, if not `key`."""
        forms = _forms(base)
        if not forms:
            return
        theirs = {language: _forms(node) for language, node in others.items()}
        channels = dict.fromkeys(forms)
        for their in theirs.values():
            channels |= dict.fromkeys(their)
        for channel in channels:
            places = {language: their[channel] for language, their in theirs.items() if channel in their}
            if channel not in forms:
                covered = every - places.keys()
            else:
                covered = (
                    frozenset(language for language, their in theirs.items() if "" in their) - places.keys()
                )
            name = f"{key}.{channel}" if channel else plain or key
            place = forms.get(channel) or forms.get("") or next(iter(forms.values()))
            yield self.text(name, kind, channel, place, places, covered)


def _of_flow(project: Project, flow: str) -> Iterator[Text]:
    root, folder = project.root(flow), project.flow_sources[flow].flow.path.rpartition("/")[0]
    shelf = _Shelf(
        root.source.path, folder, flow, project.revision.flows[flow].language, marks(project, folder)
    )
    translated = {language: _found(node, "states") for language, node in project.texts(flow).items()}
    every = frozenset(project.languages) - {shelf.language}
    for name, node in _entries(root.at("states")):
        state = node.under(name)
        theirs = {language: _found(each, name) for language, each in translated.items()}
        for key in _SPOKEN:
            if spoken := _found(state, key):
                yield from shelf.spoken(f"{name}.{key}", key, spoken, _each(theirs, key), every)
        options = _each(theirs, "options")
        for code, option in _entries(_found(state, "options")):
            yield from _of_option(shelf, f"{name}.options.{code}", option, _each(options, code), every)


def _of_option(
    shelf: _Shelf, key: str, option: Node, theirs: Mapping[str, Node], every: frozenset[str]
) -> Iterator[Text]:
    """An option's label and the other words for it. A translation may give an option as a bare label."""
    label, words = _found(option, "label"), _found(option, "synonyms")
    bare = {language: node for language, node in theirs.items() if isinstance(node.value, str)}
    if label is not None:
        yield from shelf.spoken(key, "label", label, _each(theirs, "label") | bare, every)
    synonyms = {
        language: node for language, node in _each(theirs, "synonyms").items() if isinstance(node.value, list)
    }
    base = words if words is not None and isinstance(words.value, list) else label if synonyms else None
    if base is not None and isinstance(base.value, list | str):
        covered = every - synonyms.keys()
        yield shelf.text(f"{key}.synonyms", "synonyms", "", base, synonyms, covered)


def _of_notices(project: Project) -> Iterator[Text]:
    known = marks(project, NOTICES)
    for name, notice in sorted(project.notices.items()):
        root = project.notice_root(name)
        shelf = _Shelf(root.source.path, NOTICES, NOTICES, notice.language, known)
        said = dict(_entries(root.at("text")))
        base = said.pop(notice.language)
        every = frozenset(project.languages) - {notice.language}
        yield from shelf.spoken(name, "notice", base, said, every, plain=f"{name}.text")
        for code, button in _entries(_found(root, "buttons")):
            labels = dict(_entries(_found(button, "label")))
            if own := labels.pop(notice.language, None):
                yield from shelf.spoken(f"{name}.buttons.{code}", "button", own, labels, every)


def _of_phrases(project: Project) -> Iterator[Text]:
    root, language = project.phrases, project.languages[0]
    shelf = _Shelf(root.source.path, "", PHRASES, language, marks(project, ""))
    every = frozenset(project.languages) - {language}
    for name, phrase in _entries(_found(root, "phrases")):
        said = dict(_entries(phrase))
        base = said.pop(language, None)
        if base is not None:
            yield from shelf.spoken(name, "phrase", base, said, every)


def _forms(node: Node) -> dict[str, Node]:
    """A text's form for each channel, the one for all under an empty name."""
    if isinstance(node.value, str):
        return {"": node}
    known = ("text", *VARIANTS.values())
    return {
        "" if key == "text" else key: each
        for key, each in _entries(node)
        if key in known and isinstance(each.value, str)
    }


def _said(node: Node) -> str:
    if isinstance(node.value, list):
        return JOINT.join(str(each) for each in node.value)
    return str(node.value).strip()


def _found(node: Node | None, key: str) -> Node | None:
    """The place under a key; None where there is none, or where a fault (found elsewhere) made something else of it."""
    return (
        node.at(key) if node is not None and isinstance(node.value, Mapping) and key in node.value else None
    )


def _each(nodes: Mapping[str, Node | None], key: str) -> dict[str, Node]:
    found = {language: _found(node, key) for language, node in nodes.items()}
    return {language: node for language, node in found.items() if node is not None}


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if node is not None and isinstance(node.value, Mapping):
        yield from ((str(key), node.at(key)) for key in node.value)

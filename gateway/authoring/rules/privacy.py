"""What must not be said where others may read it, and secrets that must be asked as secrets.

What is pushed lies open on phones that are shared. The words that may not stand in it are data:
`policies/sensitive.csv`, columns language, word, about; `*` behind a word, or behind a part of it, takes any ending.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.authoring.findings import Finding, Severity, rule
from gateway.authoring.project import Project
from gateway.authoring.texts import NOTICES, PHRASES, Text, texts
from gateway.catalogue.policy import FOLDER
from gateway.commands import Kind
from gateway.conversation.flow import Ask
from gateway.conversation.source import Node
from gateway.text.clean import clean, fold

SENSITIVE = f"{FOLDER}/sensitive.csv"

WORD = rule("privacy.word", "No message that is pushed holds a sensitive word.")
PLACEHOLDER = rule("privacy.placeholder", "No message that is pushed holds something of a person.")
LINK = rule("privacy.link", "No message that is pushed holds a link: it would open without a login.")
SECRET = rule("privacy.secret", "A secret is asked as a pin, so that it is masked and kept nowhere.")
KEY = rule("privacy.key", "No text uses the keys 98 and 00: networks take them for themselves.")
LIST = rule("privacy.list", "There are sensitive words to look for in every language.", Severity.WARNING)

PERSONAL = frozenset(
    {
        Kind.PERSON_NAME,
        Kind.AGE,
        Kind.YEAR,
        Kind.PHONE,
        Kind.CERTIFICATE_NUMBER,
        Kind.PIN,
        Kind.PERSON,
    }
)
"""Kinds that tell of a person. Staff may be sent a person's reference, which opens nothing by itself."""

_TELLING_NAMES = frozenset(
    "name fullname phone age birth born sex gender certificate nationality pin".split()
)
_NAMES_OF_OTHERS = frozenset("place area service provider centre center organisation day".split())
_SECRET_NAMES = frozenset("pin password passcode secret".split())
_KEY = re.compile(r"(?<![\w.,:/+-])(98|00)(?!\w|[.,:/-]\d)")
_LINK = re.compile(
    r"https?:|www\.|\bt\.me/|\b[a-z0-9-]+\.(?:com|org|net|int|info|io|app|et|so|sd|ke)\b", re.IGNORECASE
)
_BEFORE: Mapping[str, str] = {
    "ar": "و?(?:ال|بال|كال|فال|لل|ب|ل)?",
    "am": "(?:የ|ለ|በ|ከ|ስለ|እንደ|ወደ)?",
    "ti": "(?:ን|ብ|ናይ|ካብ|ከም|ዝ)?",
}
"""What is written together with the word that follows: "the", "of", "for"."""


@dataclass(frozen=True, slots=True)
class Word:
    """A sensitive word: how it is found in a folded text, and what it is about."""

    language: str
    written: str
    about: str
    pattern: re.Pattern[str]


def findings(project: Project) -> Iterator[Finding]:
    """Everything that tells too much, or asks for a secret in the open."""
    words = tuple(_words(project.bundle.texts.get(SENSITIVE, "")))
    yield from _unlisted(project, words)
    found = project.once(texts)
    for text in found:
        if text.flow == NOTICES:
            yield from _notice(text, words)
        elif text.flow != PHRASES:
            yield from _secrets(project, text, words)
            yield from _keys(text)
    yield from _placeholders(project)
    yield from _secret_names(project)
    yield from _shown(project, words)


def _words(listed: str) -> Iterator[Word]:
    for row in csv.DictReader(listed.splitlines()):
        written, language = (row.get("word") or "").strip(), (row.get("language") or "").strip()
        parts = [
            re.escape(fold(part.rstrip("*"))) + (r"\w*" if part.endswith("*") else "")
            for part in written.split()
        ]
        if parts:
            pattern = re.compile(rf"(?<!\w){_BEFORE.get(language, '')}{' '.join(parts)}(?!\w)")
            yield Word(language, written.replace("*", ""), row.get("about") or "", pattern)


def _unlisted(project: Project, words: Iterable[Word]) -> Iterator[Finding]:
    """Languages that nothing is looked for in."""
    listed = {word.language for word in words}
    for language in project.languages:
        if language not in listed:
            yield LIST.in_file(
                SENSITIVE,
                f"there are no sensitive words in '{language}'",
                "Have somebody who speaks it write them down, one a line; the list that ships has seven languages",
            )


def _said(text: Text) -> Iterator[tuple[str, str, Node]]:
    """A text in each language that it is written in, with its place."""
    yield text.language_base, text.base, text.place
    for language, said in text.translations.items():
        yield language, said, text.places[language]


# --- what is pushed ---------------------------------------------------------------------------------------


def _notice(text: Text, words: Iterable[Word]) -> Iterator[Finding]:
    for language, said, node in _said(text):
        yield from _sensitive(_spoken(said), [each for each in words if each.language == language], node)
        if link := _LINK.search(said):
            yield LINK.at(
                node, f"'{link[0]}' reads like a link", "Say what to send or whom to call instead of a link"
            )


def _spoken(said: str) -> str:
    return fold(re.sub(r"\{\w+\}", " ", said))


def _sensitive(folded: str, words: Iterable[Word], node: Node) -> Iterator[Finding]:
    """One finding a text, for the first of the words in it."""
    for word in words:
        if found := word.pattern.search(folded):
            yield WORD.at(
                node,
                f"'{found[0]}' tells of {word.about or 'a person'} to everybody who looks at this phone",
                "Say it in neutral words, such as: request, place, help; or take the word off the list in "
                f"{SENSITIVE}",
            )
            return


def _placeholders(project: Project) -> Iterator[Finding]:
    for name, notice in sorted(project.notices.items()):
        for placeholder, kind in notice.placeholders.items():
            allowed = kind is Kind.PERSON and notice.audience == "staff"
            telling = kind is Kind.TEXT and _tells(placeholder)
            if (kind in PERSONAL and not allowed) or telling:
                yield PLACEHOLDER.at(
                    project.notice_root(name).at("placeholders").at(placeholder),
                    f"{{{placeholder}}} would show something of a person on a phone that others may read",
                    "Name the request by its {code}, and let people ask for the rest",
                )


def _tells(placeholder: str) -> bool:
    """Whether a placeholder's own name says that it tells of a person."""
    parts = set(placeholder.split("_"))
    return not _TELLING_NAMES.isdisjoint(parts) and _NAMES_OF_OTHERS.isdisjoint(parts)


def _shown(project: Project, words: tuple[Word, ...]) -> Iterator[Finding]:
    """What policies and the directory put into notices: labels of codes, neutral names of services and providers."""
    used = {placeholder for notice in project.notices.values() for placeholder in notice.placeholders}
    for country, policy in sorted(project.policies.items()):
        root = Node.of(project.bundle.sources[f"{FOLDER}/{country}.yaml"])
        for placeholder in sorted(used & policy.labels.keys()):
            for code, labels in policy.labels[placeholder].items():
                for language, label in labels.items():
                    node = root.at("labels").at(placeholder).at(code).at(language)
                    yield from _sensitive(fold(label), [w for w in words if w.language == language], node)
        for need, service in policy.services.items():
            yield from _sensitive(fold(service.neutral), words, root.at("services").at(need).at("neutral"))
    directory = project.bundle.sources.get("directory.yaml")
    organisations = Node.of(directory).get("organisations") if directory else None
    for _, each in organisations.items() if organisations else ():
        if neutral := each.get("neutral"):
            yield from _sensitive(fold(str(neutral.value)), words, neutral)


# --- what is asked ----------------------------------------------------------------------------------------


def _secrets(project: Project, text: Text, words: Iterable[Word]) -> Iterator[Finding]:
    """A question that asks for a secret in words, and keeps the answer like any other."""
    state = project.revision.flows[text.flow].states.get(text.state)
    if text.kind != "ask" or not isinstance(state, Ask) or state.secret:
        return
    secrets = [word for word in words if word.about == "secret"]
    for _, said, node in _said(text):
        folded = _spoken(said)
        if found := next(filter(None, (word.pattern.search(folded) for word in secrets)), None):
            yield SECRET.at(
                node,
                f"this asks for a secret ('{found[0]}'), but {state.save} is kept and shown like any answer",
                f"Give the variable {state.save} the type pin",
            )
            return


def _secret_names(project: Project) -> Iterator[Finding]:
    for flow in project.revision.flows.values():
        for state in flow.states.values():
            if not isinstance(state, Ask) or state.secret:
                continue
            if not _SECRET_NAMES.isdisjoint(state.save.split("_")):
                yield SECRET.at(
                    project.state(flow.name, state.name).at("save"),
                    f"{state.save} sounds like a secret, but is kept and shown like any answer",
                    "Give it the type pin; or, if it is no secret, another name",
                )


def _keys(text: Text) -> Iterator[Finding]:
    for _, said, node in _said(text):
        if found := _KEY.search(clean(said)):
            yield KEY.at(
                node,
                f"{found[1]} is a key by which networks turn pages themselves: it may never reach us",
                "Name another key or word; the keys of options, 0 for back and 9 for more are set by the machine",
            )

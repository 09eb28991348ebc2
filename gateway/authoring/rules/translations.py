"""Translations: there, up to date, with the same variables, in the letters of their language, and looked over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gateway.authoring.findings import Finding, Severity, rule
from gateway.authoring.project import Project
from gateway.authoring.texts import PHRASES, Standing, Text, texts
from gateway.conversation.flow import Role
from gateway.conversation.source import Node
from gateway.conversation.wording import LATIN
from gateway.text import gsm7

_ABSENT = rule("translations.absent", "A flow is not translated into a language at all.", Severity.WARNING)
_MISSING = rule(
    "translations.missing",
    "A translation leaves a text out: one conversation would be spoken in two languages.",
)
_STALE = rule("translations.stale", "The base text was changed after it was translated.", Severity.WARNING)
_PLACEHOLDERS = rule("translations.placeholders", "A translation shows other variables than the base text.")
_LETTERS = rule(
    "translations.letters",
    "A letter of another alphabet: some phones cannot draw it, or the whole text takes twice the room.",
    Severity.WARNING,
)
_QUOTES = rule(
    "translations.quotes", "A curly quote, which makes the whole text take twice the room.", Severity.WARNING
)
_BRACKETS = rule(
    "translations.brackets",
    "A bracket beside a number, which jumps to the other side where one writes from right to left.",
    Severity.WARNING,
)
_UNREVIEWED = rule(
    "translations.unreviewed", "A translation that no native speaker has looked over.", Severity.WARNING
)

_SHOWN = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CURLY = frozenset("“”„‟‘’‚‛«»‹›´`")
_BRACKETED = re.compile(r"(?:\d|\})\s?[()\[\]<>]")
_ABROAD = frozenset(("R", "AL"))  # what Unicode calls the letters that run from right to left


@dataclass(frozen=True, slots=True)
class _Script:
    """How a language is written: the first word of its letters' Unicode names, and whether from right to left."""

    name: str
    rightward: bool


def findings(project: Project) -> Iterator[Finding]:
    """What is wrong with each text in each language."""
    scripts = _scripts(project)
    everything = project.once(texts)
    absent = _absent(everything, project)
    yield from _files(project, everything, absent)
    for text in everything:
        yield from _standing(text, project, absent)
        if text.kind == "synonyms":
            continue  # typed, never shown
        mixed = (
            text.flow in project.revision.flows and project.revision.flows[text.flow].role is Role.LANGUAGE
        )
        for language, node in ((text.language_base, text.place), *text.places.items()):
            said = text.base if node is text.place else text.translations[language]
            script = scripts.get(language)
            if script:
                yield from _written(node, _SHOWN.sub("{0}", said), script, mixed)


def _scripts(project: Project) -> Mapping[str, _Script]:
    """How each language is written, as its own name shows."""
    found: dict[str, _Script] = {}
    for language, name in project.revision.languages.items():
        first = next((each for each in name if unicodedata.category(each)[0] == "L"), "a")
        script = _Script(_script(first), unicodedata.bidirectional(first) in _ABROAD)
        found |= {language: script, language + LATIN: _Script("LATIN", False)}
    return found


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ")[0]


# --- there and up to date ---------------------------------------------------------------------------------


def _absent(everything: list[Text], project: Project) -> frozenset[tuple[str, str]]:
    """The flows, each with a language it has no translation in at all."""
    flows = {text.flow for text in everything if text.flow in project.revision.flows}
    there = {(text.flow, language) for text in everything for language in text.translations}
    return frozenset(
        (flow, language)
        for flow in flows
        for language in project.languages
        if language != project.revision.flows[flow].language and (flow, language) not in there
    )


def _files(project: Project, everything: list[Text], absent: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """Whole translations: those that are not there, and those that nobody has looked over."""
    for flow, language in sorted(absent):
        root = project.root(flow)
        folder = root.source.path.rpartition("/")[0]
        name = project.revision.languages[language]
        if any(text.flow == flow and text.kind != "synonyms" for text in everything):
            problem = f"the flow {flow} is not translated into {name}"
            yield _ABSENT.at(root.at("flow"), problem, f"Make the file {folder}/text.{language}.yaml")
    for flow in project.revision.flows:
        for language, root in project.texts(flow).items():
            if not root.value.get("reviewed_by"):
                yield _unreviewed(root, language)
    for name, notice in project.notices.items():
        root = project.notice_root(name)
        yield from _reviewed(root, [each for each in root.at("text").value if each != notice.language])
    yield from _reviewed(project.phrases, list(project.languages[1:]))


def _reviewed(root: Node, languages: list[str]) -> Iterator[Finding]:
    """One finding for a file that holds several languages, if it names nobody for some of them."""
    named = root.value.get("reviewed_by")
    reviewed = named if isinstance(named, Mapping) else {}
    if lacking := [language for language in languages if not reviewed.get(language)]:
        yield _unreviewed(root, ", ".join(lacking))


def _unreviewed(root: Node, languages: str) -> Finding:
    place = root.at("reviewed_by") if "reviewed_by" in root.value else root
    hint = "Let a native speaker read it, and write who did under 'reviewed_by'"
    return _UNREVIEWED.at(place, f"no native speaker has looked over the text: {languages}", hint)


def _standing(text: Text, project: Project, absent: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    for language in project.languages:
        if language == text.language_base or (text.flow, language) in absent:
            continue
        standing = text.standing(language)
        if standing is Standing.MISSING:
            problem = f"{_named(text)} is not translated into {project.revision.languages[language]}"
            yield _MISSING.at(text.place, problem, "Translate it; in a hurry, write the base text there")
        elif standing is Standing.CHANGED:
            problem = f"the text that this {language} translation was made from has changed"
            yield _STALE.at(text.places[language], problem, f"It says now: {text.base}")
    wanted = set(_SHOWN.findall(text.base))
    for language, said in text.translations.items():
        shown = set(_SHOWN.findall(said))
        if shown != wanted and text.kind != "synonyms":
            yield _PLACEHOLDERS.at(
                text.places[language], _differing(shown, wanted), f"The base text: {text.base}"
            )


def _named(text: Text) -> str:
    return f"the phrase {text.key}" if text.flow == PHRASES else f"the text {text.key}"


def _differing(shown: set[str], wanted: set[str]) -> str:
    parts = []
    if wanted - shown:
        parts.append("leaves out " + ", ".join(f"{{{name}}}" for name in sorted(wanted - shown)))
    if shown - wanted:
        parts.append("shows " + ", ".join(f"{{{name}}}" for name in sorted(shown - wanted)) + " besides")
    return f"the translation {' and '.join(parts)}"


# --- written rightly --------------------------------------------------------------------------------------


def _written(node: Node, said: str, script: _Script, mixed: bool) -> Iterator[Finding]:
    """`mixed`: the text stands in all languages at once, as the question for the language does."""
    latin = script.name == "LATIN"
    strange = [each for each in dict.fromkeys(said) if _is_strange(each, script.name)]
    curly = [each for each in strange if each in _CURLY]
    if curly:
        yield _QUOTES.at(node, f"curly quotes: {' '.join(curly)}", "Use the straight ' and \" instead")
    letters = [each for each in strange if each not in _CURLY]
    if letters and not mixed:
        hint = (
            "Letters beyond the plain Latin ones halve the room"
            if latin
            else "Use the language's own letters"
        )
        yield _LETTERS.at(node, f"letters of another alphabet: {' '.join(map(_visible, letters))}", hint)
    if script.rightward and _BRACKETED.search(said):
        yield _BRACKETS.at(
            node, "a bracket beside a number", "Leave the bracket out, and put the number last"
        )


@lru_cache(maxsize=4096)
def _is_strange(letter: str, script: str) -> bool:
    if script == "LATIN":
        return gsm7.septets(letter) is None
    category = unicodedata.category(letter)
    return category == "Cf" or (category[0] == "L" and _script(letter) not in (script, "LATIN"))


def _visible(letter: str) -> str:
    """A letter as people can see it; its number where it is invisible."""
    return f"U+{ord(letter):04X}" if unicodedata.category(letter)[0] in "CZ" else letter

"""Where a translation stands in its file, and how it is put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.authoring.project import Project
from gateway.authoring.texts import JOINT, NOTICES, PHRASES, Text

_KEYS = ("say", "choose", "ask", "invalid", "options")
_FORMS = ("text", "ussd", "sms", "rich")
_OPTION = ("label", "synonyms")

HEAD: Mapping[str, Any] = {"language": "", "reviewed_by": "", "states": None}
"""What a new file of translations holds at first."""

Steps = tuple[tuple[str, Sequence[str]], ...]
"""The keys that lead to a text, each with the order that it and its neighbours should stand in."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A file and the way to a text in it. A file that is not there yet begins with `head`."""

    file: str
    steps: Steps
    head: str = ""


def spot(project: Project, text: Text, language: str) -> Spot:
    """Where the translation of a text stands, or would."""
    name = text.key.split(".", 1)[0]
    if text.kind == "button":
        way = [(key, ()) for key in ("buttons", text.key.rpartition(".")[2], "label")]
        return Spot(text.file, (*way, (language, project.languages)))
    if text.flow == NOTICES:
        return Spot(text.file, (("text", ()), (language, project.languages)))
    if text.flow == PHRASES:
        return Spot(text.file, (("phrases", ()), (name, ()), (language, project.languages)))
    found = project.texts(text.flow).get(language)
    base = project.root(text.flow).at("states").value
    steps: Steps = (("states", ("language", "reviewed_by", "states")), (name, tuple(base)))
    if text.kind in ("label", "synonyms"):
        code = str(text.place.path[3])
        steps = (*steps, ("options", _KEYS), (code, tuple(base[name]["options"])))
    else:
        steps = (*steps, (text.kind, _KEYS))
    if found is not None:
        return Spot(found.source.path, steps)
    head = f'language: {language}\nreviewed_by: ""\nstates:\n'
    return Spot(f"{text.folder}/text.{language}.yaml", steps, head)


def put(data: Any, place: Spot, text: Text, translation: str) -> bool:
    """Puts a translation into the plain data of its file; False where its place is taken by something else.

    Other words for an option need the option's own label first.
    """
    mapping = data
    *way, (last, order) = place.steps
    for key, neighbours in way:
        if not isinstance(mapping, dict):
            return False
        if mapping.get(key) is None:
            _insert(mapping, key, {}, neighbours)
        mapping = mapping[key]
    if not isinstance(mapping, dict):
        return False
    old = mapping.get(last)
    if text.kind not in ("label", "synonyms"):
        _insert(mapping, last, _formed(old, text.channel, translation), order)
        return True
    if text.kind == "label" and not text.channel and not isinstance(old, dict):
        _insert(mapping, last, translation, order)
        return True
    option = old if isinstance(old, dict) else {"label": old} if old is not None else {}
    if text.kind == "label":
        _insert(option, "label", _formed(option.get("label"), text.channel, translation), _OPTION)
    elif "label" in option:
        _insert(option, "synonyms", translation.split(JOINT), _OPTION)
    else:
        return False
    _insert(mapping, last, option, order)
    return True


def _formed(old: Any, channel: str, translation: str) -> Any:
    """A text with one form changed: a bare text is that of every channel."""
    if isinstance(old, dict):
        forms = dict(old)
    elif not channel:
        return translation
    else:
        forms = {} if old is None else {"text": old}
    _insert(forms, channel or "text", translation, _FORMS)
    return forms


def _insert(mapping: dict[str, Any], key: str, value: Any, order: Sequence[str]) -> None:
    """Sets an entry; a new one behind the last of those that come before it in the order."""
    if key in mapping or key not in order:
        mapping[key] = value
        return
    before = set(order[: order.index(key)])
    entries = list(mapping.items())
    place = max((number for number, (name, _) in enumerate(entries, 1) if name in before), default=0)
    mapping.clear()
    mapping.update([*entries[:place], (key, value), *entries[place:]])

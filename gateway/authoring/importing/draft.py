"""A flow being written: states in order, variables, and texts in every language; at the end, YAML files."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from gateway.authoring.importing import LeftOut
from gateway.conversation.expression import nameable
from gateway.text.clean import clean

Texts = Mapping[str, str]
"""One text by language; the base language is always there."""

_LONGEST_NAME = 40


def name_of(text: str, taken: Collection[str] = ()) -> str:
    """A name for a state or variable made of somebody else's: small Latin letters, digits and _, and not taken yet."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_NAME] or "x"
    if not name[0].isalpha() or not nameable(name):
        name = f"q_{name}"
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def tidy(text: str) -> str:
    """A text for a phone: no markup, no curly quotes, single spaces; braces that are no placeholder of ours go."""
    plain = re.sub(r"<[^>]{1,200}>|[*_#]{2,}", " ", text)
    for curly, straight in (
        ("\u201c", '"'),
        ("\u201d", '"'),
        ("\u2018", "'"),
        ("\u2019", "'"),
        ("\u2026", "..."),
    ):
        plain = plain.replace(curly, straight)
    return clean(plain)


@dataclass
class Draft:
    """One flow. A state's texts are given by language; the base language stands in the flow, the others beside it."""

    flow: str
    title: str
    language: str
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, where: str, what: str, why: str) -> None:
        """Lists something that is not carried."""
        self.left_out.append(LeftOut(where, what, why))

    def name(self, wanted: str) -> str:
        """A free name for a state."""
        return name_of(wanted, {*self.states, "end"})

    def add(self, name: str, kind: str, texts: Texts, /, invalid: Texts | None = None, **more: Any) -> None:
        """Adds a state that says something. `more` are its other keys."""
        state: dict[str, Any] = {kind: texts[self.language]}
        for language, text in texts.items():
            if language != self.language:
                self._other(language, name)[kind] = text
        if invalid and invalid.get(self.language):
            more = {"invalid": invalid[self.language], **more}
            for language, text in invalid.items():
                if language != self.language:
                    self._other(language, name)["invalid"] = text
        self.states[name] = state | more

    def add_option(
        self, state: str, code: str, label: Texts, go: str = "", synonyms: Collection[str] = ()
    ) -> None:
        """Adds an option to a choice."""
        option: dict[str, Any] = {"label": label[self.language]}
        if synonyms:
            option["synonyms"] = list(synonyms)
        if go:
            option["go"] = go
        self.states[state].setdefault("options", {})[code] = option
        for language, text in label.items():
            if language != self.language:
                self._other(language, state).setdefault("options", {})[code] = text

    def _other(self, language: str, state: str) -> dict[str, Any]:
        return self.others.setdefault(language, {}).setdefault(state, {})

    def files(self) -> dict[str, str]:
        """The flow's files by path."""
        flow = {
            "flow": self.flow,
            "title": self.title,
            "language": self.language,
            "triggers": [
                {"words": [self.flow.upper().replace("_", " ")], "link": self.flow.replace("_", "-")}
            ],
            "variables": self.variables,
            "states": self.states,
        }
        listed = "".join(f"# Left out: {' '.join(str(each).split())}\n" for each in self.left_out)
        files = {
            f"{self.flow}/flow.yaml": f"# Imported; look it through before it is published.\n{listed}{_yaml(flow)}"
        }
        for language, states in sorted(self.others.items()):
            files[f"{self.flow}/text.{language}.yaml"] = _yaml(
                {"language": language, "reviewed_by": "", "states": states}
            )
        return files


def _yaml(data: Any) -> str:
    writer = YAML(typ="rt", pure=True)
    writer.width, writer.allow_unicode = 118, True
    writer.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    writer.dump(data, out)
    return out.getvalue()

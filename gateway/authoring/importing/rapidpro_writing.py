"""What of a RapidPro flow is known while it is written: its nodes, their first states, and what its results became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.authoring.importing.draft import Draft, Texts, tidy
from gateway.authoring.importing.rapidpro_texts import LANGUAGES, shown

OVER = "over"
"""The state that every flow ends with."""

Object = Mapping[str, Any]


@dataclass
class Writing:
    """One flow while it is written.

    `entries` are the first states of each node, `answers` the variables that waits keep, `known` what the names in
    expressions became. `questions` are the messages that waits ask with; `moved`, those not said by themselves.
    """

    draft: Draft
    source: Object
    flows: Mapping[str, str]
    nodes: dict[str, Object] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    questions: dict[str, Object] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)

    def leave_out(self, where: str, what: str, why: str) -> None:
        """Lists something of a node or action that is not carried."""
        self.draft.leave_out(f"{self.draft.flow} {where[:8]}", what, why)

    def texts(self, item: Object, key: str = "text") -> Texts:
        """An item's text in each of our languages that it was written in."""
        found = {self.draft.language: str(item.get(key, ""))}
        for tag, items in self.source.get("localization", {}).items():
            localised = items.get(item.get("uuid"), {}).get(key)
            if localised and localised[0] and tag in LANGUAGES:
                found.setdefault(LANGUAGES[tag], str(localised[0]))
        return {language: self.said(text, str(item.get("uuid", ""))) for language, text in found.items()}

    def said(self, text: str, where: str) -> str:
        """A text with our placeholders for its expressions; those that we do not know are listed and go."""
        text, unknown = shown(text, self.known)
        for each in unknown:
            self.leave_out(where, f"'{each}' in a text", "it is not kept here")
        return tidy_keeping(text)

    def target(self, node: Object, exit_uuid: str) -> str:
        """The state that an exit leads to."""
        for exit in node.get("exits", ()):
            if exit["uuid"] == exit_uuid:
                return self.entries.get(exit.get("destination_uuid") or "", OVER)
        return OVER


def tidy_keeping(text: str) -> str:
    """`tidy`, its lines kept apart."""
    return "\n".join(filter(None, (tidy(line) for line in text.splitlines())))

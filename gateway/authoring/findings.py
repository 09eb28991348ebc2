"""What is wrong with the files of an operator: where, what, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gateway.conversation.source import Node


class Severity(StrEnum):
    """Whether a finding keeps the files from being published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding. `line` and `column` count from 1; 0 where the file as a whole is meant."""

    file: str
    line: int
    column: int
    rule: str
    problem: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.rule}: {self.problem}{'. ' + self.hint if self.hint else ''}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that is looked for. Its id is stable: people search and silence by it."""

    id: str
    sentence: str
    severity: Severity

    def at(self, node: Node, problem: str, hint: str = "") -> Finding:
        """A finding at a place in a file."""
        line, column = node.place
        return Finding(node.source.path, line, column, self.id, problem, hint, self.severity)

    def in_file(self, path: str, problem: str, hint: str = "") -> Finding:
        """A finding about a whole file."""
        return Finding(path, 0, 0, self.id, problem, hint, self.severity)


RULES: dict[str, str] = {}
"""Every rule's id with the sentence that says what it looks for."""


def rule(id: str, sentence: str, severity: Severity = Severity.ERROR) -> Rule:
    """A rule, entered in `RULES`. Raises `ValueError` for an id that is taken."""
    if id in RULES:
        raise ValueError(f"two rules are called {id}")
    RULES[id] = sentence
    return Rule(id, sentence, severity)

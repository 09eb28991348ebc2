"""`gateway people …`: what the staff do with the records of people. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {
    "list": "list_",
    "show": "show",
    "correct": "correct",
    "phones": "phones",
    "guardian": "guardian",
    "died": "died",
    "import": "import_",
    "restricted": "restricted",
    "duplicates": "duplicates",
    "merge": "merge",
    "unmerge": "unmerge",
    "apart": "apart",
    "reindex": "reindex",
    "screen": "screen",
    "override": "override",
    "lift": "lift",
    "rescreen": "rescreen",
}
"""Each command's module."""


@group(__name__, COMMANDS)
def people() -> None:
    """The people in the register. Whoever looks at a record or changes it is on record."""

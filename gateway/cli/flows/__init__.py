"""`gateway flows …`: what operators do with the conversations. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {
    "copy": "copy",
    "import-rapidpro": "import_rapidpro",
    "import-xlsform": "import_xlsform",
    "check": "check",
    "schema": "schema",
    "test": "test",
    "try": "try_",
    "export": "export",
    "import": "import_",
    "mark": "mark",
    "graph": "graph",
    "publish": "publish",
    "rollback": "rollback",
    "revisions": "revisions",
    "diff": "diff",
}
"""Each command's module."""


@group(__name__, COMMANDS)
def flows() -> None:
    """Flows, notices and policies: what the gateway says and asks."""

"""`gateway flows …`: what operators do with the conversations. One module a command."""

from __future__ import annotations

from importlib import import_module

import click

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
"""Each command's module. A module is imported when its command is asked for."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return command


@click.group(cls=_Commands)
def flows() -> None:
    """Flows, notices and policies: what the gateway says and asks."""

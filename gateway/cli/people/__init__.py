"""`gateway people …`: what the staff do with the records of people. One module a command."""

from __future__ import annotations

from importlib import import_module

import click

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
def people() -> None:
    """The people in the register. Whoever looks at a record or changes it is on record."""

"""`gateway providers …`: who helps, and the staff who look after referrals. One module a command."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "load": "load",
    "import": "import_",
    "export": "export",
    "list": "list_",
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
def providers() -> None:
    """Organisations that help, and the staff who look after referrals."""

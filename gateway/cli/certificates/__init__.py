"""`gateway certificates …`: what the staff do with certificates and their cards. One module a command."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "check": "check",
    "card": "card",
    "keys": "keys",
    "withdrawn": "withdrawn",
    "verifier": "verifier",
    "issue": "issue",
    "list": "list",
    "show": "show",
    "suspend": "suspend",
    "reinstate": "reinstate",
    "replace": "replace",
    "revoke": "revoke",
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
def certificates() -> None:
    """Certificates and their cards. Whoever prints one or changes one is on record."""

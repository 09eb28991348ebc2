"""`gateway staff …`: who is here and who is away. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {"away": "away", "back": "back"}
"""Each command's module."""


@group(__name__, COMMANDS)
def staff() -> None:
    """The caseworkers and supervisors. Who works here is in the directory: `gateway providers load`."""

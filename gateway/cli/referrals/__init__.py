"""`gateway referrals …`: what the staff ask of referrals. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {"open": "open", "providers": "providers", "table": "table"}
"""Each command's module."""


@group(__name__, COMMANDS)
def referrals() -> None:
    """Needs of people, and who could meet them."""

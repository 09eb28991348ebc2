"""`gateway providers …`: who helps, and the staff who look after referrals. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {
    "load": "load",
    "import": "import_",
    "export": "export",
    "list": "list_",
}
"""Each command's module."""


@group(__name__, COMMANDS)
def providers() -> None:
    """Organisations that help, and the staff who look after referrals."""

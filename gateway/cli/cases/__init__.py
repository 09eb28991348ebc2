"""`gateway cases …`: whose the requests for help are, and what happened to them. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

COMMANDS = {
    "list": "list_",
    "load": "load",
    "show": "show",
    "timeline": "timeline",
    "give": "give",
    "give-all": "give_all",
    "note": "note",
}
"""Each command's module."""


@group(__name__, COMMANDS)
def cases() -> None:
    """Requests for help as cases of the staff: by codes, without a name or a number."""

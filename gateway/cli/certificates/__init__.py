"""`gateway certificates …`: what the staff do with certificates and their cards. One module a command."""

from __future__ import annotations

from gateway.cli.lazy import group

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
"""Each command's module."""


@group(__name__, COMMANDS)
def certificates() -> None:
    """Certificates and their cards. Whoever prints one or changes one is on record."""

"""Keys for the ring that seals personal data."""

from __future__ import annotations

import base64
import secrets

import click

KEY_BYTES = 32


def new_key() -> str:
    """A fresh key as the settings take it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@click.group()
def keys() -> None:
    """Keys that seal what is kept about people."""


@keys.command()
def new() -> None:
    """Print a fresh key. Put it first in GATEWAY_SECRET_KEYS; keep the older ones behind it."""
    click.echo(new_key())

"""`gateway certificates keys`: the public keys that cards are checked with."""

from __future__ import annotations

import json

import click

from gateway import settings


@click.command("keys")
@click.option("--cose", is_flag=True, help="A COSE Key Set in hexadecimal digits, in place of a JWK Set.")
def command(cose: bool) -> None:
    """Print the public keys of the key ring, the one that signs first."""
    from gateway.cards.signing import cose_key_set, jwk_set, signers
    from gateway.vault import Vault

    ring = signers(Vault(settings.read().secret_keys).signing_seeds)
    click.echo(cose_key_set(ring).hex() if cose else json.dumps(jwk_set(ring), indent=2))

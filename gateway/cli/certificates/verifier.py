"""`gateway certificates verifier`: the page that checks cards without a network."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("verifier")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The page to write."
)
def command(out: Path) -> None:
    """Write the offline page: one file with the public keys and the newest list of withdrawn cards in it."""
    from gateway.cards.signing import public_keys, signers
    from gateway.cards.verifier import page
    from gateway.cli.certificates.opening import house, withdrawn_list

    with house() as (runtime, texts):
        signed, told = withdrawn_list(runtime, texts)
        keys = public_keys(signers(runtime.vault.signing_seeds))
    out.write_text(page(keys, signed, texts.spoken(), texts.languages), "utf-8")
    click.echo(f"{out}: {told}")

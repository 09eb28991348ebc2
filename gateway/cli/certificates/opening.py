"""What the commands about cards share: the house with its published texts, and the list of withdrawn cards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.catalogue.cards import CardTexts
    from gateway.runtime import Runtime

ACTOR = "command-line"


@contextmanager
def house() -> Iterator[tuple[Runtime, CardTexts]]:
    """The parts, and what cards say by the published files. Raises `FlowError` where nothing is published."""
    from gateway import bootstrap
    from gateway.catalogue.cards import read_card_texts
    from gateway.errors import FlowError

    runtime = bootstrap.build(settings.read())
    try:
        published = runtime.catalogue.newest()
        if published is None:
            raise FlowError("nothing is published yet: run `gateway flows publish`")
        yield runtime, read_card_texts(runtime.catalogue.bundle(published), runtime.settings.country)
    finally:
        runtime.database.close()


def withdrawn_list(runtime: Runtime, texts: CardTexts) -> tuple[bytes, str]:
    """The signed list, and what it holds, in words. It is on record."""
    from gateway.cards import withdrawn
    from gateway.cards.signing import signers
    from gateway.enact.certifying import cards

    ring = signers(runtime.vault.signing_seeds)
    with runtime.database.transaction() as tx:
        found, now = cards.withdrawn(runtime, tx, ACTOR), runtime.now()
    named = []
    with click.progressbar(length=len(found), label="Withdrawn cards", file=sys.stderr) as bar:
        for each in found:
            named.append(cards.tags(runtime.vault, each, ring))
            bar.update(1)
    issuer = next(iter(texts.issuer.values()))
    signed = withdrawn.sign((tag for tags in named for tag in tags), issuer, now, ring[0])
    lost = sum(not tags for tags in named)
    erased = f" {lost} of erased people cannot be named." if lost else ""
    return signed, f"{len(found)} withdrawn certificates.{erased}"

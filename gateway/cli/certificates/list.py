"""`gateway certificates list`: what is issued, by references. Numbers are not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gateway.enact.work import Work

STATUSES = ("active", "suspended", "expired", "replaced", "revoked")
_BATCH = 1000


@click.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only those that stand so now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(status: str | None, as_json: bool) -> None:
    """List certificates by the references of their holders, the first issued first."""
    from gateway.cli.people.opening import ACTOR, at_the_desk
    from gateway.store import audit

    with at_the_desk() as work:
        audit.add(work.tx, ACTOR, "certificates.list", f"status:{status or 'any'}", {}, work.now)
        rows = _rows(work, status)
        if as_json:
            click.echo(json.dumps(list(rows)))
            return
        for row in rows:
            click.echo("  ".join(row.values()))


def _rows(work: Work, status: str | None) -> Iterator[dict[str, str]]:
    from gateway.enact.certifying.certificates import standing, valid_to
    from gateway.store import certificates

    after = 0
    while batch := certificates.listed(work.tx, after, _BATCH):
        after = batch[-1].id
        for each in batch:
            stands = standing(each, work.now)
            if status in (None, stands):
                yield {
                    "reference": each.reference,
                    "status": stands,
                    "issued": each.issued_at.date().isoformat(),
                    "valid_to": valid_to(each),
                }

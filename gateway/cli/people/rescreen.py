"""`gateway people rescreen`: the rules of now over everybody's record."""

from __future__ import annotations

import json
import sys
from collections import Counter

import click

from gateway import settings
from gateway.cli.people.opening import ACTOR

NEVER = "never screened"


@click.command("rescreen")
@click.option("--dry-run", is_flag=True, help="Only count what would change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list of {before, after, people}.")
def command(dry_run: bool, as_json: bool) -> None:
    """Replay the rules over all records: how many were in which tier, and are in which now.

    What somebody of the staff set stays. Nobody is rung for.
    """
    found = _replay(keep=not dry_run)
    if as_json:
        rows = [
            {"before": before, "after": after, "people": number} for (before, after), number in found.items()
        ]
        click.echo(json.dumps(rows))
        return
    for (before, after), number in found.items():
        click.echo(
            f"{number:>9}  {before:<{len(NEVER)}} -> {after}{'' if before != after else ' (unchanged)'}"
        )
    if not found:
        click.echo("Nobody is registered yet.")
    elif dry_run:
        click.echo("Nothing is changed by this.")


def _replay(*, keep: bool) -> dict[tuple[str, str], int]:
    """How many people went from which tier to which, the most urgent first."""
    from gateway import bootstrap
    from gateway.enact.registering.screening import replay
    from gateway.registry.screening import Tier
    from gateway.store import audit, screenings

    runtime = bootstrap.build(settings.read())
    found: Counter[tuple[str, str]] = Counter()
    try:
        runtime.catalogue.fresh()
        with runtime.database.transaction() as tx:
            total = screenings.how_many(tx)
            detail = {"people": str(total), "keep": "yes" if keep else "no"}
            audit.add(tx, ACTOR, "people.rescreen", "people:0", detail, runtime.now())
        with click.progressbar(length=total, label="Screening", file=sys.stderr) as bar:
            for step in replay(runtime, ACTOR, keep=keep):
                found.update((each.before or NEVER, each.after.value) for each in step)
                bar.update(len(step))
    finally:
        runtime.database.close()
    order = [NEVER, *Tier]
    return dict(sorted(found.items(), key=lambda item: [order.index(name) for name in item[0]]))

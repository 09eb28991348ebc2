"""`gateway people list`: who is in the register, by reference alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from gateway import settings
from gateway.cli.people.opening import ACTOR

STEP = 500  # people read at once


@click.command("list")
@click.option("--status", default="", help="Only these: draft, pending, registered, rejected or merged.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(status: str, as_json: bool) -> None:
    """Show everybody in the register, the first first: no names, no numbers."""
    found = [each for each in _listed() if status in ("", each["status"])]
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found:
        died = "  died" if each["died"] else ""
        click.echo(f"{each['reference']}  {each['status']:<10}  {each['registered']}{died}")
    if not found:
        click.echo("Nobody.")


def _listed() -> Iterator[dict[str, Any]]:
    from gateway import bootstrap
    from gateway.store import audit, people

    runtime = bootstrap.build(settings.read())
    try:
        with runtime.database.transaction() as tx:
            audit.add(tx, ACTOR, "people.list", "people:0", {}, runtime.now())
        step: list[people.PersonRow] = []
        after = 0
        while step or after == 0:
            with runtime.database.reading() as tx:
                step = people.page(tx, after, STEP)
            for each in step:
                yield {
                    "reference": each.reference,
                    "status": each.status,
                    "registered": each.created_at.isoformat(timespec="seconds"),
                    "died": each.died_at is not None,
                }
            after = step[-1].id if step else -1
    finally:
        runtime.database.close()

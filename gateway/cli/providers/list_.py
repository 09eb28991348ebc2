"""`gateway providers list`: who is in the directory, and how old what it says is."""

from __future__ import annotations

import json
from typing import Any

import click

from gateway.cli.providers.formats import ACTOR, register


@click.command("list")
@click.option("--need", default="", help="Only who offers this.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(need: str, as_json: bool) -> None:
    """Show the organisations that are not paused and their services: no phones."""
    from gateway.directory.model import to_entry
    from gateway.enact.exchange import give_out

    with register() as runtime:
        organisations = give_out(runtime, ACTOR, phones=False)
    found: list[dict[str, Any]] = [
        {"code": each.code, **to_entry(each)}
        for each in organisations
        if not need or need in [service.need for service in each.services]
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each['code']}  {each['name']}  ({each['neutral']})")
        for service in each.get("services", ()):
            assured = service.get("assured", "never")
            click.echo(
                f"  {service['need']:<14} {service['state']:<7} assured {assured:<10}  {' '.join(service['areas'])}"
            )
    if not found:
        click.echo("Nobody is in the directory.")

"""`gateway providers list`: who is in the directory, and how old what it says is."""

from __future__ import annotations

import json
from typing import Any

import click

from gateway.cli.providers.formats import ACTOR, register


@click.command("list")
@click.option("--need", default="", help="Only who offers this.")
@click.option("--silent", is_flag=True, help="Only who left our last question about room unanswered.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(need: str, silent: bool, as_json: bool) -> None:
    """Show the organisations that are not paused and their services: no phones.

    Of each service it says whether it takes people, and when that was said last.
    """
    from gateway.directory.model import to_entry
    from gateway.enact.helping.exchange import give_out
    from gateway.store import providers

    with register() as runtime:
        organisations = give_out(runtime, ACTOR, phones=False)
        with runtime.database.reading() as tx:
            unanswered = providers.unanswered(tx)
    found: list[dict[str, Any]] = [
        {"code": each.code, "unanswered": unanswered.get(each.code, 0), **to_entry(each)}
        for each in organisations
        if not need or need in [service.need for service in each.services]
        if not silent or each.code in unanswered
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        waits = f"  questions unanswered: {each['unanswered']}" if each["unanswered"] else ""
        click.echo(f"{each['code']}  {each['name']}  ({each['neutral']}){waits}")
        for service in each.get("services", ()):
            assured = service.get("assured", "never")
            click.echo(
                f"  {service['need']:<14} {service['state']:<7} assured {assured:<10}  {' '.join(service['areas'])}"
            )
    if not found:
        click.echo("Nobody is found." if need or silent else "Nobody is in the directory.")

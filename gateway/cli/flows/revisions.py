"""What was published, by whom and why."""

from __future__ import annotations

import json

import click

from gateway import settings


@click.command("revisions")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(as_json: bool) -> None:
    """List every publication, the newest first, and how many conversations were last on each revision."""
    from gateway import bootstrap
    from gateway.authoring.revising.publishing import SHORT
    from gateway.store import revisions

    runtime = bootstrap.build(settings.read())
    try:
        with runtime.database.reading() as tx:
            published, standing = revisions.history(tx), revisions.standing(tx)
    finally:
        runtime.database.close()
    shown = [
        {
            "revision": each.revision,
            "current": place == 0,
            "author": each.author,
            "note": each.note,
            "at": each.at.isoformat(timespec="seconds"),
            "conversations": standing.get(each.revision, 0),
        }
        for place, each in enumerate(published)
    ]
    if as_json:
        click.echo(json.dumps({"revisions": shown}, ensure_ascii=False))
        return
    for row in shown:
        mark, name = "*" if row["current"] else " ", str(row["revision"])[:SHORT]
        people = f"{row['conversations']:>6} conversations"
        click.echo(f"{mark} {name}  {row['at']}  {people}  {row['author']}  {row['note']}".rstrip())
    if not shown:
        click.echo("Nothing is published yet.")

"""`gateway cases timeline`: everything that happened to one case, in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.cases.opening import JSON, acting, case_of
from gateway.cli.people.opening import at_the_desk

if TYPE_CHECKING:
    from gateway.enact.casework.timeline import Entry


@click.command("timeline")
@click.argument("code")
@click.option("--notes", is_flag=True, help="Also what the notes say. That --by read them is on record.")
@click.option("--by", default="", metavar="STAFF", help="The code of whoever of the staff reads the notes.")
@JSON
def command(code: str, notes: bool, by: str, as_json: bool) -> None:
    """Show all that happened to the case with CODE, who did it, what was told to whom, and what is due.

    By codes only, without a name or a number; what is `due` has not happened yet.
    """
    from gateway.enact.casework.timeline import timeline

    if notes and not by:
        raise click.UsageError("--notes needs --by: that somebody read them is on record.")
    with at_the_desk() as work:
        referral = case_of(work, code)
        reader = f"staff:{acting(work, by, referral).id}" if notes else ""
        entries = timeline(work, referral, reader)
    if as_json:
        click.echo(json.dumps([_told(each) for each in entries], ensure_ascii=False))
        return
    for each in entries:
        click.echo(_line(each))


def _told(entry: Entry) -> dict[str, Any]:
    told = {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "id": entry.id,
        "what": entry.what,
        "who": entry.who,
        "code": entry.code,
        "detail": dict(entry.detail),
    }
    return told if entry.text is None else told | {"text": entry.text}


def _line(entry: Entry) -> str:
    detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
    parts = (f"{entry.at:%Y-%m-%d %H:%M}", f"{entry.kind:<8}", entry.code, entry.what, entry.who, detail)
    return "  ".join(filter(None, (*parts, entry.text)))

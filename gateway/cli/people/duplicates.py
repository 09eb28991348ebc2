"""`gateway people duplicates`: who may be registered twice, for somebody to decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import ACTOR, at_the_desk

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.duplicates import PairRow


@click.command("duplicates")
@click.option("--band", type=click.Choice(["likely", "possible"]), help="Only the pairs of this band.")
@click.option("--show", is_flag=True, help="Open both records of each pair. Each record shown is on record.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(band: str | None, show: bool, as_json: bool) -> None:
    """List the pairs that may be one person, the likeliest first. Only people merge them: `merge`, or `apart`."""
    from gateway.store import duplicates

    with at_the_desk() as work:
        pairs = duplicates.waiting(work.tx, band or "")
        listed = [_listed(work, pair, show=show) for pair in pairs]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for each in listed:
        _print(each)
    if not listed:
        click.echo("No two records look like one person.")


def _listed(work: Work, pair: PairRow, *, show: bool) -> dict[str, Any]:
    from gateway.registry import reference

    likeness = pair.likeness
    listed: dict[str, Any] = {
        "one": reference.grouped(pair.one),
        "other": reference.grouped(pair.other),
        "band": likeness.band,
        "score": likeness.score / 100,
        "reasons": [
            {"field": field, "agreement": agreement, "points": points / 100}
            for field, agreement, points in likeness.reasons
        ],
    }
    if show:
        listed["records"] = [_shown(work, each) for each in (likeness.one_id, likeness.other_id)]
    return listed


def _shown(work: Work, person_id: int) -> dict[str, Any]:
    """What tells two people apart; nothing for a record that was erased. It is on record that it was shown."""
    from gateway.enact.registering.duplicates import record_of
    from gateway.store import audit, people

    audit.add(work.tx, ACTOR, "people.duplicates", f"person:{person_id}", {}, work.now)
    record = record_of(work.vault, people.by_id(work.tx, person_id)) or {}
    age = record.get("age") or {}
    return {
        "name": record.get("full_name", ""),
        "sex": record.get("sex") or "",
        "born": "-".join(str(year) for year in sorted({age["from"], age["to"]})) if age else "",
        "area": record.get("area") or "",
    }


def _print(listed: dict[str, Any]) -> None:
    why = ", ".join(
        f"{reason['field'].replace('_', ' ')} {reason['agreement']} {reason['points']:+.1f}"
        for reason in listed["reasons"]
    )
    click.echo(f"{listed['one']}  {listed['other']}  {listed['band']:<8}  {listed['score']:>5.1f}  {why}")
    for record in listed.get("records", ()):
        click.echo("    " + "  ".join(each for each in record.values() if each))

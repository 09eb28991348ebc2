"""`gateway cases list`: the cases of a state, those in trouble first."""

from __future__ import annotations

import json

import click

from gateway.cli.cases.opening import JSON, member_of, told
from gateway.cli.people.opening import at_the_desk

_STATES = ("open", "served", "unmet", "withdrawn", "closed")
_WIDTHS = {
    "code": 7,
    "trouble": 8,
    "leg": 11,
    "days": 4,
    "priority": 9,
    "need": 12,
    "area": 8,
    "staff": 20,
    "next": 8,
    "due": 0,
}


@click.command("list")
@click.option("--area", default="", help="Only inside this P-code.")
@click.option("--staff", "code", default="", metavar="STAFF", help="Only theirs; - for what is nobody's.")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@click.option("--late", is_flag=True, help="Only where somebody let a time limit pass.")
@JSON
def command(area: str, code: str, state: str, late: bool, as_json: bool) -> None:
    """Show cases, the worst first: late, not helped, unmet, waiting for their caseworker, the others."""
    from gateway.enact.casework.caseload_view import Trouble, worst_first
    from gateway.store import caseload

    with at_the_desk() as work:
        within = work.policy.gazetteer.within
        wanted = member_of(work, code).id if code not in ("", "-") else None
        found = [
            told(work, each)
            for each in worst_first(work, caseload.in_state(work.tx, state))
            if (not area or within(each.case.area, area))
            and (not code or each.case.staff_id == wanted)
            and (not late or each.trouble is Trouble.LATE)
        ]
    if as_json:
        click.echo(json.dumps(found))
        return
    for row in found:
        click.echo("  ".join(f"{row[name]!s:<{width}}" for name, width in _WIDTHS.items()).rstrip())
    if not found:
        click.echo("No case is found.")

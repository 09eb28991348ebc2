"""`gateway referrals table`: who may do what to a request, and how many cases that decides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referral_engine.table import LegCell, ReferralCell


@click.command("table")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(as_json: bool) -> None:
    """Show every move of a request and of its attempts: from where, to where, on whose word.

    All else is refused with a reason. At the end the cells that this decides are counted.
    """
    from referral_engine.table import leg_cells, moves, referral_cells

    rows = list(moves())
    legs, referrals = _counted(leg_cells()), _counted(referral_cells())
    if as_json:
        shown = {"moves": [asdict(row) for row in rows], "leg_cells": legs, "referral_cells": referrals}
        click.echo(json.dumps(shown))
        return
    for row in rows:
        sources, actors = ", ".join(row.sources), ", ".join(row.actors)
        click.echo(f"{row.about:<9}{row.event:<20}{sources} -> {row.to or '(stays)'}; by {actors}")
    for name, counts in (("attempts", legs), ("requests", referrals)):
        click.echo(
            f"{name}: {counts.pop('all')} cells; " + ", ".join(f"{n} {of}" for of, n in counts.items())
        )


def _counted(cells: Iterable[LegCell | ReferralCell]) -> dict[str, int]:
    """How many cells there are, and how many of each kind of decision."""
    kinds = Counter(type(cell.decision).__name__.removeprefix("Referral").lower() for cell in cells)
    return {"all": kinds.total(), **dict(sorted(kinds.items()))}

"""`gateway people screen`: how soon somebody is to be seen, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import ACTOR, at_the_desk, person_of

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.registry.screening import Screening
    from gateway.store.people import PersonRow
    from gateway.store.screenings import ScreeningRow


@click.command("screen")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(reference: str, as_json: bool) -> None:
    """Show the tier of the person with REFERENCE, the reasons, and what the rules say today. It is on record."""
    from gateway.enact.registering.screening import said_of
    from gateway.store import audit, people, screenings

    with at_the_desk() as work:
        person = person_of(work, reference)
        audit.add(work.tx, ACTOR, "people.screen", f"person:{person.id}", {}, work.now)
        kept = screenings.newest_of(work.tx, person.id)
        said = said_of(work, people.record_of(work.vault, person))
        shown = _shown(work, person, kept, said)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for line in _lines(shown):
        click.echo(line)


def _shown(work: Work, person: PersonRow, kept: ScreeningRow | None, said: Screening) -> dict[str, Any]:
    from gateway.store import screenings

    rules = work.policy.screening
    reasons = screenings.reasons_of(work.vault, person, kept) if kept else ()
    return {
        "tier": kept.tier if kept else None,
        "reasons": {rule: rules.why(rule, "en") for rule in reasons},
        "ruleset": kept.ruleset if kept else None,
        "at": kept.at.isoformat(timespec="seconds") if kept else None,
        "set_by": {"actor": kept.actor, "reason": kept.reason} if kept and kept.reason else None,
        "today": {
            "tier": said.tier.value,
            "reasons": {rule: rules.why(rule, "en") for rule in said.reasons},
            "ruleset": said.version,
        },
    }


def _lines(shown: dict[str, Any]) -> list[str]:
    """What stands on the screen; what the rules say today only where that is something else."""
    today = shown["today"]
    if shown["tier"] is None:
        return ["Never screened. The rules would say:", *_verdict(today)]
    lines = _verdict(shown)
    if shown["set_by"]:
        lines.append(f"Set by {shown['set_by']['actor']}: {shown['set_by']['reason']}")
    if (today["tier"], today["reasons"]) != (shown["tier"], shown["reasons"]):
        lines += ["The rules say today:", *_verdict(today)]
    return lines


def _verdict(said: dict[str, Any]) -> list[str]:
    width = max(map(len, said["reasons"]), default=0)
    reasons = [f"  {rule:<{width}}  {why}" for rule, why in said["reasons"].items()]
    return [f"{said['tier']} (rules {said['ruleset'][:12]})", *(reasons or ["  no rule holds"])]

"""`gateway people show`: all that is kept about one person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import ACTOR, at_the_desk, person_of

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.people import PersonRow

PURPOSES = ("register", "share", "statistics", "sms")


@click.command("show")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(reference: str, as_json: bool) -> None:
    """Open the record of the person with REFERENCE. That it was opened is on record.

    What only caseworkers may know is not shown here.
    """
    with at_the_desk() as work:
        shown = _shown(work, person_of(work, reference))
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for line in _lines(shown):
        click.echo(line)


def _shown(work: Work, person: PersonRow) -> dict[str, Any]:
    from gateway.enact.certifying.certificates import standing
    from gateway.enact.holding.guardianship import guardian_of
    from gateway.store import audit, certificates, consents, people, person_events, pins

    audit.add(work.tx, ACTOR, "people.show", f"person:{person.id}", {}, work.now)
    record = people.record_of(work.vault, person)
    certificate = certificates.newest_of(work.tx, person.id)
    guardian = guardian_of(work, person)
    return {
        "reference": person.reference,
        "status": person.status,
        "registered": person.created_at.isoformat(timespec="seconds"),
        "died": person.died_at.isoformat(timespec="seconds") if person.died_at else None,
        "answers": {name: value for name, value in record.items() if name != "restricted"},
        "consents": {purpose: consents.given(work.tx, person.id, purpose) for purpose in PURPOSES},
        "certificate": standing(certificate, work.now) if certificate else None,
        "pin": pins.hash_of(work.tx, person.id) is not None,
        "guardian": guardian.reference if guardian else None,
        "phones": len(people.holders_of(work.tx, person.id)),
        "events": [
            {
                "at": each.at.isoformat(timespec="seconds"),
                "event": each.event,
                "actor": each.actor,
                "reason": each.reason,
            }
            for each in person_events.of(work.tx, person.id)
        ],
    }


def _lines(shown: dict[str, Any]) -> list[str]:
    """What stands on the screen: one line a fact, the answers below."""
    facts = {name: value for name, value in shown.items() if name not in ("answers", "events", "consents")}
    lines = [f"{name:<12} {_said(value)}" for name, value in facts.items()]
    lines += [f"  {name:<16} {_said(value)}" for name, value in shown["answers"].items()]
    lines += [f"  {'may ' + name:<16} {_said(value)}" for name, value in shown["consents"].items()]
    lines += [" ".join(filter(None, each.values())) for each in shown["events"]]
    return lines


def _said(value: Any) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case dict() if "raw" in value:
            return f"{value['raw']} ({value['from']}-{value['to']})"
        case _:
            return str(value)

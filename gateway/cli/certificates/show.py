"""`gateway certificates show`: one certificate, and all that happened to it."""

from __future__ import annotations

import json
from typing import Any

import click

from gateway.cli.certificates.named import meant, named


@click.command("show")
@named
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(number: str, reference: str, as_json: bool) -> None:
    """Show the certificate NUMBER, its number too. Each look is on record."""
    from gateway.cli.people.opening import ACTOR, at_the_desk
    from gateway.enact.certifying import certificates
    from gateway.registry.certificate_number import grouped
    from gateway.store import audit
    from gateway.store import certificates as store

    with at_the_desk() as work:
        found, person = meant(work, number, reference)
        audit.add(work.tx, ACTOR, "certificates.show", f"certificate:{found.id}", {}, work.now)
        shown: dict[str, Any] = {
            "number": grouped(store.number_of(work.vault, person, found)),
            "reference": person.reference,
            "status": certificates.standing(found, work.now),
            "valid_to": certificates.valid_to(found),
            "events": [
                {
                    "at": each.at.isoformat(timespec="seconds"),
                    "event": each.event,
                    "actor": each.actor,
                    "reason": each.reason,
                }
                for each in store.events_of(work.tx, found.id)
            ],
        }
    if as_json:
        click.echo(json.dumps(shown))
        return
    click.echo(f"{shown['number']}  {shown['reference']}  {shown['status']}, valid to {shown['valid_to']}")
    for event in shown["events"]:
        click.echo("  ".join(("", event["at"], event["event"], event["actor"], event["reason"])).rstrip())

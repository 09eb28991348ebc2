"""`gateway people phones`: which phones and chats speak for somebody, and that one no longer does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import ACTOR, at_the_desk, person_of, staff_of

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.people import PersonRow


@click.command("phones")
@click.argument("reference")
@click.option("--release", type=int, help="The number of the conversation that is to speak for them no more.")
@click.option("--by", "code", default="", help="With --release: the code of whoever of the staff decides.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(reference: str, release: int | None, code: str, as_json: bool) -> None:
    """Show what speaks for the person with REFERENCE: kind, and when it was last heard; of a number no digit."""
    from gateway.enact.registering import holders

    if (release is not None) != bool(code):
        raise click.UsageError("--release and --by belong together.")
    with at_the_desk() as work:
        person = person_of(work, reference)
        if release is not None and not holders.release(work, person, release, staff_of(work, code)):
            raise click.ClickException("This conversation does not speak for them.")
        shown = _shown(work, person)
    if as_json:
        click.echo(json.dumps(shown))
        return
    for each in shown:
        click.echo(f"{each['conversation']:>8}  {each['kind']:<8}  {each['heard']}")
    if not shown:
        click.echo("Nothing speaks for them.")


def _shown(work: Work, person: PersonRow) -> list[dict[str, Any]]:
    from gateway.store import audit, people
    from gateway.store.conversations import addresses_of

    audit.add(work.tx, ACTOR, "people.phones", f"person:{person.id}", {}, work.now)
    return [
        {
            "conversation": conversation_id,
            "kind": row.kind.value,
            "heard": row.seen_at.isoformat(timespec="seconds"),
        }
        for conversation_id in people.holders_of(work.tx, person.id)
        for row in addresses_of(work.tx, conversation_id)
    ]

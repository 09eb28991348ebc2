"""What the commands about one person share: work at the desk, whom a reference means, and who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.people import PersonRow

ACTOR = "command-line"


@contextmanager
def at_the_desk() -> Iterator[Work]:
    """Work in one transaction; what it leaves to send is rung for after its commit."""
    from gateway import bootstrap
    from gateway.enact.desk import desk

    runtime = bootstrap.build(settings.read())
    try:
        runtime.catalogue.fresh()
        with runtime.database.transaction() as tx:
            work = desk(runtime, tx)
            yield work
        if work.ring:
            runtime.wake(work.ring)
    finally:
        runtime.database.close()


def person_of(work: Work, typed: str) -> PersonRow:
    """Whom a reference means, locked; of a record that was merged the one kept. Refuses a draft: it has no answers."""
    from gateway.registry import reference
    from gateway.store import people

    read = reference.read(typed)
    person = people.by_reference(work.tx, read) if read else None
    if person is not None and person.merged_into is not None:
        person = people.lock(work.tx, person.merged_into)
    if person is None or person.status == people.DRAFT:
        raise click.ClickException("Nobody who finished registering has this reference.")
    return person


def staff_of(work: Work, code: str) -> str:
    """A member of the staff as an actor, `staff:3`."""
    from gateway.store import staff

    for member in staff.active(work.tx):
        if member.code == code:
            return f"staff:{member.id}"
    raise click.ClickException(f"Nobody of the staff has the code {code}.")

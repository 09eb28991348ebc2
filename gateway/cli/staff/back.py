"""`gateway staff back`: somebody is here again before the day that was named."""

from __future__ import annotations

import click

from gateway.cli.cases.opening import member_of
from gateway.cli.people.opening import ACTOR, at_the_desk


@click.command("back")
@click.argument("code")
def command(code: str) -> None:
    """Note that CODE is back from leave. What was nobody's case meanwhile is given out."""
    from gateway.enact.assigning.leave import end

    with at_the_desk() as work:
        was_away = end(work, member_of(work, code), ACTOR)
    click.echo(f"{code} is back." if was_away else f"{code} was not away. Nothing changed.")

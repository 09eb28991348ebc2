"""The reason that an act on a record needs: a code, since it is kept in the open."""

from __future__ import annotations

import click


def coded(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Refuses what may hold a name or a story."""
    from gateway.enact.registering.screening import REASON

    if value is not None and not REASON.fullmatch(value):
        raise click.BadParameter("a code of small letters, digits and _, such as seen_papers")
    return value

"""Which flows a command means."""

from __future__ import annotations

from difflib import get_close_matches

import click

from gateway.authoring.project import Project


def flow_named(project: Project, name: str) -> str:
    """The name of a flow that is there. Raises a usage error, with the nearest name, for another."""
    if name not in project.revision.flows:
        near = get_close_matches(name, project.revision.flows, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise click.UsageError(f"There is no flow '{name}'.{hint}")
    return name


def chosen_flows(project: Project, names: tuple[str, ...]) -> tuple[str, ...]:
    """The named flows, all of them where none is named."""
    return tuple(flow_named(project, name) for name in names) or tuple(project.revision.flows)

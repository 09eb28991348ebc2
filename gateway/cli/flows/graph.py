"""`gateway flows graph`: a flow as a picture."""

from __future__ import annotations

from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

import click

from gateway import settings
from gateway.authoring.drawing.graph import Counts, picture
from gateway.authoring.drawing.mermaid import mermaid
from gateway.authoring.drawing.svg import svg
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.coverage import Trace
from gateway.authoring.rehearsing.rehearsal import play
from gateway.authoring.rehearsing.transcripts import transcripts
from gateway.authoring.translating.merge import known
from gateway.cli.flows.common import folder_option, project_of
from gateway.errors import FlowError


@click.command("graph")
@click.argument("flow")
@click.option(
    "--format",
    "shape",
    type=click.Choice(("svg", "mermaid")),
    default="svg",
    show_default=True,
    help="SVG for a browser, Mermaid for wikis.",
)
@click.option("--lang", "language", default="", help="The language of the texts; else the flow's own.")
@click.option(
    "--channel",
    type=click.Choice(("ussd", "sms", "telegram")),
    default="ussd",
    show_default=True,
    help="On which channel the texts are said.",
)
@click.option("--coverage", is_flag=True, help="Draw red and dashed what no transcript takes.")
@click.option(
    "--counts", is_flag=True, help="Say how many people came to each question and how many stopped there."
)
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1), help="With --counts: of how many days."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; else it is printed."
)
@folder_option
def command(
    flow: str,
    shape: str,
    language: str,
    channel: str,
    coverage: bool,
    counts: bool,
    days: int,
    out: Path | None,
    folder: Path | None,
) -> None:
    """Draw FLOW with its texts."""
    project = project_of(folder)
    if flow not in project.revision.flows:
        near = get_close_matches(flow, project.revision.flows, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise click.BadParameter(f"there is no flow '{flow}'.{hint}", param_hint="FLOW")
    if language:
        known(project, language, "")
    spoken = language or project.revision.flows[flow].language
    passed = _passed(project) if coverage else None
    drawn = picture(project, flow, spoken, channel, passed, _counted(days) if counts else None)
    text = svg(drawn) if shape == "svg" else mermaid(drawn)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        click.echo(f"{out}: {len(drawn.boxes)} boxes, {len(drawn.arrows)} arrows.")


def _passed(project: Project) -> Trace:
    """What the transcripts of all flows take, each on its own channel."""
    passed = Trace()
    for flow in project.revision.flows:
        for source in transcripts(project, flow):
            try:
                passed.add(play(project.revision, source).trace)
            except FlowError as unread:
                click.echo(f"left out: {unread}", err=True)
    return passed


def _counted(days: int) -> Counts:
    """What the database says of each question."""
    from gateway import bootstrap
    from gateway.store import passages

    runtime = bootstrap.build(settings.read())
    try:
        now = runtime.now()
        with runtime.database.reading() as tx:
            return passages.counts(tx, now - timedelta(days=days), now)
    finally:
        runtime.database.close()

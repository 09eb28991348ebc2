"""`gateway flows test`: plays the transcripts beside the flows on every channel."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

import click

from gateway.authoring.project import Project
from gateway.authoring.rehearsing import coverage
from gateway.authoring.rehearsing.coverage import Exit, Trace
from gateway.authoring.rehearsing.rehearsal import Failure, play, playings
from gateway.authoring.rehearsing.transcripts import closest, read, reworded, transcripts
from gateway.cli.flows.common import folder_of, folder_option, project_of
from gateway.cli.flows.names import chosen_flows
from gateway.conversation.source import Source
from gateway.errors import FlowError


@dataclass(slots=True)
class _Result:
    """What came of all transcripts. `failed` holds each failure with the stages that it is met on."""

    transcripts: int = 0
    playings: int = 0
    passed: Trace = field(default_factory=Trace)
    failed: dict[Failure, list[str]] = field(default_factory=dict)


@click.command("test")
@click.argument("flows", nargs=-1)
@folder_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object and nothing else.")
@click.option(
    "--coverage", "with_coverage", is_flag=True, help="Name every state and way that nothing passed."
)
@click.option("--update", is_flag=True, help="Write what is said now into the transcripts that fail.")
@click.option("--yes", is_flag=True, help="With --update: do not ask.")
@click.option("--explore", is_flag=True, help="Try every way by generated conversations instead.")
@click.option(
    "--mutate", is_flag=True, help="Break the flows on purpose and see which breaks nobody notices."
)
@click.option("--most", type=click.IntRange(1), help="With --mutate: make no more mistakes than this.")
def command(
    flows: tuple[str, ...],
    folder: Path | None,
    as_json: bool,
    with_coverage: bool,
    update: bool,
    yes: bool,
    explore: bool,
    mutate: bool,
    most: int | None,
) -> None:
    """Play the transcripts of some FLOWS, or of all, on every channel and network."""
    project = project_of(folder)
    chosen = chosen_flows(project, flows)
    if explore:
        from gateway.cli.flows.explore import report as explored

        sys.exit(explored(project, flows, as_json))
    if mutate:
        from gateway.cli.flows.mutate import report as mutated

        sys.exit(mutated(project, flows, as_json, most))
    if update:
        for source in _sources(project, chosen):
            _update(project, source, folder_of(folder) / source.path, yes)
        project = project_of(folder)
    for fault in project.faults:
        click.echo(f"{fault}", err=True)
    result = _play(project, chosen)
    ways = coverage.exits(project.revision, chosen)
    missed = [each for each in ways if each not in result.passed.exits]
    if as_json:
        click.echo(json.dumps(_plain(project, result, ways, missed), ensure_ascii=False))
    else:
        _tell(project, result, ways, missed, with_coverage, chosen)
    sys.exit(1 if result.failed else 0)


def _sources(project: Project, flows: tuple[str, ...]) -> Iterator[Source]:
    return (source for flow in flows for source in transcripts(project, flow))


def _play(project: Project, flows: tuple[str, ...]) -> _Result:
    result = _Result()
    for source in _sources(project, flows):
        result.transcripts += 1
        try:
            for stage, played in playings(project, read(source)):
                result.playings += 1
                result.passed.add(played.trace)
                if played.failure:
                    result.failed.setdefault(played.failure, []).append(stage.label)
        except FlowError as unread:
            failure = Failure(unread.file, unread.line, unread.column, 0, "a transcript", str(unread))
            result.failed[failure] = []
    return result


# --- telling ----------------------------------------------------------------------------------------------


def _plain(
    project: Project, result: _Result, ways: tuple[Exit, ...], missed: list[Exit]
) -> dict[str, object]:
    return {
        "exits": len(ways),
        "covered": len(ways) - len(missed),
        "transcripts": result.transcripts,
        "playings": result.playings,
        "failed": [
            {
                "transcript": failure.file,
                "on": labels,
                "line": failure.line,
                "column": failure.column,
                "expected": failure.expected,
                "said": failure.said,
            }
            for failure, labels in result.failed.items()
        ],
        "uncovered": [
            {
                "flow": each.flow,
                "state": each.state,
                "kind": each.kind,
                "name": each.name,
                "at": _at(project, each),
            }
            for each in missed
        ],
    }


def _tell(
    project: Project,
    result: _Result,
    ways: tuple[Exit, ...],
    missed: list[Exit],
    with_coverage: bool,
    flows: tuple[str, ...],
) -> None:
    for failure, labels in result.failed.items():
        click.echo(f"{failure}\n    on {', '.join(labels)}" if labels else str(failure))
    if with_coverage:
        for flow in flows:
            for name in project.revision.flows[flow].states:
                if (flow, name) not in result.passed.states:
                    source, (line, _) = project.root(flow).source, project.state(flow, name).place
                    click.echo(f"{source.path}:{line}: {name} is never reached")
        for each in missed:
            click.echo(f"{_at(project, each)}: {_named(each)} is never taken")
    failed = sum(len(labels) or 1 for labels in result.failed.values())
    click.echo(
        f"{result.transcripts} transcripts, played {result.playings} times: "
        f"{f'{failed} did not come true' if failed else 'all came true'}. "
        f"{len(ways) - len(missed)} of {len(ways)} ways were taken."
    )
    if result.failed:
        click.echo("Is what is said now right? `gateway flows test --update` writes it into the transcripts.")


def _at(project: Project, exit: Exit) -> str:
    node = coverage.place(project, exit)
    return f"{node.source.path}:{node.place[0]}"


def _named(exit: Exit) -> str:
    match exit.kind:
        case "entry":
            return f"an entry of the list of {exit.state}"
        case "contact":
            return f"a number shared at {exit.state}"
        case "answer":
            return f"an answer to {exit.state}"
        case _:
            return f"{exit.kind} {exit.name} of {exit.state}"


# --- updating ---------------------------------------------------------------------------------------------


def _update(project: Project, source: Source, path: Path, yes: bool) -> None:
    """Offers to write what is said now into a transcript whose texts are not heard any more."""
    try:
        unheard = play(project.revision, source, noting=False).unheard
    except FlowError:
        return  # it is told when it is played
    if not unheard:
        return
    changes = {each.node.path: closest(each.node.value, each.said, each.others) for each in unheard}
    before = path.read_text("utf-8")
    after = reworded(before, changes)
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    click.echo("".join(unified_diff(*lines, source.path, source.path)), nl=False)
    if yes or click.confirm(f"Write this to {source.path}?"):
        path.write_text(after, "utf-8")

"""`gateway flows try`: talk to a flow in the terminal, and keep what was said as a transcript."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import click

from gateway.authoring.project import USSD_PREFIX, Project
from gateway.authoring.rehearsing import tryout
from gateway.authoring.rehearsing.rehearsal import PROFILES, Hop
from gateway.authoring.rehearsing.transcripts import dumped, read_stubs
from gateway.authoring.rehearsing.tryout import Tryout
from gateway.catalogue.files import read_file
from gateway.catalogue.policy import Network
from gateway.cli.flows.common import folder_option, project_of
from gateway.cli.flows.names import flow_named
from gateway.commands import Call, Result
from gateway.conversation.source import Node
from gateway.messages import ChannelName
from gateway.text.screens import Profile

_QUIT = "/quit"


@click.command("try")
@click.argument("flow")
@click.option(
    "--channel", type=click.Choice([each.value for each in ChannelName]), default="ussd", show_default=True
)
@click.option("--lang", default="", help="The language that is chosen already; left out, none is.")
@click.option(
    "--network", default="", help="USSD as this network shows it: its code in a policy, like 63601."
)
@click.option("--first", is_flag=True, help="Every command comes out by its first outcome.")
@click.option(
    "--stubs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How commands come out: a file with `stubs:`, such as a transcript.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was done to this file, as a transcript.",
)
@folder_option
def command(
    flow: str,
    channel: str,
    lang: str,
    network: str,
    first: bool,
    stubs: Path | None,
    record: Path | None,
    folder: Path | None,
) -> None:
    """Talk to FLOW in the terminal.

    Each line you type is what a person types. `/dial` dials, `/share NUMBER` shares a phone, `/link WORD` follows a
    link, `/quit` ends.
    """
    if record and record.exists():
        raise click.BadParameter(f"{record} is there already: choose another name", param_hint="--record")
    project = project_of(folder)
    meant = project.revision.flows[flow_named(project, flow)]
    if lang and lang not in project.languages:
        raise click.BadParameter(
            f"there is no language '{lang}'; there are {', '.join(project.languages)}", param_hint="--lang"
        )
    name = ChannelName(channel)
    profile, latin = _phone(project, name, network)
    if record and latin:
        raise click.BadParameter(
            "a phone of this network draws Latin letters only: record on another", param_hint="--record"
        )
    world = _World(first, _stubs(stubs))
    tried = Tryout(project, meant.name, name, lang, world.answer, profile, latin)
    world.tried = tried
    try:
        _talk(tried, tryout.beginning(project, meant, name))
    finally:
        if record and tried.turns:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(dumped(tried.transcript(f"Recorded: {meant.title}")), "utf-8")
            click.echo(f"Written to {record}.")


def _stubs(path: Path | None) -> dict[str, deque[Result]]:
    if path is None:
        return {}
    given = read_stubs(Node.of(read_file(path)).need("stubs"))
    return {name: deque(results) for name, results in given.items()}


def _phone(project: Project, channel: ChannelName, code: str) -> tuple[Profile, bool]:
    """What the phone shows, and whether it draws Latin letters only."""
    if channel is not ChannelName.USSD or not code:
        return PROFILES[channel], False
    networks: dict[str, Network] = {}
    for policy in project.policies.values():
        networks = {**policy.networks, **networks}
    if code not in networks:
        raise click.BadParameter(
            f"no policy lists '{code}'; there are {', '.join(sorted(networks))}", param_hint="--network"
        )
    network = networks[code]
    return Profile(septets=network.septets, ucs2=network.ucs2, prefix=USSD_PREFIX), network.latin


def _talk(tried: Tryout, line: str) -> None:
    """Shows screens and reads lines until there are none left."""
    if not line:
        click.echo(f"Begin with: {', '.join(tryout.words(tried.project.revision.flows[tried.flow]))}")
        line = _read()
    else:
        click.echo(f"> {line}")
    while line and line != _QUIT:
        _show(tried, tried.send(line))
        line = _read()


def _read() -> str:
    """A line as typed; empty where there are none left. An empty line is asked for again."""
    while True:
        click.echo("> ", nl=False)
        line = _line()
        if not line:
            return ""
        if line.strip():
            return line.strip()


def _line() -> str:
    """A line from the terminal, or from a file that stands for it: then it is shown, as if it had been typed."""
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo(line.rstrip())
    return line


def _show(tried: Tryout, hop: Hop) -> None:
    """The screen as the phone shows it, and the room it takes."""
    page = min(hop.prompt.page, len(hop.screens) - 1)
    screen = hop.screens[page]
    lines = screen.split("\n")
    if tried.profile.options == "buttons":
        buttons = [f"[{each.key} {each.label}]" for each in hop.prompt.choices]
        key = tried.profile.alt_back_key if hop.prompt.zero_is_answer else tried.profile.back_key
        back = [f"[{key} {hop.prompt.back}]"] if hop.prompt.back else []
        share = [f"[/share {hop.prompt.contact_label}]"] if hop.prompt.wants_contact else []
        lines += [*buttons, *back, *share]
    click.echo("+" + "-" * 40)
    for each in lines:
        click.echo(f"| {each}")
    of = f", page {page + 1} of {len(hop.screens)}" if len(hop.screens) > 1 else ""
    click.echo(f"+-- {tryout.room(screen, tried.channel, tried.profile)}{of}")
    if hop.prompt.closes and page == len(hop.screens) - 1:
        click.echo(
            "The dialogue ends. `/dial` begins another."
            if tried.channel is ChannelName.USSD
            else "The dialogue ends."
        )


@dataclass
class _World:
    """Answers commands and queries: from stubs, by their first outcome, or as whoever sits there says."""

    first: bool
    stubs: dict[str, deque[Result]]
    tried: Tryout | None = field(default=None, init=False)

    def answer(self, name: str, call: Call, possible: Mapping[str, Mapping[str, Any]]) -> Result:
        """How a command comes out."""
        given = ", ".join(f"{each.name}: {getattr(call, each.name)}" for each in fields(call))
        click.echo(f"We ask the world: {name}{f' ({given})' if given else ''}")
        if queue := self.stubs.get(name):
            result = queue.popleft() if len(queue) > 1 else queue[0]
        else:
            outcome = (
                next(iter(possible))
                if self.first or len(possible) == 1
                else _pick("How does it come out?", list(possible))
            )
            result = Result(outcome, {**possible[outcome], **self._codes(outcome)})
        values = ", ".join(f"{key}: {value}" for key, value in result.values.items())
        click.echo(f"It answers: {result.outcome}{f' ({values})' if values else ''}")
        return result

    def _codes(self, outcome: str) -> dict[str, str]:
        """A code for each result that the flow looks at."""
        assert self.tried is not None
        told = tryout.codes(self.tried.project, self.tried, outcome)
        return {
            name: known[0] if self.first else _pick(f"Which {name}?", [*known, "another"])
            for name, known in told.items()
        }


def _pick(question: str, names: list[str]) -> str:
    """One of some names, by number or name; an empty line takes the first."""
    while True:
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))
        click.echo(f"{question} {numbered} [1]: ", nl=False)
        said = _line().strip() or "1"
        if said in names:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(names):
            return names[int(said) - 1]

"""Generated conversations: they take every exit of the shipped flows, and find what is planted."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.authoring.analysis import samples
from gateway.authoring.exploring import faults as explore_faults
from gateway.authoring.exploring.exits import Exit, exits
from gateway.authoring.exploring.explore import explore
from gateway.authoring.exploring.play import DIAL, Act, Player, Spot
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.rehearsal import NOW
from gateway.catalogue.files import Bundle
from gateway.cli.flows.explore import report
from gateway.commands import Kind
from gateway.conversation.answers import TYPED, parse
from gateway.conversation.flow import Variable
from gateway.conversation.session import Session
from gateway.messages import Rejected
from gateway.text.screens import Profile

SCREEN = [("basic", Profile(septets=160, ucs2=70, prefix=4))]
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def bundle(project: Project) -> Bundle:
    """Every file of `flows/`."""
    return project.bundle


@pytest.fixture
def changed(bundle: Bundle) -> Callable[[str, Change], Project]:
    """The shipped flows with one of them changed."""

    def change(flow: str, how: Change) -> Project:
        path = f"{flow}/flow.yaml"
        data = deepcopy(bundle.sources[path].data)
        how(data)
        source = replace(bundle.sources[path], data=data)
        return Project.read(Bundle(bundle.texts, {**bundle.sources, path: source}))

    return change


# --- the shipped flows ------------------------------------------------------------------------------------


def test_every_exit_of_the_shipped_flows_is_taken(project):
    """Generated conversations take every one, and nothing that must hold fails at any question."""
    found = explore(project.revision, project.profiles())
    assert found.unreachable == []
    assert found.failed == []
    assert len(found.exits) > 400


def test_the_same_comes_out_each_time(project):
    """Two explorations of a flow are alike to the step."""
    once, again = (explore(project.revision, SCREEN, ("services",)).to_dict() for _ in range(2))
    assert once == again


def test_every_kind_of_exit_is_counted(project):
    """Triggers, answers taken and refused, too many of them, lists, options, outcomes, branches, entered flows."""
    whats = {each.what for name in project.revision.flows for each in exits(project.revision, name)}
    assert {
        "trigger 1",
        "answer",
        "refused answer",
        "too many wrong answers",
        "entry",
        "option yes",
        "outcome recorded",
        "branch 1",
        "branch else",
        "contact",
        "entered flow returns",
    } <= whats


# --- planted faults ---------------------------------------------------------------------------------------


def _shadowed(flow: dict[str, Any]) -> None:
    branches = flow["states"]["number_given"]["decide"]
    branches.insert(1, {"if": "number == '' && birth_year == 0", "go": "check"})


def _endless(flow: dict[str, Any]) -> None:
    for option in flow["states"]["sure"]["options"].values():
        option["go"] = "sure"


def _long(flow: dict[str, Any]) -> None:
    flow["states"]["sure"]["choose"] = "Shall we call you, or would you rather come to us? " * 20


def _asks_after_stop(flow: dict[str, Any]) -> None:
    flow["states"]["stopped"] = {"choose": "Really?", "options": {"yes": {"label": "Yes", "go": "stopped"}}}


def _help_without_end(flow: dict[str, Any]) -> None:
    for option in flow["states"]["call"]["options"].values():
        option["go"] = "who"


def _language_again(flow: dict[str, Any]) -> None:
    flow["states"]["set"]["on"]["set"]["go"] = "pick"


def _unreached_state(flow: dict[str, Any]) -> None:
    flow["states"]["lost"] = {"choose": "Anyone?", "options": {"yes": {"label": "Yes", "go": "kept"}}}


@pytest.mark.parametrize(
    ("flow", "how", "missed"),
    [
        ("verify", _shadowed, Exit("verify", "number_given", "branch 2")),
        ("consent", _endless, Exit("consent", "request", "outcome recorded")),
        ("consent", _unreached_state, Exit("consent", "lost", "option yes")),
    ],
)
def test_exits_that_nothing_takes_are_named(changed, flow, how, missed):
    """A branch behind a wider one, and what stands behind a question that leads elsewhere, are unreachable."""
    found = explore(changed(flow, how).revision, SCREEN, (flow,))
    assert missed in found.unreachable


@pytest.mark.parametrize(
    ("flow", "how", "explored", "what"),
    [
        ("consent", _endless, "consent", "no end can be reached from here"),
        ("consent", _long, "consent", "the screen has "),
        ("consent", _long, "consent", "the text message has "),
        ("stop", _asks_after_stop, "consent", "STOP does not end the dialogue"),
        ("help", _help_without_end, "consent", "after HELP nobody comes back to the question"),
        (
            "language",
            _language_again,
            "consent",
            "after another language was chosen nobody comes back to the question",
        ),
    ],
)
def test_what_must_hold_is_looked_at(changed, flow, how, explored, what):
    """Each planted fault fails, at the question where it is met, with the way there."""
    found = explore(changed(flow, how).revision, SCREEN, (explored,))
    failure = next(each for each in found.failed if each.what.startswith(what))
    assert failure.flow == "consent" and failure.state in ("sure", "kept")
    assert failure.path


# --- an engine that does not keep what it should ----------------------------------------------------------


class Forgetful(Player):
    """An engine that forgets every answer but those of the first steps."""

    forgets = False

    def act(self, spot: Spot, act: Act, mark: str = "") -> Spot:
        after = super().act(spot, act, mark)
        if not self.forgets:
            return after
        frames = tuple(replace(frame, variables={}, offered={}) for frame in after.session.frames)
        parked = tuple(
            tuple(replace(frame, variables={}) for frame in stack) for stack in after.session.parked
        )
        return replace(after, session=replace(after.session, frames=frames, parked=parked))


class Heedless(Player):
    """An engine that does not look at the mark of a button."""

    def act(self, spot: Spot, act: Act, mark: str = "") -> Spot:
        return super().act(spot, act)


def at_area(player: Player) -> Spot:
    """A question of a registration behind the name, on Telegram."""
    spot = Spot(Session(player.revision.id, "en", (), "telegram"), None, None)
    for text in ("REG", "1", "1", "Asha Ali"):
        spot = player.on(player.act(spot, Act(text)))
    assert spot.top and spot.top.state == "area"
    return spot


@pytest.mark.parametrize(
    "fault",
    [each for each in explore_faults.ALL if each is not explore_faults.delivered_twice],
    ids=lambda fault: fault.__name__,
)
def test_a_lost_answer_is_noticed(project, fault):
    """Whatever befalls a person, an engine that forgets what was answered is found out; ours is not."""
    player = Forgetful(project.revision)
    spot = at_area(player)
    assert list(fault(player, spot)) == []
    player.forgets = True
    assert list(fault(player, spot))


def test_a_button_that_counts_twice_is_noticed(project):
    """Pressing one button twice must not answer the next question."""
    for kind, faults in ((Player, 0), (Heedless, 1)):
        player = kind(project.revision)
        spot = player.act(Spot(Session(player.revision.id, "en", (), "telegram"), None, None), DIAL)
        assert player.question(spot) and spot.prompt and spot.prompt.mark
        found = list(explore_faults.delivered_twice(player, spot))
        assert len(found) == faults


# --- samples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(TYPED))
def test_every_kind_has_answers_that_are_taken_and_refused(kind):
    """Samples hold against the real parser, for each kind that a person can type."""
    bounds = {Kind.NUMBER: (0, 30), Kind.YEAR: (1300, 2200), Kind.PIN: (4, 6), Kind.PERSON_NAME: (2, 60)}
    least, most = bounds.get(kind, (1, 40))
    variable = Variable("it", kind, least, most, {"full": "full", "no room": "full"})
    taken = samples.typed(variable, frozenset({5}), NOW)
    assert taken
    assert not any(isinstance(parse(variable, text, NOW), Rejected) for text in taken)
    refused = samples.refused(variable, NOW)
    assert refused is not None and isinstance(parse(variable, refused, NOW), Rejected)


def test_samples_stand_on_both_sides_of_a_comparison(project):
    """A number that a condition names is tried, and its neighbours; a code is tried, and another one."""
    registration, status = project.revision.flows["registration"], project.revision.flows["status"]
    known = samples.literals(registration)
    people = samples.typed(registration.variables["people_with"], known["people_with"], NOW)
    assert {"0", "1", "30"} <= set(people)
    stages = samples.results(status, status.states["look"], "one", samples.literals(status))
    assert {each["stage"] for each in stages} >= {"sent", "done", "something_else"}


# --- the command ------------------------------------------------------------------------------------------


def test_the_command_tells_what_it_found(changed, capsys):
    """In words with file and line, exit code 1; as JSON one object and nothing else."""
    project = changed("consent", _endless)
    assert report(project, ("consent",), False) == 1
    said = capsys.readouterr().out
    assert (
        "consent/flow.yaml:" in said
        and "consent.request: outcome recorded: no conversation comes here" in said
    )
    assert report(project, ("consent",), True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["covered"] < told["exits"]
    assert {"flow": "consent", "state": "sure"}.items() <= told["failed"][0].items()


def test_files_that_cannot_be_loaded_are_not_explored(changed, capsys):
    """What is wrong with them is said instead, and the exit code is 1."""

    def breaks(flow: dict[str, Any]) -> None:
        flow["states"]["sure"]["options"]["yes"]["go"] = "nowhere"

    assert report(changed("consent", breaks), (), False) == 1
    assert "flows check" in capsys.readouterr().out


def test_from_the_command_line():
    """`gateway flows test --explore --json consent` prints the figures."""
    from gateway.cli.flows.test import command

    result = CliRunner().invoke(command, ["--explore", "--json", "consent"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["exits"] == told["covered"] > 0 and told["failed"] == []

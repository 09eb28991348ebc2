"""Transcripts: what they prove when they come true, and what is told when they do not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner, Result

import flows
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.coverage import Exit, exits, place
from gateway.authoring.rehearsing.rehearsal import play, playings, stages
from gateway.authoring.rehearsing.transcripts import closest, dumped, read, reworded, transcripts
from gateway.catalogue.files import read_file
from gateway.cli import gateway
from gateway.conversation.flow import Do, Revision
from gateway.errors import FlowError
from gateway.messages import ChannelName
from gateway.text.screens import Profile

SHIPPED = Path(flows.__file__).parent
CALLED = {"request_callback": {"outcome": "recorded", "values": {"code": "123455"}}}
DANGER = {
    "transcript": "One word is enough",
    "channel": "sms",
    "language": "en",
    "stubs": CALLED,
    "turns": [
        {"say": "danger"},
        {"call": "request_callback", "with": {"reason": "danger"}},
        {"hear": "Someone will call you."},
        {"closes": True},
    ],
}


@pytest.fixture(scope="module")
def revision(project: Project) -> Revision:
    """The shipped conversations."""
    return project.revision


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operator's own copy of the shipped files, in English and with two transcripts: quickly read."""
    copy = tmp_path / "flows"
    shutil.copytree(SHIPPED, copy, ignore=shutil.ignore_patterns("text.*.yaml", "transcripts", "__pycache__"))
    for flow in ("danger", "start"):
        (copy / flow / "transcripts").mkdir()
        shutil.copy(SHIPPED / flow / "transcripts/english.yaml", copy / flow / "transcripts")
    return copy


@pytest.fixture
def run(folder: Path) -> Callable[..., Result]:
    """`gateway flows test` on that copy."""

    def run(*arguments: str, typed: str = "") -> Result:
        command = ["flows", "test", "--folder", str(folder), *arguments]
        return CliRunner().invoke(gateway, command, input=typed)

    return run


def changed(**other: Any) -> dict[str, Any]:
    """The transcript of danger with something else in it."""
    return {**DANGER, **other}


def with_turn(number: int, **turn: Any) -> dict[str, Any]:
    """The transcript of danger with another turn at one place."""
    turns = list(DANGER["turns"])
    turns[number] = turn
    return changed(turns=turns)


# --- playing ----------------------------------------------------------------------------------------------


def test_a_transcript_that_comes_true(revision: Revision) -> None:
    """Every step is there with its screens and calls, and so is what was passed."""
    played = play(revision, DANGER)
    assert played.failure is None
    (step,) = played.steps
    assert (step.turn, step.inbound) == (0, "danger")
    assert step.screens == ("Someone will call you. Keep this phone with you if you can.",)
    assert [(name, call.reason) for name, call in step.calls] == [("request_callback", "danger")]
    assert played.visited >= {("danger", "call"), ("danger", "coming")}
    assert played.outcomes == {("danger", "call", "recorded")}


@pytest.mark.parametrize(
    ("script", "expected", "said"),
    [
        (with_turn(2, hear="Nobody comes."), "to hear 'Nobody comes.'", "Someone will call you. Keep"),
        (with_turn(1, call="request_callback", **{"with": {"reason": "help"}}), "help", "danger"),
        (with_turn(1, call="stop_messages"), "the command stop_messages", "request_callback"),
        (with_turn(1, hear="Someone"), "no other command", "request_callback"),
        (with_turn(3, closes=False), "the dialogue to go on", "Someone will call you."),
        (with_turn(0, hear="Someone"), "the person to say something first", "nobody has said anything"),
        (changed(stubs={}), "a stub for every command", "request_callback was called and has none"),
        (with_turn(0, say="menu"), "request_callback to be called", "Main menu"),
    ],
)
def test_what_does_not_come_true_is_told(
    revision: Revision, script: dict[str, Any], expected: str, said: str
) -> None:
    """A failure says in words what was expected, and what was said or done instead."""
    failure = play(revision, script).failure
    assert failure is not None
    assert expected in failure.expected
    assert said in failure.said


def test_all_that_is_not_heard_is_collected(revision: Revision, tmp_path: Path) -> None:
    """A text that is not heard stops nothing: the first is the failure, with line and column, and all are listed."""
    path = tmp_path / "wrong.yaml"
    path.write_text(
        dedent("""\
            transcript: Two texts are wrong
            channel: sms
            language: en
            turns:
              - say: menu
              - hear: [Main menu, 1 Nothing]
              - say: "7"
              - hear: Tell me the number
            """)
    )
    played = play(revision, read_file(path))
    assert played.failure is not None
    assert (played.failure.file, played.failure.line, played.failure.column) == ("wrong.yaml", 6, 23)
    assert [each.node.value for each in played.unheard] == ["1 Nothing", "Tell me the number"]
    assert [len(played.steps), played.steps[1].prompt.text] == [2, "Enter the certificate number"]


def test_a_flow_that_goes_round_is_a_failure(revision: Revision) -> None:
    """A command whose outcome leads back to it ends the transcript, not the test run."""
    danger = revision.flows["danger"]
    call = danger.states["call"]
    assert isinstance(call, Do)
    outcomes = {name: replace(each, go="call") for name, each in call.outcomes.items()}
    states = {**danger.states, "call": replace(call, outcomes=outcomes)}
    circling = replace(revision, flows={**revision.flows, "danger": replace(danger, states=states)})
    failure = play(circling, DANGER).failure
    assert failure is not None
    assert "goes round in a circle" in failure.said


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (changed(stubs={"request_callback": {"outcome": "record"}}), "Did you mean 'recorded'"),
        (changed(stubs={"request_calback": {"outcome": "recorded"}}), "Did you mean 'request_callback'"),
        (changed(channel="ussdd"), "Did you mean 'ussd'"),
        (changed(turns=[{"sey": "danger"}]), "Did you mean 'say'"),
        (changed(turns=[{"say": "danger", "with": {}}]), "unknown key 'with'"),
        (changed(stub={}), "Did you mean 'stubs'"),
        (changed(stubs={"request_callback": []}), "the list of outcomes is empty"),
    ],
)
def test_a_transcript_that_cannot_be_read(revision: Revision, script: dict[str, Any], problem: str) -> None:
    """A slip of the pen is told with the word that was meant."""
    with pytest.raises(FlowError, match=problem):
        play(revision, script)


def test_the_channels_that_a_transcript_is_played_on() -> None:
    """All three, unless a turn needs a phone or a chat of one kind; a list says otherwise; its own comes first."""
    turns = {"dial": [{"dial": ""}], "say": [{"say": "x"}], "share": [{"share": "+251911000077"}]}
    assert read(changed(turns=turns["say"])).channels == ("sms", "ussd", "telegram")
    assert read(changed(turns=turns["dial"], channel="ussd")).channels == ("ussd",)
    assert read(changed(turns=turns["share"], channel="telegram")).channels == ("telegram",)
    assert read(changed(turns=turns["dial"], channel="ussd", channels="all")).channels == (
        "ussd",
        "sms",
        "telegram",
    )
    assert read(changed(turns=turns["say"], channels=["telegram"])).channels == ("sms", "telegram")


def test_every_stage_is_played(project: Project) -> None:
    """USSD on each network that differs, SMS and Telegram: each once."""
    labels = [stage.label for stage, _ in playings(project, read(DANGER))]
    assert labels == [stage.label for stage in stages(project)]
    assert len([label for label in labels if label.startswith("ussd ")]) == len(project.profiles())
    assert labels[-2:] == ["sms", "telegram"]


def test_a_small_screen_has_pages_that_can_be_turned(revision: Revision) -> None:
    """On a narrow phone a prompt comes on pages that all fit, and More is a key there."""
    narrow = Profile(septets=60, ucs2=40, prefix=4)
    turns = [{"say": "menu"}, {"say": "9"}, {"hear": "7 Verify certificate"}, {"say": "9"}]
    played = play(revision, changed(turns=turns, channel="ussd"), narrow)
    assert played.failure is None
    assert [len(step.screens) for step in played.steps] == [3, 3, 3]
    assert [step.prompt.page for step in played.steps] == [0, 1, 2]
    assert all(narrow.holds(screen) for step in played.steps for screen in step.screens)


def test_noting_changes_nothing(project: Project) -> None:
    """What is said and asked is the same whether the ways taken are noted or not."""
    for flow in project.revision.flows:
        for source in transcripts(project, flow):
            noted, plain = play(project.revision, source), play(project.revision, source, noting=False)
            assert noted.steps == plain.steps
            assert noted.visited
            assert not plain.visited


# --- coverage ---------------------------------------------------------------------------------------------


def test_each_kind_of_way_is_noted(revision: Revision) -> None:
    """Options, entries of a list, answers, outcomes, branches and shared numbers, and none that was not taken."""
    people = [{"value": "K7R249XM", "label": "A T B"}, {"value": "M2R249XK", "label": "S T B"}]
    played = play(
        revision,
        {
            "transcript": "x",
            "channel": "telegram",
            "stubs": {
                "set_language": {"outcome": "set"},
                "bind_phone": {"outcome": "refused"},
                "my_people": {"outcome": "several", "values": {"people": people}},
                "has_pin": {"outcome": "yes"},
                "show_certificate": {"outcome": "locked"},
            },
            "turns": [
                {"say": "hello"},
                {"say": "1"},
                {"call": "set_language"},
                {"share": "+251911000077"},
                {"call": "bind_phone"},
                {"say": "2"},
                {"say": "9"},
                {"say": "2"},
                {"say": "8302"},
                {"call": "show_certificate"},
            ],
        },
    )
    assert played.failure is None
    assert played.options == {
        ("language", "pick", "en"),
        ("main", "share", ""),
        ("main", "menu", "certificate"),
        ("certificate", "which", ""),
        ("certificate", "ask_pin", ""),
    }
    assert played.outcomes == {
        ("main", "first", "1"),
        ("language", "set", "set"),
        ("main", "phone", "2"),
        ("main", "bind", "refused"),
        ("certificate", "who", "several"),
        ("certificate", "has_pin", "yes"),
        ("certificate", "show", "locked"),
    }
    kinds = {each.kind for each in played.trace.exits}
    assert kinds == {"option", "contact", "entry", "answer", "branch", "outcome"}


def test_the_last_branch_is_noted_where_no_other_held(revision: Revision) -> None:
    """`else` is a way of its own."""
    turns = [{"say": "menu"}, {"say": "1"}]
    assert ("registration", "start", "else") in play(revision, changed(turns=turns)).outcomes


def test_every_way_has_its_place(project: Project) -> None:
    """Each way out of each state is listed once, and found at a line that speaks of it."""
    ways = exits(project.revision)
    assert len(set(ways)) == len(ways) > 200
    for each in ways:
        node = place(project, each)
        line = project.bundle.texts[node.source.path].split("\n")[node.place[0] - 1]
        word = {
            "branch": "else" if each.name == "else" else "if",
            "entry": "from",
            "answer": "ask",
            "contact": "contact",
        }
        assert word.get(each.kind, each.name) in line, each


def test_the_ways_of_some_flows(revision: Revision) -> None:
    """The ways of the named flows alone."""
    assert exits(revision, ["danger"]) == (Exit("danger", "call", "outcome", "recorded"),)


# --- the command ------------------------------------------------------------------------------------------


def test_shipped_transcripts_come_true() -> None:
    """All pass on every channel, and take every way that there is."""
    done = CliRunner().invoke(gateway, ["flows", "test", "--folder", str(SHIPPED), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert told["failed"] == []
    assert told["covered"] == told["exits"] > 200
    assert told["playings"] > told["transcripts"] > 80


def test_a_changed_text_is_told_and_may_be_taken_over(run: Callable[..., Result], folder: Path) -> None:
    """A failing line is shown with its place; `--update` shows the change, asks, and writes that line alone."""
    flow, transcript = folder / "danger/flow.yaml", folder / "danger/transcripts/english.yaml"
    flow.write_text(flow.read_text().replace("Someone will call you. Keep", "We call you soon. Keep"))
    written = transcript.read_text().replace("turns:", "turns:   # by hand")
    transcript.write_text(written)

    failed = run("danger")
    assert failed.exit_code == 1
    assert "danger/transcripts/english.yaml:10:12: expected to hear 'Someone will call you." in failed.stdout
    assert "    We call you soon. Keep this phone" in failed.stdout
    assert "sms, telegram" in failed.stdout

    refused = run("danger", "--update", typed="n\n")
    assert '-  - hear: ["Someone will call you. Keep this phone with you if you can."]' in refused.stdout
    assert '+  - hear: ["We call you soon. Keep this phone with you if you can."]' in refused.stdout
    assert (refused.exit_code, transcript.read_text()) == (1, written)

    taken = run("danger", "--update", "--yes")
    assert taken.exit_code == 0
    assert transcript.read_text() == written.replace("Someone will call you.", "We call you soon.")


def test_what_no_transcript_passes_is_listed(run: Callable[..., Result], folder: Path) -> None:
    """Without its transcripts every state and way of a flow is named with file and line."""
    shutil.rmtree(folder / "start/transcripts")
    told = run("start", "--coverage")
    assert told.exit_code == 0
    assert "start/flow.yaml:10: start is never reached" in told.stdout
    assert "outcome started of start is never taken" in told.stdout
    assert "0 of 1 ways were taken" in told.stdout
    plain = json.loads(run("start", "--json").stdout)
    assert (plain["exits"], plain["covered"]) == (1, 0)
    assert plain["uncovered"][0]["name"] == "started"
    assert plain["uncovered"][0]["at"].startswith("start/flow.yaml:")


def test_a_transcript_with_a_slip_does_not_hide_the_others(run: Callable[..., Result], folder: Path) -> None:
    """A transcript that cannot be read is a failure with its line; the rest is played."""
    broken = folder / "danger/transcripts/broken.yaml"
    broken.write_text("transcript: x\nchannel: sms\nturns:\n  - sey: danger\n")
    told = json.loads(run("danger", "--json").stdout)
    (failure,) = told["failed"]
    assert (failure["transcript"], failure["line"]) == ("danger/transcripts/broken.yaml", 4)
    assert "Did you mean 'say'" in failure["said"]
    assert told["covered"] == 1


def test_an_unknown_flow_is_refused(run: Callable[..., Result]) -> None:
    """A name that no flow has is a usage error, with the nearest name."""
    told = run("dangr")
    assert told.exit_code == 2
    assert "There is no flow 'dangr'. Did you mean 'danger'?" in told.output


# --- writing ----------------------------------------------------------------------------------------------


def test_shipped_transcripts_survive_rewording() -> None:
    """Reading and writing a transcript again changes no byte, so that an update touches only its lines."""
    for path in SHIPPED.glob("*/transcripts/*.yaml"):
        assert reworded(path.read_text("utf-8"), {}) == path.read_text("utf-8"), path


def test_the_line_that_was_meant() -> None:
    """Of what is said now, the line most like the old one, and none that another text is in."""
    said = "Main menu\n1 Register here\n2 My certificates"
    assert closest("2 My certificate", said) == "2 My certificates"
    assert closest("Main menu", said, ["Main menu"]) in said.split("\n")[1:]


def test_a_transcript_is_written_as_people_write_it(tmp_path: Path) -> None:
    """A turn to a line, words that look like flags in quotes; and it reads the same."""
    script = changed(
        turns=[{"say": "no"}, {"hear": ["a: b", "1 Yes"]}, {"call": "stop_messages", "with": {"code": "12"}}]
    )
    text = dumped(script)
    assert (
        '  - say: "no"\n  - hear: ["a: b", "1 Yes"]\n  - call: stop_messages\n    with: {code: "12"}\n'
        in text
    )
    path = tmp_path / "again.yaml"
    path.write_text(text)
    assert read_file(path).data == script


def test_each_channel_by_name(revision: Revision) -> None:
    """The same words on another channel: the engine is told which, and may say others."""
    script = changed(turns=[{"say": "language"}], language="en")
    texts = {name: play(revision, script, channel=name).steps[0].prompt.text for name in ChannelName}
    assert texts[ChannelName.TELEGRAM] != texts[ChannelName.USSD]

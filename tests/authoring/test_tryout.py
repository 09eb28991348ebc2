"""Talking to a flow in the terminal, and what is kept of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import flows
from gateway import commands
from gateway.authoring.project import Project
from gateway.authoring.rehearsing import tryout
from gateway.authoring.rehearsing.rehearsal import PROFILES, play
from gateway.authoring.rehearsing.transcripts import dumped
from gateway.authoring.rehearsing.tryout import Tryout
from gateway.catalogue.files import read_file, read_folder
from gateway.cli import gateway
from gateway.commands import Call
from gateway.errors import FlowError
from gateway.messages import ChannelName

SHIPPED = Path(flows.__file__).parent


def first(name: str, _call: Call, possible: Mapping[str, Mapping[str, Any]]) -> commands.Result:
    """A world in which everything comes out by its first outcome."""
    assert list(possible) <= list(commands.CALLS[name].outcomes)
    return commands.Result(*next(iter(possible.items())))


def meet(project: Project, flow: str, channel: str, language: str = "en") -> Tryout:
    """Somebody who tries a flow."""
    name = ChannelName(channel)
    return Tryout(project, flow, name, language, first, PROFILES[name])


def tried(*arguments: str, typed: str = "") -> Result:
    """`gateway flows try` with lines typed."""
    return CliRunner().invoke(gateway, ["flows", "try", *arguments], input=typed)


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", list(ChannelName))
@pytest.mark.parametrize(
    ("flow", "lines"),
    [
        ("registration", ["1", "Asha Ali", "harg", "1", "2", "x", "35"]),
        ("certificate", ["8302", "8302"]),
        ("replies", ["ACCEPT 123455", "DONE 123455 HELPED"]),
        ("language", ["2"]),
        ("main", ["4"]),
    ],
)
def test_what_was_done_comes_true_again(
    project: Project, tmp_path: Path, channel: str, flow: str, lines: list[str]
) -> None:
    """The transcript of any conversation passes when it is played, on the channel it was recorded on."""
    person = meet(project, flow, channel)
    start = tryout.beginning(project, project.revision.flows[flow], ChannelName(channel))
    for line in filter(None, [start, *lines]):
        person.send(line)
    path = tmp_path / "recorded.yaml"
    path.write_text(dumped(person.transcript("Recorded")), "utf-8")
    played = play(project.revision, read_file(path))
    assert played.failure is None
    assert len(played.steps) >= len(lines)


def test_a_transcript_holds_texts_calls_and_the_end(project: Project) -> None:
    """Each line typed, each command with its arguments, each line heard, and that the dialogue ended."""
    person = meet(project, "danger", "sms")
    person.send("danger")
    assert person.transcript("Called") == {
        "transcript": "Called",
        "channel": "sms",
        "channels": ["sms"],
        "language": "en",
        "stubs": {"request_callback": {"outcome": "recorded", "values": {"code": "123455"}}},
        "turns": [
            {"say": "danger"},
            {"call": "request_callback", "with": {"reason": "danger"}},
            {"hear": ["Someone will call you. Keep this phone with you if you can."]},
            {"closes": True},
        ],
    }


def test_turning_a_page_is_not_kept(project: Project) -> None:
    """A transcript hears all pages at once: another network has others."""
    person = meet(project, "main", "ussd", "am")
    assert len(person.send("/dial").screens) == 2
    assert person.send("9").prompt.page == 1
    assert person.send("7").calls == ()
    said = [turn for turn in person.turns if "hear" not in turn]
    assert said == [{"dial": ""}, {"say": "7"}]


def test_roles_go_with_the_flow(project: Project) -> None:
    """Whoever tries a provider's flow is a provider, and the transcript says so."""
    person = meet(project, "replies", "sms")
    person.send("GOT 123455")
    assert person.transcript("x")["roles"] == ["provider"]
    assert "roles" not in meet(project, "main", "sms").transcript("x")


# --- the way in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "channel", "line"),
    [
        ("main", "ussd", "/dial"),
        ("danger", "sms", "DANGER"),
        ("contact", "telegram", "/share +251911000077"),
        ("replies", "sms", ""),
    ],
)
def test_the_way_into_a_flow(project: Project, flow: str, channel: str, line: str) -> None:
    """Dialling for the menu, a keyword, a shared number; where a code must follow, the person begins."""
    assert tryout.beginning(project, project.revision.flows[flow], ChannelName(channel)) == line


def test_the_menu_by_text_message(project: Project) -> None:
    """Where nobody can dial, a word leads to the menu."""
    word = tryout.beginning(project, project.revision.flows["main"], ChannelName.SMS)
    assert project.revision.moves[word] == "home"


def test_a_flow_that_nothing_leads_into(project: Project) -> None:
    """It is told how to give it a keyword, or which flow to try instead; a link is a way in too."""
    lone = replace(project.revision.flows["danger"], name="lone", triggers=())
    with pytest.raises(FlowError, match="give it `triggers:`"):
        tryout.beginning(project, lone, ChannelName.SMS)
    entered = replace(project.revision.flows["registration"], triggers=())
    with pytest.raises(FlowError, match="try main or services, which enters it"):
        tryout.beginning(project, entered, ChannelName.SMS)
    link = replace(project.revision.flows["registration"].triggers[0], words=())
    assert tryout.beginning(project, replace(entered, triggers=(link,)), ChannelName.SMS) == "/link register"


def test_room_in_plain_words() -> None:
    """How many letters of how many, the carrier's prefix included; text messages by their parts."""
    assert tryout.room("abc", ChannelName.USSD, PROFILES[ChannelName.USSD]) == "7 of 160 letters"
    assert tryout.room("ሀለ", ChannelName.USSD, PROFILES[ChannelName.USSD]).startswith(
        "6 of 70 letters (in Latin"
    )
    assert tryout.room("x" * 161, ChannelName.SMS, PROFILES[ChannelName.SMS]) == "161 letters, 2 SMS"
    assert tryout.room("ሀ", ChannelName.TELEGRAM, PROFILES[ChannelName.TELEGRAM]) == "1 of 4096 letters"


# --- the command ------------------------------------------------------------------------------------------


def test_a_conversation_in_the_terminal(tmp_path: Path) -> None:
    """Screens with their room, the world's question answered by number or name, and the transcript in a file."""
    path = tmp_path / "transcripts/new.yaml"
    typed = "ACCEPT 123455\n9\nrefused\n1\n"
    done = tried("replies", "--channel", "sms", "--lang", "en", "--record", str(path), typed=typed)
    assert done.exit_code == 0
    assert "Begin with: GOT <code>, ACCEPT <code>" in done.stdout
    assert "We ask the world: answer_leg (code: 123455, answer: accept" in done.stdout
    assert done.stdout.count("How does it come out? 1 recorded, 2 repeated, 3 refused") == 2
    assert "Which stage? 1 completed, 2 declined" in done.stdout
    assert "It answers: refused (stage: completed)" in done.stdout
    assert "| 12345-5: this request is closed already. Nothing changed.\n+-- 57 letters, 1 SMS" in done.stdout
    assert f"Written to {path}." in done.stdout
    assert read_file(path).data["stubs"] == {
        "answer_leg": {"outcome": "refused", "values": {"stage": "completed"}}
    }


def test_stubs_from_a_file_and_pages_of_a_network() -> None:
    """A transcript's stubs answer for the world; a network's code says how large the screen is."""
    stubs = SHIPPED / "certificate/transcripts/expired.yaml"
    done = tried(
        "certificate", "--lang", "en", "--stubs", str(stubs), "--network", "63903", typed="2\n8302\n/dial\n"
    )
    assert "| 1 A T B\n| 2 S T B\n+--" in done.stdout
    assert "It answers: shown (certificate_number: 528401739255, status: expired" in done.stdout
    assert "The dialogue ends. `/dial` begins another." in done.stdout
    assert "| Main menu" in done.stdout
    assert "How does it come out?" not in done.stdout


def test_the_first_outcome_without_asking() -> None:
    """With `--first` nothing is asked of whoever sits there; buttons stand under a chat's text."""
    done = tried("main", "--channel", "telegram", "--first", typed="1\n/share\n4\n/quit\nnot read\n")
    assert "| [1 English]\n" in done.stdout
    assert "| [/share Share my phone number]\n" in done.stdout
    assert "How does it come out?" not in done.stdout
    assert "It answers: bound" in done.stdout
    assert "not read" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["dangr"], "There is no flow 'dangr'. Did you mean 'danger'?"),
        (["danger", "--lang", "fr"], "there is no language 'fr'; there are en,"),
        (["danger", "--network", "1"], "no policy lists '1'; there are 63601,"),
        (["danger", "--record", str(SHIPPED / "phrases.yaml")], "is there already: choose another name"),
    ],
)
def test_what_cannot_be_tried_is_refused(arguments: list[str], problem: str) -> None:
    """A wrong name is told with those that there are, and no file is written over."""
    refused = tried(*arguments)
    assert refused.exit_code == 2
    assert problem in " ".join(refused.output.split())


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The command reads what is piped to it, and its record passes `flows test`'s player."""
    path = tmp_path / "so.yaml"
    command = [
        sys.executable,
        "-m",
        "gateway",
        "flows",
        "try",
        "registration",
        "--lang",
        "so",
        "--record",
        str(path),
    ]
    done = subprocess.run(
        command, input="haa\n1\nAsha Ali\n\n/quit\n", capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert "| Xaggee rabtaa inaad degto?" in done.stdout
    assert play(Project.read(read_folder(SHIPPED)).revision, read_file(path)).failure is None

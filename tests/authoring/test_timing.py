"""People have the time to read and answer each screen, and a dropped call costs little."""

from __future__ import annotations

from pathlib import Path

import pytest
from flawed import SHIPPED, flawed, found, here

from gateway.authoring.findings import Severity
from gateway.authoring.project import Project
from gateway.authoring.rules.timing import findings, keys_of
from gateway.catalogue.policy import Tariff, Typing

TYPING = "typing:\n  letters_per_second: {letters}\n  seconds_per_key: {key}\n"


def policy(letters: float = 6, key: float = 0.75, idle: int = 30, session: int = 180) -> str:
    """The policy of Ethiopia with one network, and people of some pace."""
    text = (SHIPPED / "policies/et.yaml").read_text("utf-8")
    before, _, rest = text.partition("networks:")
    _, _, after = rest.partition("outbox:")
    limits = f"{{septets: 160, ucs2: 70, idle_seconds: {idle}, session_seconds: {session}}}"
    typing = TYPING.format(letters=letters, key=key)
    return f"{before}networks:\n  default: {limits}\n{typing}outbox:{after}"


ASKING = """\
flow: asking
language: en
triggers: [{words: [TELL], go: ask}]
variables:
  full_name: {type: person_name}
states:
  ask:
    ask: What is your full name?  # here
    save: full_name
    go: over
  over: {end: true}
"""

CHAIN = """\
flow: chain
language: en
triggers: [{words: [CHAIN], go: first}]
variables:
  kept: {type: code}
states:
  first:
    choose: Is this the first question?
    options: {"yes": {label: "Yes", go: second}, "no": {label: "No", go: over}}
  second:
    choose: Is this the second question?
    options: {"yes": {label: "Yes", go: third}, "no": {label: "No", go: over}}
  third:
    choose: Is this the third question?  # here
    options: {"yes": {label: "Yes", go: over}, "no": {label: "No", go: over}}
  over: {end: true}
"""

KEPT = ("choose: Is this the first question?\n", "choose: Is this the first question?\n    save: kept\n")
COMMAND = ('label: "Yes", go: third}', 'label: "Yes", go: call}')
CALL = """\
  call:
    do: request_callback
    with: {reason: {value: help}}
    on: {recorded: {go: third}}
"""


def test_a_screen_that_takes_longer_than_the_network_waits(tmp_path: Path) -> None:
    """Somebody who types slowly is cut off in the middle of their name."""
    project = flawed(tmp_path, asking=ASKING, policies__et=policy(key=2))
    assert found(project, findings, "time.idle") == [here(project, "asking")]


def test_the_pace_is_policy(tmp_path: Path) -> None:
    """Where people are quick, or the network patient, the same question is fine."""
    quick = flawed(tmp_path / "quick", asking=ASKING, policies__et=policy(key=0.3))
    patient = flawed(tmp_path / "patient", asking=ASKING, policies__et=policy(key=2, idle=120))
    assert found(quick, findings, "time.idle") == found(patient, findings, "time.idle") == []


def test_a_policy_without_a_pace_has_the_usual_one(tmp_path: Path) -> None:
    """What was published before there was `typing` still loads; a price for SMS may be named or not."""
    text = policy().replace(TYPING.format(letters=6, key=0.75), "sms: {price: 0.5, currency: KES}\n")
    read = flawed(tmp_path, policies__et=text).policies["et"]
    assert read.typing == Typing(letters_per_second=6.0, seconds_per_key=0.75)
    assert read.sms == Tariff(0.5, "KES")


@pytest.mark.parametrize("wrong", ["0", "-1", "fast", "true"])
def test_a_pace_is_a_number_above_zero(tmp_path: Path, wrong: str) -> None:
    """Anything else is refused, with its line."""
    text = policy().replace("seconds_per_key: 0.75", f"seconds_per_key: {wrong}  # here")
    project = flawed(tmp_path, policies__et=text)
    assert [(each.file, each.line) for each in project.faults] == [here(project, "policies__et")]


def test_slow_readers_count_too(tmp_path: Path) -> None:
    """A choice of one key takes long where its text does."""
    text = "please read this to the end " * 4
    chain = CHAIN.replace("Is this the third question?", text)
    project = flawed(tmp_path, chain=chain, policies__et=policy(letters=3))
    assert found(project, findings, "time.idle") == [here(project, "chain")]


def test_the_finding_speaks_of_the_slowest_language(tmp_path: Path) -> None:
    """A translation that is longer than the base text is where the finding stands."""
    somali = "language: so\nreviewed_by: ''\nstates:\n  ask:\n    ask: Fadlan noo sheeg magacaaga oo buuxa  # here\n"
    asking = ASKING.replace("  # here", "")
    project = flawed(tmp_path, asking=asking, asking__so=somali, policies__et=policy(key=2))
    assert found(project, findings, "time.idle") == [here(project, "asking__so")]


def test_a_stretch_longer_than_a_session(tmp_path: Path) -> None:
    """Three questions in a row, none of them kept, do not fit into a session of half a minute."""
    project = flawed(tmp_path, chain=CHAIN, policies__et=policy(session=20))
    assert found(project, findings, "time.stretch") == [here(project, "chain")]


def test_a_kept_answer_ends_the_stretch(tmp_path: Path) -> None:
    """From a saved answer on the place is found again, however long the rest takes."""
    project = flawed(tmp_path, chain=CHAIN.replace(*KEPT), policies__et=policy(session=20))
    assert found(project, findings, "time.stretch") == []


def test_a_drop_that_costs_more_than_one_screen(tmp_path: Path) -> None:
    """Whoever drops out at the third question that keeps nothing loses two answers."""
    project = flawed(tmp_path, chain=CHAIN)
    assert found(project, findings, "time.loss") == [here(project, "chain")]


@pytest.mark.parametrize(
    "flow",
    [
        CHAIN.replace(*KEPT),
        CHAIN.replace(*COMMAND).replace("  over: {end: true}\n", CALL + "  over: {end: true}\n"),
        CHAIN.replace('go: third}, "no"', 'go: over}, "no"').replace("go: second}", "go: third}"),
    ],
    ids=["saved", "command", "two in a row"],
)
def test_a_drop_that_costs_little(tmp_path: Path, flow: str) -> None:
    """A saved answer or a command between keeps the place; so does a shorter way."""
    assert found(flawed(tmp_path, chain=flow), findings, "time.loss") == []


def test_a_circle_of_questions_ends(tmp_path: Path) -> None:
    """Questions that lead back to each other are gone through once."""
    flow = CHAIN.replace(
        'go: over}, "no": {label: "No", go: over}}\n  over',
        'go: first}, "no": {label: "No", go: over}}\n  over',
    )
    project = flawed(tmp_path, chain=flow)
    assert found(project, findings, "time.loss") == [here(project, "chain")]


@pytest.mark.parametrize(
    ("variable", "keys"),
    [
        ("{type: number, max: 30}", 2),
        ("{type: year}", 4),
        ("{type: certificate_number}", 14),
        ("{type: person_name}", 20 * 2.03),
        ("{type: person_name, max: 10}", 10 * 2.03),
        ("{type: code, values: {full: [FULL, no room]}}", 7 * 2.03),
    ],
)
def test_keys_of_an_answer(tmp_path: Path, variable: str, keys: float) -> None:
    """Digits are one press each, letters two; a name is reckoned at its usual length, or its most if that is less."""
    flow = ASKING.replace("{type: person_name}", variable)
    project = flawed(tmp_path, asking=flow)
    assert keys_of(project.revision.flows["asking"].states["ask"]) == pytest.approx(keys)


def test_the_shipped_flows_have_time(project: Project) -> None:
    """What ships loses at most one screen, and only names typed on a phone may outlast the network's patience."""
    left = [each for each in findings(project) if each.severity is Severity.ERROR or each.rule != "time.idle"]
    assert [str(each) for each in left] == []

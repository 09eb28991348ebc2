"""RapidPro exports become flows that load and can be talked to; what has no counterpart is listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import flows
from gateway.authoring.importing import Imported, rapidpro
from gateway.catalogue.files import flow_sources, read_folder
from gateway.cli import gateway
from gateway.commands import SetLanguage
from gateway.conversation import load
from gateway.conversation.flow import Revision
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.step import Step, step
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind, ChannelName, Inbound

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Node = dict[str, Any]


def say(uuid: str, text: str, **more: Any) -> Node:
    return {"uuid": uuid, "type": "send_msg", "text": text, **more}


def straight(uuid: str, *actions: Node, to: str | None = None) -> Node:
    return {"uuid": uuid, "actions": list(actions), "exits": [{"uuid": f"{uuid}-x", "destination_uuid": to}]}


def switch(
    uuid: str,
    cases: list[tuple[str, list[str], str]],
    exits: dict[str, str | None],
    *actions: Node,
    result: str = "",
    operand: str = "@input.text",
    wait: Node | None = None,
) -> Node:
    """A router. `cases` are (test, arguments, category); the last category of `exits` is the default."""
    router: Node = {
        "type": "switch",
        "operand": operand,
        "cases": [
            {
                "uuid": f"{uuid}-{n}",
                "type": test,
                "arguments": arguments,
                "category_uuid": f"{uuid}-{category}",
            }
            for n, (test, arguments, category) in enumerate(cases)
        ],
        "categories": [
            {"uuid": f"{uuid}-{name}", "name": name, "exit_uuid": f"{uuid}-{name}-x"} for name in exits
        ],
        "default_category_uuid": f"{uuid}-{list(exits)[-1]}",
    }
    if result:
        router["result_name"] = result
    if wait is not None:
        router["wait"] = wait
    targets = [{"uuid": f"{uuid}-{name}-x", "destination_uuid": to} for name, to in exits.items()]
    return {"uuid": uuid, "actions": list(actions), "router": router, "exits": targets}


MSG = {"type": "msg"}
INTAKE = {
    "uuid": "flow-1",
    "name": "Intake",
    "spec_version": "13.1.0",
    "language": "eng",
    "type": "messaging",
    "nodes": [
        straight(
            "n1",
            say("a1", "Hello {friend}!"),
            say("a2", "Are you back home?", quick_replies=["Yes"]),
            to="n2",
        ),
        switch(
            "n2",
            [("has_any_word", ["yes yeah"], "Yes"), ("has_any_word", ["no nope"], "No")],
            {"Yes": "n3", "No": "n9", "Other": "n2b"},
            result="Back Home",
            wait={"type": "msg", "timeout": {"seconds": 600, "category_uuid": "n2-Other"}},
        ),
        straight("n2b", say("a2b", "Please say yes or no."), to="n2"),
        switch("n3", [], {"All Responses": "n4"}, say("a3", "Your name?"), result="Name", wait=MSG),
        straight("n4", {"uuid": "a4", "type": "set_contact_name", "name": "@results.name"}, to="n5"),
        switch(
            "n5",
            [("has_number_between", ["0", "17"], "Child"), ("has_number_gte", ["18"], "Adult")],
            {"Child": "n8", "Adult": "n6", "Other": "n5"},
            say("a5", "How old are you, @contact.name? Mail a@@b.org or @fields.nothing"),
            result="Age",
            wait=MSG,
        ),
        switch(
            "n6",
            [
                ("has_pattern", ["^[A-Z]{2}\\d+$"], "Code"),
                ("has_district", ["x"], "District"),
                ("has_phrase", ["i don't"], "None"),
            ],
            {"Code": "n7", "District": "n7", "None": "n9", "Other": "n9"},
            say("a6", "Your paper's code?"),
            result="Code",
            wait=MSG,
        ),
        straight(
            "n7", {"uuid": "a7", "type": "enter_flow", "flow": {"uuid": "flow-2", "name": "Needs"}}, to="n10"
        ),
        straight(
            "n8",
            {"uuid": "a8", "type": "call_webhook", "url": "https://example.org"},
            say("a8b", "A child."),
            to=None,
        ),
        straight("n9", say("a9", "Goodbye.", attachments=["image:x.png"]), to=None),
        switch(
            "n10",
            [("has_only_phrase", ["yes"], "Yes")],
            {"Yes": "n11", "Other": "n9"},
            operand="@results.back_home.category",
        ),
        straight("n11", say("a11", "Welcome back, @results.name, @(results.age)."), to=None),
    ],
    "localization": {
        "som": {
            "a2": {"text": ["Ma soo noqotay?"]},
            "n2-Yes": {"name": ["Haa"]},
            "n2-No": {"name": ["Maya"]},
        },
        "fra": {"a2": {"text": ["De retour?"]}},
    },
}
NEEDS = {
    "uuid": "flow-2",
    "name": "Needs",
    "spec_version": "13.2.0",
    "language": "eng",
    "nodes": [
        switch("m0", [("has_group", ["g"], "In")], {"In": "m1", "Other": "m1"}, operand="@contact.groups"),
        straight(
            "m1",
            {"uuid": "b1", "type": "set_contact_language", "language": "som"},
            say("b2", "Thanks."),
            to=None,
        ),
    ],
}
EXPORT = json.dumps({"version": "13", "site": "https://example.org", "flows": [INTAKE, NEEDS]}).encode()


@pytest.fixture
def revision(tmp_path: Path) -> Revision:
    """The imported flows in a folder with the shipped phrases."""
    for path, text in rapidpro.read(EXPORT).files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "phrases.yaml").write_text(
        (Path(flows.__path__[0]) / "phrases.yaml").read_text("utf-8"), "utf-8"
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "flow.yaml").write_text("flow: m\nlanguage: en\nrole: main\nstates: {e: {end: true}}\n")
    bundle = read_folder(tmp_path)
    return load.revision("r", tuple(flow_sources(bundle)), bundle.sources["phrases.yaml"])


@pytest.fixture
def talk(revision: Revision) -> Callable[..., Step]:
    """Types answers one after another; where that led."""

    def say(*answers: str, language: str = "en") -> Step:
        session = Session("r", language, (), "sms")
        phone = Address(AddressKind.PHONE, "+252611111111")
        for text in ("INTAKE", *answers):
            moved = step(revision, session, Inbound(ChannelName.SMS, "x", phone, text, "1"), NOW)
            session = from_json(to_json(moved.session))
        return moved

    return say


def said(moved: Step) -> str:
    assert moved.prompt is not None
    return moved.prompt.text


def test_messages_and_choices(talk: Callable[..., Step]) -> None:
    """The message before a wait asks; categories are options with their words, and "other" goes its way at once."""
    first = talk()
    assert said(first) == "Hello friend!\nAre you back home?"
    assert [each.label for each in first.prompt.choices] == ["Yes", "No"] if first.prompt else False
    assert said(talk("yeah")) == "Your name?"
    assert said(talk("nope")) == "Goodbye."
    assert said(talk("perhaps")) == "Please say yes or no.\nAre you back home?"


def test_results_fields_and_numbers(talk: Callable[..., Step]) -> None:
    """Results are kept, contact fields are other names of them, and numbers decide."""
    assert said(talk("1", "Hodan")) == "How old are you, Hodan? Mail a@b.org or"
    assert said(talk("1", "Hodan", "12")) == "A child."
    assert said(talk("1", "Hodan", "40")) == "Your paper's code?"


def test_patterns_subflows_and_splits(talk: Callable[..., Step]) -> None:
    """A pattern decides behind a text; another flow is entered and returns; a split asks what was answered."""
    assert said(talk("1", "Hodan", "40", "nothing")) == "Goodbye."
    moved = talk("1", "Hodan", "40", "AB12")
    assert moved.call == SetLanguage(language="so")


def test_localization(talk: Callable[..., Step]) -> None:
    """Their translations are ours, category names included."""
    moved = talk(language="so")
    assert said(moved) == "Hello friend!\nMa soo noqotay?"
    assert moved.prompt is not None
    assert [each.label for each in moved.prompt.choices] == ["Haa", "Maya"]


def test_what_is_left_out_is_listed() -> None:
    """Each by its node or action, with the reason."""
    imported: Imported = rapidpro.read(EXPORT)
    assert sorted(each.what for each in imported.left_out) == [
        "'@fields.nothing' in a text",
        "a split by switch @contact.groups",
        "a time-out of 600 seconds",
        "attachments",
        "the action call_webhook",
        "the language fra",
        "the test has_district x",
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no export"),
        (b"[]", "no export"),
        (b'{"flows": []}', "holds no flow"),
        (b'{"flows": [{"uuid": "x", "nodes": [], "spec_version": "12.0"}]}', "another specification"),
        (b'{"flows": [7]}', "no export"),
        (b'{"flows": [{"uuid": "x", "nodes": [{"actions": 7}], "spec_version": "13"}]}', "not sound"),
        (b"[" * 100_000, "no export"),
        (b" " * 21_000_000, "larger than 20 MB"),
    ],
    ids=["nothing", "list", "none", "old", "number", "unsound", "deep", "large"],
)
def test_what_is_no_export(data: bytes, problem: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(FlowError, match=problem):
        rapidpro.read(data)


def test_the_command(tmp_path: Path) -> None:
    """It writes the files, lists what was left out, and never overwrites."""
    (tmp_path / "export.json").write_bytes(EXPORT)
    command = ["flows", "import-rapidpro", str(tmp_path / "export.json"), "--out", str(tmp_path / "new")]
    done = CliRunner().invoke(gateway, command)
    assert done.exit_code == 0, done.output
    assert "7 left out." in done.output
    assert (tmp_path / "new" / "intake" / "text.so.yaml").exists()
    again = CliRunner().invoke(gateway, command)
    assert isinstance(again.exception, FlowError)
    assert CliRunner().invoke(gateway, [*command[:-1], str(tmp_path / "other"), "--strict"]).exit_code == 1

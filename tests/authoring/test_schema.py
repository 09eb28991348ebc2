"""The schema of flow.yaml is that of the code, takes what the loader takes and refuses what it refuses."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import flows
from gateway.authoring.schema import schema, written
from gateway.catalogue.files import Bundle
from gateway.cli.flows.schema import command
from gateway.commands import CALLS
from gateway.conversation.source import Source

SHIPPED = Path(flows.__path__[0])


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """What an editor checks by."""
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


@pytest.fixture(scope="module")
def bundle(shipped: Bundle) -> Bundle:
    """The shipped files."""
    return shipped


def flow_files(bundle: Bundle) -> dict[str, Source]:
    """Each flow's own file."""
    return {path: source for path, source in bundle.sources.items() if path.endswith("/flow.yaml")}


def test_the_committed_schema_is_that_of_the_code():
    """Mended by `gateway flows schema --out flows/schema.json`."""
    assert (SHIPPED / "schema.json").read_text("utf-8") == written()


def test_the_command_writes_it(tmp_path: Path):
    """To a file, or to the screen."""
    out = tmp_path / "schema.json"
    assert CliRunner().invoke(command, ["--out", str(out)]).exit_code == 0
    assert out.read_text("utf-8") == written() == CliRunner().invoke(command, []).output


def test_every_shipped_flow_is_valid(validator: Draft202012Validator, bundle: Bundle):
    """And names the schema in its first line, for editors to find."""
    files = flow_files(bundle)
    assert len(files) >= 16
    for path, source in files.items():
        assert [error.message for error in validator.iter_errors(source.data)] == [], path
        assert bundle.texts[path].startswith("# yaml-language-server: $schema=../schema.json\n"), path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("states", "who", "on", "none"), None),
        (("states", "who", "on", "nobody"), {"go": "over"}),
        (("states", "who", "on", "one", "save", "people"), "people"),
        (("states", "who", "on", "one", "go"), None),
        (("states", "has_pin", "with"), None),
        (("states", "has_pin", "with", "pin"), "pin"),
        (("states", "has_pin", "with", "person"), {"value": 3}),
        (("states", "call", "with", "reason"), {"value": 3}),
        (("states", "who", "do"), "my_poeple"),
        (("states", "which", "most"), None),
        (("states", "which", "most"), 9),
        (("states", "which", "go"), None),
        (("states", "which", "from"), None),
        (("states", "new_pin", "save"), None),
        (("states", "new_pin", "retries"), "3"),
        (("states", "new_pin", "reties"), 3),
        (("states", "nobody", "end"), False),
        (("states", "nobody", "go"), "who"),
        (("states", "nobody", "say"), {"ussd": "Short"}),
        (("states", "nobody", "say"), 3),
        (("states", "nobody", "long"), "cut"),
        (("states", "which_status", "decide", 2, "else"), None),
        (("states", "which_status", "decide", 0, "go"), None),
        (("states", "forgotten", "options", "yes", "label"), None),
        (("states", "over"), {}),
        (("states",), {}),
        (("variables", "pin", "type"), "pni"),
        (("variables", "person", "max"), 3),
        (("variables", "pin", "values"), {"a": []}),
        (("variables", "Pin"), {"type": "pin"}),
        (("triggers", 0), {"go": "who"}),
        (("triggers", 0, "link"), "a b"),
        (("role",), "helper"),
        (("audience",), "all"),
        (("flow",), None),
        (("titel",), "Mine"),
    ],
)
def test_what_is_wrong_is_refused(
    validator: Draft202012Validator, bundle: Bundle, path: tuple[Any, ...], value: Any
):
    """One value of a valid flow changed, or taken out."""
    data = copy.deepcopy(bundle.sources["certificate/flow.yaml"].data)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert not validator.is_valid(data)


def test_every_call_is_described():
    """So that an editor shows what a call does where its name is typed."""
    named = schema()["$defs"]["do"]["properties"]["do"]["anyOf"]
    assert {each["const"] for each in named} == CALLS.keys()
    assert all(each["description"] for each in named)

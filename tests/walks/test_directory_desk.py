"""The directory at the command line: given out, taken in again, and what is refused or left out said in words."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment

from gateway.cli import gateway
from gateway.runtime import Runtime

Desk = Callable[..., Result]
EXAMPLE: dict[str, Any] = {
    "id": "0b1f3c52-8a40-4d49-9d0d-6a1c3f5a7e11",
    "name": "House of Example",
    "description": "We help",
    "phones": [{"id": "p", "number": "+251911234567", "type": "text"}],
    "services": [
        {
            "id": "s",
            "name": "Beds",
            "status": "active",
            "service_areas": [{"id": "a", "name": "Addis Ababa"}],
            "attributes": [{"id": "t", "taxonomy_term": {"id": "m", "code": "BH-1800", "name": "Beds"}}],
        }
    ],
}


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(runtime: Runtime, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Runs `gateway providers …` on the register of the runtime, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    environ = environment(database_url)
    return lambda *words: CliRunner().invoke(gateway, ["providers", *words], env=environ)


def listed(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk("list", "--json").stdout)
    return found


@pytest.mark.parametrize("name", ["out.zip", "out.yaml"])
def test_out_and_in_again(desk: Desk, name: str) -> None:
    """The sample directory comes back the same, with its phones; the file is its owner's alone."""
    before = listed(desk)
    written = desk("export", "--out", name, "--phones")
    assert (written.exit_code, written.stdout) == (0, f"{len(before)} organisations are in {name}.\n")
    made = [each for each in [Path(name), *Path(name).glob("*")] if each.is_file()]
    assert {stat.S_IMODE(each.stat().st_mode) for each in made} == {0o600}
    again = desk("import", name, "--phones", "--whole", "--json")
    assert json.loads(again.stdout) == {
        "new": 0,
        "changed": 0,
        "same": len(before),
        "paused": 0,
        "left_out": {"fields": {}, "terms": {}, "areas": {}, "services": {}},
    }
    assert listed(desk) == before


def test_no_phones_unless_asked(desk: Desk) -> None:
    """An export can be published, and a list can be shown."""
    desk("export", "--out", "out.json")
    assert "+251" not in Path("out.json").read_text() + desk("list").stdout


def test_a_directory_of_others(desk: Desk) -> None:
    """Without a mapping the terms are told; with one the service is there, under a name that says nothing."""
    before = listed(desk)
    Path("theirs.json").write_text(json.dumps([EXAMPLE]))
    tried = desk("import", "theirs.json", "--dry-run")
    assert tried.exit_code == 0
    assert "1 new" in tried.stdout
    assert "BH-1800 Beds" in tried.stdout
    assert "organization.description" in tried.stdout
    assert listed(desk) == before
    Path("needs.csv").write_text("term,need\nBH-1800,shelter\n")
    assert desk("import", "theirs.json", "--needs", "needs.csv").exit_code == 0
    (found,) = [each for each in listed(desk) if each["code"] == EXAMPLE["id"].replace("-", "")]
    assert found["neutral"] == "Centre 1"
    assert [(each["need"], each["areas"]) for each in found["services"]] == [("shelter", ["ET14"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("organisation,name,need,areas\nx,X,health,ET9999\n", "wrong.csv:2: the column 'areas' cannot hold"),
        (f"organisation,name,neutral,need\nx,X,{'Y' * 61},health\n", "Nothing was changed: 2 faults are in"),
    ],
    ids=["a cell", "what the register cannot take"],
)
def test_faults(desk: Desk, content: str, said: str) -> None:
    """The last line says what is wrong, the exit code too, and the register is as it was."""
    before = listed(desk)
    Path("wrong.csv").write_text(content)
    refused = desk("import", "wrong.csv")
    assert refused.exit_code == 1
    assert said in refused.stderr + str(refused.exception)
    assert listed(desk) == before


def test_columns_are_explained(desk: Desk) -> None:
    """What stands in which column of a spreadsheet."""
    assert "P-codes or names" in desk("import", "--columns").stdout

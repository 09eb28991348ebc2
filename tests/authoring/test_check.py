"""The check as a whole: the shipped flows pass, every rule is proved by a fault, the command says what it found."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from shutil import copytree
from time import process_time

from click.testing import CliRunner
from planted import found

import flows
from gateway.authoring.check import check
from gateway.authoring.findings import RULES, Severity
from gateway.authoring.project import Project
from gateway.catalogue.files import Bundle, read_folder
from gateway.cli.flows.check import command

SHIPPED = Path(flows.__path__[0])
HERE = Path(__file__).parent
SECONDS = 5.0
WRONG = {"f/flow.yaml": "flow: f\nlanguage: en\nstates:\n  a: {say: Hello, go: b}\n  c: {end: true}\n"}


def test_the_shipped_flows_have_no_error(project: Project):
    """What an operator begins with can be published."""
    assert [str(each) for each in check(project) if each.severity is Severity.ERROR] == []


def test_every_rule_has_a_planted_fault():
    """Each id stands in the table of some test beside this one."""
    tables = "".join(
        path.read_text("utf-8") for path in HERE.glob("test_*.py") if path.name != "test_check.py"
    )
    assert [id for id in RULES if f'"{id}"' not in tables] == []


def test_every_rule_that_the_loader_names_is_known():
    """A fault under an id that nobody registered would be told as another."""
    sources = [
        *(SHIPPED.parent / "gateway/conversation").glob("*.py"),
        *(SHIPPED.parent / "gateway/catalogue").glob("*.py"),
    ]
    named = {id for path in sources for id in re.findall(r'"((?:[a-z]+)\.[a-z_]+)"', path.read_text("utf-8"))}
    assert {id for id in named if not id.endswith((".yaml", ".csv"))} <= RULES.keys()


def test_rules_are_said_in_sentences():
    """An id alone helps nobody."""
    assert all(sentence.endswith(".") and len(sentence) > 20 for sentence in RULES.values())


def test_the_same_files_give_the_same_findings(project: Project):
    """In the same order, whatever order the files were read in."""
    paths = list(project.bundle.texts)
    random.Random(7).shuffle(paths)
    bundle = Bundle(
        {path: project.bundle.texts[path] for path in paths},
        {path: project.bundle.sources[path] for path in paths if path in project.bundle.sources},
    )
    findings = check(project)
    assert findings == sorted(findings) == check(Project.read(bundle))


def test_checking_all_shipped_flows_takes_seconds():
    """Reading the files included, in every language, in time of this process."""
    begun = process_time()
    check(Project.read(read_folder(SHIPPED)))
    assert process_time() - begun < SECONDS


def test_the_command_passes_the_shipped_flows():
    """And says how many warnings there are."""
    result = CliRunner().invoke(command, ["--folder", str(SHIPPED), "--no-warnings"])
    assert (result.exit_code, result.output) == (0, "0 errors, 0 warnings.\n")


def test_the_command_groups_what_it_found_by_file(tmp_path: Path):
    """One finding a line, then how many there are."""
    found(tmp_path, WRONG)
    result = CliRunner().invoke(command, ["--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "f/flow.yaml",
        "     4:19  error  unknown.state: unknown state 'b' (state a)",
        "1 error, 0 warnings.",
    ]


def test_the_command_speaks_json(tmp_path: Path):
    """One object and nothing else."""
    found(tmp_path, WRONG)
    result = CliRunner().invoke(command, ["--folder", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output) == {
        "findings": [
            {
                "file": "f/flow.yaml",
                "line": 4,
                "column": 19,
                "rule": "unknown.state",
                "problem": "unknown state 'b' (state a)",
                "hint": "",
                "severity": "error",
            }
        ]
    }


def test_the_command_shows_some_flows_alone(tmp_path: Path):
    """What is wrong elsewhere is not shown, and does not count."""
    found(tmp_path, WRONG)
    run = CliRunner().invoke
    assert run(command, ["main", "--folder", str(tmp_path)]).exit_code == 0
    assert run(command, ["f", "--folder", str(tmp_path)]).exit_code == 1
    unknown = run(command, ["mian", "--folder", str(tmp_path)])
    assert unknown.exit_code == 2 and "Did you mean 'main'?" in unknown.output


def test_a_file_that_is_not_yaml_is_a_finding_too(tmp_path: Path):
    """With its line; nothing can be said of the other files until it is mended."""
    found(tmp_path, {"f/flow.yaml": "flow: f\nlanguage: [en\nstates: {}\n"})
    result = CliRunner().invoke(command, ["--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "yaml: " in result.output and result.output.startswith("f/flow.yaml\n")


def test_whatever_one_line_is_taken_out_the_check_says_or_passes(tmp_path: Path):
    """An operator's slip of the hand never ends in a crash."""
    copytree(SHIPPED / "status", tmp_path / "status")
    found(tmp_path, {})
    path = tmp_path / "status" / "flow.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for number in range(len(lines)):
        path.write_text("".join(lines[:number] + lines[number + 1 :]), "utf-8")
        found(tmp_path, {})

"""Mistakes made on purpose: each kind is made, and whoever should notice does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from gateway.authoring.mutating.mutants import mutants
from gateway.authoring.mutating.mutate import GOAL, mutate
from gateway.authoring.project import Project
from gateway.catalogue.files import Bundle
from gateway.cli.flows.mutate import report

KINDS = {"swap", "validation", "literal", "argument", "save", "translation"}


@pytest.fixture(scope="session")
def bundle(project: Project) -> Bundle:
    """Every file of `flows/`."""
    return project.bundle


def without_transcripts(bundle: Bundle, *paths: str) -> Project:
    """The shipped flows, but for the transcripts below some paths."""
    left = {
        path: source
        for path, source in bundle.sources.items()
        if not (path.startswith(paths) and "/transcripts/" in path)
    }
    return Project.read(Bundle(bundle.texts, left))


def test_most_mistakes_in_the_shipped_flows_are_noticed(project):
    """Of a sample spread over all flows; the whole is run by `gateway flows test --mutate`."""
    found = mutate(project, most=60)
    assert found.failing == []
    assert found.mutants == 60
    assert found.killed >= GOAL * found.mutants
    assert found.by["transcripts"] > found.by["loader"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nearly_every_mistake_in_the_shipped_flows_is_noticed(project):
    """All of them, each kind for itself."""
    found = mutate(project)
    assert found.kinds.keys() == KINDS
    for kind, (made, noticed) in found.kinds.items():
        assert noticed >= GOAL * made, (kind, [each.what for each in found.survivors])


def test_every_kind_of_mistake_is_made(project):
    """In words, with the place in the file."""
    made = {each.what: each for name in project.revision.flows for each in mutants(project, name)}
    assert {each.kind for each in made.values()} == KINDS
    assert {
        "the options 'yes' and 'no' exchange where they lead",
        "the outcomes 'found' and 'several' exchange where they lead",
        "branches 1 and 2 exchange where they lead",
        "branch 1 is missing",
        "branch 1 asks for 'active_x' instead of 'active'",
        "branch 1 asks for >= instead of >",
        "age is taken as it is typed, not read as age",
        "people_with has no 'max'",
        "the 'max' of people_with is 31 instead of 30",
        "record_consent is not given 'person'",
        "'given' is False instead of True",
        "'valid_to' of the outcome 'valid' is not saved",
        "the answer is not saved as sex",
    } <= made.keys()
    place = made["the answer is not saved as sex"]
    lines = (Path(flows.__path__[0]) / place.file).read_text("utf-8").splitlines()
    assert lines[place.line - 1].strip() == "save: sex"


def test_transcripts_are_what_notices(bundle, project):
    """Without the transcripts of a flow its mistakes are missed that with them are noticed."""
    bare = mutate(without_transcripts(bundle, ""), ("consent",))
    missed = {each.what for each in bare.survivors}
    assert "the options 'yes' and 'no' exchange where they lead" in missed
    assert bare.by["transcripts"] == 0
    assert not bare.enough
    whole = mutate(project, ("consent",))
    assert "the options 'yes' and 'no' exchange where they lead" not in {
        each.what for each in whole.survivors
    }
    assert whole.by["transcripts"] > 0


def test_the_loader_and_the_check_notice_what_they_can(project):
    """A required argument that is missing cannot be loaded; a translation that is missing is a new finding."""
    found = mutate(project, ("consent", "status"))
    assert found.by["loader"] > 0
    assert found.by["check"] > 0


def test_nothing_is_changed_but_in_memory(bundle, project):
    """The project is the same after its flows were broken many times, and the same comes out again."""
    path = "withdraw/flow.yaml"
    before = repr(bundle.sources[path].data)
    once, again = (mutate(project, ("withdraw",)).to_dict() for _ in range(2))
    assert once == again
    assert repr(bundle.sources[path].data) == before


def test_a_transcript_that_fails_notices_nothing(bundle, capsys):
    """It would notice everything: it takes no part, is named, and the command fails."""
    path = next(each for each in bundle.sources if each.startswith("consent/transcripts/"))
    source = bundle.sources[path]
    turns = [*source.data["turns"], {"hear": "Nobody ever says this."}]
    sources = {**bundle.sources, path: replace(source, data={**source.data, "turns": turns})}
    project = Project.read(Bundle(bundle.texts, sources))
    assert mutate(project, ("consent",), most=1).failing == [path]
    assert report(project, ("consent",), False, most=1) == 1
    assert f"{path}: does not come true" in capsys.readouterr().out


def test_the_command_names_the_survivors(bundle, capsys):
    """With file and line and in words; as JSON one object and nothing else."""
    project = without_transcripts(bundle, "")
    assert report(project, ("withdraw",), False) == 1
    said = capsys.readouterr().out
    assert "withdraw/flow.yaml:" in said
    assert "withdraw.sure: nobody notices when the options 'yes' and 'no' exchange where they lead" in said
    assert report(project, ("withdraw",), True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["mutants"] == told["killed"] + len(told["survivors"])

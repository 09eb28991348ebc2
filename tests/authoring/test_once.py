"""What several rules ask of the same files is looked for once; what a mistake left alone is not read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gateway.authoring.mutating import mutate
from gateway.authoring.mutating.mutants import Mutant, mutants
from gateway.authoring.project import Project
from gateway.conversation import load
from gateway.conversation.flow import Flow
from gateway.conversation.source import FlowSource
from gateway.errors import FlowError

EVERY = 83
"""One of so many mistakes is tried: a number that falls on all kinds in turn."""


def test_a_look_is_taken_once(project: Project) -> None:
    """However often it is asked for; but for other files it is taken anew."""
    looks: list[Project] = []

    def look(at: Project) -> int:
        looks.append(at)
        return len(looks)

    assert [project.once(look) for _ in range(3)] == [1, 1, 1]
    assert replace(project, faults=()).once(look) == 2


def read_whole(project: Project, name: str, source: FlowSource) -> Flow:
    """A flow, every state of it read; the others are there by their names."""
    others = [mutate._placeholder(flow) for flow in project.revision.flows.values() if flow.name != name]
    return load.revision("r", (source, *others), project.phrases.source).flows[name]


def read_quickly(project: Project, name: str, source: FlowSource) -> Flow:
    """The same as the mistakes are read."""
    return mutate._loaded(project, name, source).flows[name]


def said(reader: Callable[[Project, str, FlowSource], Flow], project: Project, mutant: Mutant) -> str:
    """What a reader makes of a mistake: the flow, or why it cannot be read."""
    try:
        return repr(reader(project, mutant.flow, mutant.applied(project.flow_sources[mutant.flow])))
    except FlowError as fault:
        return str(fault)


def test_a_mistake_is_read_as_if_all_were_read(project: Project) -> None:
    """Taking over what it left alone makes no difference: the same flow, or the same fault."""
    made = [each for flow in project.revision.flows for each in mutants(project, flow)][::EVERY]
    whole = [said(read_whole, project, each) for each in made]
    assert [said(read_quickly, project, each) for each in made] == whole
    assert any(each.startswith("Flow(") for each in whole)
    assert not all(each.startswith("Flow(") for each in whole)

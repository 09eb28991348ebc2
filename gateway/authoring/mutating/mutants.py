"""Mistakes made on purpose in a flow's files, each as somebody could make it while editing.

Two ways exchanged, a check of an answer left out, a branch taken away, a translation left out, an argument or a saved
value forgotten, a fixed value or a comparison changed. Only in memory: nothing here writes a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gateway.authoring.project import Project
from gateway.commands import SECRETS, Kind
from gateway.conversation.source import FlowSource, Node, Path, Source

Edits = tuple[tuple[Path, Any], ...]
"""What is put at each path; `GONE` takes the place away."""

GONE = object()

_OTHER_WAY = {"==": "!=", "!=": "==", ">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_COMPARISON = re.compile(r"[=!<>]=|[<>]")
_LITERAL = re.compile(r"'([^']*)'|\b[0-9]{1,9}\b")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake. `kind` groups mistakes of one sort; `variable` is set where all that is saved in it changes."""

    flow: str
    state: str
    kind: str
    what: str
    file: str
    line: int
    edits: Edits
    variable: str = ""

    def applied(self, source: FlowSource) -> FlowSource:
        """The flow's files with the mistake in them."""
        if source.flow.path == self.file:
            return replace(source, flow=_edited(source.flow, self.edits))
        texts = tuple(_edited(each, self.edits) if each.path == self.file else each for each in source.texts)
        return replace(source, texts=texts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for reports."""
        return {
            "flow": self.flow,
            "state": self.state,
            "kind": self.kind,
            "what": self.what,
            "file": self.file,
            "line": self.line,
        }


def mutants(project: Project, flow: str) -> Iterator[Mutant]:
    """Every mistake in one flow, in the order of its file; then, for each of its texts, one translation left out."""
    root = project.root(flow)
    for name, state in root.at("states").items():
        for kind, what, node, edits in _of_state(state):
            yield Mutant(flow, name, kind, what, node.source.path, node.place[0], edits)
    yield from _variables(flow, root)
    yield from _blanks(project, flow)


Found = Iterator[tuple[str, str, Node, Edits]]


def _of_state(state: Node) -> Found:
    if "choose" in state.value:
        yield from _swapped(state, "options", "options")
        if "save" in state.value:
            node = state.at("save")
            yield "save", f"the answer is not saved as {node.value}", node, ((node.path, GONE),)
        if (most := state.get("most")) and most.value > 1:
            yield "literal", "only one entry of the list is shown", most, ((most.path, 1),)
    if "do" in state.value:
        yield from _swapped(state, "on", "outcomes")
        yield from _forgotten(state)
        yield from _given(state)
    if "decide" in state.value:
        yield from _branches(state.at("decide"))


def _swapped(state: Node, key: str, called: str) -> Found:
    """Each two neighbours that lead to different states exchange where they lead."""
    entries = list(state.at(key).items()) if key in state.value else []
    for (one, first), (other, second) in pairwise(entries):
        ways = [each.value.get("go", state.value.get("go")) for each in (first, second)]
        if ways[0] != ways[1]:
            edits = (((*first.path, "go"), ways[1]), ((*second.path, "go"), ways[0]))
            yield "swap", f"the {called} '{one}' and '{other}' exchange where they lead", first, edits


def _forgotten(state: Node) -> Found:
    """An argument that is not passed, a result that is not saved."""
    given = state.get("with")
    for argument, node in given.items() if given else ():
        yield "argument", f"{state.value['do']} is not given '{argument}'", node, ((node.path, GONE),)
    for outcome, each in state.at("on").items():
        saved = each.get("save")
        for result, node in saved.items() if saved else ():
            yield "save", f"'{result}' of the outcome '{outcome}' is not saved", node, ((node.path, GONE),)


def _given(state: Node) -> Found:
    """A fixed argument that has another value."""
    given = state.get("with")
    for argument, node in given.items() if given else ():
        if isinstance(node.value, Mapping) and "value" in node.value:
            value = node.value["value"]
            other = _another(value)
            what = f"'{argument}' is {other} instead of {value}"
            yield "literal", what, node, (((*node.path, "value"), other),)


def _another(value: bool | int | str) -> bool | int | str:
    if isinstance(value, bool):
        return not value
    return f"{value}_x" if isinstance(value, str) else value + 1


def _branches(decide: Node) -> Found:
    """Branches that exchange where they lead, one that is missing, one that compares with something else."""
    branches = list(decide.each())
    keys = ["go"] * (len(branches) - 1) + ["else"]
    for number, node in enumerate(branches[:-1]):
        after, key = branches[number + 1], keys[number + 1]
        if node.value["go"] != after.value[key]:
            edits = (((*node.path, "go"), after.value[key]), ((*after.path, key), node.value["go"]))
            yield "swap", f"branches {number + 1} and {number + 2} exchange where they lead", node, edits
        left = [each for place, each in enumerate(decide.value) if place != number]
        yield "validation", f"branch {number + 1} is missing", node, ((decide.path, left),)
        for was, other, changed in _otherwise(node.value["if"]):
            what = f"branch {number + 1} asks for {other} instead of {was}"
            yield "literal", what, node, (((*node.path, "if"), changed),)


def _otherwise(condition: str) -> Iterator[tuple[str, str, str]]:
    """Each literal and comparison of a condition, what stands in its place, and the condition with that."""
    for found in _LITERAL.finditer(condition):
        other = f"'{found[1]}_x'" if found[1] is not None else str(int(found[0]) + 1)
        yield found[0], other, condition[: found.start()] + other + condition[found.end() :]
    for found in _COMPARISON.finditer(condition):
        other = _OTHER_WAY[found[0]]
        yield found[0], other, condition[: found.start()] + other + condition[found.end() :]


def _variables(flow: str, root: Node) -> Iterator[Mutant]:
    """Answers that are taken as they are typed, and numbers without their limits or with others."""
    variables = root.get("variables")
    for state, asking in root.at("states").items():
        if "ask" not in asking.value or variables is None:
            continue
        name = asking.value["save"]
        node = variables.at(name)
        for kind, what, place, edits in _unchecked(name, node):
            yield Mutant(flow, state, kind, what, node.source.path, place.place[0], edits, name)


def _unchecked(name: str, variable: Node) -> Found:
    kind = variable.value["type"]
    if kind not in (Kind.TEXT, *SECRETS):
        plain = ((variable.path, {"type": "text"}),)
        yield "validation", f"{name} is taken as it is typed, not read as {kind}", variable, plain
    for bound, step in (("min", -1), ("max", 1)):
        if bound in variable.value and kind != Kind.TEXT:
            node = variable.at(bound)
            yield "validation", f"{name} has no '{bound}'", node, ((node.path, GONE),)
            other = node.value + step
            what = f"the '{bound}' of {name} is {other} instead of {node.value}"
            yield "literal", what, node, ((node.path, other),)


def _blanks(project: Project, flow: str) -> Iterator[Mutant]:
    """One translation of each text left out, in one language after the other."""
    translations = sorted(project.texts(flow).items())
    turn = 0
    for name, state in project.root(flow).at("states").items():
        paths: list[tuple[str, ...]] = [
            (key,) for key in ("say", "choose", "ask", "invalid") if key in state.value
        ]
        paths += [("options", code) for code in state.value.get("options", ())]
        for path in paths:
            places = [
                (language, node) for language, root in translations if (node := _text(root, name, path))
            ]
            if places:
                language, node = places[turn % len(places)]
                turn += 1
                what = f"the text {'.'.join(path)} is missing in {language}"
                edits = ((node.path, GONE),)
                yield Mutant(flow, name, "translation", what, node.source.path, node.place[0], edits)


def _text(root: Node, state: str, path: tuple[str, ...]) -> Node | None:
    """The place of a text in a translation, None where it has none."""
    node: Node | None = root.at("states")
    for key in (state, *path):
        node = node.get(key) if node is not None and isinstance(node.value, Mapping) else None
    return node


def _edited(source: Source, edits: Edits) -> Source:
    """The file with some edits. What no edit touches is the very same data: nobody needs to read it again."""
    data = source.data
    for path, value in edits:
        data = _put(data, path, value)
    return replace(source, data=data)


def _put(data: Any, path: Path, value: Any) -> Any:
    (key, *rest), changed = path, copy(data)
    if rest:
        changed[key] = _put(data[key], tuple(rest), value)
    elif value is GONE:
        del changed[key]
    else:
        changed[key] = value
    return changed

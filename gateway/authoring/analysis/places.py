"""Finds the places of texts again: of a state in each language, and of each channel's form of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway.authoring.project import Project
from gateway.conversation.source import Node


def spoken(project: Project, flow: str, state: str, *path: str) -> dict[str, Node]:
    """What stands under a path of a state in each language, the base language first."""
    found = {project.revision.flows[flow].language: _down(project.state(flow, state), *path)}
    for language, root in project.texts(flow).items():
        found[language] = _down(root, "states", state, *path)
    return {language: node for language, node in found.items() if node is not None}


def forms(node: Node) -> Iterator[Node]:
    """A text's form for each channel; the text itself where there is one for all."""
    if isinstance(node.value, Mapping):
        yield from (node.at(key) for key, each in node.value.items() if isinstance(each, str))
    elif isinstance(node.value, str):
        yield node


def holding(nodes: Iterable[Node], name: str) -> Node | None:
    """The first form of some texts that shows a variable."""
    shown = (form for node in nodes for form in forms(node) if f"{{{name}}}" in form.value)
    return next(shown, None)


def _down(node: Node, *path: str) -> Node | None:
    for key in path:
        if not isinstance(node.value, Mapping) or key not in node.value:
            return None
        node = node.at(key)
    return node

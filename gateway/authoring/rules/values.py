"""Codes: what people choose is stored as a code, and must be one that the rest of the system knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.authoring.findings import Finding, rule
from gateway.authoring.project import Project
from gateway.commands import SetLanguage
from gateway.conversation.flow import Choose, Do, Flow
from gateway.conversation.source import Node

_VALUES = rule("types.values", "An option is saved as a code that its variable's 'values' do not name.")
_CODES = rule("types.codes", "A call is given a code that no country's policy lists.")


def findings(project: Project) -> Iterator[Finding]:
    """Every code that stands outside the set it should come from."""
    codes = _listed(project)
    for flow in project.revision.flows.values():
        for state in flow.states.values():
            if isinstance(state, Choose):
                yield from _saved(project, flow, state)
            elif isinstance(state, Do):
                yield from _given(project, flow, state, codes)


def _listed(project: Project) -> Mapping[str, frozenset[str]]:
    """The codes that all policies list together, by the name of the argument they are given as."""
    codes: dict[str, set[str]] = {}
    for policy in project.policies.values():
        for name, values in (*policy.codes.items(), ("need", policy.services)):
            codes.setdefault(name, set()).update(values)
    return {name: frozenset(values) for name, values in codes.items()}


def _saved(project: Project, flow: Flow, state: Choose) -> Iterator[Finding]:
    if not state.save or state.source:
        return
    known = set(flow.variables[state.save].words.values())
    for code, node in _options(project, flow, state):
        if known and code not in known:
            yield _VALUES.at(
                node,
                f"the option '{code}' is no value of the variable {state.save}",
                f"Its values are {', '.join(sorted(known))}: use one of them, or add it under 'values'",
            )


def _given(project: Project, flow: Flow, state: Do, codes: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    for each in state.given:
        speaks = state.call is SetLanguage and each.argument == "language"
        known = frozenset(project.languages) if speaks else codes.get(each.argument)
        if known is None:
            continue
        if not each.variable:
            place = project.state(flow.name, state.name).at("with").at(each.argument)
            yield from _unlisted(str(each.literal), place, each.argument, known)
        for other in flow.states.values() if each.variable else ():
            if isinstance(other, Choose) and other.save == each.variable and not other.source:
                for code, node in _options(project, flow, other):
                    yield from _unlisted(code, node, each.argument, known)


def _unlisted(code: str, place: Node, argument: str, known: frozenset[str]) -> Iterator[Finding]:
    if code not in known:
        yield _CODES.at(
            place,
            f"'{code}' is given on as '{argument}', and nothing lists it",
            f"Use one of {', '.join(sorted(known))}, or add it to the policies",
        )


def _options(project: Project, flow: Flow, state: Choose) -> Iterator[tuple[str, Node]]:
    if state.options:
        options = project.state(flow.name, state.name).at("options")
        yield from ((code, options.at(code)) for code in state.options)

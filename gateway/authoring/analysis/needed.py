"""Which variables may still be read from a state on, before they are given anew: no others make a difference there."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.authoring.analysis import paths
from gateway.conversation.flow import Ask, Choose, Decide, Do, Flow, Question, Say, State

Names = frozenset[str]


def needed(flow: Flow) -> Mapping[str, Names]:
    """By state, what it reads itself or leaves for the states behind it (live variables, by the usual data flow).

    A way back is not counted: it asks anew.
    """
    found: dict[str, Names] = {name: _reads(state) for name, state in flow.states.items()}
    changed = True
    while changed:
        changed = False
        for name, state in flow.states.items():
            behind = (found.get(way.go, frozenset()) - way.sets for way in paths.ways(state))
            now = found[name].union(*behind)
            changed = changed or now != found[name]
            found[name] = now
    return found


def _reads(state: State) -> Names:
    match state:
        case Say() | Ask() | Choose():
            invalid = state.invalid.names if isinstance(state, Question) and state.invalid else frozenset()
            source = {state.source} if isinstance(state, Choose) and state.source else frozenset()
            return frozenset().union(state.text.names, invalid, source)
        case Do():
            return frozenset(each.variable for each in state.given if each.variable)
        case Decide():
            return frozenset(name for condition, _ in state.branches for name, _ in condition.needs)
        case _:
            return frozenset()

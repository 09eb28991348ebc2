"""The ways through a flow: from each state to the next, what each leaves known, and where a flow is entered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    End,
    Enter,
    Flow,
    Revision,
    Role,
    Say,
    State,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a state, and the variables that have a value after it. `asked` is whether a person answered."""

    go: str
    sets: frozenset[str] = frozenset()
    asked: bool = False


def ways(state: State) -> list[Way]:
    """Every way on from a state; none from one that ends the flow."""
    match state:
        case Say(go=go):
            return [Way(go)] if go else []
        case Enter(go=go):
            return [Way(go)]
        case Do(outcomes=outcomes):
            return [Way(each.go, frozenset(name for _, name in each.saves)) for each in outcomes.values()]
        case Decide(branches=branches, otherwise=otherwise):
            return [*(Way(go) for _, go in branches), Way(otherwise)]
        case Choose() | Ask():
            return list(_answers(state))
        case End():
            return []


def _answers(state: Choose | Ask) -> Iterator[Way]:
    """The ways on from a question: an answer, a shared phone, which saves nothing, and too many that were no answer."""
    saved = frozenset((state.save,)) if state.save and not state.secret else frozenset()
    if isinstance(state, Ask) or state.source:
        yield Way(state.go, saved, True)
    if isinstance(state, Choose):
        for option in state.options.values():
            yield Way(option.go, frozenset() if state.source else saved, True)
    if state.contact:
        yield Way(state.go, asked=True)
    if state.too_many:
        yield Way(state.too_many)


def silent(state: State) -> list[str]:
    """The states that may follow one although nobody gave an answer: from a question, where too many tries lead."""
    return [way.go for way in ways(state) if not way.asked]


def ends(state: State) -> bool:
    """Whether a flow ends with a state."""
    return isinstance(state, End) or (isinstance(state, Say) and not state.go)


def entered(revision: Revision) -> frozenset[str]:
    """The flows that begin at their start: entered by another, by a keyword, or by the machine itself."""
    by_flows = {
        state.flow
        for flow in revision.flows.values()
        for state in flow.states.values()
        if isinstance(state, Enter)
    }
    by_role = {flow.name for flow in revision.flows.values() if flow.role in (Role.MAIN, Role.CONTACT)}
    return frozenset(by_flows | by_role)


def doors(flow: Flow, at_start: bool) -> Mapping[str, tuple[Trigger, ...]]:
    """The states that a flow is entered at, with the triggers that lead there."""
    found: dict[str, tuple[Trigger, ...]] = {flow.start: ()} if at_start else {}
    for trigger in flow.triggers:
        found[trigger.go] = (*found.get(trigger.go, ()), trigger)
    return found


def reach(flow: Flow, begin: Iterable[str]) -> frozenset[str]:
    """Every state that can be come to from some states, these included."""
    found, waiting = set(begin), list(begin)
    while waiting:
        for way in ways(flow.states[waiting.pop()]):
            if way.go not in found:
                found.add(way.go)
                waiting.append(way.go)
    return frozenset(found)


def finishing(revision: Revision) -> Mapping[str, frozenset[str]]:
    """For each flow the states from which its end can be reached. A flow that never ends lets nobody past it."""
    found: dict[str, frozenset[str]] = {name: frozenset() for name in revision.flows}
    changed = True
    while changed:
        changed = False
        for name, flow in revision.flows.items():
            now = frozenset(state for state in flow.states if _finishes(revision, flow, state, found))
            if now != found[name]:
                found[name], changed = now, True
    return found


def _finishes(revision: Revision, flow: Flow, state: str, found: Mapping[str, frozenset[str]]) -> bool:
    """Whether a state ends its flow, or leads to one that is found already."""
    at = flow.states[state]
    if ends(at):
        return True
    if isinstance(at, Enter) and at.flow in revision.flows:
        other = revision.flows[at.flow]
        if other.start not in found[other.name]:
            return False
    return any(way.go in found[flow.name] for way in ways(at))


def circle(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The names of a circle in the order they follow each other; none where there is no circle."""
    done: set[str] = set()
    for first in edges:
        trail: list[str] = []
        left: list[Iterator[str]] = []
        if first not in done:
            trail.append(first)
            left.append(iter(sorted(edges[first])))
        while trail:
            following = next(left[-1], None)
            if following is None:
                done.add(trail.pop())
                left.pop()
            elif following in trail:
                return tuple(trail[trail.index(following) :])
            elif following not in done and following in edges:
                trail.append(following)
                left.append(iter(sorted(edges[following])))
    return ()

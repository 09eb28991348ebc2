"""What can only be seen of a flow as a whole, and of the flows together. Faults go to the guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.commands import SECRETS
from gateway.conversation.flow import Ask, Audience, Choose, Decide, Do, Enter, Flow, Say, State, Trigger
from gateway.conversation.source import Faults, Node
from gateway.text.clean import fold
from gateway.text.romanise import romanised

Flows = Mapping[str, tuple[Flow, Node]]
"""Each flow with the root of its file."""


def flows(loaded: Flows, guard: Faults) -> None:
    """No PIN is kept, no circle runs without a question, no flow enters itself."""
    for flow, root in loaded.values():
        for state in flow.states.values():
            with guard.go_on():
                _pins_go_straight(flow, state, root)
        with guard.go_on():
            if circle := _circle({name: set(_silent(state)) for name, state in flow.states.items()}):
                problem = f"a circle without a question: {' > '.join(circle)}"
                raise _place(root, circle[0]).fault(problem, "ends.circle")
    entered = {
        name: {state.flow for state in _enters(flow) if state.flow in loaded}
        for name, (flow, _) in loaded.items()
    }
    with guard.go_on():
        if circle := _circle(entered):
            flow, root = loaded[circle[0]]
            place = next(state.name for state in _enters(flow) if state.flow in circle)
            problem = f"flows that enter each other: {' > '.join(circle)}"
            raise _place(root, place).fault(problem, "ends.mutual")


def keywords(loaded: Flows, moves: Mapping[str, str], guard: Faults) -> dict[str, tuple[Trigger, ...]]:
    """Each folded word's triggers, one an audience, the narrower first. Ethiopic ones in Latin letters too, if free."""
    found: dict[str, list[Trigger]] = {}
    for trigger, place in _triggers(loaded):
        for word in trigger.words:
            with guard.go_on():
                if word in moves:
                    raise place.fault(f"the word '{word}' already means {moves[word]}", "choices.global")
                _add(found.setdefault(word, []), trigger, place, f"the word '{word}'")
    for trigger, _ in _triggers(loaded):
        for word in trigger.words:
            latin = fold(romanised(word))  # as phones without Ethiopic show it
            if latin not in moves and all(
                rival.audience is not trigger.audience for rival in found.get(latin, ())
            ):
                found.setdefault(latin, []).append(trigger)
    return _by_audience(found)


def links(loaded: Flows, guard: Faults) -> dict[str, tuple[Trigger, ...]]:
    """Each deep link's triggers, in the same order."""
    found: dict[str, list[Trigger]] = {}
    for trigger, place in _triggers(loaded):
        if trigger.link:
            with guard.go_on():
                _add(found.setdefault(trigger.link, []), trigger, place, f"the link '{trigger.link}'")
    return _by_audience(found)


def _pins_go_straight(flow: Flow, state: State, root: Node) -> None:
    """A PIN lives from its question to the call right behind it, so that no session ever holds one."""
    if isinstance(state, Ask) and state.secret:
        following = flow.states[state.go]
        if not isinstance(following, Do) or state.save not in [each.variable for each in following.given]:
            raise _place(root, state.name).fault(
                "the answer to a PIN question must go straight to the call taking it", "secret.path"
            )
    if isinstance(state, Do):
        for each in state.given:
            if each.variable and flow.variables[each.variable].kind in SECRETS:
                asks = [name for name, other in flow.states.items() if state.name in _onward(other)]
                strays = [name for name in asks if not _asks_for(flow.states[name], each.variable)]
                if strays or not asks:
                    whence = ", ".join(strays) or "nowhere"
                    raise _place(root, state.name).fault(
                        f"a call taking a PIN is reached only from its question, not from {whence}",
                        "secret.path",
                    )


def _asks_for(state: State, variable: str) -> bool:
    return isinstance(state, Ask) and state.save == variable and state.too_many != state.go


def _onward(state: State) -> Iterator[str]:
    """The states that may follow one."""
    yield from _silent(state)
    if isinstance(state, Choose | Ask):
        yield from filter(None, (state.go, state.too_many))
    if isinstance(state, Choose):
        yield from (option.go for option in state.options.values())


def _silent(state: State) -> Iterator[str]:
    """The states that may follow one without anybody being asked; an entered flow need not ask."""
    match state:
        case Say(go=go) if go:
            yield go
        case Enter(go=go):
            yield go
        case Do(outcomes=outcomes):
            yield from (outcome.go for outcome in outcomes.values())
        case Decide(branches=branches, otherwise=otherwise):
            yield from (go for _, go in branches)
            yield otherwise
        case _:
            pass


def _circle(edges: Mapping[str, set[str]]) -> tuple[str, ...] | None:
    """The nodes of a circle, or None."""
    done: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> tuple[str, ...] | None:
        if node in trail:
            return trail[trail.index(node) :]
        if node not in done:
            for following in sorted(edges[node]):
                if circle := visit(following, (*trail, node)):
                    return circle
            done.add(node)
        return None

    return next((circle for node in edges if (circle := visit(node, ()))), None)


def _enters(flow: Flow) -> list[Enter]:
    return [state for state in flow.states.values() if isinstance(state, Enter)]


def _place(root: Node, state: str) -> Node:
    return root.at("states").at(state).under(state)


def _triggers(loaded: Flows) -> Iterator[tuple[Trigger, Node]]:
    for flow, root in loaded.values():
        for position, trigger in enumerate(flow.triggers):
            yield trigger, root.at("triggers").at(position)


def _add(rivals: list[Trigger], trigger: Trigger, place: Node, what: str) -> None:
    for rival in rivals:
        if rival.audience is trigger.audience:
            raise place.fault(f"{what} already enters {rival.flow}", "choices.trigger")
    rivals.append(trigger)


def _by_audience(found: Mapping[str, list[Trigger]]) -> dict[str, tuple[Trigger, ...]]:
    order = list(Audience)
    return {
        word: tuple(sorted(rivals, key=lambda trigger: order.index(trigger.audience)))
        for word, rivals in found.items()
    }

"""Nothing is used before it is known: on every path, by every outcome, after every way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.authoring.analysis import backs, conditions, paths
from gateway.authoring.analysis.places import holding, spoken
from gateway.authoring.findings import Finding, Rule, Severity, rule
from gateway.authoring.project import Project
from gateway.commands import SECRETS, Kind
from gateway.conversation.expression import FACTS
from gateway.conversation.flow import Ask, Choose, Decide, Do, Flow, Question, Say, State, Trigger

Known = frozenset[str]

_PLACEHOLDER = rule("known.placeholder", "A text shows a variable that has no value on some path to it.")
_ARGUMENT = rule("known.argument", "A call is given a variable that has no value on some path to it.")
_LIST = rule("known.list", "A question offers a list that was not fetched on some path to it.")
_TAKEN = rule(
    "known.taken",
    "What a keyword should bring is used, though people may send the keyword alone.",
    Severity.WARNING,
)
_ZERO = rule(
    "known.zero",
    "A call is given a number or a yes-or-no that has no value on some path to it, and counts as 0 or no there.",
    Severity.WARNING,
)
_CONDITION = rule(
    "known.condition",
    "A condition compares a variable that has no value on some path to it, and counts as empty or 0 there.",
    Severity.WARNING,
)


def findings(project: Project) -> Iterator[Finding]:
    """Every variable that is used where it may have no value."""
    begun = paths.entered(project.revision)
    for flow in project.revision.flows.values():
        surely, mostly = known(flow, flow.name in begun)
        for name, state in flow.states.items():
            if name in surely:
                yield from _used(project, flow, state, surely[name], mostly[name])


def known(flow: Flow, at_start: bool) -> tuple[Mapping[str, Known], Mapping[str, Known]]:
    """The variables that have a value at each state that can be reached, whichever way one came.

    The second time if every keyword comes with all that it can take. `at_start`: the flow is entered at its start.
    """
    doors = paths.doors(flow, at_start)
    lost = backs.lost(flow, doors)
    brought = {name: _brought(flow, name, doors, at_start) for name in doors}
    surely = _Flood(flow, dict.fromkeys(doors, frozenset()), lost).flooded()
    return surely, _Flood(flow, brought, lost).flooded()


def _brought(flow: Flow, name: str, doors: Mapping[str, tuple[Trigger, ...]], at_start: bool) -> Known:
    """What is known where a flow is entered, if every keyword comes with all that it can take."""
    if not doors[name] or (at_start and name == flow.start):
        return frozenset()
    return frozenset.intersection(*(frozenset(each.name for each in door.take) for door in doors[name]))


# --- what is known where ----------------------------------------------------------------------------------


@dataclass
class _Flood:
    """What is known at each state of a flow whichever way one came; `known` grows smaller until nothing changes."""

    flow: Flow
    known: dict[str, Known]
    lost: Mapping[str, Known]

    def flooded(self) -> Mapping[str, Known]:
        """The variables that have a value at each state that can be reached."""
        waiting = list(self.known)
        while waiting:
            name = waiting.pop()
            for go, known in _onward(self.flow, self.flow.states[name], self.known[name]):
                known -= self.lost.get(go, frozenset())
                before = self.known.get(go)
                now = known if before is None else before & known
                if now != before:
                    self.known[go] = now
                    waiting.append(go)
        return self.known


def _onward(flow: Flow, state: State, known: Known) -> Iterator[tuple[str, Known]]:
    """Each way on from a state with what is known behind it."""
    if isinstance(state, Decide):
        kinds = conditions.kinds(flow)
        for condition, go in state.branches:
            told = conditions.told(condition.text, kinds)
            yield go, known | told.holds
            known |= told.fails
        yield state.otherwise, known
        return
    if isinstance(state, Do):  # found missing once, it is not found missing again behind the call
        given = {each.variable for each in state.given if each.variable and not each.optional}
        known |= {name for name in given if flow.variables[name].kind not in SECRETS}  # never kept
    for way in paths.ways(state):
        yield way.go, known | way.sets


# --- what is used where -----------------------------------------------------------------------------------


def _used(project: Project, flow: Flow, state: State, surely: Known, mostly: Known) -> Iterator[Finding]:
    match state:
        case Say() | Ask() | Choose():
            yield from _shown(project, flow, state, surely, mostly)
        case Do():
            yield from _given(project, flow, state, surely, mostly)
        case Decide():
            yield from _compared(project, flow, state, surely)
        case _:
            pass


def _shown(
    project: Project, flow: Flow, state: Say | Ask | Choose, surely: Known, mostly: Known
) -> Iterator[Finding]:
    node = project.state(flow.name, state.name)
    texts = {next(key for key in ("say", "ask", "choose") if key in node.value): state.text}
    if isinstance(state, Question) and state.invalid:
        texts["invalid"] = state.invalid
    for key, text in texts.items():
        for name in sorted(text.names - surely):
            place = holding(spoken(project, flow.name, state.name, key).values(), name) or node.at(key)
            problem = f"{{{name}}} may have no value here"
            yield _rule(_PLACEHOLDER, name, mostly).at(place, problem, _how(flow, name, mostly))
    if isinstance(state, Choose) and state.source and state.source not in surely:
        problem = f"the list {state.source} may not be there"
        yield _LIST.at(node.at("from"), problem, _how(flow, state.source, surely))


def _given(project: Project, flow: Flow, state: Do, surely: Known, mostly: Known) -> Iterator[Finding]:
    for each in state.given:
        name = each.variable
        kind = flow.variables[name].kind if name else Kind.PIN
        if kind not in SECRETS and not each.optional and name not in surely:
            place = project.state(flow.name, state.name).at("with").at(each.argument)
            problem = f"the variable {name}, given as '{each.argument}', may have no value here"
            how = _how(flow, name, mostly)
            if kind in (Kind.NUMBER, Kind.BOOLEAN):
                counts = "0" if kind is Kind.NUMBER else "no"
                yield _ZERO.at(place, problem, f"It counts as {counts}: if that is not meant, mend it. {how}")
            else:
                yield _rule(_ARGUMENT, name, mostly).at(place, problem, how)


def _compared(project: Project, flow: Flow, state: Decide, surely: Known) -> Iterator[Finding]:
    node = project.state(flow.name, state.name).at("decide")
    kinds = conditions.kinds(flow)
    for position, (condition, _) in enumerate(state.branches):
        for name, _unset in condition.needs:
            if name not in FACTS and name not in surely and not conditions.guards(condition.text, name):
                yield _CONDITION.at(
                    node.at(position).at("if"),
                    f"the variable {name} may have no value here, and counts as empty or 0",
                    _how(flow, name, surely),
                )
        surely |= conditions.told(condition.text, kinds).fails


def _rule(rule: Rule, name: str, mostly: Known) -> Rule:
    """The rule that is broken: a milder one where only a keyword sent alone leaves the variable without a value."""
    return _TAKEN if name in mostly else rule


def _how(flow: Flow, name: str, mostly: Known) -> str:
    """How to mend it."""
    if name in mostly:
        return f"People may send the keyword alone: decide on {name} first and ask for it where it is empty"
    asks = [each.name for each in flow.states.values() if isinstance(each, Question) and each.save == name]
    saves = [
        f"{each.name} ({outcome})"
        for each in flow.states.values()
        if isinstance(each, Do)
        for outcome, what in each.outcomes.items()
        if any(variable == name for _, variable in what.saves)
    ]
    if not asks and not saves:
        return f"Nothing in this flow saves {name}: ask for it first"
    return f"It is saved by {', '.join([*asks, *saves])}: let every path to this place go through there"

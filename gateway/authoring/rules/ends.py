"""Every path ends: no state that nobody comes to, none that nobody gets out of, no question asked for ever."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.analysis import paths
from gateway.authoring.findings import Finding, Severity, rule
from gateway.authoring.project import Project
from gateway.conversation.flow import Ask, Choose, Flow

MOST_RETRIES = 9
"""Wrong answers after which a question must let go: each costs a screen, and on USSD the session's time."""

_UNREACHABLE = rule("ends.unreachable", "A state or a flow that nothing leads to.", Severity.WARNING)
_DEAD = rule("ends.dead", "A state from which no end of the flow can be reached.")
_RETRY = rule("ends.retry", "Too many wrong answers lead round to the same question again, for ever.")
_CAP = rule(
    "ends.cap", "A question that takes more wrong answers than a person has patience.", Severity.WARNING
)


def findings(project: Project) -> Iterator[Finding]:
    """What keeps a path from ending."""
    revision = project.revision
    begun, finishing = paths.entered(revision), paths.finishing(revision)
    faulty = {fault.file for fault in project.faults}
    for flow in revision.flows.values():
        doors = paths.doors(flow, flow.name in begun)
        reached = paths.reach(flow, doors)
        yield from _retries(project, flow)
        if flow.path in faulty:
            continue  # a broken state hides what it leads to
        yield from _unreachable(project, flow, reached)
        yield from _dead(
            project, flow, [each for each in flow.states if each in reached - finishing[flow.name]]
        )


def _unreachable(project: Project, flow: Flow, reached: frozenset[str]) -> Iterator[Finding]:
    if not reached:
        yield _UNREACHABLE.at(
            project.root(flow.name).at("flow"),
            f"nothing leads to the flow {flow.name}",
            "Give it 'triggers', or let another flow enter it",
        )
        return
    for name in flow.states:
        if name not in reached:
            yield _UNREACHABLE.at(
                project.state(flow.name, name),
                f"nothing leads to the state {name}",
                f"Let a 'go' say {name}, or take the state out",
            )


def _dead(project: Project, flow: Flow, dead: list[str]) -> Iterator[Finding]:
    """One finding for all the states of a flow that nobody gets out of, at the first of them."""
    if dead:
        yield _DEAD.at(
            project.state(flow.name, dead[0]),
            f"from here no end can be reached: {', '.join(dead)}",
            "Let one of them lead to a state with 'end: true'",
        )


def _retries(project: Project, flow: Flow) -> Iterator[Finding]:
    circle = paths.circle({name: paths.silent(state) for name, state in flow.states.items()})
    asked = [name for name in circle if isinstance(flow.states[name], Ask | Choose)]
    if asked:  # one without a question is told by the loader
        yield _RETRY.at(
            project.state(flow.name, asked[0]).at("too_many"),
            f"whoever never gives a right answer is asked for ever: {' > '.join((*circle, circle[0]))}",
            "Let 'too_many' lead to a state that ends, or take it out: then the dialogue closes, and the answers stay",
        )
    for name, state in flow.states.items():
        if isinstance(state, Ask | Choose) and state.retries > MOST_RETRIES:
            yield _CAP.at(
                project.state(flow.name, name).at("retries"),
                f"the question {name} takes {state.retries} wrong answers",
                f"Say at most {MOST_RETRIES}",
            )

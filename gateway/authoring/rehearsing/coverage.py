"""Which ways out of which states were taken: the ways that a revision has, and a copy of it that notes each one.

An exit is an option of a question, an entry of its list, an accepted answer, a shared phone, an outcome of a
command or query, or a branch of a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

from gateway.authoring.project import Project
from gateway.conversation.expression import Condition
from gateway.conversation.flow import Ask, Choose, Decide, Do, Question, Revision, State
from gateway.conversation.source import Node

_T = TypeVar("_T")
_Q = TypeVar("_Q", bound=Question)

Kind = Literal["option", "entry", "contact", "answer", "outcome", "branch"]

ELSE = "else"
"""The name of a decision's last branch; the others are named by their place, from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Exit:
    """One way out of a state. `name` is an option's code, an outcome or a branch; empty for other kinds."""

    flow: str
    state: str
    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.flow}.{self.state}: {self.kind} {self.name}".rstrip()


@dataclass(slots=True)
class Trace:
    """What was passed: states as (flow, state), and exits."""

    states: set[tuple[str, str]] = field(default_factory=set)
    exits: set[Exit] = field(default_factory=set)

    def add(self, other: Trace) -> None:
        """Takes over what another one holds."""
        self.states |= other.states
        self.exits |= other.exits


# --- what there is ----------------------------------------------------------------------------------------


def exits(revision: Revision, flows: Iterable[str] = ()) -> tuple[Exit, ...]:
    """Every exit of some flows, of all where none is named, in the order they are written."""
    chosen = tuple(flows) or tuple(revision.flows)
    return tuple(
        each
        for name in chosen
        for state in revision.flows[name].states.values()
        for each in _exits_of(name, state)
    )


def _exits_of(flow: str, state: State) -> Iterator[Exit]:
    match state:
        case Choose():
            if state.source:
                yield Exit(flow, state.name, "entry")
            yield from (Exit(flow, state.name, "option", code) for code in state.options)
            if state.contact:
                yield Exit(flow, state.name, "contact")
        case Ask():
            yield Exit(flow, state.name, "answer")
        case Do():
            yield from (Exit(flow, state.name, "outcome", name) for name in state.outcomes)
        case Decide():
            yield from (Exit(flow, state.name, "branch", str(n)) for n in range(1, len(state.branches) + 1))
            yield Exit(flow, state.name, "branch", ELSE)
        case _:
            pass


def place(project: Project, exit: Exit) -> Node:
    """Where an exit stands in its file."""
    node = project.state(exit.flow, exit.state)
    match exit.kind:
        case "option":
            return node.at("options").at(exit.name)
        case "outcome":
            return node.at("on").at(exit.name)
        case "branch":
            branches = node.at("decide")
            return branches.at(len(branches.value) - 1 if exit.name == ELSE else int(exit.name) - 1)
        case "entry":
            return node.at("from")
        case "contact":
            return node.at("contact")
        case "answer":
            return node.at("ask")


# --- noting what is passed --------------------------------------------------------------------------------


def observed(revision: Revision, trace: Trace) -> Revision:
    """A copy of a revision that does the same, and notes in `trace` every state and exit that is passed."""
    flows = {}
    for name, flow in revision.flows.items():
        states = {each.name: _noted(name, each, trace) for each in flow.states.values()}
        passed = _passed(trace.states, name)
        flows[name] = replace(flow, states=_Noting(states, passed))
    roles = {role: flows[flow.name] for role, flow in revision.roles.items()}
    return replace(revision, flows=flows, roles=roles)


def _passed(states: set[tuple[str, str]], flow: str) -> Callable[[str], None]:
    return lambda state: states.add((flow, state))


def _noted(flow: str, state: State, trace: Trace) -> State:
    """A state that notes its exits."""

    def note(kind: Kind) -> Callable[[str], None]:
        return lambda name: trace.exits.add(Exit(flow, state.name, kind, name))

    match state:
        case Choose():
            options = _Noting(state.options, note("option"))
            return _note_go(replace(state, options=options), _NotedChoose, note(_other(state)))
        case Ask():
            return _note_go(state, _NotedAsk, note("answer"))
        case Do():
            return replace(state, outcomes=_Noting(state.outcomes, note("outcome")))
        case Decide():
            return replace(state, branches=tuple(_branches(state, note("branch"))))
        case _:
            return state


def _other(state: Choose) -> Kind:
    """What an answer to a choice is that names none of its options."""
    return "entry" if state.source else "contact"


def _branches(state: Decide, note: Callable[[str], None]) -> Iterator[tuple[Condition, str]]:
    last = len(state.branches)
    for number, (condition, go) in enumerate(state.branches, 1):
        otherwise = ELSE if number == last else ""
        program = condition._program
        yield _NotedCondition(condition.text, condition.needs, program, note, str(number), otherwise), go


class _Noting(dict[str, _T]):
    """A mapping that says what was looked up."""

    def __init__(self, entries: Mapping[str, _T], note: Callable[[str], None]) -> None:
        super().__init__(entries)
        self._note = note

    def __getitem__(self, key: str) -> _T:
        value = super().__getitem__(key)
        self._note(key)
        return value


@dataclass(frozen=True, slots=True)
class _NotedCondition(Condition):
    """A condition that says it held; the last one of a decision says so too where it did not."""

    note: Callable[[str], None] = field(default=lambda _: None, compare=False, repr=False)
    number: str = ""
    otherwise: str = ""

    def holds(self, values: Mapping[str, Any]) -> bool:
        held = Condition.holds(self, values)
        if held or self.otherwise:
            self.note(self.number if held else self.otherwise)
        return held


_GO: Any = Question.__dict__["go"]
"""The slot of `Question.go`: the engine reads it when an answer was accepted, and only then."""


class _NotedChoose(Choose):
    """A choice that says that an entry of its list, or a shared phone, was taken."""

    __slots__ = ("note",)
    note: Callable[[str], None]

    @property
    def go(self) -> str:
        """Where the accepted answer leads."""
        self.note("")
        return str(_GO.__get__(self))


class _NotedAsk(Ask):
    """An open question that says that an answer was accepted."""

    __slots__ = ("note",)
    note: Callable[[str], None]

    @property
    def go(self) -> str:
        """Where the accepted answer leads."""
        self.note("")
        return str(_GO.__get__(self))


def _note_go(state: _Q, kind: type[_Q], note: Callable[[str], None]) -> _Q:
    made = object.__new__(kind)
    for each in fields(state):
        slot = _GO if each.name == "go" else getattr(type(state), each.name)
        slot.__set__(made, _GO.__get__(state) if each.name == "go" else getattr(state, each.name))
    object.__setattr__(made, "note", note)
    return made

"""Conditions of flows: CEL over a flow's variables, checked when it is loaded, and never an error at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from gateway.commands import Kind
from gateway.registry import conditions
from gateway.registry.conditions import LONGEST, Program

__all__ = ["FACTS", "LONGEST", "Condition", "compile", "nameable", "zero"]

FACTS: Mapping[str, cel.Type] = {
    "channel": cel.Type.STRING,
    "language": cel.Type.STRING,
    "roles": cel.Type.List(cel.Type.STRING),
    "now_year": cel.Type.INT,
}
"""What every condition may ask beside the variables of its flow; `language` is empty until one is chosen."""

_RECORD = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
_TYPES = {
    Kind.AGE: _RECORD,
    Kind.YEAR: cel.Type.INT,
    Kind.NUMBER: cel.Type.INT,
    Kind.BOOLEAN: cel.Type.BOOL,
    Kind.LIST: cel.Type.List(_RECORD),
}
_ZEROS: Mapping[Kind, Any] = {Kind.AGE: {}, Kind.YEAR: 0, Kind.NUMBER: 0, Kind.BOOLEAN: False, Kind.LIST: []}


def zero(kind: Kind) -> Any:
    """What an unset variable of a kind counts as."""
    return _ZEROS.get(kind, "")


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `needs` are the variables its text names, each with its zero value."""

    text: str
    needs: tuple[tuple[str, Any], ...]
    _program: Program = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true; an error in it (a missing key, an overrun) counts as false."""
        return self._program.holds_of({name: values.get(name, unset) for name, unset in self.needs})


@lru_cache(maxsize=1024)
def nameable(name: str) -> bool:
    """Whether a condition can speak of a variable of that name: not a fact, nor a word of CEL such as `list`."""
    try:
        cel.NewEnv(variables={**FACTS, name: cel.Type.STRING}).compile(f"{name} == ''")
    except RuntimeError:
        return False
    return name not in FACTS


def compile(text: str, declared: Mapping[str, Kind]) -> Condition:
    """A condition over the facts and some variables. Raises `FlowError` for a wrong name, type or form."""
    program = conditions.compile(text, *_environment(tuple(sorted(declared.items()))))
    facts: dict[str, Any] = {"channel": "", "language": "", "roles": [], "now_year": 0}
    unset = facts | {name: zero(kind) for name, kind in declared.items()}
    return Condition(text, tuple((name, unset[name]) for name in program.names), program)


@lru_cache(maxsize=64)
def _environment(declared: tuple[tuple[str, Kind], ...]) -> tuple[cel.Env, Mapping[str, cel.Type]]:
    types = {**FACTS, **{name: _TYPES.get(kind, cel.Type.STRING) for name, kind in declared}}
    return conditions.environment(types), types

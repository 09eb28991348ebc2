"""Conditions: CEL, type-checked when a flow is loaded, and never an error at run time.

CEL (the Common Expression Language, cel-spec) has no loops, no side effects and no way out to the process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from gateway.commands import Kind
from gateway.errors import FlowError

LONGEST = 500
"""Characters of a condition: far above any that a person can read."""

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
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def zero(kind: Kind) -> Any:
    """What an unset variable of a kind counts as."""
    return _ZEROS.get(kind, "")


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `needs` are the variables its text names, each with its zero value."""

    text: str
    needs: tuple[tuple[str, Any], ...]
    _program: cel.Expression = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true; an error in it (a missing key, an overrun) counts as false."""
        data = {name: values.get(name, unset) for name, unset in self.needs}
        try:
            # An error is a value too, and its .value() a truthy string: only true itself is true.
            return self._program.eval(data=data).value() is True
        except (RuntimeError, TypeError, ValueError):
            return False


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
    if len(text) > LONGEST:
        raise FlowError(f"a condition has at most {LONGEST} characters")
    try:
        program = _environment(tuple(sorted(declared.items()))).compile(text)
    except RuntimeError as error:
        raise FlowError(f"the condition does not compile: {_first_line(str(error))}") from None
    if program.return_type() != cel.Type.BOOL:
        raise FlowError("the condition is not true or false")
    named = set(_IDENTIFIER.findall(text))
    facts: dict[str, Any] = {"channel": "", "language": "", "roles": [], "now_year": 0}
    unset = facts | {name: zero(kind) for name, kind in declared.items()}
    return Condition(text, tuple((name, unset[name]) for name in sorted(named & unset.keys())), program)


@lru_cache(maxsize=64)
def _environment(declared: tuple[tuple[str, Kind], ...]) -> cel.Env:
    return cel.NewEnv(
        variables={**FACTS, **{name: _TYPES.get(kind, cel.Type.STRING) for name, kind in declared}}
    )


def _first_line(message: str) -> str:
    line = message.removeprefix("INVALID_ARGUMENT: ").split("\n", 1)[0]
    return re.sub(r"^ERROR: <input>:\d+:\d+: ", "", line).replace(" (in container '')", "")

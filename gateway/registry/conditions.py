"""Conditions as data: CEL (the Common Expression Language, cel-spec), type-checked when they are loaded.

CEL has no loops, no side effects and no way out to the process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cel_expr_python import cel

from gateway.errors import FlowError

LONGEST = 500
"""Characters of a condition: far above any that a person can read."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled condition. `names` are those of its variables that its text speaks of, in alphabetical order."""

    text: str
    names: tuple[str, ...]
    _compiled: cel.Expression = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true. What `values` leave out is unknown, and no part of the condition that needs it holds.

        So `urgent == 'yes' || age_max < 18` holds where only `urgent` is known, and is yes; and where the age is not
        known, neither `age_max < 18` holds nor `!(age_max < 18)`. Any other error (a key that is not there, an
        overrun, a value of another type) is false as well.
        """
        return self.holds_of({name: values[name] for name in self.names if name in values})

    def holds_of(self, data: Mapping[str, Any]) -> bool:
        """The same of exactly the variables that it speaks of, or those of them that are known."""
        try:
            # An error is a value too, and its .value() a truthy string: only true itself is true.
            return self._compiled.eval(data=data).value() is True
        except (RuntimeError, TypeError, ValueError):
            return False

    @property
    def quoted(self) -> tuple[str, ...]:
        """The texts that stand in quotes: the codes that it compares with."""
        return tuple(one or other for one, other in _QUOTED.findall(self.text))


def environment(types: Mapping[str, cel.Type]) -> cel.Env:
    """What conditions over variables of these types are compiled in. Making one costs more than using it."""
    return cel.NewEnv(variables=dict(types))


def compile(text: str, env: cel.Env, names: Mapping[str, Any]) -> Program:
    """A condition over the variables `names` of an environment. Raises `FlowError` for a wrong name, type or form."""
    if len(text) > LONGEST:
        raise FlowError(f"a condition has at most {LONGEST} characters")
    try:
        compiled = env.compile(text)
    except RuntimeError as error:
        raise FlowError(f"the condition does not compile: {_first_line(str(error))}") from None
    if compiled.return_type() != cel.Type.BOOL:
        raise FlowError("the condition is not true or false")
    spoken = set(_NAME.findall(text))
    return Program(text, tuple(sorted(spoken & names.keys())), compiled)


def _first_line(message: str) -> str:
    line = message.removeprefix("INVALID_ARGUMENT: ").split("\n", 1)[0]
    return re.sub(r"^ERROR: <input>:\d+:\d+: ", "", line).replace(" (in container '')", "")

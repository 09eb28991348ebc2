"""What every call is: typed arguments, and outcomes each with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gateway.commands.kinds import Results


@dataclass(frozen=True, slots=True)
class Result:
    """How a command or query came out: one of its outcomes, and that outcome's values."""

    outcome: str
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Result({self.outcome})"


class BaseCall:
    """What commands and queries share. `__repr__` shows no value: calls carry names and PINs."""

    __slots__ = ()
    outcomes: ClassVar[Mapping[str, Results]]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class BaseCommand(BaseCall):
    """Changes the register."""

    __slots__ = ()


class BaseQuery(BaseCall):
    """Only reads."""

    __slots__ = ()

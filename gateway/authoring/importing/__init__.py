"""Forms and flows that teams own already, made into ours. What cannot be carried is listed, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was not carried over: where it stood, what it is, and why or what stands in for it."""

    where: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Imported:
    """New files by their path below the flows folder, and what did not come along."""

    files: Mapping[str, str]
    left_out: tuple[LeftOut, ...]

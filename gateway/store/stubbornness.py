"""How often and how long the outbox tries. Apart from its rows: who reads a policy's files needs no database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutboxPolicy:
    """How stubborn sending is. Times are in seconds but for `hours`.

    A letter is dead after `tries` attempts, or `hours` after the first of them. `backoff_seconds` are the waits
    before each further try; the last repeats. A lease is longer than any one attempt may last.
    """

    tries: int = 8
    hours: int = 24
    hold_seconds: int = 120
    backoff_seconds: tuple[int, ...] = (10, 30, 120, 600, 1800, 3600, 7200)
    lease_seconds: int = 30
    sweep_after_seconds: int = 5

    def wait(self, tries: int) -> int:
        """Seconds to wait after so many tries, before any jitter."""
        return self.backoff_seconds[min(tries, len(self.backoff_seconds)) - 1]

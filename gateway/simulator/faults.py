"""What the carriers can be told to do wrong, for the next so many times."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import StrEnum

MOST = 100_000


class Fault(StrEnum):
    """One kind of misbehaviour. The first six strike a request of the gateway, the others what follows."""

    ERROR = "error"  # 500 with a page of HTML; the message is not taken
    TIMEOUT = "timeout"  # the message is taken, the answer never comes
    RESET = "reset"  # the message is taken, the connection breaks
    TOO_MANY = "too_many"  # 429; Telegram says when to come back
    NO_RECIPIENTS = "no_recipients"  # Africa's Talking's 201 that took nothing
    HTML = "html"  # a 2xx with a page of HTML: nobody can tell whether the message was taken
    REPEATED = "repeated"  # a callback is posted twice
    DISORDER = "disorder"  # delivery reports come newest first
    EARLY = "early"  # a delivery report comes before the answer to the request
    UNDELIVERED = "undelivered"  # the phone never gets the message
    SILENT = "silent"  # no delivery report at all


EXPLAINED: Mapping[Fault, str] = {
    Fault.ERROR: "The network answers 500",
    Fault.TIMEOUT: "Takes the message, never answers",
    Fault.RESET: "Takes the message, breaks the line",
    Fault.TOO_MANY: "Says: too many, come back later",
    Fault.NO_RECIPIENTS: "Answers 201, but took nobody (SMS)",
    Fault.HTML: "Answers with a page of HTML",
    Fault.REPEATED: "Posts its callbacks twice",
    Fault.DISORDER: "Reports in the wrong order (SMS)",
    Fault.EARLY: "Reports before it answers (SMS)",
    Fault.UNDELIVERED: "Cannot deliver to the phone (SMS)",
    Fault.SILENT: "Never reports (SMS)",
}


class Faults:
    """How many times each fault is still to strike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: dict[Fault, int] = {}

    def arm(self, fault: Fault, times: int) -> None:
        """Sets how often a fault strikes from now on; 0 disarms it."""
        with self._lock:
            self._armed[fault] = max(0, min(times, MOST))

    def strikes(self, *faults: Fault) -> Fault | None:
        """The first of these that is armed, used up by one; None where all goes well."""
        with self._lock:
            for fault in faults:
                if self._armed.get(fault):
                    self._armed[fault] -= 1
                    return fault
        return None

    def clear(self) -> None:
        """All goes well again."""
        with self._lock:
            self._armed.clear()

    def armed(self) -> dict[str, int]:
        """Every fault with the number of times it will still strike."""
        with self._lock:
            return {fault.value: self._armed.get(fault, 0) for fault in Fault}

"""Posting to the gateway's doors, as carriers do: at once, after a moment, and again until it is taken."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

THREADS = 3
MOST_WAITING = 10_000
LONGEST_ANSWER = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answered; status 0 means that nothing came back in time."""

    status: int
    body: str = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return str(self.status or "no answer")


@dataclass(frozen=True, slots=True)
class Callback:
    """One request to a door. `waits` are the seconds before each further try; `after` hears every answer."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    timeout: float = 10.0
    waits: Sequence[float] = ()
    after: Callable[[Answer], None] = lambda _: None


@dataclass(order=True, slots=True)
class _Due:
    at: float
    order: int
    callback: Callback = field(compare=False)


class Callbacks:
    """A few threads, started at the first need, so that a server may fork before."""

    def __init__(self, gateway_url: str) -> None:
        place = urlsplit(gateway_url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self._wake = threading.Condition()
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def post(self, callback: Callback) -> Answer:
        """Posts in the caller's own thread and returns what the door said."""
        line = HTTPConnection(self._host, self._port, timeout=callback.timeout)
        try:
            line.request("POST", callback.path, callback.body, dict(callback.headers))
            answer = line.getresponse()
            return Answer(answer.status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
        except (OSError, HTTPException):
            return Answer(0)
        finally:
            line.close()

    def later(self, callback: Callback, delay: float = 0.0) -> None:
        """Posts after `delay` seconds, and again after each of its waits until a door takes it."""
        with self._wake:
            if self._closed or len(self._due) >= MOST_WAITING:
                return
            heapq.heappush(self._due, _Due(time.monotonic() + delay, next(self._order), callback))
            if len(self._threads) < THREADS:
                thread = threading.Thread(target=self._work, name="simulator", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._wake.notify()

    def close(self) -> None:
        """Posts nothing more and ends the threads."""
        with self._wake:
            self._closed = True
            self._due.clear()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=15)

    def _work(self) -> None:
        while (callback := self._next()) is not None:
            answer = self.post(callback)
            callback.after(answer)
            if not answer.taken and callback.waits:
                self.later(replace(callback, waits=callback.waits[1:]), callback.waits[0])

    def _next(self) -> Callback | None:
        with self._wake:
            while not self._closed:
                wait = self._due[0].at - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due).callback
                self._wake.wait(wait)
        return None

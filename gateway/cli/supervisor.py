"""Starts the processes of a house on one machine, keeps them running, and stops them without leaving one behind.

Each child leads a process group of its own, so that Ctrl-C reaches the supervisor alone, which then stops the
children in the opposite order of their start. On Linux a child also ends when the supervisor is killed outright.
One thread, no heavy import: the kernel ties "the parent died" to the thread that started the child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from gateway.cli.parent import die_with_parent
from gateway.errors import GatewayError

GRACE_SECONDS = 12.0  # a worker may take ten to end what it is sending
POLL_SECONDS = 0.05
MOST_CRASHES, CRASH_SECONDS = 4, 30.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildFailed(GatewayError):
    """A child did not start, or crashed too often."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process: how to start it, what to do before each start, and how to see that it serves."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = field(default=None, repr=False)  # None: ours
    before: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    ready_seconds: float = 30.0
    silent: bool = True  # its output goes to the log, not to the terminal


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes]
    crashes: list[float] = field(default_factory=list)


class Supervisor:
    """What the children print goes to `output`. Use it as `with Supervisor(…).signals() as supervisor`."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._children: list[_Child] = []
        self.stopped = False  # a signal asked for the end

    @contextmanager
    def signals(self) -> Iterator[Supervisor]:
        """Heeds Ctrl-C, SIGTERM and a closed terminal; stops every child at the end, whatever happened."""
        before = {number: signal.signal(number, self._heed) for number in STOPPING}
        try:
            yield self
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, part: Part) -> None:
        """Starts a part and waits until it serves. Raises `ChildFailed` where it ends or takes too long."""
        child = _Child(part, self._spawn(part))
        self._children.append(child)
        deadline = time.monotonic() + part.ready_seconds
        while not self.stopped and not part.ready():
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise ChildFailed(f"{part.name} did not start")
            time.sleep(POLL_SECONDS)

    def finish(self, part: Part) -> int:
        """Runs a part to its end, keeping the others alive; returns its exit code, 130 where a signal came first."""
        child = _Child(part, self._spawn(part))
        try:
            while child.process.poll() is None and not self.stopped:
                self._tend()
                time.sleep(POLL_SECONDS)
            code = child.process.poll()
            return 130 if code is None else code
        finally:
            self._end(child, GRACE_SECONDS)

    def keep(self) -> None:
        """Keeps the children running until a signal comes. Raises `ChildFailed` on a crash loop."""
        while not self.stopped:
            self._tend()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ends every child, the last started first."""
        while self._children:
            self._end(self._children[-1], GRACE_SECONDS)
            self._children.pop()

    def pids(self) -> dict[str, int]:
        """The process id of each part."""
        return {child.part.name: child.process.pid for child in self._children}

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped = True

    def _tend(self) -> None:
        """Starts anew what ended by itself."""
        for child in self._children:
            if child.process.poll() is None or self.stopped:
                continue
            now = time.monotonic()
            child.crashes = [at for at in child.crashes if now - at < CRASH_SECONDS] + [now]
            if len(child.crashes) > MOST_CRASHES:
                raise ChildFailed(f"{child.part.name} crashed {len(child.crashes)} times")
            self._kill_group(child)
            child.process = self._spawn(child.part)

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        part.before()
        supervisor = os.getpid()
        with self._output.open("ab") as log:
            output = log if part.silent else None
            return subprocess.Popen(
                part.command,
                env=part.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
                preexec_fn=lambda: die_with_parent(supervisor),
            )

    def _end(self, child: _Child, grace: float) -> None:
        """SIGTERM, a wait, then SIGKILL for whatever is left of the group."""
        with suppress(ProcessLookupError):
            child.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(grace)
        self._kill_group(child)
        child.process.wait()

    def _kill_group(self, child: _Child) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)

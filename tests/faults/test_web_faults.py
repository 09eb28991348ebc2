"""A real `gateway serve`, killed, stopped and cut off from its database while callers call."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg
import pytest
from doors import SERVICE, TOKEN, environment
from sqlalchemy import select

from gateway.cli.parent import die_with_parent
from gateway.settings import for_child
from gateway.store.database import Database
from gateway.store.tables import inbox
from gateway.vault import Vault

pytestmark = pytest.mark.slow

GATEWAY = (sys.executable, "-m", "gateway")
TYPED = ("1", "1", "1", "1", "Abdi Nur Ali", "Jijiga", *"111111111111")
PHONES = count(20_000_000)
CALLERS = 6
LONGEST_WAIT = 6.0  # seconds until somebody is told that it does not go on

Reply = tuple[int, str]


@dataclass
class Server:
    """One `gateway serve` on one database, started and ended at will."""

    database_url: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        given = environment(self.database_url, f"unix://{self.folder}/no-redis.sock")
        return for_child({**given, "GATEWAY_LISTEN": f"127.0.0.1:{self.port}"})

    def prepare(self) -> None:
        """Tables, flows and the sample directory."""
        done = subprocess.run([*GATEWAY, "prepare"], env=self.environment, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Starts it on a port of its own and waits until it serves."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*GATEWAY, "serve"],
                env=self.environment,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, os.getpid()),
            )
        until(lambda: self.answers("/health/live"))

    def kill(self) -> None:
        """kill -9 of the server and its workers, all at once."""
        assert self.process is not None
        server = psutil.Process(self.process.pid)
        server.suspend()  # or it would start another worker meanwhile, and that one would be left over
        for each in (*server.children(recursive=True), server):
            each.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def answers(self, path: str) -> bool:
        """Whether a page is there."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            line.request("GET", path)
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def post(self, path: str, form: dict[str, str]) -> Reply:
        """One callback. Raises `OSError` or `HTTPException` where no whole answer comes."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", path, urlencode(form), headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def hop(self, phone: str, session: str, text: str) -> str:
        """One USSD hop; a caller always reads a screen."""
        form = {"sessionId": session, "phoneNumber": phone, "networkCode": "63601", "serviceCode": SERVICE}
        status, screen = self.post(f"/ussd/africastalking/{TOKEN}", form | {"text": text})
        assert status == 200
        assert screen.startswith(("CON ", "END "))
        return screen

    def sms(self, number: str) -> int:
        """One SMS of its own phone; the status."""
        form = {"id": number, "from": f"+2519{next(PHONES)}", "to": "8384", "text": "STATUS"}
        return self.post(f"/sms/africastalking/{TOKEN}", form)[0]


@dataclass
class Load:
    """Callers who begin to register, one after the other, until told to stop.

    `answered` is (phone, session, text) → screen; `cut` are the hops that nobody answered.
    """

    server: Server
    answered: dict[tuple[str, str, str], str] = field(default_factory=dict)
    cut: list[tuple[str, str, str]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Load]:
        with ThreadPoolExecutor(CALLERS) as pool:
            done = [pool.submit(self._call) for _ in range(CALLERS)]
            until(lambda: len(self.answered) > 10 * CALLERS)
            try:
                yield self
            finally:
                self._stop.set()
            for each in done:
                each.result()

    def _call(self) -> None:
        while not self._stop.is_set():
            phone = f"+2519{next(PHONES)}"
            session = f"ATUid_{phone[1:]}"
            for typed in range(len(TYPED) + 1):
                hop = (phone, session, "*".join(TYPED[:typed]))
                try:
                    screen = self.answered[hop] = self.server.hop(*hop)
                except (OSError, HTTPException):
                    self.cut.append(hop)
                    return
                if screen.startswith("END "):
                    break

    def last(self) -> Iterator[tuple[tuple[str, str, str], str]]:
        """The last hop of each caller who was not cut: of one who was, the next may be in the database already."""
        by_phone = {hop[0]: (hop, screen) for hop, screen in self.answered.items()}
        cut = {hop[0] for hop in self.cut}
        yield from (last for phone, last in by_phone.items() if phone not in cut)


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def kept(server: Server) -> set[bytes]:
    """The keys of every message in the inbox."""
    database = Database(server.database_url)
    with database.reading() as tx:
        keys = {bytes(key) for key in tx.execute(select(inbox.c.key)).scalars()}
    database.close()
    return keys


def missing(load: Load, keys: set[bytes]) -> list[str]:
    """What was answered to hops that are not in the inbox."""
    return [screen for hop, screen in load.answered.items() if key_of(hop) not in keys]


def key_of(hop: tuple[str, str, str]) -> bytes:
    """A hop's key in the inbox."""
    phone, session, text = hop
    service = SERVICE.removesuffix("#")
    return Vault((bytes(range(32)),)).digest("ussd", "africastalking", service, session, phone, text)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with tables, flows and the directory, to copy."""
    path = tmp_path_factory.mktemp("prepared") / "gateway.db"
    Server(f"sqlite:///{path}", path.parent, 1).prepare()
    return path


@pytest.fixture(scope="module")
def prepared_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same on PostgreSQL, for all tests of this module."""
    Server(postgres_url, tmp_path_factory.mktemp("prepared"), 1).prepare()
    return postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A running server, on each database in turn."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("prepared"), tmp_path / "gateway.db")
        url = f"sqlite:///{tmp_path / 'gateway.db'}"
    else:
        url = request.getfixturevalue("prepared_postgres")
    running = Server(url, tmp_path)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.kill()


def test_killed_under_load(server: Server) -> None:
    """kill -9: whatever was answered is in the inbox, repeats get the same bytes, and everyone can go on."""
    with Load(server).running() as load:
        server.kill()
    assert load.cut  # somebody was in the middle of a hop
    assert missing(load, kept(server)) == []
    server.start()
    for hop, screen in load.last():
        assert server.hop(*hop) == screen
    for hop in load.cut:
        assert server.hop(*hop) == server.hop(*hop)
    keys = kept(server)
    assert all(key_of(hop) in keys for hop in load.cut)


def test_sigterm_under_load(server: Server) -> None:
    """Within ten seconds it is gone; every hop that it took was answered, whole."""
    with Load(server).running() as load:
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10
    taken = kept(server)
    assert missing(load, taken) == []
    assert [hop for hop in load.cut if key_of(hop) in taken] == []
    with pytest.raises(OSError):
        server.sms("after")


# --- without a database -----------------------------------------------------------------------------------


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else holds the database and does not let go."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        with psycopg.connect(url) as other_connection:
            other_connection.execute("LOCK TABLE conversations, inbox IN ACCESS EXCLUSIVE MODE")
            yield
            other_connection.rollback()


@contextmanager
def gone(url: str) -> Iterator[None]:
    """The database does not answer anybody: its file cannot be opened, or its server turns all away."""
    if url.startswith("sqlite"):
        with Path(url.removeprefix("sqlite:///") + ".gate").open("rb+") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
            fcntl.flock(gate, fcntl.LOCK_UN)
        return
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        admin.execute(b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def timed(what: Callable[[], object]) -> tuple[object, float]:
    began = time.monotonic()
    return what(), time.monotonic() - began


@pytest.mark.parametrize("fault", [locked, gone])
def test_without_the_database(server: Server, fault: Callable[[str], Iterator[None]]) -> None:
    """Callers read END and messages get 503, nobody after more than six seconds; then it heals by itself."""
    phone = f"+2519{next(PHONES)}"
    first = server.hop(phone, "before", "")
    with fault(server.database_url), ThreadPoolExecutor(6) as callers:  # type: ignore[attr-defined]
        asked = [partial(server.hop, phone, f"during-{n}", "") for n in range(3)]
        asked += [partial(server.sms, f"{fault.__name__}-{n}") for n in range(3)]
        waiting = [callers.submit(timed, each) for each in asked]
        assert server.answers("/health/live")  # who waits holds up nobody else
        answers = [each.result() for each in waiting]
    said = [answer for answer, _ in answers]
    assert all(str(screen).startswith("END ") and len(str(screen)) > 10 for screen in said[:3]), said
    assert said[3:] == [503] * 3
    assert max(seconds for _, seconds in answers) < LONGEST_WAIT
    until(lambda: server.sms(f"{fault.__name__}-0") == 200, 10)
    assert server.hop(phone, "after", "") == first


def test_old_tables_are_refused(database_url: str, tmp_path: Path) -> None:
    """Where a migration is due it says in one line what to run, and does not serve."""
    server = Server(database_url, tmp_path, 1)
    done = subprocess.run(
        [*GATEWAY, "serve"], env=server.environment, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr == "gateway: the database is not at this release: run `gateway db upgrade`\n"

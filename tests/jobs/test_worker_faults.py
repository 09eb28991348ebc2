"""Real worker processes, a real Redis, and everything that may die: nothing is lost, and doubles are explained."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from gateway.cli.embedded import EmbeddedRedis
from gateway.cli.parent import die_with_parent
from gateway.queues import QUEUE, Bell

PROGRAM = Path(__file__).with_name("worker_process.py")
POLICY = {
    "tries": 8,
    "hours": 1,
    "hold_seconds": 2,
    "lease_seconds": 2,
    "backoff_seconds": [1],
    "sweep_after_seconds": 2,
}

pytestmark = pytest.mark.slow

StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database_url: str, carrier: Any, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts worker processes and waits until they work; ends what is left of them."""
    started: list[subprocess.Popen[bytes]] = []

    def one(redis_url: str, **policy: Any) -> subprocess.Popen[bytes]:
        arguments = [database_url, redis_url, carrier.url, json.dumps(POLICY | policy)]
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, PROGRAM, *arguments],
                stderr=stream,
                preexec_fn=partial(die_with_parent, os.getpid()),
            )
        started.append(process)
        until(lambda: "worker_started" in log.read_text())
        return process

    yield one
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def live(outgoing: Any) -> Any:
    """Letters posted now: the workers have the machine's clock."""
    outgoing.now = lambda: datetime.now(UTC)
    return outgoing


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[tuple[EmbeddedRedis, str]]:
    """A Redis that this test may kill."""
    server = EmbeddedRedis()
    yield server, server.start(tmp_path / "redis")
    server.stop()


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for something to be true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def post_many(live: Any, count: int) -> list[int]:
    return [live.post(f"m{n}", f"+2519{n % 50:08}") for n in range(count)]


def all_accepted(live: Any, count: int) -> Callable[[], bool]:
    return lambda: bool(live.states() == {"accepted": count})


def unknown_attempts(live: Any) -> int:
    return sum(each["outcome"] == "unknown" for each in live.rows("attempts"))


def test_a_worker_killed_between_send_and_record(
    live: Any, carrier: Any, redis_url: str, start: StartWorker
) -> None:
    """The carrier had it, we never wrote that down: the letter ends accepted, with one double at most."""
    carrier.slowness = 1.0  # the carrier has the letter and takes its time to say so
    bell = Bell(redis_url)
    row_id = live.post("the only one")
    first = start(redis_url)
    bell.ring([row_id])
    until(lambda: len(carrier.bodies) == 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    carrier.slowness = 0.0
    start(redis_url)
    until(all_accepted(live, 1))
    assert 1 <= carrier.copies["the only one"] <= 2
    assert carrier.copies["the only one"] - 1 <= unknown_attempts(live)
    bell.close()


def test_an_emptied_redis_loses_no_letter(
    live: Any, carrier: Any, redis_url: str, start: StartWorker
) -> None:
    """FLUSHALL again and again while a backlog drains: every letter goes, once."""
    carrier.slowness = 0.005
    start(redis_url)
    bell = Bell(redis_url)
    with Redis.from_url(redis_url) as client:
        for start_at in range(0, 150, 30):
            ids = [live.post(f"m{start_at + n}", f"+2519{start_at + n:08}") for n in range(30)]
            bell.ring(ids)
            client.flushall()
            time.sleep(0.1)
            client.flushall()
    until(all_accepted(live, 150))
    assert set(carrier.copies.values()) == {1}
    bell.close()


def test_redis_absent_at_boot_then_killed_then_back(
    live: Any, carrier: Any, own_redis: tuple[EmbeddedRedis, str], start: StartWorker, tmp_path: Path
) -> None:
    """Without Redis the sweeper sends by itself; with it again the worker hears bells again."""
    server, url = own_redis
    server.kill()
    worker = start(url)
    live.post("without redis")
    until(all_accepted(live, 1), 15)
    server.start(tmp_path / "redis")
    with Redis.from_url(url) as client:
        until(lambda: client.scard("rq:workers") == 1, 15)
    server.kill()
    live.post("without it again")
    until(all_accepted(live, 2), 15)
    server.start(tmp_path / "redis")
    bell = Bell(url)
    with Redis.from_url(url) as client:
        assert bell.ring([live.post("with it")])
        until(lambda: client.llen(f"rq:queue:{QUEUE}") == 0, 15)  # the worker hears bells again
    until(all_accepted(live, 3), 15)
    bell.close()
    assert worker.poll() is None
    assert set(carrier.copies.values()) == {1}


def test_a_hung_redis_only_slows(
    live: Any, carrier: Any, own_redis: tuple[EmbeddedRedis, str], start: StartWorker
) -> None:
    """A Redis that takes connections and never answers: letters go within half a minute all the same."""
    server, url = own_redis
    start(url)
    with Redis.from_url(url) as client:
        until(lambda: client.scard("rq:workers") == 1, 15)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        post_many(live, 10)
        until(all_accepted(live, 10), 30)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert set(carrier.copies.values()) == {1}


def test_sigterm_drains(live: Any, carrier: Any, redis_url: str, start: StartWorker) -> None:
    """Under load it ends within ten seconds, cuts no send, and leaves the rest for another worker."""
    carrier.slowness = 0.05
    worker = start(redis_url)
    bell = Bell(redis_url)
    bell.ring(post_many(live, 200))
    until(lambda: len(carrier.texts) > 10)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    states = live.states()
    assert states["accepted"] == len(carrier.texts)
    assert states["accepted"] + states["due"] == 200
    carrier.slowness = 0.0
    start(redis_url)
    until(all_accepted(live, 200))
    assert set(carrier.copies.values()) == {1}
    bell.close()


def test_sigterm_while_idle_or_without_redis(
    own_redis: tuple[EmbeddedRedis, str], start: StartWorker
) -> None:
    """A worker that waits, for a bell or for Redis itself, ends at once."""
    server, url = own_redis
    idle = start(url)
    with Redis.from_url(url) as client:
        until(lambda: client.scard("rq:workers") == 1, 15)
    idle.send_signal(signal.SIGTERM)
    assert idle.wait(10) == 0
    server.kill()
    lonely = start(url)
    time.sleep(1)
    lonely.send_signal(signal.SIGTERM)
    assert lonely.wait(10) == 0


def test_workers_killed_again_and_again(live: Any, carrier: Any, redis_url: str, start: StartWorker) -> None:
    """Two workers, one killed each second: nothing lost, doubles not above the unknown attempts."""
    carrier.slowness = 0.02
    workers = [start(redis_url), start(redis_url)]
    bell = Bell(redis_url)
    bell.ring(post_many(live, 200))
    for turn in range(4):
        time.sleep(1)
        workers[turn % 2].kill()
        workers[turn % 2] = start(redis_url)
    until(all_accepted(live, 200), 60)
    doubles = sum(copies - 1 for copies in carrier.copies.values())
    assert set(carrier.copies) == {f"m{n}" for n in range(200)}
    assert doubles <= unknown_attempts(live)
    bell.close()


def test_a_bell_without_redis_is_bounded_and_counted() -> None:
    """A hop does not wait for a Redis that is gone: refused at once, then left alone."""
    with tempfile.TemporaryDirectory() as directory:
        bell = Bell(f"unix://{directory}/nobody.sock")
        began = time.monotonic()
        assert [bell.ring([1]) for _ in range(50)] == [False] * 50
        assert time.monotonic() - began < 1
        assert bell.failures == 50
        assert not bell.well


def test_a_bell_at_a_hung_redis_is_bounded(own_redis: tuple[EmbeddedRedis, str]) -> None:
    """One that takes connections and never answers costs a hop a third of a second, and the next hops nothing."""
    server, url = own_redis
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        bell = Bell(url)
        began = time.monotonic()
        assert not bell.ring([1])
        assert not bell.ring([2])
        assert time.monotonic() - began < 1
    finally:
        os.kill(server.pid, signal.SIGCONT)
        bell.close()


def test_redis_holds_row_ids_and_nothing_else(live: Any, redis_url: str) -> None:
    """Job data is JSON with ids; neither a number nor a text is anywhere in Redis, nor in a description."""
    bell = Bell(redis_url)
    row_id = live.post("a canary text", "+251911777777")
    assert bell.ring([row_id])
    with Redis.from_url(redis_url) as client:
        jobs = [client.hgetall(key) for key in client.keys("rq:job:*") if client.type(key) == b"hash"]
        everything = b" ".join(client.dump(key) or b"" for key in client.keys("*"))
    assert len(jobs) == 1
    assert jobs[0][b"description"] == b"deliver"
    assert b"canary" not in everything
    assert b"251911777777" not in everything
    import zlib

    assert json.loads(zlib.decompress(jobs[0][b"data"])) == [
        "gateway.jobs.deliver.drain",
        None,
        [[row_id]],
        {},
    ]
    bell.close()


def test_the_job_name_resolves() -> None:
    """RQ finds the job by a string: it must name a function that takes a list of ids."""
    from importlib import import_module

    from gateway.queues import DELIVER

    module, name = DELIVER.rsplit(".", 1)
    assert callable(getattr(import_module(module), name))

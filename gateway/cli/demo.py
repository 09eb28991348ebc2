"""The whole system on one machine, with made-up people and no way out: `gateway demo`."""

from __future__ import annotations

import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import click

from gateway import settings
from gateway.cli.embedded import answers, command
from gateway.cli.keys import new_key
from gateway.cli.supervisor import ChildFailed, Part, Supervisor
from gateway.errors import GatewayError, SettingsError

HOST, PORT = "127.0.0.1", 8080
LOG_LINES = 15


class PortTaken(GatewayError):
    """Somebody else listens where the demo wants to."""


@click.command()
@click.option(
    "--story",
    is_flag=False,
    flag_value="returnees",
    type=click.Choice(["returnees", "dispute"]),
    help="Play a story through the phones, then end: of three returnees, or of one request that is disputed.",
)
@click.option("--port", type=int, help=f"Where to listen; {PORT}, or any free port for a story.")
def demo(story: str | None, port: int | None) -> None:
    """Run everything on this machine: database, queue, worker, web server and simulated phones.

    Ctrl-C ends it all, and nothing is kept.
    """
    with _private_folder() as folder:
        port = _free_port((0 if story else PORT) if port is None else port)
        given = environment(folder, port)
        output = folder / "demo.log"
        try:
            with Supervisor(output).signals() as supervisor:
                code = _run(supervisor, given, folder, story)
        except ChildFailed:
            _show_end(output)
            raise
        if code not in {0, 130}:
            _show_end(output)
    sys.exit(code)


def environment(folder: Path, port: int) -> dict[str, str]:
    """The demo's settings: fresh secrets, everything on loopback. Raises `SettingsError`."""
    here = f"http://{HOST}:{port}/simulator/carrier"
    given = {
        "GATEWAY_MODE": "demo",
        "GATEWAY_LISTEN": f"{HOST}:{port}",
        "GATEWAY_DATABASE_URL": f"sqlite:///{folder / 'gateway.db'}",
        "GATEWAY_REDIS_URL": f"unix://{folder / 'redis.sock'}",
        "GATEWAY_SECRET_KEYS": new_key(),
        "GATEWAY_AT_USERNAME": "demo",
        "GATEWAY_AT_API_KEY": secrets.token_urlsafe(24),
        "GATEWAY_AT_BASE_URL": f"{here}/africastalking",
        "GATEWAY_AT_WEBHOOK_TOKENS": secrets.token_urlsafe(24),
        "GATEWAY_TELEGRAM_TOKEN": f"700:{secrets.token_urlsafe(24)}",
        "GATEWAY_TELEGRAM_BASE_URL": f"{here}/telegram",
        "GATEWAY_TELEGRAM_SECRET": secrets.token_urlsafe(24),
        "MALLOC_ARENA_MAX": "2",  # threads that each keep a heap would double a process
    }
    demand_loopback(given)
    return settings.for_child(given)


def demand_loopback(given: Mapping[str, str]) -> None:
    """Raises `SettingsError` where a demo could reach beyond this machine: its numbers may belong to somebody."""
    known = settings.read(given)
    places = {"AT_BASE_URL": known.at_base_url, "TELEGRAM_BASE_URL": known.telegram_base_url}
    faults = [name for name, url in places.items() if urlsplit(url).hostname != HOST]
    if known.mode != "demo" or faults:
        raise SettingsError(
            tuple(f"GATEWAY_{name} must be on {HOST} in a demo" for name in faults or ["MODE"])
        )


def _run(supervisor: Supervisor, given: dict[str, str], folder: Path, story: str | None) -> int:
    url = f"http://{given['GATEWAY_LISTEN']}"
    click.echo("Starting the queue, the database, the worker and the web server …")
    if code := start(supervisor, given, folder):
        return code
    click.echo(
        f"\n  Phones      {url}/simulator/\n  Health      {url}/health/ready\n  Figures     {url}/metrics\n"
    )
    if story:
        return supervisor.finish(_told(given, url, story))
    click.echo("All people and numbers are made up. Ctrl-C ends everything; nothing is kept.")
    supervisor.keep()
    click.echo("\nStopping …")
    return 0


def start(supervisor: Supervisor, given: dict[str, str], folder: Path) -> int:
    """Starts every part by the settings `given`; 0 once they all answer, else why they do not."""
    supervisor.start(queue(folder))
    if code := supervisor.finish(_ours("prepare", given)):
        return code
    supervisor.start(_ours("worker", given))
    supervisor.start(_web(given, f"http://{given['GATEWAY_LISTEN']}"))
    return 130 if supervisor.stopped else 0


def queue(folder: Path) -> Part:
    """The embedded Redis, on a unix socket in the folder."""
    at = folder / "redis.sock"
    return Part(
        "the queue",
        command(at, folder, durable=True),
        before=lambda: at.unlink(missing_ok=True),
        ready=lambda: answers(at),
    )


def _ours(name: str, given: Mapping[str, str]) -> Part:
    return Part(name, (sys.executable, "-m", "gateway", name), given)


def _web(given: Mapping[str, str], url: str) -> Part:
    return Part("serve", (sys.executable, "-m", "gateway", "serve"), given, ready=lambda: _answers(url))


def _told(given: Mapping[str, str], url: str, story: str) -> Part:
    return Part("story", (sys.executable, "-m", "gateway.cli.story", url, story), given, silent=False)


def _answers(url: str) -> bool:
    place = urlsplit(url)
    line = HTTPConnection(place.hostname or HOST, place.port, timeout=2)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def _free_port(wanted: int) -> int:
    """The port itself, or any free one for 0. Raises `PortTaken`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            raise PortTaken(f"port {wanted} is taken: choose another with --port") from None
        return int(probe.getsockname()[1])


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that only we can read, gone at the end. Its path is short: a socket's may have 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show_end(output: Path) -> None:
    """What the children said last, but for their daily business."""
    lines = output.read_text("utf-8", "replace").splitlines()
    for line in [each for each in lines if '"level": "info"' not in each][-LOG_LINES:]:
        click.echo(f"  {line}", err=True)

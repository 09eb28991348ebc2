"""Nothing of a person reaches a log, whoever writes to it."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from gateway import log
from gateway.errors import StoreError

CANARIES = {
    "number": "+251911000001",
    "name": "Nuur Xuseen Cabdirashiid",
    "text": "waxaan u baahanahay hoy",
    "token": "123456:token-of-the-bot",
    "pin": "PIN 4821",
    "certificate": "5384 2916 0747",
    "address": "https://api.telegram.org/bot123456:abc/sendMessage",
}
LIBRARIES = (
    *log.QUIET,
    "telegram.Bot",
    "urllib3.connectionpool",
    "sqlalchemy.pool",
    "flask.app",
    "africastalking",
)
LIBRARIES += (
    "gateway.web",
    "concurrent.futures",
    "asyncio",
    "granian",
    "alembic.runtime.migration",
    "a.new.library",
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logging as a process sets it up, into a stream; undone afterwards."""
    loggers = [logging.getLogger(), *map(logging.getLogger, LIBRARIES)]
    hooks = sys.excepthook, threading.excepthook
    before = [(each, each.level, each.handlers[:], each.filters[:], each.propagate) for each in loggers]
    written = io.StringIO()
    log.configure(written)
    yield written
    structlog.reset_defaults()
    sys.excepthook, threading.excepthook = hooks
    for each, level, handlers, filters, propagate in before:
        each.setLevel(level)
        each.handlers[:], each.filters[:], each.propagate = handlers, filters, propagate


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was written: one JSON object a line."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fails(message: str) -> None:
    raise StoreError(message)


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_a_field_that_is_not_allowed(stream: io.StringIO, canary: str) -> None:
    """A field off the list is dropped and its name told; the value is nowhere."""
    log.get().info("message_in", channel="sms", phone=canary, reply=[canary], form={"text": canary})
    (line,) = lines(stream)
    assert (line["event"], line["channel"], line["dropped"]) == (
        "message_in",
        "sms",
        ["form", "phone", "reply"],
    )
    assert canary not in stream.getvalue()


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_an_exceptions_message(stream: io.StringIO, canary: str) -> None:
    """Of an exception, its type and its place are kept, neither its message nor that of its cause."""
    try:
        try:
            fails(canary)
        except StoreError as error:
            raise ValueError(f"while reading {canary}") from error
    except ValueError:
        log.get().error("webhook_failed", exc_info=True)
    (line,) = lines(stream)
    assert (line["error"], line["level"]) == ("ValueError", "error")
    assert line["at"].startswith("test_an_exceptions_message:")
    assert canary not in stream.getvalue()


SPEAKS = """
import json, logging, sys, threading
from gateway import log
canaries, libraries = json.loads(sys.argv[1])
def fails(canary):
    raise RuntimeError(canary)
log.configure()
for library in libraries:
    speaker = logging.getLogger(library)
    for canary in canaries:
        speaker.debug("request %s", canary)
        speaker.info("request %s", canary)
        speaker.warning(canary)
        speaker.error("failed: %r", {"body": canary}, extra={"number": canary})
        try:
            fails(canary)
        except RuntimeError:
            speaker.exception("failed with %s", canary, stack_info=True)
for canary in canaries:
    thread = threading.Thread(target=fails, args=[canary], name="worker")
    thread.start()
    thread.join()
fails(" ".join(canaries))
"""


@pytest.fixture(scope="module")
def crashed() -> subprocess.CompletedProcess[str]:
    """A process whose libraries log every canary, whose threads fail with them, and which then ends with them."""
    told = json.dumps([list(CANARIES.values()), sorted(set(LIBRARIES))])
    return subprocess.run([sys.executable, "-c", SPEAKS, told], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_a_process_tells_nobody(crashed: subprocess.CompletedProcess[str], canary: str) -> None:
    """Libraries log addresses with tokens in them and rows; a crash shows its exception: none of it gets out."""
    assert canary not in crashed.stdout + crashed.stderr


def test_a_crash_is_told(crashed: subprocess.CompletedProcess[str]) -> None:
    """Silenced is not swallowed: each thread's end and the process's own are in the log, by type and place."""
    assert crashed.returncode == 1
    ends = [line for line in map(json.loads, crashed.stderr.splitlines()) if line["event"] == "ended"]
    assert [(line["level"], line["error"]) for line in ends] == [("critical", "RuntimeError")] * (
        len(CANARIES) + 1
    )
    assert all(line["at"].startswith("fails:") for line in ends)


def test_a_librarys_failure_is_told(stream: io.StringIO) -> None:
    """Silenced is not swallowed: that a library failed, which and where, is in the log."""
    logging.getLogger("sqlalchemy.pool").error("cannot reset %s", CANARIES["number"])
    (line,) = lines(stream)
    assert line["level"] == "error"
    assert line["at"].startswith("sqlalchemy.pool:")


def test_the_list_names_no_value_of_a_person() -> None:
    """The list of allowed fields holds no word under which something personal would be logged."""
    personal = {
        "phone",
        "number",
        "name",
        "text",
        "body",
        "message",
        "token",
        "pin",
        "address",
        "url",
        "path",
    }
    assert personal.isdisjoint(log.ALLOWED)


def test_an_event_is_a_name(stream: io.StringIO) -> None:
    """One event is one line of JSON with level and time in UTC."""
    log.get().warning("carrier_refused", carrier="africastalking", code="405", id=7, attempt=2)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "carrier_refused",
        "level": "warning",
        "carrier": "africastalking",
        "code": "405",
        "id": 7,
        "attempt": 2,
    }

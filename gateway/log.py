"""Structured logs that can only hold what is allowed: an event's name and fields from a fixed list.

A field not on the list is dropped and named, never its value, so that a number, a name, a text or a token cannot
reach a log by mistake. Of an exception, its type and where it was raised are kept; not its message. Of what a library
logs, and of what ends a process or a thread, likewise only which and where.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    (
        "event",
        "level",
        "timestamp",
        "channel",
        "carrier",
        "state",
        "outcome",
        "code",
        "reason",
        "id",
        "ids",
        "count",
        "attempt",
        "milliseconds",
        "revision",
        "process",
        "pid",
        "signal",
        "job",
        "queue",
        "status",
        "kind",
        "bytes",
        "pages",
        "mode",
        "error",
        "at",
        "address_count",
    )
)
QUIET = ("httpx", "httpcore", "telegram", "urllib3", "rq", "rq.worker", "werkzeug", "alembic")
"""Libraries that log addresses with tokens in them, or job descriptions."""

Logger = structlog.typing.FilteringBoundLogger


def configure(stream: TextIO | None = None) -> None:
    """Sends our events as JSON lines to `stream` (standard error by default) and silences talkative libraries."""
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    sys.excepthook = lambda kind, error, trace: _fatal((kind, error, trace))
    threading.excepthook = lambda ended: _fatal((ended.exc_type, ended.exc_value, ended.exc_traceback))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger(name).addFilter(_hide)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception,
            _allow,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def get() -> Logger:
    """The logger of every room."""
    logger: Logger = structlog.get_logger()
    return logger


class _Libraries(logging.Handler):
    """The only handler of the standard library's loggers: one event a record, without its words."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        failure = {"error": kind.__name__} if kind else {}
        get().log(record.levelno, "library", at=f"{record.name}:{record.lineno}", **failure)


def _fatal(failure: tuple[Any, ...]) -> None:
    get().critical("ended", exc_info=failure)


def _hide(record: logging.LogRecord) -> bool:
    """A library's message keeps its place in the code, and nothing that it wanted to say."""
    record.msg, record.args = f"{record.name}:{record.lineno}", ()
    record.exc_info, record.exc_text = None, None
    return True


def _exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    if given:
        kind, _error, trace = given if isinstance(given, tuple) else sys.exc_info()
        if kind is not None:
            last = traceback.extract_tb(trace)[-1:]
            event["error"] = kind.__name__
            event["at"] = ", ".join(f"{frame.name}:{frame.lineno}" for frame in last)
    return event


def _allow(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = sorted(event.keys() - ALLOWED)
    kept = {name: value for name, value in event.items() if name in ALLOWED}
    return kept | {"dropped": dropped} if dropped else kept

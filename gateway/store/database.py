"""One database, SQLite or PostgreSQL: pooled driver connections and transactions.

A transaction is one pooled driver connection between BEGIN and COMMIT. Statements of a hop's path are
compiled once (`Prepared`) and run on the driver's own cursor; everything else is SQLAlchemy Core on the
same connection, made when it is first asked for.

SQLite writes always begin IMMEDIATE (a deferred transaction that reads and then writes fails at once when
another wrote between), behind an `flock` on a side file, because SQLite's own busy handler is unfair.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import Conflict, StoreError, StoreUnavailable

PATIENCE = 5.0  # seconds that anybody waits for a connection or a lock
GATE_POLL = 0.0005  # seconds between two looks at another process's lock

_NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "(extract(epoch from clock_timestamp()) * 1000)::bigint",
}


@dataclass(frozen=True, slots=True)
class _Ready:
    """SQL text for one dialect, the order of its parameters where they are positional, and those with a value."""

    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]


class Prepared:
    """A statement of a hop's path: compiled at first use for each dialect, then run without SQLAlchemy.

    Parameters are plain driver values: instants in milliseconds, bytes, str, int, bool.
    """

    __slots__ = ("_ready", "_statement", "_suffix")

    def __init__(self, statement: Any, suffix: str = "") -> None:
        self._statement, self._suffix = statement, suffix
        self._ready: dict[str, _Ready] = {}

    def on(self, engine: Engine) -> _Ready:
        """The statement as the engine's driver takes it."""
        name = engine.dialect.name
        ready = self._ready.get(name)
        if ready is None:
            compiled = self._statement.compile(dialect=engine.dialect)
            constants = {key: bound.value for key, bound in compiled.binds.items() if not bound.required}
            order = tuple(compiled.positiontup) if compiled.positional else None
            ready = self._ready[name] = _Ready(compiled.string + self._suffix, order, constants)
        return ready


class Transaction:
    """Open work on one connection."""

    __slots__ = ("_core", "_cursor", "_database", "_pooled")

    def __init__(self, database: Database, pooled: PoolProxiedConnection) -> None:
        self._database, self._pooled = database, pooled
        self._cursor = pooled.cursor()
        self._core: Connection | None = None

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Any:
        """Runs a prepared statement; returns the driver's cursor (`fetchone`, `rowcount`)."""
        ready = prepared.on(self._database.engine)
        given = {**ready.constants, **parameters} if ready.constants else parameters
        values = given if ready.order is None else [given[name] for name in ready.order]
        self._cursor.execute(ready.text, values)
        return self._cursor

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Runs a Core statement."""
        if self._core is None:
            self._core = Connection(self._database.engine, self._pooled)
        return self._core.execute(statement, parameters)

    def insert(self, statement: Executable) -> int:
        """Runs an insert and returns the new row's id."""
        key = self.execute(statement).inserted_primary_key
        assert key is not None
        return int(key[0])

    def clock(self) -> int:
        """The database's own clock, in milliseconds since 1970: what leases are reckoned on."""
        self._cursor.execute(f"SELECT {_NOW[self._database.engine.dialect.name]}")
        row = self._cursor.fetchone()
        assert row is not None
        return int(row[0])


class _Gate:
    """One writer at a time over all processes of a SQLite file, with a bound on the wait."""

    def __init__(self, path: str) -> None:
        self._thread = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        if not self._thread.acquire(timeout=PATIENCE):
            raise StoreUnavailable("the database is busy")
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._thread.release()
                    raise StoreUnavailable("the database is busy") from None
                time.sleep(GATE_POLL)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._thread.release()

    def close(self) -> None:
        os.close(self._descriptor)


class _Open:
    """No gate: PostgreSQL locks rows by itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def close(self) -> None:
        return None


class Database:
    """The store's connections. `url` is SQLAlchemy's; `synchronous` (FULL, NORMAL) is SQLite's durability."""

    def __init__(self, url: str, *, synchronous: str = "FULL", pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = create_engine(
                parsed, pool_size=pool_size, pool_timeout=PATIENCE, isolation_level="AUTOCOMMIT"
            )
            event.listen(self.engine, "connect", _sqlite_settings(synchronous))
            self._gate: _Gate | _Open = _Gate(f"{parsed.database}.gate")
            self._begin = "BEGIN IMMEDIATE"
        else:
            self.engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=pool_size,
                max_overflow=4,  # for the look-ups that a transaction cannot wait for
                pool_timeout=PATIENCE,
                pool_pre_ping=False,
                isolation_level="AUTOCOMMIT",
                connect_args={
                    "connect_timeout": 5,
                    "options": "-c statement_timeout=5000 -c lock_timeout=5000",
                },
            )
            self._gate = _Open()
            self._begin = "BEGIN"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begins, yields, commits; rolls back on any exception.

        Raises `StoreUnavailable` where the database is down, full or busy past the bound, and `StoreError`
        for what it refuses. Driver exceptions never pass: their messages may quote values.
        """
        pooled = self._connection()
        try:
            with self._gate:
                yield from self._within(pooled)
        finally:
            pooled.close()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """For look-ups that decide nothing: each statement for itself, behind no gate. Raises as `transaction`."""
        pooled = self._connection()
        try:
            yield Transaction(self, pooled)
        except (DBAPIError, psycopg.Error, sqlite3.Error) as error:
            raise _translated(error) from None
        finally:
            pooled.close()

    def _connection(self) -> PoolProxiedConnection:
        try:
            return self.engine.raw_connection()
        except (PoolTimeout, SQLAlchemyError, psycopg.Error, sqlite3.Error) as error:
            raise StoreUnavailable(f"no database connection ({type(error).__name__})") from None

    def _within(self, pooled: PoolProxiedConnection) -> Iterator[Transaction]:
        try:
            work = Transaction(self, pooled)
            work._cursor.execute(self._begin)
            yield work
            work._cursor.execute("COMMIT")
        except BaseException as error:
            self._abandon(pooled)
            if isinstance(error, DBAPIError | psycopg.Error | sqlite3.Error):
                raise _translated(error) from None
            raise

    def _abandon(self, pooled: PoolProxiedConnection) -> None:
        try:
            pooled.cursor().execute("ROLLBACK")
        except (psycopg.Error, sqlite3.Error):
            pooled.invalidate()

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()
        self._gate.close()


def _translated(error: BaseException) -> StoreError:
    """Our own exception for a driver's, without its message."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, psycopg.errors.UniqueViolation) or (
        isinstance(original, sqlite3.IntegrityError) and "UNIQUE" in str(original)
    ):
        return Conflict("the row exists")
    if isinstance(original, psycopg.OperationalError | psycopg.InterfaceError | sqlite3.OperationalError):
        return StoreUnavailable(type(original).__name__)
    return StoreError(type(original).__name__)


def _sqlite_settings(synchronous: str) -> Any:
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "cache_size=-8000",
            "temp_store=MEMORY",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return connected

"""One database, SQLite or PostgreSQL: pooled driver connections and transactions.

A transaction is one pooled driver connection between BEGIN and COMMIT. Statements of a message's path are
`Prepared` and run by the driver itself; everything else is SQLAlchemy Core on the same connection, made when it is
first asked for.

SQLite writes always begin IMMEDIATE (a deferred transaction that reads and then writes fails at once when
another wrote between), behind an `flock` on a side file, because SQLite's own busy handler is unfair.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import orjson
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import StoreError, StoreUnavailable
from gateway.store.drivers import Driver, Rows
from gateway.store.prepared import Prepared, Write, inserting
from gateway.store.sqlite import SQLiteDriver

PATIENCE = 5.0  # seconds that anybody waits for a connection or a lock
GATE_POLL = 0.0005  # seconds between two looks at another process's lock
OUTSIDER = 0.2  # the share of PATIENCE for whoever locks a SQLite file without passing the gate

_NOW = {
    "sqlite": Prepared(text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")),
    "postgresql": Prepared(text("SELECT (extract(epoch from clock_timestamp()) * 1000)\\:\\:bigint")),
}
_TURN = Prepared(text("SELECT pg_advisory_xact_lock(:sign)"))


def _driver(name: str) -> type[Driver]:
    """The driver of a dialect. PostgreSQL's client is 8 MB that a process on SQLite does without."""
    if name == "sqlite":
        return SQLiteDriver
    from gateway.store.postgresql import PostgreSQLDriver

    return PostgreSQLDriver


class Transaction:
    """Open work on one connection."""

    __slots__ = ("_core", "_engine", "_pooled", "driver")

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection, driver: Driver) -> None:
        self._engine, self._pooled, self.driver = engine, pooled, driver
        self._core: Connection | None = None

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement. Its rows are read before the next one runs."""
        return self.driver.run(prepared, parameters)

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Collects writes and runs them together, at the latest with the commit, which then raises their errors."""
        batch = Batch()
        yield batch
        self.driver.together(batch.writes)

    def add(self, table: Table, values: Mapping[str, Any], *, once: bool = False) -> None:
        """Inserts a row. With `once`, a unique key that is taken changes nothing; else it is a `Conflict`."""
        self.driver.run(inserting(table, tuple(values), once=once, key=False), values)

    def insert(self, table: Table, values: Mapping[str, Any], *, once: bool = False) -> Any:
        """Inserts a row and returns its key. With `once`, None where a unique key is taken; else `Conflict`."""
        return self.driver.run(inserting(table, tuple(values), once=once, key=True), values).scalar()

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Runs a Core statement."""
        if self._core is None:
            self._core = Connection(self._engine, self._pooled)
        self.driver.settle()
        return self._core.execute(statement, parameters)

    def in_turn(self, signs: Iterable[bytes]) -> None:
        """Until its end, one transaction at a time goes on with any of these signs (of eight bytes or more).

        On SQLite every writer has its turn anyway.
        """
        if self._engine.dialect.name == "postgresql":
            with self.batch() as batch:
                for sign in sorted({int.from_bytes(sign[:8], signed=True) for sign in signs}):
                    batch.run(_TURN, {"sign": sign})

    def clock(self) -> int:
        """The database's own clock, in milliseconds since 1970: what leases are reckoned on."""
        return int(self.run(_NOW[self._engine.dialect.name], {}).scalar())


class Batch:
    """Writes to be run together."""

    __slots__ = ("writes",)

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> None:
        """Adds a prepared statement that nobody reads from."""
        self.writes.append((prepared, parameters))

    def add(self, table: Table, values: Mapping[str, Any], *, once: bool = False) -> None:
        """Adds an insert, as `Transaction.add`."""
        self.writes.append((inserting(table, tuple(values), once=once, key=False), values))


Writer = Transaction | Batch
"""Where a statement goes that nobody reads from: at once, or with others."""


class _Gate:
    """One writer at a time over all processes of a SQLite file, with a bound on the wait."""

    def __init__(self, path: str) -> None:
        self._thread = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        patience = PATIENCE * (1 - OUTSIDER)
        deadline = time.monotonic() + patience
        if not self._thread.acquire(timeout=patience):
            raise StoreUnavailable("the database is busy")
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

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        return None


class Database:
    """The store's connections. `url` is SQLAlchemy's; `synchronous` (FULL, NORMAL) is SQLite's durability."""

    def __init__(self, url: str, *, synchronous: str = "FULL", pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.driver = _driver(parsed.get_backend_name())
        self.failures: tuple[type[Exception], ...] = (DBAPIError, *self.driver.failures)
        self._out_of_reach: tuple[type[Exception], ...] = (SQLAlchemyError, *self.driver.failures)
        if self.is_sqlite:
            self.engine = create_engine(
                parsed,
                pool_size=pool_size,
                pool_timeout=PATIENCE,
                pool_use_lifo=True,  # the same few connections, whose caches are warm
                pool_reset_on_return=None,  # a transaction here always ends itself
                isolation_level="AUTOCOMMIT",
                json_deserializer=orjson.loads,  # a directory is read at each match
            )
            event.listen(self.engine, "connect", _sqlite_settings(synchronous))
            self.gate: _Gate | _Open = _Gate(f"{parsed.database}.gate")
        else:
            self.engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=pool_size,
                max_overflow=4,  # for the look-ups that a transaction cannot wait for
                pool_timeout=PATIENCE,
                pool_use_lifo=True,  # the same few connections, whose caches are warm
                pool_reset_on_return=None,
                isolation_level="AUTOCOMMIT",
                json_deserializer=orjson.loads,  # a directory is read at each match
                connect_args={
                    "prepare_threshold": None,  # its clearing-up would take our prepared statements away
                    "connect_timeout": 5,
                    "tcp_user_timeout": 10_000,  # a server that fell silent is not waited for
                    "options": "-c statement_timeout=5000 -c lock_timeout=5000",
                },
            )
            self.gate = _Open()

    def transaction(self) -> _Transacting:
        """A context: begins, gives a `Transaction`, commits; rolls back on any exception.

        Raises `StoreUnavailable` where the database is down, full or busy past the bound, and `StoreError`
        for what it refuses. Driver exceptions never pass: their messages may quote values.
        """
        return _Transacting(self)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """For look-ups that decide nothing: each statement for itself, behind no gate. Raises as `transaction`."""
        pooled = self.connection()
        try:
            yield Transaction(self.engine, pooled, self.driver(pooled))
        except self.failures as error:
            raise self.refused(error) from None
        finally:
            pooled.close()

    def connection(self) -> PoolProxiedConnection:
        """A pooled driver connection. Raises `StoreUnavailable`."""
        try:
            return self.engine.raw_connection()
        except self._out_of_reach as error:
            raise StoreUnavailable(f"no database connection ({type(error).__name__})") from None

    def refused(self, failure: BaseException) -> StoreError:
        """Our own exception for one of `failures`, SQLAlchemy's or the driver's, without its message."""
        original = failure.orig if isinstance(failure, DBAPIError) else failure
        return self.driver.refused(original or failure)

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()
        self.gate.close()


class _Transacting:
    """The life of one transaction: gate, connection, BEGIN, COMMIT or ROLLBACK."""

    __slots__ = ("_database", "_pooled", "_work")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Transaction:
        database = self._database
        self._pooled = database.connection()
        try:
            database.gate.__enter__()
            try:
                return self._begun()
            except BaseException:
                database.gate.__exit__()
                raise
        except BaseException:
            self._pooled.close()
            raise

    def _begun(self) -> Transaction:
        """Begins; on a connection that died in the pool (the server restarted) once more on a new one."""
        database = self._database
        for last in (database.is_sqlite, True):  # a file is no server: what it says once, it says again
            try:
                work = Transaction(database.engine, self._pooled, database.driver(self._pooled))
                work.driver.begin()
            except database.failures as error:
                self._pooled.invalidate()
                if last:
                    raise database.refused(error) from None
                self._pooled = database.connection()
            else:
                self._work = work
                return work
        raise AssertionError

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        try:
            if error is None:
                self._work.driver.commit()
                return
        except self._database.failures as refused:
            error = refused
        finally:
            if error is not None:
                self._abandon()
            self._database.gate.__exit__()
            self._pooled.close()
        if isinstance(error, self._database.failures):
            raise self._database.refused(error) from None

    def _abandon(self) -> None:
        try:
            self._work.driver.rollback()
        except self._database.failures:
            self._pooled.invalidate()
            if not self._database.is_sqlite:
                self._database.engine.dispose()  # the server restarted: the pool's other connections died with it


def _sqlite_settings(synchronous: str) -> Any:
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"busy_timeout={PATIENCE * OUTSIDER * 1000:.0f}",
            "cache_size=-8000",
            "temp_store=MEMORY",
            "journal_size_limit=67108864",
            "wal_autocheckpoint=8000",  # pages: a page written often is copied back seldom
        ):
            connection.execute(f"PRAGMA {pragma}")

    return connected

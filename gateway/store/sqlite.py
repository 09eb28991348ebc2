"""SQLite by Python's own driver, which keeps the statements it prepared by their text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import Conflict, StoreError, StoreUnavailable
from gateway.store.drivers import Rows
from gateway.store.prepared import Compiled, Prepared, Write


class SQLiteDriver:
    """One connection of a file."""

    __slots__ = ("_connection",)

    dialect: Dialect = SQLiteDialect(paramstyle="qmark")
    failures: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error,)

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._connection = cast("sqlite3.Connection", pooled.driver_connection)

    @staticmethod
    def refused(failure: BaseException) -> StoreError:
        """Our own exception for SQLite's."""
        if isinstance(failure, sqlite3.IntegrityError) and "UNIQUE" in str(failure):
            return Conflict("the row exists")
        if isinstance(failure, sqlite3.OperationalError):
            return StoreUnavailable(type(failure).__name__)
        return StoreError(type(failure).__name__)

    def begin(self) -> None:
        """Begins a transaction that may write from the start."""
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Ends it, kept."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Ends it, forgotten."""
        self._connection.execute("ROLLBACK")

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""
        compiled = prepared.on(self.dialect)
        return _Rows(self._connection.execute(compiled.text, compiled.values(parameters)), compiled)

    def together(self, writes: Sequence[Write]) -> None:
        """Runs one after another."""
        for prepared, parameters in writes:
            self.run(prepared, parameters)

    def settle(self) -> None:
        """Nothing ever waits: a call into a file is no journey."""


class _Rows:
    __slots__ = ("_compiled", "_cursor")

    def __init__(self, cursor: sqlite3.Cursor, compiled: Compiled) -> None:
        self._cursor, self._compiled = cursor, compiled

    def first(self) -> tuple[Any, ...] | None:
        row = self._cursor.fetchone()
        self._cursor.close()  # an open statement would hold the transaction's end
        return None if row is None else self._compiled.read(row)

    def scalar(self) -> Any:
        row = self.first()
        return None if row is None else row[0]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter([self._compiled.read(row) for row in self._cursor.fetchall()])

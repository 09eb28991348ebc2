"""The two drivers, as prepared statements use them.

PostgreSQL is spoken to through psycopg's own libpq wrapper: statements prepared once a connection and executed
without a cursor cost a quarter of the processor time that cursors do. (A pipeline would save round trips, but
psycopg waits for its results with the interpreter's lock held, or costs more than cursors.)
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol, cast

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.pool import PoolProxiedConnection

from gateway.store.prepared import Compiled, Prepared, Write


class Rows(Protocol):
    """What a prepared statement found, to be read before the next one runs."""

    def first(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""

    def scalar(self) -> Any:
        """The first value of the first row; None where there is none."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class Driver(Protocol):
    """Runs statements on one pooled connection. Raises the driver's own exceptions."""

    def command(self, text: str) -> None:
        """Runs a constant command: BEGIN and its like."""

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""

    def together(self, writes: Sequence[Write]) -> None:
        """Runs statements of which none reads or touches what another writes."""


# --- SQLite -----------------------------------------------------------------------------------------------


class SQLiteDriver:
    """Python's own driver, which keeps the statements it prepared by their text."""

    __slots__ = ("_connection",)

    dialect: Dialect = SQLiteDialect(paramstyle="qmark")

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._connection = cast("sqlite3.Connection", pooled.driver_connection)

    def command(self, text: str) -> None:
        """Runs a constant command."""
        self._connection.execute(text)

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""
        compiled = prepared.on(self.dialect)
        return _SQLiteRows(self._connection.execute(compiled.text, compiled.values(parameters)), compiled)

    def together(self, writes: Sequence[Write]) -> None:
        """Runs one after another."""
        for prepared, parameters in writes:
            self.run(prepared, parameters)


class _SQLiteRows:
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


# --- PostgreSQL -------------------------------------------------------------------------------------------


_PLACE = re.compile(r"\$(\d+)")


class PostgreSQLDriver:
    """libpq itself: text both ways, except bytes, which go in as they are."""

    __slots__ = ("_known", "_libpq")

    dialect: Dialect = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._libpq = cast("psycopg.Connection", pooled.driver_connection).pgconn
        self._known: set[bytes] = pooled.info.setdefault("prepared", set())

    def command(self, text: str) -> None:
        """Runs a constant command."""
        _checked(self._libpq.exec_(text.encode()))

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""
        compiled = prepared.on(self.dialect)
        return _LibpqRows(self._execute(compiled.name, compiled.text, compiled.values(parameters)), compiled)

    def together(self, writes: Sequence[Write]) -> None:
        """Runs as one statement, each write a common table expression of it: one round trip for all."""
        parts = [(prepared.on(self.dialect), parameters) for prepared, parameters in writes]
        values = [value for compiled, parameters in parts for value in compiled.values(parameters)]
        self._execute(*_composed(tuple(compiled for compiled, _ in parts)), values)

    def _execute(self, name: str, text: str, values: list[Any]) -> pq.abc.PGresult:
        prepared = name.encode()
        if prepared not in self._known:
            _checked(self._libpq.prepare(prepared, text.encode()))
            self._known.add(prepared)
        formats = [pq.Format.BINARY if type(value) is bytes else pq.Format.TEXT for value in values]
        encoded = cast(
            "list[bytes]", [_encoded(value) for value in values]
        )  # None is NULL, which the stub forgets
        return _checked(self._libpq.exec_prepared(prepared, encoded, formats))


@lru_cache(maxsize=64)
def _composed(parts: tuple[Compiled, ...]) -> tuple[str, str]:
    """A name and the text of one statement that does what each part does, their parameters one after another."""
    texts, shift = list[str](), 0
    for part in parts:
        texts.append(_PLACE.sub(partial(_moved, shift), part.text))
        shift += len(part.order)
    clauses = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    name = "_".join(part.name.removeprefix("gateway_") for part in parts)
    return f"gateway_together_{name}", f"WITH {clauses} {texts[-1]}" if clauses else texts[-1]


def _moved(by: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + by}"


def _checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """The result of a statement that went well. Raises the `psycopg.Error` that its SQLSTATE stands for."""
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return result
    raise error_from_result(result)


def _encoded(value: Any) -> bytes | None:
    """A value as libpq takes it: the text of it, or bytea as it is."""
    if value is None or type(value) is bytes:
        return value
    if value is True or value is False:
        return b"t" if value else b"f"
    return str(value).encode()


def _text(value: bytes) -> str:
    return value.decode()


def _bytes(value: bytes) -> bytes:
    return bytes.fromhex(value[2:].decode())


def _boolean(value: bytes) -> bool:
    return value == b"t"


_DECODERS: Mapping[int, Callable[[bytes], Any]] = {16: _boolean, 17: _bytes, 20: int, 21: int, 23: int}
"""By the type's object id: bool, bytea, int8, int2, int4. Everything else is text."""


class _LibpqRows:
    __slots__ = ("_compiled", "_result")

    def __init__(self, result: pq.abc.PGresult, compiled: Compiled) -> None:
        self._result, self._compiled = result, compiled

    def first(self) -> tuple[Any, ...] | None:
        return self._row(0, self._decoders()) if self._result.ntuples else None

    def scalar(self) -> Any:
        row = self.first()
        return None if row is None else row[0]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        decoders = self._decoders()
        return iter([self._row(number, decoders) for number in range(self._result.ntuples)])

    def _decoders(self) -> list[Callable[[bytes], Any]]:
        found = self._result
        return [_DECODERS.get(found.ftype(column), _text) for column in range(found.nfields)]

    def _row(self, number: int, decoders: list[Callable[[bytes], Any]]) -> tuple[Any, ...]:
        raw = [self._result.get_value(number, column) for column in range(len(decoders))]
        row = [None if value is None else decode(value) for decode, value in zip(decoders, raw, strict=True)]
        return self._compiled.read(tuple(row))

"""PostgreSQL by psycopg's own libpq wrapper.

Statements are prepared once a connection and executed without a cursor. What nobody waits for travels with the next
statement (libpq's pipeline mode): a hop of BEGIN, a look-up, three writes and COMMIT is two journeys. psycopg's own
pipeline would cost more than the journeys it saves, and libpq's calls that block hold the interpreter's lock; here
the socket is polled, so that a lock somebody else holds keeps nobody waiting but us, and a frozen server not even us.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, cast

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import Conflict, StoreError, StoreUnavailable
from gateway.store.drivers import Rows
from gateway.store.prepared import Compiled, Prepared, Write

SILENCE = 6.0  # seconds after which a server that says nothing is given up; its own time-outs are shorter


class _Message(NamedTuple):
    """A prepared statement with its values, as libpq takes them."""

    name: bytes
    values: list[bytes]
    formats: list[pq.Format]


class PostgreSQLDriver:
    """One connection: text both ways, except bytes, which go in as they are."""

    __slots__ = ("_known", "_libpq", "_poll", "_waiting")

    dialect: Dialect = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    failures: ClassVar[tuple[type[Exception], ...]] = (psycopg.Error,)

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._libpq = cast("psycopg.Connection", pooled.driver_connection).pgconn
        self._known: set[bytes] = pooled.info.setdefault("prepared", set())
        if "poll" not in pooled.info:
            pooled.info["poll"] = poll = select.poll()
            poll.register(self._libpq.socket, select.POLLIN)
        self._poll: select.poll = pooled.info["poll"]
        self._waiting: list[_Message] = []

    @staticmethod
    def refused(failure: BaseException) -> StoreError:
        """Our own exception for psycopg's."""
        if isinstance(failure, psycopg.errors.UniqueViolation):
            return Conflict("the row exists")
        if isinstance(failure, psycopg.OperationalError | psycopg.InterfaceError):
            return StoreUnavailable(type(failure).__name__)
        return StoreError(type(failure).__name__)

    def begin(self) -> None:
        """Begins with the next statement. Raises `psycopg.OperationalError` where the server hung up meanwhile."""
        if self._poll.poll(0):
            self._libpq.consume_input()
        self._waiting.append(self._command("BEGIN"))

    def commit(self) -> None:
        """Ends the transaction, kept, and with it what still waits."""
        self._travel(self._command("COMMIT"))

    def rollback(self) -> None:
        """Ends the transaction, forgotten, with what still waits unsent."""
        self._waiting.clear()
        _checked(self._libpq.exec_(b"ROLLBACK"))

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""
        compiled = prepared.on(self.dialect)
        return _Rows(self._travel(self._message(compiled, parameters)), compiled)

    def together(self, writes: Sequence[Write]) -> None:
        """Runs one after another with the next statement."""
        self._waiting += [
            self._message(prepared.on(self.dialect), parameters) for prepared, parameters in writes
        ]

    def settle(self) -> None:
        """Sends what still waits."""
        if self._waiting:
            self._travel(self._waiting.pop())

    def _command(self, text: str) -> _Message:
        return _Message(self._prepared(text.lower(), text), [], [])

    def _message(self, compiled: Compiled, parameters: Mapping[str, Any]) -> _Message:
        values = compiled.values(parameters)
        return _Message(
            self._prepared(compiled.name, compiled.text),
            cast(
                "list[bytes]", [_encoded(value) for value in values]
            ),  # None is NULL, which the stub forgets
            [pq.Format.BINARY if type(value) is bytes else pq.Format.TEXT for value in values],
        )

    def _prepared(self, name: str, text: str) -> bytes:
        prepared = name.encode()
        if prepared not in self._known:
            _checked(self._libpq.prepare(prepared, text.encode()))
            self._known.add(prepared)
        return prepared

    # --- the journey --------------------------------------------------------------------------------------

    def _travel(self, message: _Message) -> pq.abc.PGresult:
        """Sends what waits and a message behind it; the message's result.

        Raises the error of whichever failed: those behind it were not executed.
        """
        messages, self._waiting = [*self._waiting, message], []
        libpq = self._libpq
        if len(messages) == 1:
            libpq.send_query_prepared(*message)
            libpq.flush()
            return _checked(self._arrived())
        libpq.enter_pipeline_mode()
        for each in messages:
            libpq.send_query_prepared(*each)
        libpq.pipeline_sync()
        libpq.flush()
        results = [self._arrived() for _ in messages]
        self._result()  # of the sync
        libpq.exit_pipeline_mode()
        for result in results:
            _checked(result)
        return results[-1]

    def _arrived(self) -> pq.abc.PGresult:
        """The result of one message, and the end of its results behind it."""
        result = self._result()
        self._result()
        assert result is not None
        return result

    def _result(self) -> pq.abc.PGresult | None:
        while self._libpq.is_busy():
            if not self._poll.poll(SILENCE * 1000):
                self._libpq.finish()  # whoever rolls back would wait for it again
                raise psycopg.OperationalError("the server fell silent")
            self._libpq.consume_input()
        return self._libpq.get_result()


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


class _Rows:
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

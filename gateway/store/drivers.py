"""What a transaction asks of a database's own driver. `sqlite` and `postgresql` are the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import StoreError
from gateway.store.prepared import Prepared, Write


class Rows(Protocol):
    """What a prepared statement found, to be read before the next one runs."""

    def first(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""

    def scalar(self) -> Any:
        """The first value of the first row; None where there is none."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class Driver(Protocol):
    """Runs statements on one pooled connection. Raises the driver's own exceptions.

    What nobody waits for (`begin`, `together`) may travel with the next statement, and its error come from that.
    """

    failures: ClassVar[tuple[type[Exception], ...]]
    """The driver's own exceptions."""

    def __init__(self, pooled: PoolProxiedConnection, /) -> None: ...

    @staticmethod
    def refused(failure: BaseException) -> StoreError:
        """Our own exception for one of them, without its message, which may quote values."""

    def begin(self) -> None:
        """Begins a transaction."""

    def commit(self) -> None:
        """Ends it, kept."""

    def rollback(self) -> None:
        """Ends it, forgotten."""

    def run(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Rows:
        """Runs a prepared statement."""

    def together(self, writes: Sequence[Write]) -> None:
        """Runs statements that nobody reads from, in order."""

    def settle(self) -> None:
        """Sends what still waits to travel: somebody else is about to use the connection."""

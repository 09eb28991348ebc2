"""Rows as frozen dataclasses, and inserts where somebody else may have been first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Column, CursorResult, Table

from gateway.store.database import Transaction
from gateway.store.drivers import Rows

Row = TypeVar("Row")


def columns(table: Table, kind: type[Any]) -> list[Column[Any]]:
    """The columns that a row's dataclass names, in its order."""
    return [table.c[field.name] for field in fields(kind)]


def one(kind: Callable[..., Row], result: CursorResult[Any] | Rows) -> Row | None:
    """The first row of a result that selected `columns`, if there is one."""
    found = result.first()
    return None if found is None else kind(*found)


def many(kind: Callable[..., Row], result: CursorResult[Any] | Rows) -> list[Row]:
    """Every row of a result that selected `columns`."""
    return [kind(*found) for found in result]


def insert_once(tx: Transaction, table: Table, values: Mapping[str, Any]) -> bool:
    """Inserts unless a unique key is taken, and says whether it did."""
    return tx.insert(table, values, once=True) is not None

"""What every table is made of: names of constraints, the instant, the identity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Integer, MetaData, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def to_milliseconds(at: datetime) -> int:
    """An aware instant as the tables keep it."""
    return round(at.timestamp() * 1000)


def from_milliseconds(value: int) -> datetime:
    """The aware UTC instant of a stored value."""
    return datetime.fromtimestamp(value / 1000, UTC)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as milliseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_milliseconds(value)


def identity() -> Column[int]:
    """The column `id`."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def to(target: str, name: str, **more: Any) -> Column[int]:
    """A column that names a row of another table."""
    return Column(name, BigInteger, ForeignKey(f"{target}.id"), **more)

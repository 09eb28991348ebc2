"""What is published, who did what, and what falls due."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from gateway.store.tables.columns import Instant, identity, metadata

revisions = Table(
    "revisions",
    metadata,
    Column("id", String(64), primary_key=True),  # the hash of its files
    Column("files", LargeBinary, nullable=False),  # zlib of JSON {path: text}
    Column("created_at", Instant, nullable=False),
)

publications = Table(
    "publications",  # the newest row is what new conversations start on
    metadata,
    identity(),
    Column("revision", String(64), ForeignKey("revisions.id"), nullable=False),
    Column("author", String(48), nullable=False),
    Column("note", String(200), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    identity(),
    Column("actor", String(48), nullable=False),
    Column("action", String(48), nullable=False),
    Column("subject", String(48), nullable=False),
    Column("detail", JSON, nullable=False, default=dict),  # codes only
    Column("at", Instant, nullable=False, index=True),
)

timers = Table(
    "timers",  # what falls due: the rows are the truth, whatever becomes of a queue
    metadata,
    identity(),
    Column("kind", String(32), nullable=False),
    Column("subject_id", BigInteger, nullable=False),  # the row that it is about, by the kind
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),  # due, done, void
    Column("tries", Integer, nullable=False, default=0),
    Column("done_at", Instant),
    UniqueConstraint("kind", "subject_id", "due_at"),
    Index("ix_timers_state_due_at", "state", "due_at"),
)

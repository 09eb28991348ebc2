"""What came in and what goes out."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from gateway.store.tables.columns import Instant, identity, metadata, to

inbox = Table(
    "inbox",
    metadata,
    identity(),
    Column("channel", String(16), nullable=False),
    Column("carrier", String(32), nullable=False),
    Column("key", LargeBinary, nullable=False, unique=True),  # keyed digest of what makes the message itself
    to("conversations", "conversation_id", index=True),
    Column("state", String(16), nullable=False),  # done, failed, quarantined, refused
    Column("reason", String(64), nullable=False, default=""),
    Column("asked", String(128), nullable=False, default=""),  # the question it led to, as flow.state
    Column("body", LargeBinary, nullable=False),  # sealed; a secret is masked before
    Column("received_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    to("conversations", "conversation_id", nullable=False, index=True),
    to("addresses", "address_id", nullable=False),
    Column("channel", String(16), nullable=False),
    Column("carrier", String(32), nullable=False),
    Column("purpose", String(48), nullable=False),  # reply, or the notice's name
    Column("handling", String(16), nullable=False),  # resend, never_twice
    Column("dedupe", String(80), unique=True),  # what may be said only once
    Column("body", LargeBinary, nullable=False),  # sealed JSON: text, buttons, what it answers
    Column("state", String(16), nullable=False),  # due, leased, unknown, accepted, rejected, dead, held
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("lease", String(32)),
    Column("lease_until", Instant),
    Column("nudged_at", Instant),
    Column("message_id", String(96)),  # the carrier's
    Column("code", String(48), nullable=False, default=""),  # the carrier's last word
    Column("delivery", String(16), nullable=False, default=""),  # pending, delivered, failed
    Column("delivery_rank", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index("ix_outbox_state_due_at", "state", "due_at"),
    Index("ix_outbox_address_id_state", "address_id", "state"),  # what goes first to the same address
    Index("ix_outbox_carrier_message_id", "carrier", "message_id"),
)

digest_items = Table(
    "digest_items",  # what the staff are told of together instead of one by one
    metadata,
    identity(),
    to("staff", "staff_id", nullable=False),
    Column("notice", String(48), nullable=False),
    Column("values", JSON, nullable=False),  # codes and neutral names only
    Column("dedupe", String(80), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),  # null: waits for the next digest
    Index("ix_digest_items_staff_id_told_at", "staff_id", "told_at"),
)

attempts = Table(
    "attempts",
    metadata,
    identity(),
    to("outbox", "outbox_id", nullable=False, index=True),
    Column("lease", String(32), nullable=False, unique=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(16), nullable=False, default=""),  # accepted, rejected, retry, unknown
    Column("code", String(48), nullable=False, default=""),
)

reports = Table(
    "reports",
    metadata,
    identity(),
    Column("carrier", String(32), nullable=False),
    Column("message_id", String(96), nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("reason", String(48), nullable=False, default=""),
    Column("blind", LargeBinary, index=True),  # of the phone, to adopt an attempt whose id was never heard
    to("outbox", "outbox_id"),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("carrier", "message_id", "status", "reason"),
)

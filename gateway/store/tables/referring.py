"""Referrals, their legs, and people who asked to be called."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, LargeBinary, String, Table

from gateway.store.tables.columns import Instant, identity, metadata, to

referrals = Table(
    "referrals",
    metadata,
    identity(),
    to("people", "person_id", nullable=False, index=True),
    to("conversations", "conversation_id", nullable=False, index=True),  # where it was asked for
    Column("need", String(32), nullable=False),
    Column("area", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("disputed", Boolean, nullable=False, default=False),
    Column("reason", String(32), nullable=False, default=""),
    to("staff", "staff_id"),  # whose case it is
    Column("taken_at", Instant),  # when they said so themselves; null: it was given to them
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("ix_referrals_staff_id_state", "staff_id", "state"),  # who has how many
)

legs = Table(
    "legs",
    metadata,
    identity(),
    to("referrals", "referral_id", nullable=False, index=True),
    Column("code", String(6), nullable=False, unique=True),
    to("providers", "provider_id", nullable=False, index=True),
    to("services", "service_id", nullable=False),
    Column("state", String(16), nullable=False),
    Column("detail", String(32), nullable=False, default=""),  # the decline code, or the outcome
    Column("reasons", JSON, nullable=False, default=list),  # why this provider was chosen
    Column("promised_at", Instant),
    Column("appointment_at", Instant),
    Column("acknowledge_by", Instant),
    Column("accept_by", Instant),
    Column("serve_by", Instant),
    Column("ask_at", Instant),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("ix_legs_service_id_closed_at_state", "service_id", "closed_at", "state"),  # live: no `closed_at`
    Index("ix_legs_service_id_opened_at", "service_id", "opened_at"),
)

leg_events = Table(
    "leg_events",
    metadata,
    identity(),
    to("legs", "leg_id", nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("was", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("actor", String(48), nullable=False),  # kind:id
    Column("detail", String(32), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

case_notes = Table(
    "case_notes",
    metadata,
    identity(),
    to("referrals", "referral_id", nullable=False, index=True),
    to("people", "person_id", nullable=False),  # under whose key: records of one person may be merged
    Column("author", String(48), nullable=False),  # kind:id
    Column("body", LargeBinary, nullable=False),  # sealed
    Column("at", Instant, nullable=False),
)

callbacks = Table(
    "callbacks",  # people who asked to be called
    metadata,
    identity(),
    Column("code", String(6), nullable=False, unique=True),
    to("conversations", "conversation_id", nullable=False, index=True),
    to("addresses", "address_id", nullable=False),
    Column("reason", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open, taken, closed
    to("staff", "staff_id"),
    Column("opened_at", Instant, nullable=False),
    Column("taken_at", Instant),
)

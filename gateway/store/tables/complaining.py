"""Complaints: about the staff, a provider, or harm that somebody suffered."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, LargeBinary, String, Table, false

from gateway.store.tables.columns import Instant, identity, metadata, to

complaints = Table(
    "complaints",
    metadata,
    identity(),
    Column("code", String(6), nullable=False, unique=True),
    to("conversations", "conversation_id", nullable=False, index=True),  # where it was made
    to("addresses", "address_id", nullable=False),
    to("people", "person_id"),
    Column("about", String(16), nullable=False),  # staff, provider, harm, other
    to("providers", "provider_id"),  # about whom: none of its people sees it
    Column("state", String(16), nullable=False),  # open, taken, answered, closed
    to("staff", "staff_id"),  # who deals with it
    Column("outcome", String(16), nullable=False, default=""),
    Column("body", LargeBinary, nullable=False),  # sealed under the conversation's key
    Column("answer", LargeBinary),  # likewise
    Column("wants_call", Boolean, nullable=False, server_default=false()),  # rather than write
    Column(
        "may_write", Boolean, nullable=False, server_default=false()
    ),  # about an answer, where it was made
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),  # when it must be taken, then when it must be answered
    Column("taken_at", Instant),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
)

complaint_events = Table(
    "complaint_events",
    metadata,
    identity(),
    to("complaints", "complaint_id", nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("actor", String(48), nullable=False),  # kind:id
    Column("detail", String(32), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

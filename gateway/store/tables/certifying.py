"""Certificates, what happened to them, and who checked them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from gateway.store.tables.columns import Instant, identity, metadata, to

certificates = Table(
    "certificates",
    metadata,
    identity(),
    to("people", "person_id", nullable=False, index=True),
    Column("blind", LargeBinary, nullable=False, unique=True),
    Column("number", LargeBinary, nullable=False),  # sealed with the person's key
    Column("status", String(16), nullable=False),  # active, suspended, expired, replaced, revoked
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    to("certificates", "replaced_by"),  # old → new, never back
)

certificate_events = Table(
    "certificate_events",
    metadata,
    identity(),
    to("certificates", "certificate_id", nullable=False, index=True),
    Column("event", String(16), nullable=False),
    Column("actor", String(48), nullable=False),
    Column("reason", String(48), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

verifications = Table(
    "verifications",
    metadata,
    identity(),
    to("certificates", "certificate_id", index=True),
    to("providers", "provider_id"),
    to("addresses", "address_id", nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("miss", Boolean, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_verifications_address_at", "address_id", "at"),
    Index("ix_verifications_miss_at", "miss", "at"),
)

holder_codes = Table(
    "holder_codes",  # six digits that the holder of a certificate reads out to a provider
    metadata,
    identity(),
    to("certificates", "certificate_id"),  # none where the number was wrong: nobody is to notice
    to("addresses", "address_id", nullable=False),  # the provider's phone
    Column("digest", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_holder_codes_address_id_created_at", "address_id", "created_at"),
    Index("ix_holder_codes_certificate_id_created_at", "certificate_id", "created_at"),
)

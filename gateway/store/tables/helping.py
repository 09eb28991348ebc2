"""Who helps: organisations, their services and phones, the staff."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Integer, String, Table

from gateway.store.tables.columns import Instant, identity, metadata, to

providers = Table(
    "providers",
    metadata,
    identity(),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("neutral_name", String(60), nullable=False),  # what a pushed message may say
    Column("status", String(16), nullable=False),  # active, paused, closed
    Column("language", String(8), nullable=False),
    Column("email", String(254)),  # for the staff: no message holds it
    Column("website", String(500)),
    Column("asked_at", Instant),  # when it was last asked whether it has room
    Column("answered_at", Instant),  # when it last said so
    Column("unanswered", Integer, nullable=False, server_default="0"),  # questions since, without an answer
)

provider_locations = Table(
    "provider_locations",
    metadata,
    identity(),
    to("providers", "provider_id", nullable=False, index=True),
    Column("area", String(16), nullable=False),  # a P-code
    Column("name", String(120), nullable=False),
    Column("address", String(250), nullable=False),
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
)

services = Table(
    "services",
    metadata,
    identity(),
    to("providers", "provider_id", nullable=False, index=True),
    Column("need", String(32), nullable=False, index=True),
    Column("eligibility", JSON, nullable=False, default=dict),  # sexes, age_min, age_max
    Column("capacity", Integer),  # open places at once; null is no bound
    Column("state", String(16), nullable=False),  # open, full, closed
    Column("assured_at", Instant),
    Column("languages", JSON(none_as_null=True)),  # null: the provider's own
    Column("hours", JSON(none_as_null=True)),  # the week's spans and closed dates; null is not said
)

service_areas = Table(
    "service_areas",
    metadata,
    Column("need", String(32), primary_key=True),  # the service's, so that one look finds who serves it where
    Column("area", String(16), primary_key=True),  # a P-code
    to("services", "service_id", primary_key=True, index=True),
    sqlite_with_rowid=False,
)

provider_phones = Table(
    "provider_phones",
    metadata,
    to("addresses", "address_id", primary_key=True),
    to("providers", "provider_id", nullable=False, index=True),
)

staff = Table(
    "staff",
    metadata,
    identity(),
    Column("code", String(32), nullable=False, unique=True),
    Column("role", String(16), nullable=False),  # caseworker, supervisor, complaints
    Column("areas", JSON, nullable=False),  # P-codes; empty is everywhere
    Column("language", String(8), nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("away_until", Instant),  # null: here
    Column("given_at", Instant),  # when a case was given to them last
)

staff_addresses = Table(
    "staff_addresses",
    metadata,
    to("addresses", "address_id", primary_key=True),
    to("staff", "staff_id", nullable=False, index=True),
)

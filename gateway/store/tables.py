"""The tables. Personal columns hold sealed bytes; what is looked up by is a keyed blind index.

An instant is stored as whole milliseconds since 1970 in UTC, so that both databases compare and index it
alike and a lease can be reckoned on the database's own clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

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


def _identity() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _to(target: str, name: str, **more: Any) -> Column[int]:
    return Column(name, BigInteger, ForeignKey(f"{target}.id"), **more)


# --- who we speak with ------------------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    _identity(),
    Column("key", LargeBinary, nullable=False),  # wrapped; seals all that hangs on this conversation
    Column("session", LargeBinary),  # sealed
    Column("revision", String(64), nullable=False, default=""),
    Column("language", String(8), nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    _identity(),
    _to("conversations", "conversation_id", nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("blind", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),  # the number or chat id, under the conversation's key
    Column("roles", String(64), nullable=False, default=""),  # space separated: provider, staff
    Column("carrier", String(32), nullable=False, default=""),  # where it was last heard
    Column("network", String(16), nullable=False, default=""),
    Column("silenced_at", Instant),  # STOP, or the carrier's opt-out
    Column("unreachable_at", Instant),  # blocked the bot, absent subscriber
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

dialogues = Table(
    "dialogues",  # USSD transport sessions
    metadata,
    Column("id", String(80), primary_key=True),  # carrier and its session id
    _to("addresses", "address_id", nullable=False, index=True),
    Column("service", String(32), nullable=False, default=""),
    Column("length", Integer, nullable=False),  # of the cumulative text answered last
    Column("digest", LargeBinary, nullable=False),
    Column("reply", LargeBinary, nullable=False),  # sealed: replayed byte for byte
    Column("hops", Integer, nullable=False, default=0),
    Column("ended", Boolean, nullable=False, default=False),
    Column("status", String(32), nullable=False, default=""),  # the network's word, if it came
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

# --- what came in and what goes out -----------------------------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    _identity(),
    Column("channel", String(16), nullable=False),
    Column("carrier", String(32), nullable=False),
    Column("key", LargeBinary, nullable=False, unique=True),  # keyed digest of what makes the message itself
    _to("conversations", "conversation_id", index=True),
    Column("state", String(16), nullable=False),  # done, failed, quarantined, refused
    Column("reason", String(64), nullable=False, default=""),
    Column("asked", String(128), nullable=False, default=""),  # the question it led to, as flow.state
    Column("body", LargeBinary, nullable=False),  # sealed; a secret is masked before
    Column("received_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _identity(),
    _to("conversations", "conversation_id", nullable=False, index=True),
    _to("addresses", "address_id", nullable=False),
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

attempts = Table(
    "attempts",
    metadata,
    _identity(),
    _to("outbox", "outbox_id", nullable=False, index=True),
    Column("lease", String(32), nullable=False, unique=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(16), nullable=False, default=""),  # accepted, rejected, retry, unknown
    Column("code", String(48), nullable=False, default=""),
)

reports = Table(
    "reports",
    metadata,
    _identity(),
    Column("carrier", String(32), nullable=False),
    Column("message_id", String(96), nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("reason", String(48), nullable=False, default=""),
    Column("blind", LargeBinary, index=True),  # of the phone, to adopt an attempt whose id was never heard
    _to("outbox", "outbox_id"),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("carrier", "message_id", "status", "reason"),
)

# --- the register -----------------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    _identity(),
    Column("reference", String(16), nullable=False, unique=True),
    Column("key", LargeBinary, nullable=False),  # wrapped; destroying it erases the person
    Column("status", String(16), nullable=False),  # draft, pending, registered
    Column("record", LargeBinary, nullable=False),  # sealed JSON: the answers as given
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

holders = Table(
    "holders",  # which conversation may speak for which person
    metadata,
    _to("people", "person_id", primary_key=True),
    _to("conversations", "conversation_id", primary_key=True, index=True),
    Column("since", Instant, nullable=False),
)

consents = Table(
    "consents",  # a row an answer: the newest of a purpose holds
    metadata,
    _identity(),
    _to("people", "person_id", index=True),
    _to("conversations", "conversation_id", nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("revision", String(64), nullable=False),  # the version of the text that was shown
    Column("language", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", Instant, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    _to("people", "person_id", primary_key=True),
    Column("hash", String(200), nullable=False),  # argon2id over the peppered PIN
    Column("chosen_at", Instant, nullable=False),
)

pin_misses = Table(
    "pin_misses",
    metadata,
    _identity(),
    _to("people", "person_id", nullable=False),
    _to("conversations", "conversation_id", nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_pin_misses_person_conversation", "person_id", "conversation_id", "at"),
)

certificates = Table(
    "certificates",
    metadata,
    _identity(),
    _to("people", "person_id", nullable=False, index=True),
    Column("blind", LargeBinary, nullable=False, unique=True),
    Column("number", LargeBinary, nullable=False),  # sealed with the person's key
    Column("status", String(16), nullable=False),  # active, suspended, expired, replaced, revoked
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    _to("certificates", "replaced_by"),  # old → new, never back
)

certificate_events = Table(
    "certificate_events",
    metadata,
    _identity(),
    _to("certificates", "certificate_id", nullable=False, index=True),
    Column("event", String(16), nullable=False),
    Column("actor", String(48), nullable=False),
    Column("reason", String(48), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

verifications = Table(
    "verifications",
    metadata,
    _identity(),
    _to("certificates", "certificate_id", index=True),
    _to("providers", "provider_id"),
    _to("addresses", "address_id", nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("miss", Boolean, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_verifications_address_at", "address_id", "at"),
)

# --- who helps --------------------------------------------------------------------------------------------

providers = Table(
    "providers",
    metadata,
    _identity(),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("neutral_name", String(60), nullable=False),  # what a pushed message may say
    Column("status", String(16), nullable=False),  # active, paused, closed
    Column("language", String(8), nullable=False),
)

services = Table(
    "services",
    metadata,
    _identity(),
    _to("providers", "provider_id", nullable=False, index=True),
    Column("need", String(32), nullable=False, index=True),
    Column("areas", JSON, nullable=False),  # P-codes
    Column("eligibility", JSON, nullable=False, default=dict),  # sexes, age_min, age_max
    Column("capacity", Integer),  # open places at once; null is no bound
    Column("state", String(16), nullable=False),  # open, full, closed
    Column("assured_at", Instant),
)

provider_phones = Table(
    "provider_phones",
    metadata,
    _to("addresses", "address_id", primary_key=True),
    _to("providers", "provider_id", nullable=False, index=True),
)

staff = Table(
    "staff",
    metadata,
    _identity(),
    Column("code", String(32), nullable=False, unique=True),
    Column("role", String(16), nullable=False),  # caseworker, supervisor
    Column("areas", JSON, nullable=False),  # P-codes; empty is everywhere
    Column("language", String(8), nullable=False),
    Column("active", Boolean, nullable=False, default=True),
)

staff_addresses = Table(
    "staff_addresses",
    metadata,
    _to("addresses", "address_id", primary_key=True),
    _to("staff", "staff_id", nullable=False, index=True),
)

# --- referrals --------------------------------------------------------------------------------------------

referrals = Table(
    "referrals",
    metadata,
    _identity(),
    _to("people", "person_id", nullable=False, index=True),
    _to("conversations", "conversation_id", nullable=False, index=True),  # where it was asked for
    Column("need", String(32), nullable=False),
    Column("area", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("disputed", Boolean, nullable=False, default=False),
    Column("reason", String(32), nullable=False, default=""),
    _to("staff", "staff_id"),  # whose case it is
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

legs = Table(
    "legs",
    metadata,
    _identity(),
    _to("referrals", "referral_id", nullable=False, index=True),
    Column("code", String(6), nullable=False, unique=True),
    _to("providers", "provider_id", nullable=False, index=True),
    _to("services", "service_id", nullable=False),
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
)

leg_events = Table(
    "leg_events",
    metadata,
    _identity(),
    _to("legs", "leg_id", nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("was", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("actor", String(48), nullable=False),  # kind:id
    Column("detail", String(32), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

callbacks = Table(
    "callbacks",  # people who asked to be called
    metadata,
    _identity(),
    Column("code", String(6), nullable=False, unique=True),
    _to("conversations", "conversation_id", nullable=False, index=True),
    _to("addresses", "address_id", nullable=False),
    Column("reason", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open, taken, closed
    _to("staff", "staff_id"),
    Column("opened_at", Instant, nullable=False),
    Column("taken_at", Instant),
)

# --- what is published, and who did what ------------------------------------------------------------------

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
    _identity(),
    Column("revision", String(64), ForeignKey("revisions.id"), nullable=False),
    Column("author", String(48), nullable=False),
    Column("note", String(200), nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _identity(),
    Column("actor", String(48), nullable=False),
    Column("action", String(48), nullable=False),
    Column("subject", String(48), nullable=False),
    Column("detail", JSON, nullable=False, default=dict),  # codes only
    Column("at", Instant, nullable=False, index=True),
)

"""Who we speak with: conversations, the addresses that lead to them, dialogues of a network."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table

from gateway.store.tables.columns import Instant, identity, metadata, to

conversations = Table(
    "conversations",
    metadata,
    identity(),
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
    identity(),
    to("conversations", "conversation_id", nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("blind", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),  # the number or chat id, under the conversation's key
    Column("roles", String(64), nullable=False, default=""),  # space separated: provider, staff
    Column("carrier", String(32), nullable=False, default=""),  # where it was last heard
    Column("network", String(16), nullable=False, default=""),
    Column("silenced_at", Instant),  # STOP, or the carrier's opt-out
    Column("unreachable_at", Instant),  # blocked the bot, absent subscriber
    Column("doubted_at", Instant),  # silent so long that the number may be somebody else's by now
    to("conversations", "former_id"),  # the conversation before the doubt: a PIN leads back to it
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

dialogues = Table(
    "dialogues",  # USSD transport sessions
    metadata,
    Column("id", String(80), primary_key=True),  # carrier and its session id
    to("addresses", "address_id", nullable=False, index=True),
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

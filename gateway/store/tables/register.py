"""People, what they agreed to, and what was decided about them. Personal columns are sealed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from gateway.store.tables.columns import Instant, identity, metadata, to

people = Table(
    "people",
    metadata,
    identity(),
    Column("reference", String(16), nullable=False, unique=True),
    Column("key", LargeBinary, nullable=False),  # wrapped; destroying it erases the person
    Column("status", String(16), nullable=False),  # draft, pending, registered, rejected, merged
    Column("record", LargeBinary, nullable=False),  # sealed JSON: the answers as given
    to("people", "merged_into"),  # the person that this one turned out to be
    Column("died_at", Instant),  # when a death was recorded: nothing is sent any more
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# Of those who were merged alone: where it held everybody else too, SQLite would look for them by it.
Index(
    "ix_people_merged_into",
    people.c.merged_into,
    sqlite_where=people.c.merged_into.is_not(None),
    postgresql_where=people.c.merged_into.is_not(None),
)

holders = Table(
    "holders",  # which conversation may speak for which person
    metadata,
    to("people", "person_id", primary_key=True),
    to("conversations", "conversation_id", primary_key=True, index=True),
    Column("since", Instant, nullable=False),
)

consents = Table(
    "consents",  # a row an answer: the newest of a purpose holds
    metadata,
    identity(),
    to("people", "person_id", index=True),
    to("conversations", "conversation_id", nullable=False, index=True),
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
    to("people", "person_id", primary_key=True),
    Column("hash", String(200), nullable=False),  # argon2id over the peppered PIN
    Column("chosen_at", Instant, nullable=False),
)

pin_misses = Table(
    "pin_misses",
    metadata,
    identity(),
    to("people", "person_id"),  # nobody, where a reference was tried that nobody has
    to("conversations", "conversation_id", nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Index("ix_pin_misses_person_conversation", "person_id", "conversation_id", "at"),
)

guardians = Table(
    "guardians",  # who answers for somebody under age; the newest without an end holds
    metadata,
    identity(),
    to("people", "ward_id", nullable=False, index=True),
    to("people", "guardian_id", nullable=False, index=True),
    Column("relation", String(16), nullable=False),
    Column("actor", String(48), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
)

person_events = Table(
    "person_events",  # what happened to a record, on whose word
    metadata,
    identity(),
    to("people", "person_id", nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("actor", String(48), nullable=False),
    Column("reason", String(48), nullable=False, default=""),
    Column("detail", JSON, nullable=False, default=dict),  # names of answers and codes only
    Column("before", LargeBinary),  # sealed JSON: the answers that were replaced
    Column("at", Instant, nullable=False),
)

reviews = Table(
    "reviews",  # what waits for a decision of the staff
    metadata,
    identity(),
    Column("code", String(6), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # registration, phone
    to("people", "person_id", nullable=False, index=True),
    to("conversations", "conversation_id"),  # who asked; nobody, where the staff register from a list
    to("addresses", "address_id"),  # the new phone
    Column("flags", JSON, nullable=False, default=list),  # codes: why it must be looked at
    Column("state", String(16), nullable=False),  # open, asked, approved, rejected
    Column("reason", String(32), nullable=False, default=""),
    to("staff", "staff_id"),  # who decided
    Column("opened_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Index("ix_reviews_state_opened_at", "state", "opened_at"),
)

screenings = Table(
    "screenings",  # the newest of a person holds, unless a person set a tier after it
    metadata,
    identity(),
    to("people", "person_id", nullable=False, index=True),
    Column("tier", String(16), nullable=False),  # immediate, high, standard
    Column("reasons", LargeBinary, nullable=False),  # sealed JSON with the person's key: ids of rules
    Column("ruleset", String(64), nullable=False),  # the version of the rules
    Column("actor", String(48), nullable=False),
    Column("reason", String(48), nullable=False, default=""),  # a person's, where a person set it
    Column("at", Instant, nullable=False),
)

# --- who may be registered twice --------------------------------------------------------------------------

blocking_keys = Table(
    "blocking_keys",  # what likely duplicates have in common, blinded
    metadata,
    Column("key", LargeBinary, primary_key=True),
    to("people", "person_id", primary_key=True, index=True),
    sqlite_with_rowid=False,  # kept by key once, not twice: it is the largest table of the register
)

name_counts = Table(
    "name_counts",  # how often the commonest names are borne here; the newest holds
    metadata,
    identity(),
    Column("people", Integer, nullable=False),  # how many had registered
    Column("words", LargeBinary, nullable=False),  # sealed JSON: word → times
    Column("at", Instant, nullable=False),
)

likenesses = Table(
    "likenesses",  # two records that may be one person's; `one_id` is the smaller
    metadata,
    identity(),
    to("people", "one_id", nullable=False),
    to("people", "other_id", nullable=False, index=True),
    Column("score", Integer, nullable=False),  # hundredths of a bit
    Column("band", String(16), nullable=False),  # likely, possible
    Column("reasons", JSON, nullable=False, default=list),  # [field, agreement, hundredths]
    Column("state", String(16), nullable=False),  # open, merged, apart
    Column("actor", String(48), nullable=False, default=""),
    Column("found_at", Instant, nullable=False),
    Column("decided_at", Instant),
    UniqueConstraint("one_id", "other_id"),
    Index("ix_likenesses_state_band", "state", "band"),
)

merges = Table(
    "merges",
    metadata,
    identity(),
    to("people", "kept_id", nullable=False, index=True),
    to("people", "gone_id", nullable=False, index=True),
    Column("actor", String(48), nullable=False),
    Column("reason", String(48), nullable=False),
    Column("moved", JSON, nullable=False, default=dict),  # ids of the rows that changed hands, to undo it
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(48), nullable=False, default=""),
)

imported = Table(
    "imported",  # who was registered from a list of people known on paper
    metadata,
    Column("blind", LargeBinary, primary_key=True),  # of the list's name and the number in it
    to("people", "person_id", nullable=False, index=True),
    Column("batch", String(48), nullable=False),
    Column("at", Instant, nullable=False),
)

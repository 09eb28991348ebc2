"""The tables, a module a part of the house. Personal columns hold sealed bytes; looked up by is a keyed blind index.

An instant is stored as whole milliseconds since 1970 in UTC, so that both databases compare and index it
alike and a lease can be reckoned on the database's own clock.
"""

from __future__ import annotations

from gateway.store.tables.certifying import certificate_events, certificates, holder_codes, verifications
from gateway.store.tables.columns import Instant, from_milliseconds, metadata, to_milliseconds
from gateway.store.tables.complaining import complaint_events, complaints
from gateway.store.tables.helping import (
    provider_locations,
    provider_phones,
    providers,
    service_areas,
    services,
    staff,
    staff_addresses,
)
from gateway.store.tables.letters import attempts, digest_items, inbox, outbox, reports
from gateway.store.tables.referring import callbacks, case_notes, leg_events, legs, referrals
from gateway.store.tables.register import (
    blocking_keys,
    consents,
    guardians,
    holders,
    imported,
    likenesses,
    merges,
    name_counts,
    people,
    person_events,
    pin_misses,
    pins,
    reviews,
    screenings,
)
from gateway.store.tables.running import audit, publications, revisions, timers
from gateway.store.tables.speaking import addresses, conversations, dialogues

__all__ = [
    "Instant",
    "addresses",
    "attempts",
    "audit",
    "blocking_keys",
    "callbacks",
    "case_notes",
    "certificate_events",
    "certificates",
    "complaint_events",
    "complaints",
    "consents",
    "conversations",
    "dialogues",
    "digest_items",
    "from_milliseconds",
    "guardians",
    "holder_codes",
    "holders",
    "imported",
    "inbox",
    "leg_events",
    "legs",
    "likenesses",
    "merges",
    "metadata",
    "name_counts",
    "outbox",
    "people",
    "person_events",
    "pin_misses",
    "pins",
    "provider_locations",
    "provider_phones",
    "providers",
    "publications",
    "referrals",
    "reports",
    "reviews",
    "revisions",
    "screenings",
    "service_areas",
    "services",
    "staff",
    "staff_addresses",
    "timers",
    "to_milliseconds",
    "verifications",
]

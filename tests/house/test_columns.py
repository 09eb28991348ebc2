"""Words that the code stores fit the columns that hold them: PostgreSQL refuses what SQLite would keep."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import Column

from gateway.enact.casework.cases import CALL
from gateway.enact.casework.rebooking import CHOSEN
from gateway.enact.notices.notify import NOTICES
from gateway.enact.timers import HANDLERS
from gateway.messages import AddressKind, ChannelName, Handling
from gateway.registry import grievances
from gateway.registry.screening import Tier
from gateway.store import outbox as letters
from gateway.store import tables
from gateway.store.callbacks import CLOSED, OPEN, TAKEN, UNDELIVERED
from gateway.store.people import DRAFT, PENDING, REGISTERED
from gateway.store.staff import CASEWORKER, COMPLAINTS, SUPERVISOR
from referral_engine.lifecycle import Reason
from referral_engine.model import DeclineCode, LegEvent, LegState, Outcome, Priority, ReferralState

WORDS: tuple[tuple[Column[str], Iterable[str]], ...] = (
    (tables.addresses.c.kind, AddressKind),
    (tables.inbox.c.channel, ChannelName),
    (tables.outbox.c.channel, ChannelName),
    (tables.outbox.c.purpose, NOTICES),
    (tables.outbox.c.handling, Handling),
    (tables.outbox.c.state, letters.State),
    (tables.people.c.status, (DRAFT, PENDING, REGISTERED)),
    (tables.consents.c.channel, ChannelName),
    (tables.screenings.c.tier, Tier),
    (tables.staff.c.role, (CASEWORKER, COMPLAINTS, SUPERVISOR)),
    (tables.referrals.c.priority, Priority),
    (tables.referrals.c.state, ReferralState),
    (tables.referrals.c.reason, (*Reason, *DeclineCode, "no_answer", "caseworker")),
    (tables.legs.c.state, LegState),
    (tables.legs.c.detail, (*DeclineCode, *Outcome, "caseworker")),
    (tables.leg_events.c.event, (*LegEvent, "open", CALL)),
    (tables.leg_events.c.was, LegState),
    (tables.leg_events.c.state, LegState),
    (tables.leg_events.c.detail, (*DeclineCode, *Outcome, "caseworker", CHOSEN, "2026-12-25")),
    (tables.timers.c.kind, HANDLERS),
    (tables.callbacks.c.state, (OPEN, TAKEN, CLOSED)),
    (tables.callbacks.c.reason, ("danger", "help", UNDELIVERED)),
    (tables.digest_items.c.notice, NOTICES),
    (tables.complaints.c.about, grievances.About),
    (tables.complaints.c.state, grievances.State),
    (tables.complaints.c.outcome, grievances.OUTCOMES),
    (tables.complaint_events.c.event, (*grievances.Event, "open", "read", "remind", "late")),
)


@pytest.mark.parametrize(
    ("column", "words"), WORDS, ids=lambda value: str(value) if isinstance(value, Column) else ""
)
def test_every_word_fits_its_column(column: Column[str], words: Iterable[str]) -> None:
    """None is longer than its column is wide."""
    width = column.type.length  # type: ignore[attr-defined]
    assert [word for word in words if len(word) > width] == []

"""What a provider has before it: its live legs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select

from gateway.store.database import Transaction
from gateway.store.rows import many
from gateway.store.tables import legs, referrals
from referral_engine.model import LIVE_IN_ORDER


@dataclass(frozen=True, slots=True)
class AtProvider:
    """A live leg as its provider may see it: the code, where it stands, and the need."""

    code: str
    state: str
    need: str


_PLACE = case({state.value: place for place, state in enumerate(LIVE_IN_ORDER)}, value=legs.c.state)


def live_of(tx: Transaction, provider_id: int) -> list[AtProvider]:
    """A provider's live legs: those that wait for its answer first, and of each state the oldest first."""
    found = (
        select(legs.c.code, legs.c.state, referrals.c.need)
        .join(referrals, referrals.c.id == legs.c.referral_id)
        .where(legs.c.provider_id == provider_id, legs.c.state.in_([state.value for state in LIVE_IN_ORDER]))
        .order_by(_PLACE, legs.c.id)
    )
    return many(AtProvider, tx.execute(found))

"""What every command and query is carried out with: the open transaction, whom it is for, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.catalogue.policy import Policy
from gateway.catalogue.published import Published
from gateway.messages import Address, ChannelName
from gateway.runtime import Runtime
from gateway.store.database import Transaction
from gateway.vault import DataKey, Vault

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False)
class Party:
    """Who speaks: the address, its conversation with the open key, and how they are spoken with.

    `revision` is the version of the texts that they see. `contact` is a phone that they have just proved to own.
    """

    conversation_id: int
    address_id: int
    key: DataKey
    roles: tuple[str, ...]
    language: str
    channel: ChannelName
    carrier: str
    revision: str
    contact: Address | None = None


@dataclass(slots=True, repr=False)
class Work:
    """One message's work. After it, the caller wakes the outbox rows of `ring` once it has committed.

    `party` holds the language chosen last. Where a phone was bound that had a conversation, `rebound` is that
    one: it goes on in the place of the party's own.
    """

    runtime: Runtime
    tx: Transaction
    published: Published
    party: Party
    now: datetime
    ring: list[int] = field(default_factory=list)
    rebound: int | None = None

    @property
    def vault(self) -> Vault:
        """The keys."""
        return self.runtime.vault

    @property
    def policy(self) -> Policy:
        """The decisions of this country."""
        return self.published.policy

    @property
    def day_ago(self) -> datetime:
        """What limits of a day are counted from."""
        return self.now - DAY

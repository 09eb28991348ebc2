"""What the rooms below the doors are handed: the parts of one running process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue.published import Catalogue
from gateway.channel import Channel
from gateway.messages import ChannelName
from gateway.settings import Settings
from gateway.store.database import Database
from gateway.vault import Vault


@dataclass(frozen=True, slots=True)
class Runtime:
    """Built once a process by `bootstrap`, and handed down.

    `channels` has one channel a name and carrier; `wake` rings for outbox rows and never raises; `now` is the only
    clock of the domain; `below(n)` is a random number in [0, n) from the operating system. `keeps_hours`: there
    are people at the phones, who have nights and much else to read: quiet hours and digests are kept.
    """

    settings: Settings
    database: Database
    vault: Vault
    catalogue: Catalogue
    channels: Mapping[tuple[ChannelName, str], Channel]
    wake: Callable[[Sequence[int]], object]
    now: Callable[[], datetime]
    below: Callable[[int], int]
    keeps_hours: bool = True

    def channel(self, name: ChannelName, carrier: str) -> Channel:
        """The channel that a message came by."""
        return self.channels[name, carrier]

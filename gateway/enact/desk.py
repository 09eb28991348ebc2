"""Work that no conversation asked for: of the staff at a command line or a page, and of timers."""

from __future__ import annotations

from gateway.enact.work import Party, Work
from gateway.messages import ChannelName
from gateway.runtime import Runtime
from gateway.store.database import Transaction

_NOBODY = 0  # no row has it


def desk(runtime: Runtime, tx: Transaction) -> Work:
    """Work whose party is nobody: whoever acts is named to each act. The caller wakes `ring` after its commit."""
    published = runtime.catalogue.current()
    _, key = runtime.vault.new_key()
    party = Party(
        conversation_id=_NOBODY,
        address_id=_NOBODY,
        key=key,
        roles=(),
        language=published.policy.language,
        channel=ChannelName.SMS,
        carrier="",
        revision=published.id,
    )
    return Work(runtime, tx, published, party, runtime.now())

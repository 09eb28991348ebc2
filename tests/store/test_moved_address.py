"""An address that is led to another conversation while a message of it waits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from gateway.messages import Address, AddressKind
from gateway.store import binding, conversations
from gateway.store.database import Database
from gateway.vault import Vault

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CHAT, PHONE = Address(AddressKind.TELEGRAM, "77"), Address(AddressKind.PHONE, "+251911000001")


def test_a_message_waits_and_finds_where_its_address_leads_now(database: Database, vault: Vault) -> None:
    """Never the conversation that was abandoned meanwhile; and nobody waits for one another in a circle."""
    with database.transaction() as tx:
        chat = conversations.open_address(tx, vault, CHAT, "telegram", NOW)
        phone = conversations.open_address(tx, vault, PHONE, "africastalking", NOW)
    begun = threading.Event()

    def message() -> int:
        begun.set()
        with database.transaction() as tx:
            found = conversations.open_address(tx, vault, CHAT, "telegram", NOW)
            conversations.seen(tx, found, "telegram", "", NOW)
            return found.conversation_id

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            gone = binding.lock(tx, chat.conversation_id)
            stays = binding.lock(tx, phone.conversation_id)
            waiting = pool.submit(message)
            assert begun.wait(5)
            threading.Event().wait(0.3)  # until it waits for the lock
            binding.move(tx, vault, gone, stays, NOW)
        assert waiting.result(10) == phone.conversation_id

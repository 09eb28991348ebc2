"""The register's rows: unique keys that step back, a key ring that grows, one conversation out of two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.messages import Address, AddressKind
from gateway.store import binding, certificates, dialogues, people
from gateway.store.conversations import find_address, open_address
from gateway.store.database import Database
from gateway.store.rows import insert_once
from gateway.store.tables import providers
from gateway.vault import Vault

NOW = datetime(2026, 3, 10, tzinfo=UTC)
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PHONE = Address(AddressKind.PHONE, "+251911234567")
CHAT = Address(AddressKind.TELEGRAM, "812345678")
PROVIDER = {"code": "one", "name": "One", "neutral_name": "One", "status": "active", "language": "en"}


def test_a_taken_key_does_not_end_the_transaction(database: Database) -> None:
    """What was written before and after a second insert of the same key is kept, on both databases."""
    with database.transaction() as tx:
        assert insert_once(tx, providers, PROVIDER)
        assert not insert_once(tx, providers, PROVIDER)
        assert insert_once(tx, providers, PROVIDER | {"code": "two"})
    with database.reading() as tx:
        assert len(tx.execute(providers.select()).all()) == 2


def test_a_number_is_found_and_unique_under_every_key_of_the_ring(database: Database) -> None:
    """A certificate written before the newest key came is found with it, opened, and never issued again."""
    with database.transaction() as tx:
        row = open_address(tx, Vault((OLD,)), PHONE, "any", NOW)
        assert people.add(tx, Vault((OLD,)), "F2345678", {"full_name": "x"}, row.conversation_id, NOW)
        person = people.all_held_by(tx, row.conversation_id)[0]
        year = NOW + timedelta(days=365)
        assert certificates.add(tx, Vault((OLD,)), person, "512345678901", "active", NOW, year)
    ring = Vault((NEW, OLD))
    with database.transaction() as tx:
        found = certificates.find(tx, ring, "512345678901")
        assert found is not None
        certificate, person = found
        assert certificates.number_of(ring, person, certificate) == "512345678901"
        assert not certificates.add(tx, ring, person, "512345678901", "active", NOW, NOW)


def test_a_moved_phone_repeats_its_last_reply(database: Database, vault: Vault) -> None:
    """A USSD hop sent twice around a bind gets the same bytes: the reply is sealed anew with its address."""
    with database.transaction() as tx:
        phone, chat = (open_address(tx, vault, each, "any", NOW) for each in (PHONE, CHAT))
        reply = vault.open_key(phone.key).seal(b"CON same bytes", dialogues.REPLY)
        dialogues.begin(tx, "any:1", phone.id, "*1#", 0, b"digest", reply, False, NOW)
        gone, stays = binding.lock(tx, phone.conversation_id), binding.lock(tx, chat.conversation_id)
        binding.move(tx, vault, gone, stays, NOW)
    with database.transaction() as tx:
        dialogue = dialogues.find(tx, "any:1")
        assert dialogue is not None
        assert dialogue.address.conversation_id == chat.conversation_id
        key = vault.open_key(dialogue.address.key)
        assert key.open(dialogue.reply, dialogues.REPLY) == b"CON same bytes"
        assert find_address(tx, vault, PHONE) is not None

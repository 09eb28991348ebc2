"""People put into a small world's register as they registered, past the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.enact.desk import desk
from gateway.enact.registering import duplicates
from gateway.enact.work import Work
from gateway.messages import Address, AddressKind
from gateway.registry import reference
from gateway.store import conversations, people
from gateway.store.database import Transaction
from gateway.store.people import DRAFT, REGISTERED, PersonRow
from gateway.store.tables import likenesses

BY = "staff:3"
YEAR = {"from": 1990, "to": 1990, "precision": "year", "calendar": "gregorian", "raw": "1990"}


def phone(number: int) -> Address:
    """One of ten thousand phones."""
    return Address(AddressKind.PHONE, f"+25191100{number:04}")


@dataclass
class Register:
    """What a test registers with. `world` is the `world` of the tests of `enact`."""

    world: Any

    def work(self, tx: Transaction) -> Work:
        return desk(self.world.runtime, tx)

    def put(
        self, tx: Transaction, name: str, number: int, *, status: str = REGISTERED, **changes: Any
    ) -> PersonRow:
        """Somebody new on a phone, not yet findable."""
        world = self.world
        record = {"full_name": name, "sex": "f", "age": YEAR, "area": "ET1401"} | changes
        row = conversations.open_address(tx, world.vault, phone(number), "africastalking", world.now)
        made = None
        while made is None:
            drawn = reference.draw(world.runtime.below)
            made = people.add(tx, world.vault, drawn, record, row.conversation_id, world.now)
        people.rewrite(tx, world.vault, people.by_id(tx, made), record, status, world.now)
        return people.by_id(tx, made)

    def register(self, name: str, number: int, **changes: Any) -> tuple[int, tuple[str, ...]]:
        """Somebody new, as a registration leaves them; returns their number and the flags."""
        with self.world.database.transaction() as tx:
            person = self.put(tx, name, number, **changes)
            record = people.record_of(self.world.vault, person)
            if person.status != DRAFT:
                duplicates.index(self.work(tx), person, record)
            return person.id, duplicates.look_for(self.work(tx), person, record)

    def correct(self, person_id: int, **changes: Any) -> tuple[str, ...]:
        """New answers, as a correction leaves them; returns the flags."""
        with self.world.database.transaction() as tx:
            person = people.by_id(tx, person_id)
            record = people.record_of(self.world.vault, person) | changes
            people.rewrite(tx, self.world.vault, person, record, person.status, self.world.now)
            duplicates.index(self.work(tx), person, record)
            return duplicates.look_for(self.work(tx), person, record)

    def apart(self, one: int, other: int) -> bool:
        """The staff found that they are two people."""
        with self.world.database.transaction() as tx:
            return duplicates.apart(self.work(tx), one, other, BY, "seen_both")

    def pairs(self) -> list[tuple[int, int, str, str]]:
        """Every pair that is kept: the two, band, state."""
        return [(each.one_id, each.other_id, each.band, each.state) for each in self.world.rows(likenesses)]

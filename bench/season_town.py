"""A town on a clock of its own: people who ask for help, providers who answer or do not, caseworkers who decide.

Everybody acts by the same commands as on a phone. What they do, and when, is drawn from one seed.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, cast

from sqlalchemy import bindparam, select

from gateway.catalogue.published import Published
from gateway.commands import (
    AnswerCase,
    AnswerHelp,
    AnswerLeg,
    Call,
    RebookReferral,
    RequestCallback,
    RequestReferral,
    Result,
    WithdrawReferral,
)
from gateway.enact import enact
from gateway.enact.desk import desk
from gateway.enact.helping.directory import load
from gateway.enact.referring.answers import leg_sent
from gateway.enact.work import Party, Work
from gateway.messages import Address, AddressKind, ChannelName
from gateway.registry import reference
from gateway.runtime import Runtime
from gateway.store import consents, people, providers, staff
from gateway.store.conversations import AddressRow, address_by_id, addresses_of, open_address
from gateway.store.database import Database, Transaction
from gateway.store.people import REGISTERED
from gateway.store.prepared import Prepared
from gateway.store.tables import leg_events, legs, referrals
from gateway.vault import Vault

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
AREAS = ("ET14", "ET05", "ET04")
NEEDS = ("health", "shelter", "food", "legal", "work")
URGENT = 0.15  # the share of those who said that they are in danger, ill, or a child alone
_ASKED = ("complete", "appointment_passed", "ask_due", "provider_silent", "silence")
_DECISIONS = ("no_show", "dispute", "waiting", "say_attended")
_DAY = timedelta(days=1)


_NEW = Prepared(
    select(legs.c.id, legs.c.code, legs.c.provider_id)
    .where(legs.c.id > bindparam("last"))
    .order_by(legs.c.id)
)
_HAPPENED = Prepared(
    select(leg_events.c.id, leg_events.c.event, legs.c.code, referrals.c.conversation_id)
    .join(legs, legs.c.id == leg_events.c.leg_id)
    .join(referrals, referrals.c.id == legs.c.referral_id)
    .where(leg_events.c.id > bindparam("last"))
    .order_by(leg_events.c.id)
)


class Killed(BaseException):
    """A process died in the middle of a transaction."""


@dataclass
class Fixed:
    """A catalogue that has published one thing."""

    published: Published

    def current(self) -> Published:
        return self.published

    def fresh(self) -> Published:
        return self.published


@dataclass
class Town:
    """`now` is the only clock. `kills` is the share of transactions that die before their end."""

    database: Database
    vault: Vault
    published: Published
    chance: random.Random
    kills: float = 0.01
    now: datetime = START
    agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    heard_of: dict[str, int] = field(default_factory=lambda: {"leg": 0, "event": 0})
    killed: int = 0

    def __post_init__(self) -> None:
        self._order = count()
        self.runtime = self.runtime_on(self.database)
        load(self.runtime, self._directory())
        with self.database.transaction() as tx:
            self.members = [address_by_id(tx, staff.addresses(tx, each.id)[0]) for each in staff.active(tx)]

    def runtime_on(self, database: Database) -> Runtime:
        return Runtime(
            settings=cast(Any, None),
            database=database,
            vault=self.vault,
            catalogue=cast(Any, Fixed(self.published)),
            channels={},
            wake=len,  # the bell is never heard: what is written down is found all the same
            now=lambda: self.now,
            below=self.chance.randrange,
        )

    def _directory(self) -> dict[str, Any]:
        numbers = count(911_000_000)
        organisations = {
            f"place_{area}_{number}": {
                "name": f"Place {number}",
                "neutral": f"Centre {number}",
                "language": "en",
                "phones": [f"+251{next(numbers)}"],
                "services": [
                    {"need": need, "areas": [area], "capacity": self.chance.choice((None, None, 40))}
                    for need in NEEDS
                ],
            }
            for area in AREAS
            for number in range(8)
        }
        members = {
            area: {
                "role": "caseworker",
                "language": "en",
                "areas": [area],
                "phones": [f"+251{next(numbers)}"],
            }
            for area in AREAS
        }
        boss = {"role": "supervisor", "language": "en", "areas": [], "phones": [f"+251{next(numbers)}"]}
        return {"organisations": organisations, "staff": {**members, "boss": boss}}

    # --- acting ---------------------------------------------------------------------------------------

    def at(self, wait: timedelta, act: Callable[[], None]) -> None:
        heapq.heappush(self.agenda, (self.now + wait, next(self._order), act))

    def soon(self, most_days: float, act: Callable[[], None]) -> None:
        self.at(self.chance.random() * most_days * _DAY, act)

    def run_until(self, moment: datetime) -> None:
        """Everything that people do up to a moment, each thing at its own time."""
        while self.agenda and self.agenda[0][0] <= moment:
            due, _, act = heapq.heappop(self.agenda)
            self.now = max(self.now, due)
            try:
                act()
            except Killed:
                self.killed += 1
                self.at(timedelta(minutes=1), act)  # the carrier brings it again
        self.now = moment

    def die_perhaps(self) -> None:
        if self.chance.random() < self.kills:
            raise Killed

    def call(self, row: AddressRow, call: Call) -> Result:
        with self.database.transaction() as tx:
            result = enact(self._work(tx, row), call)
            self.die_perhaps()
        return result

    def _work(self, tx: Transaction, row: AddressRow) -> Work:
        key = self.vault.open_key(row.key)
        speaks = (row.conversation_id, row.id, key, row.roles, "en", ChannelName.SMS, "africastalking")
        return Work(self.runtime, tx, self.published, Party(*speaks, self.published.id), self.now)

    # --- people ---------------------------------------------------------------------------------------

    def come(self, number: int) -> None:
        """Somebody who has registered asks for help, and is in danger now and then."""
        urgent = "yes" if self.chance.random() < URGENT else "no"
        area, need = self.chance.choice(AREAS), self.chance.choice(NEEDS)
        row, person = self._register(number, area, urgent)
        self.at(timedelta(), lambda: self._ask(row, person, need, area))
        if self.chance.random() < 0.01:
            self.at(timedelta(), lambda: self._in_danger(row))

    def _register(self, number: int, area: str, urgent: str) -> tuple[AddressRow, str]:
        record = {"full_name": "A B C", "sex": "f", "urgent": urgent, "area": area, "need": "health"}
        record["age"] = {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"}
        name = reference.draw(self.chance.randrange)
        with self.database.transaction() as tx:
            address = Address(AddressKind.PHONE, f"+2519{number:08}")
            row = open_address(tx, self.vault, address, "africastalking", self.now)
            made = people.add(tx, self.vault, name, record, row.conversation_id, self.now)
            assert made is not None
            people.set_status(tx, made, REGISTERED, self.now)
            for purpose in ("share", "sms"):
                yes = purpose == "share" or self.chance.random() < 0.6
                consents.add(
                    tx,
                    person_id=made,
                    conversation_id=row.conversation_id,
                    purpose=purpose,
                    given=yes,
                    revision=self.published.id,
                    language="en",
                    channel="sms",
                    now=self.now,
                )
        return row, name

    def _ask(self, row: AddressRow, person: str, need: str, area: str) -> None:
        self.call(row, RequestReferral(person, need, area))
        if self.chance.random() < 0.04:
            self.soon(30, lambda: void(self.call(row, WithdrawReferral())))

    def _in_danger(self, row: AddressRow) -> None:
        code = str(self.call(row, RequestCallback("danger")).values["code"])
        self.soon(0.1, lambda: self._decide(code, AnswerCase(code, "take")))

    def answer(self, conversation_id: int) -> None:
        with self.database.reading() as tx:
            row = addresses_of(tx, conversation_id)[0]
        word = self.chance.choice(("yes", "yes", "yes", "yes", "partly", "no"))
        self.call(row, AnswerHelp(answer=word))

    # --- providers ------------------------------------------------------------------------------------

    def look(self) -> None:
        """What has happened since the last look comes to those whom it is about."""
        with self.database.reading() as tx:
            new = list(tx.run(_NEW, {"last": self.heard_of["leg"]}))
            happened = list(tx.run(_HAPPENED, {"last": self.heard_of["event"]}))
        for leg_id, code, provider_id in new:
            self._deliver(leg_id, code, provider_id)
            self.heard_of["leg"] = leg_id
        for event_id, event, code, conversation in happened:
            self.heard_of["event"] = event_id
            if event in _ASKED and self.chance.random() < 0.45:
                self.soon(6, partial(self.answer, conversation))
            if event in _DECISIONS and self.chance.random() < 0.6:
                word = self.chance.choice(("rebook", "rebook", "close", "revoke"))
                self.soon(6, partial(self._case, code, word))

    def _deliver(self, leg_id: int, code: str, provider_id: int) -> None:
        """The worker gets the offer out: at once, hours later where the bell was not heard, or never."""
        lost = self.chance.random() < 0.03
        wait = timedelta(hours=self.chance.choice((0.1, 0.1, 0.1, 0.1, 6.0)))
        self.at(timedelta(hours=24) if lost else wait, lambda: self._sent(leg_id, left=not lost))
        with self.database.reading() as tx:
            row = address_by_id(tx, providers.phones(tx, provider_id)[0])
        if not lost:
            self.at(wait, lambda: self._behave(row, code))

    def _sent(self, leg_id: int, *, left: bool) -> None:
        with self.database.transaction() as tx:
            leg_sent(desk(self.runtime, tx), leg_id, left=left)
            self.die_perhaps()

    def _behave(self, row: AddressRow, code: str) -> None:
        """What a provider does with an offer: nothing, or one of the ways to answer."""
        draw = self.chance.random()
        if draw < 0.12:
            return
        if draw < 0.30:
            reason = self.chance.choice(("full", "out_of_area", "closed"))
            self.soon(4, lambda: void(self._say(row, code, "decline", reason)))
        elif draw < 0.38:
            self.soon(2, lambda: self._wait(row, code))
        else:
            if self.chance.random() < 0.5:
                self.soon(0.5, lambda: void(self._say(row, code, "got")))
            self.soon(4, lambda: self._accept(row, code))

    def _say(self, row: AddressRow, code: str, word: str, detail: str = "", on: str = "") -> bool:
        return self.call(row, AnswerLeg(code, word, detail, on)).outcome == "recorded"

    def _wait(self, row: AddressRow, code: str) -> None:
        days = self.chance.randrange(1, 25)
        said = self._say(row, code, "wait", on=(self.now + days * _DAY).date().isoformat())
        if said and self.chance.random() < 0.6:
            self.soon(days + 2, lambda: self._accept(row, code))

    def _accept(self, row: AddressRow, code: str) -> None:
        if not self._say(row, code, "accept"):
            return
        days = self.chance.randrange(1, 20)
        if self.chance.random() < 0.6:
            on = (self.now + days * _DAY).date().isoformat()
            self.soon(0.5, lambda: void(self._say(row, code, "date", on=on)))
        draw = self.chance.random()
        if draw < 0.75:
            self.at(days * _DAY, lambda: self._arrive(row, code))
        elif draw < 0.82:
            self.at((days + 0.5) * _DAY, lambda: void(self._say(row, code, "noshow")))

    def _arrive(self, row: AddressRow, code: str) -> None:
        if self._say(row, code, "arrived") and self.chance.random() < 0.75:
            outcome = self.chance.choice(("helped", "helped", "helped", "partly", "not_helped"))
            self.soon(20, lambda: void(self._say(row, code, "done", outcome)))

    # --- caseworkers ----------------------------------------------------------------------------------

    def _case(self, code: str, word: str) -> None:
        self._decide(code, RebookReferral(code) if word == "rebook" else AnswerCase(code, word))

    def _decide(self, code: str, call: Call) -> None:
        """The member of staff whose case it is decides; to the others the code does not exist."""
        for row in self.members:
            if self.call(row, call).outcome != "unknown":
                return


def void(_: object) -> None:
    """An act whose result nobody looks at."""

"""A small world on each database: the published flows, two clinics, two caseworkers, and phones that speak."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Table, select

from gateway.catalogue.hours import Digests
from gateway.catalogue.published import Published
from gateway.commands import (
    AnswerLeg,
    Call,
    OpenRegistration,
    RecordConsent,
    RegisterPerson,
    RequestReferral,
    Result,
)
from gateway.enact import enact
from gateway.enact.helping.directory import load
from gateway.enact.referring.answers import leg_sent
from gateway.enact.work import Party, Work
from gateway.messages import Address, AddressKind, ChannelName
from gateway.runtime import Runtime
from gateway.store import outbox
from gateway.store.conversations import address_by_id, open_address, reveal
from gateway.store.database import Database
from gateway.store.tables import outbox as outbox_table
from gateway.vault import Vault

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday
AGE = {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"}

HODAN = Address(AddressKind.PHONE, "+251911234567")
ABEBE = Address(AddressKind.PHONE, "+251922345678")
CHAT = Address(AddressKind.TELEGRAM, "812345678")
NAMES = {ABEBE: "Abebe Bekele Tadesse", CHAT: "Tigist Alemu Worku"}
"""Whom these phones register where a test names nobody: two of one name are looked at first."""

CLINIC = Address(AddressKind.PHONE, "+251911000001")
OTHER_CLINIC = Address(AddressKind.PHONE, "+251911000002")
CASEWORKER = Address(AddressKind.TELEGRAM, "700000001")
FAR_CASEWORKER = Address(AddressKind.PHONE, "+251911000092")
SUPERVISOR = Address(AddressKind.PHONE, "+251911000091")

DIRECTORY: dict[str, Any] = {
    "organisations": {
        "clinic": {
            "name": "Clinic of Addis",
            "neutral": "Centre One",
            "language": "en",
            "phones": [CLINIC.value],
            "services": [{"need": "health", "areas": ["ET14"], "capacity": 2}],
        },
        "other_clinic": {
            "name": "Other Clinic",
            "neutral": "Centre Two",
            "language": "so",
            "phones": [OTHER_CLINIC.value],
            "services": [
                {"need": "health", "areas": ["ET14"], "capacity": 5},
                {"need": "shelter", "areas": ["ET14"]},
            ],
        },
    },
    "staff": {
        "near": {"role": "caseworker", "language": "en", "areas": ["ET14"], "telegram": [CASEWORKER.value]},
        "far": {"role": "caseworker", "language": "en", "areas": ["ET05"], "phones": [FAR_CASEWORKER.value]},
        "boss": {"role": "supervisor", "language": "en", "areas": [], "phones": [SUPERVISOR.value]},
    },
}


@dataclass
class OneRevision:
    """A catalogue that has published one thing."""

    published: Published

    def current(self) -> Published:
        return self.published

    def fresh(self) -> Published:
        return self.published

    def pinned(self, _: str) -> Published:
        return self.published


@dataclass
class World:
    """What a test speaks with: `call` carries out one call for one address in its own transaction."""

    database: Database
    vault: Vault
    published: Published
    now: datetime = START
    rung: list[int] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        return Runtime(
            settings=cast(Any, None),
            database=self.database,
            vault=self.vault,
            catalogue=cast(Any, OneRevision(self.published)),
            channels={},
            wake=self.rung.extend,
            now=lambda: self.now,
            below=secrets.randbelow,
        )

    def policy(self, **changes: Any) -> None:
        self.published = replace(self.published, policy=replace(self.published.policy, **changes))

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def work(self, tx: Any, who: Address, *, contact: Address | None = None, language: str = "en") -> Work:
        row = open_address(tx, self.vault, who, "africastalking", self.now)
        channel = ChannelName.TELEGRAM if who.kind is AddressKind.TELEGRAM else ChannelName.SMS
        key = self.vault.open_key(row.key)
        party = Party(
            row.conversation_id, row.id, key, row.roles, language, channel, "any", self.published.id, contact
        )
        return Work(self.runtime, tx, self.published, party, self.now)

    def call(self, who: Address, call: Call, **party: Any) -> Result:
        with self.database.transaction() as tx:
            work = self.work(tx, who, **party)
            result = enact(work, call)
        self.rung.extend(work.ring)
        return result

    # --- common steps ---------------------------------------------------------------------------------

    def consent(self, who: Address, purpose: str, given: bool = True, person: str = "") -> None:
        self.call(who, RecordConsent(purpose, given, person))

    def draft(self, who: Address, name: str = "Hodan Cali Nuur") -> str:
        self.consent(who, "register")
        return str(self.call(who, OpenRegistration(name, "ET14")).values["reference"])

    def answers(self, reference: str, name: str = "Hodan Cali Nuur", **changes: Any) -> RegisterPerson:
        given: dict[str, Any] = {
            "reference": reference,
            "full_name": name,
            "sex": "f",
            "age": AGE,
            "country_from": "SA",
            "return_month": "2026-02",
            "return_type": "forced",
            "area": "ET14",
            "people_with": 2,
            "children_with": 1,
            "need": "health",
            "urgent": "no",
            "area_typed": "addis",
        }
        return RegisterPerson(**(given | changes))

    def register(self, who: Address, name: str = "", **changes: Any) -> tuple[str, str]:
        """Returns the reference and the certificate number."""
        name = name or NAMES.get(who, "Hodan Cali Nuur")
        reference = self.draft(who, name)
        result = self.call(who, self.answers(reference, name, **changes))
        assert result.outcome == "registered"
        return reference, str(result.values["certificate_number"])

    def refer(self, who: Address, reference: str, need: str = "health") -> str:
        """Returns the leg's code."""
        self.consent(who, "share", person=reference)
        result = self.call(who, RequestReferral(reference, need, "ET14"))
        assert result.outcome == "requested"
        return str(result.values["code"])

    def sent(self, leg_id: int = 1, *, left: bool = True) -> None:
        """The worker hears what became of a leg's offer."""
        with self.database.transaction() as tx:
            leg_sent(self.work(tx, CLINIC), leg_id, left=left)

    def answer(self, who: Address, code: str, word: str, detail: str = "", on: str = "") -> Result:
        return self.call(who, AnswerLeg(code, word, detail, on))

    # --- what can be seen from outside ----------------------------------------------------------------

    def rows(self, table: Table) -> list[Any]:
        with self.database.reading() as tx:
            return list(tx.execute(select(table).order_by(*table.primary_key.columns)).all())

    def messages(self, to: Address | None = None) -> list[tuple[str, str]]:
        """Purpose and text of all that was posted, oldest first."""
        found = []
        with self.database.reading() as tx:
            for row in tx.execute(select(outbox_table).order_by(outbox_table.c.id)).all():
                address = address_by_id(tx, row.address_id)
                where = reveal(self.vault, address)
                key = self.vault.open_key(address.key)
                letter = outbox.unpack(key, row.body, ChannelName(row.channel), where, str(row.id))
                if to in (None, where):
                    found.append((row.purpose, letter.body))
        return found

    def told(self, to: Address) -> list[str]:
        return [purpose for purpose, _ in self.messages(to)]


@pytest.fixture(scope="session")
def published(assembled: Published) -> Published:
    """The project's own flows, notices and policy."""
    return assembled


@pytest.fixture
def world(database: Database, vault: Vault, published: Published) -> World:
    """The directory is loaded; nobody has spoken yet."""
    made = World(database, vault, published)
    made.policy(digests=Digests(after=1000))  # digests have tests of their own
    load(made.runtime, DIRECTORY)
    return made

"""A thief with thousands of providers' phones guesses at certificate numbers, with the limits on: what is found?

Every guess is an SMS through the real intake: a number with right check digits, and the birth year that every holder
of this register has, which a real thief would have to guess too. Then, with the limits lifted, what each way of not
being valid answers, and how long it takes. Prints one JSON object as its last line; `--guesses` and `--live` set the
sizes.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from hop import environment
from sqlalchemy import func, select

from gateway import bootstrap, settings
from gateway.catalogue.policy import HolderCodes
from gateway.catalogue.published import Published
from gateway.enact.certifying import certificates as path
from gateway.enact.desk import desk
from gateway.enact.helping import directory
from gateway.intake import message
from gateway.messages import Address, AddressKind, ChannelName, Inbound
from gateway.registry import certificate_number, reference
from gateway.runtime import Runtime
from gateway.store import certificates, migrate, outbox, people
from gateway.store.conversations import address_by_id, open_address
from gateway.store.tables import outbox as letters
from gateway.store.tables import verifications

SMS = ChannelName.SMS, "africastalking"
BORN = 1990
A_PHONE = 20  # guesses: what the limit of a phone allows
BATCH = 500
RECORD = {
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "age": {"from": BORN, "to": BORN, "precision": "year", "calendar": "gregorian", "raw": str(BORN)},
    "country_from": "SA",
    "return_month": "2026-02",
    "return_type": "forced",
    "area": "ET14",
    "people_with": 2,
    "children_with": 1,
    "need": "health",
    "urgent": "no",
}
ANSWERED = {"valid", "expired", "replaced"}


class House:
    """The parts of a process whose queue is away, with a policy that can be changed."""

    def __init__(self, folder: Path) -> None:
        given = environment(folder, f"sqlite:///{folder}/guess.db", "NORMAL")
        known = settings.read(given)
        built = bootstrap.build(known)
        migrate.upgrade(built.database)
        now = datetime.now(UTC)
        built.catalogue.publish(bootstrap.shipped_flows(known), "bench", "", now)
        self.published: Published = built.catalogue.fresh()
        self.runtime: Runtime = replace(built, catalogue=self, wake=lambda _: None)  # type: ignore[arg-type]
        self._ids = 0

    def current(self) -> Published:
        return self.published

    fresh = current

    def pinned(self, _: str) -> Published:
        return self.published

    def limits(self, **changes: Any) -> None:
        self.published = replace(self.published, policy=replace(self.published.policy, **changes))

    def sends(self, phone: str, text: str) -> float:
        """One SMS through the intake; returns its seconds."""
        self._ids += 1
        address = Address(AddressKind.PHONE, phone)
        inbound = Inbound(*SMS, address, text, f"guess-{self._ids}")
        channel = self.runtime.channel(*SMS)
        begun = time.perf_counter()
        message.receive(self.runtime, channel, inbound)
        return time.perf_counter() - begun

    def replies(self, phones: Sequence[str]) -> Counter[str]:
        """Everything that was answered to some phones."""
        heard: Counter[str] = Counter()
        with self.runtime.database.transaction() as tx:
            vault = self.runtime.vault
            for phone in phones:
                row = open_address(tx, vault, Address(AddressKind.PHONE, phone), SMS[1], self.runtime.now())
                key = vault.open_key(address_by_id(tx, row.id).key)
                for each in tx.execute(select(letters).where(letters.c.address_id == row.id)):
                    where = Address(AddressKind.PHONE, phone)
                    heard[outbox.unpack(key, each.body, SMS[0], where, str(each.id)).body] += 1
        return heard


def registers(house: House, live: int) -> list[str]:
    """Fills the register; returns the numbers of the first few."""
    numbers: list[str] = []
    runtime = house.runtime
    with click.progressbar(length=live, label="Issuing", file=sys.stderr) as bar:
        for first in range(0, live, BATCH):
            with runtime.database.transaction() as tx:
                now, work = runtime.now(), desk(runtime, tx)
                holder = Address(AddressKind.PHONE, f"+2519{first:08d}")
                talk = open_address(tx, runtime.vault, holder, SMS[1], now).conversation_id
                for _ in range(min(BATCH, live - first)):
                    drawn = reference.draw(runtime.below)
                    made = people.add(tx, runtime.vault, drawn, RECORD, talk, now)
                    assert made is not None
                    person = people.by_id(tx, made)
                    people.rewrite(tx, runtime.vault, person, RECORD, people.REGISTERED, now)
                    issued = path.issue(work, person, "command-line", "bench")
                    if len(numbers) < BATCH:
                        numbers.append(certificates.number_of(runtime.vault, person, issued))
            bar.update(min(BATCH, live - first))
    return numbers


def provides(house: House, phones: int) -> list[str]:
    """So many phones of providers, a hundred each."""
    numbers = [f"+25197{number:07d}" for number in range(phones)]
    organisations = {
        f"provider_{first}": {
            "name": f"Provider {first}",
            "neutral": f"Centre {first}",
            "language": "en",
            "phones": numbers[first : first + 100],
        }
        for first in range(0, phones, 100)
    }
    directory.load(house.runtime, {"organisations": organisations, "staff": {}})
    return numbers


def guesses(seed: int) -> Iterator[str]:
    """Numbers that the check digits do not tell from real ones."""
    drawn = random.Random(seed)
    while True:
        yield certificate_number.draw("5", 9, drawn.randrange)


def attack(house: House, phones: Sequence[str], count: int) -> dict[str, Any]:
    """Every phone guesses as often as its own limit allows."""
    wanted = guesses(1)
    with click.progressbar(range(count), label="Guessing", file=sys.stderr) as bar:
        for number in bar:
            house.sends(phones[number // A_PHONE], f"V {next(wanted)} {BORN}")
    with house.runtime.database.reading() as tx:
        counted = select(verifications.c.outcome, func.count()).group_by(verifications.c.outcome)
        outcomes = {str(outcome): int(times) for outcome, times in tx.execute(counted).all()}
    found = sum(outcomes.get(each, 0) for each in ANSWERED)
    return {"phones": len(phones), "found": found, "outcomes": outcomes}


def alike(
    house: House, phone: str, asked: dict[str, Callable[[], str]], rounds: int
) -> tuple[bool, float, dict[str, float]]:
    """Whether some messages, sent in turns, are answered in the same bytes, and how far their median times differ."""
    times: dict[str, list[float]] = {name: [] for name in asked}
    before = house.replies([phone])
    with click.progressbar(range(rounds), label="Comparing", file=sys.stderr) as bar:
        for _ in bar:
            for name in random.sample(sorted(asked), len(asked)):
                times[name].append(house.sends(phone, asked[name]()))
    bodies = house.replies([phone]) - before
    medians = {name: statistics.median(taken) * 1000 for name, taken in times.items()}
    gap = max(medians.values()) - min(medians.values())
    return len(bodies) == 1, round(gap, 3), {name: round(each, 3) for name, each in medians.items()}


def compare(house: House, numbers: list[str], phone: str, rounds: int) -> dict[str, Any]:
    """The ways of not being valid, and the holder's code for a number that exists and one that does not."""
    boundless = 10**9
    codes = HolderCodes(per_phone=boundless, per_certificate=boundless)
    house.limits(misses_per_phone=boundless, misses_all=boundless, holder_codes=codes)
    right, suspended, revoked = numbers[:3]
    runtime = house.runtime
    with runtime.database.transaction() as tx:
        for number, status in ((suspended, path.SUSPENDED), (revoked, path.REVOKED)):
            found = certificates.find(tx, runtime.vault, number)
            assert found is not None
            path.change_status(desk(runtime, tx), found[0].id, status, "command-line", "bench")
    unknown = guesses(2)
    checks = {
        "unknown": lambda: f"V {next(unknown)} {BORN}",
        "wrong_year": lambda: f"V {right} {BORN - 30}",
        "suspended": lambda: f"V {suspended} {BORN}",
        "revoked": lambda: f"V {revoked} {BORN}",
    }
    equal, gap, medians = alike(house, phone, checks, rounds)
    sent = {"right": lambda: f"VH {right}", "unknown": lambda: f"VH {next(unknown)}"}
    codes_equal, codes_gap, code_medians = alike(house, phone, sent, rounds)
    house.limits(misses_all=1)
    switched = {"right": lambda: f"V {right} {BORN}", "unknown": lambda: f"V {next(unknown)} {BORN}"}
    switched_equal, switched_gap, _ = alike(house, phone, switched, rounds)
    return {
        "equal_bytes": equal and codes_equal and switched_equal,
        "median_gap_ms": gap,
        "medians_ms": medians,
        "holder_code_gap_ms": codes_gap,
        "holder_code_medians_ms": code_medians,
        "switched_gap_ms": switched_gap,
    }


def main() -> None:
    """Prints one JSON object."""
    given = argparse.ArgumentParser()
    given.add_argument("--guesses", type=int, default=100_000)
    given.add_argument("--live", type=int, default=100_000)
    given.add_argument("--rounds", type=int, default=500)
    wanted = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        numbers = registers(house, wanted.live)
        phones = provides(house, -(-wanted.guesses // A_PHONE) + 1)
        limit = house.published.policy.misses_all
        told = attack(house, phones[:-1], wanted.guesses)
        told |= compare(house, numbers, phones[-1], wanted.rounds)
        house.runtime.database.close()
    chance = limit * wanted.live / 10**9
    sizes = {"guesses": wanted.guesses, "live": wanted.live}
    print(json.dumps({**sizes, **told, "days_to_find_one": round(1 / chance, 1)}))


if __name__ == "__main__":
    main()

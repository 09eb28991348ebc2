"""How long a registration and a verification take with 500,000 people in the register, beside an empty one.

Both registers are on disk, in turns, in one process, each act in a transaction of its own from its beginning to the
end of the commit: the registration with screening, the search for duplicates, review or certificate. Those who come
have registered once before in half of the cases; `found` says how many of them were among the candidates. Prints one
JSON object as its last line. `--people` sets the size, `--acts` how many of each are timed, `--on` the database.
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
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import hop  # noqa: E402
from duplicates_register import register  # noqa: E402
from register_people import fill, record_of, tasks  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from gateway import bootstrap, settings  # noqa: E402
from gateway.commands import OpenRegistration, RecordConsent, RegisterPerson, VerifyCertificate  # noqa: E402
from gateway.enact import enact  # noqa: E402
from gateway.enact.desk import desk  # noqa: E402
from gateway.enact.registering import duplicates, name_counts  # noqa: E402
from gateway.enact.work import Party, Work  # noqa: E402
from gateway.messages import Address, AddressKind, ChannelName  # noqa: E402
from gateway.runtime import Runtime  # noqa: E402
from gateway.store import duplicates as rows  # noqa: E402
from gateway.store import migrate  # noqa: E402
from gateway.store.conversations import AddressRow, address_by_id, open_address  # noqa: E402
from gateway.store.database import Transaction  # noqa: E402
from gateway.store.tables import addresses, provider_phones  # noqa: E402

WARM = 50  # acts before those that count
CAPS = (15, 30, 60, 120, 240)  # candidates, of which the share of true ones among them is shown


class House:
    """One register: registers people and verifies certificates, and notes how long each took."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.took: dict[str, list[float]] = {"registration": [], "verification": []}
        self.outcomes: Counter[str] = Counter()
        self.numbers: list[tuple[str, int]] = []
        with runtime.database.transaction() as tx:
            phone = tx.execute(select(func.min(provider_phones.c.address_id))).scalar_one()
            self.provider = address_by_id(tx, phone)

    def work(self, tx: Transaction, row: AddressRow) -> Work:
        published = self.runtime.catalogue.current()
        key = self.runtime.vault.open_key(row.key)
        speaks = (row.conversation_id, row.id, key, row.roles, "en", ChannelName.SMS, "africastalking")
        return Work(self.runtime, tx, published, Party(*speaks, published.id), self.runtime.now())

    def come(self, phone: str, record: dict[str, Any]) -> None:
        """Somebody registers: the last answer of many is timed."""
        with self.runtime.database.transaction() as tx:
            address = Address(AddressKind.PHONE, phone)
            row = open_address(tx, self.runtime.vault, address, "africastalking", self.runtime.now())
            work = self.work(tx, row)
            enact(work, RecordConsent("register", True, ""))
            opened = enact(work, OpenRegistration(record["full_name"], record["area"]))
        reference = opened.values["reference"]
        started = time.perf_counter()
        with self.runtime.database.transaction() as tx:
            done = enact(self.work(tx, row), RegisterPerson(reference=str(reference), **record))
        self.took["registration"].append((time.perf_counter() - started) * 1000)
        self.outcomes[done.outcome] += 1
        if done.outcome == "registered":
            self.numbers.append((str(done.values["certificate_number"]), record["age"]["from"]))

    def verify(self, number: str, year: int) -> None:
        started = time.perf_counter()
        with self.runtime.database.transaction() as tx:
            answer = enact(self.work(tx, self.provider), VerifyCertificate(number, year))
        self.took["verification"].append((time.perf_counter() - started) * 1000)
        if answer.outcome != "valid":
            raise SystemExit(f"a live certificate was answered {answer.outcome}")

    def centile(self, act: str, part: int) -> float:
        return statistics.quantiles(self.took[act][WARM:], n=100)[part - 1]


def house(stack: ExitStack, name: str, on: str) -> House:
    """An empty register with the flows published and the sample directory loaded."""
    from gateway.enact.helping import directory

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url = f"sqlite:///{folder}/{name}.db" if on == "sqlite" else stack.enter_context(hop.postgresql())
    environment = hop.environment(folder, url, "FULL")
    runtime = bootstrap.build(settings.read(environment))
    stack.callback(runtime.database.close)
    migrate.upgrade(runtime.database)
    flows = bootstrap.shipped_flows(runtime.settings)
    runtime.catalogue.publish(flows, "bench", "", runtime.now())
    directory.load(runtime, flows.sources["directory.yaml"].data)
    return House(runtime)


def grow(full: House, count: int) -> list[tuple[dict[str, Any], int]]:
    """Puts so many people into a register; returns records of some of them that are still to come."""
    runtime = full.runtime
    with runtime.database.transaction() as tx:
        first = int(tx.execute(select(func.max(addresses.c.id))).scalar_one()) + 1
    policy = runtime.catalogue.current().policy
    secret = runtime.settings.secret_keys[0]
    chunks = list(tasks(count, first, secret, policy.register_digit, runtime.now()))
    asked = fill(runtime.settings.database_url, chunks)
    with runtime.database.transaction() as tx:
        name_counts.count(desk(runtime, tx))
    full.numbers = asked.numbers
    return asked.to_come


def found(full: House, to_come: list[tuple[dict[str, Any], int]]) -> dict[str, float]:
    """Of second records the share whose first one is among so many candidates."""
    met: Counter[int] = Counter()
    with full.runtime.database.transaction() as tx:
        for record, person in to_come:
            signs = duplicates.signs_of(full.runtime.vault, [duplicates.as_compared(record, ())])
            near = [each.id for each in rows.sharing(tx, signs, max(CAPS))]
            met.update(cap for cap in CAPS if person in near[:cap])
    return {str(cap): round(met[cap] / max(len(to_come), 1), 4) for cap in CAPS}


def measure(on: str, count: int, acts: int) -> dict[str, Any]:
    chance = random.Random(1)
    with ExitStack() as stack:
        empty, full = house(stack, "empty", on), house(stack, "full", on)
        started = time.perf_counter()
        to_come = grow(full, count)
        made = time.perf_counter() - started
        print(f"{on}: {count} people in {made:.0f} s", file=sys.stderr)
        recall = found(full, chance.sample(to_come, min(len(to_come), 1000)))
        strangers = [record_of(row) for row in register(10**6, acts + WARM)]
        again = [record for record, _ in chance.sample(to_come, min(len(to_come), acts))]
        coming = chance.sample(
            [*strangers[: acts + WARM - len(again) // 2], *again[: len(again) // 2]], acts + WARM
        )
        for place, record in enumerate(coming):
            for each in (empty, full):
                each.come(f"+25290{place:07}", record)
        for _ in range(acts + WARM):
            for each in (empty, full):
                each.verify(*chance.choice(each.numbers))
        report: dict[str, Any] = {"people": count, "seconds_to_make": round(made)}
        for act in ("registration", "verification"):
            for part in (50, 99):
                figures = {"empty": empty.centile(act, part), "full": full.centile(act, part)}
                ratio = {"ratio": round(figures["full"] / figures["empty"], 2)}
                report[f"{act}_p{part}_ms"] = {name: round(ms, 2) for name, ms in figures.items()} | ratio
        report["outcomes"] = {"empty": dict(empty.outcomes), "full": dict(full.outcomes)}
        return report | {"found_among": recall}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--acts", type=int, default=1_000)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.on, chosen.people, chosen.acts)))


if __name__ == "__main__":
    main()

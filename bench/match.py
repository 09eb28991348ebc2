"""Milliseconds to find who can take a need, of 10,000 providers with a year of legs behind them.

The whole of it is measured: the areas around the person's, the query with loads and records, the ranking, the reasons,
as a request asks it (a transaction, the need locked). On both databases; the last line is the slower one's.
Beside it stands the pure ranking of an offer of each provider, all read into memory before.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from hop import postgresql  # noqa: E402
from sqlalchemy import insert, text  # noqa: E402

import flows  # noqa: E402
from gateway.catalogue.files import read_folder  # noqa: E402
from gateway.catalogue.policy import Policy, read_policy  # noqa: E402
from gateway.enact.desk import desk  # noqa: E402
from gateway.enact.referring.matching import best, ranked  # noqa: E402
from gateway.enact.work import Work  # noqa: E402
from gateway.runtime import Runtime  # noqa: E402
from gateway.store import migrate, tables  # noqa: E402
from gateway.store.database import Database, Transaction  # noqa: E402
from gateway.vault import Vault  # noqa: E402
from referral_engine.match import Reach, match  # noqa: E402
from referral_engine.model import FAILED, LIVE_IN_ORDER, LegState, Offer, Priority, Request  # noqa: E402

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
WEEK = [[day, 480, 1020] for day in range(5)]
LEGS_EACH = 12  # a service, over a year; one in six is live
LANGUAGES = ("en", "so", "am", "om", "ti", "ar", "sw")
OPEN_TO_ALL = Offer("", "", "health", frozenset({"ET", "SO", "SD"}))
CHANCE = random.Random(20260601)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--providers", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=1_000)
    chosen = parser.parse_args()
    policy = read_policy(read_folder(Path(flows.__file__).parent), "et")
    written = directory(policy, chosen.providers)
    asked = [request(policy) for _ in range(chosen.requests)]
    found: dict[str, dict[str, float]] = {}
    answers = []
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = stack.enter_context(postgresql()) if kind == "postgresql" else f"sqlite:///{folder}/b.db"
            database = Database(server)
            stack.callback(database.close)
            migrate.upgrade(database)
            fill(database, written)
            runtime = runtime_of(database, policy)
            found[kind], chosen_here = measure(runtime, asked)
            answers.append(chosen_here)
            print(kind, json.dumps(found[kind]), file=sys.stderr)
            if kind == "sqlite":
                in_memory(runtime, asked)
    if answers[0] != answers[1]:
        raise SystemExit("the databases do not agree")
    print("both databases choose alike", file=sys.stderr)
    slower = max(found.values(), key=lambda each: each["median_ms"])
    p99 = max(each["p99_ms"] for each in found.values())
    print(json.dumps({"providers": chosen.providers, "median_ms": slower["median_ms"], "p99_ms": p99}))


# --- a directory and its year -----------------------------------------------------------------------------


def directory(policy: Policy, size: int) -> dict[str, list[dict[str, Any]]]:
    """Providers of one to three services; most cover one to three districts, a fifth a region, a few the country."""
    places = policy.gazetteer.places
    districts = [place.code for place in places if place.level == 2]
    regions = [place.code for place in places if place.level == 1]
    countries = sorted({place.parent for place in places if place.level == 1})
    needs = sorted(policy.services)
    made: dict[str, list[dict[str, Any]]] = {"providers": [], "services": [], "service_areas": [], "legs": []}
    for provider in range(1, size + 1):
        neutral = f"Centre {provider}"
        made["providers"].append(
            {
                "id": provider,
                "code": f"p{CHANCE.randrange(10**9)}_{provider}",
                "name": neutral,
                "neutral_name": neutral,
                "status": "active" if CHANCE.random() < 0.97 else "paused",
                "language": CHANCE.choice(LANGUAGES),
            }
        )
        for need in CHANCE.sample(needs, CHANCE.randint(1, 3)):
            service = len(made["services"]) + 1
            made["services"].append(service_of(service, provider, need))
            reach = CHANCE.random()
            if reach < 0.75:
                areas = CHANCE.sample(districts, CHANCE.randint(1, 3))
            else:
                areas = [CHANCE.choice(regions if reach < 0.97 else countries)]
            made["service_areas"] += [
                {"need": need, "area": area, "service_id": service} for area in sorted(set(areas))
            ]
            made["legs"] += legs_of(len(made["legs"]), service, provider)
    return made


def service_of(service: int, provider: int, need: str) -> dict[str, Any]:
    bounds: list[dict[str, Any]] = [{}] * 6 + [{"sexes": ["f"]}, {"age_min": 18}, {"age_max": 17}]
    return {
        "id": service,
        "provider_id": provider,
        "need": need,
        "eligibility": CHANCE.choice(bounds),
        "capacity": CHANCE.choice([None, 5, 20, 80]),
        "state": CHANCE.choice(["open"] * 9 + ["full"]),
        "languages": CHANCE.choice([None, CHANCE.sample(LANGUAGES, 2)]),
        "hours": CHANCE.choice([None, {"week": WEEK, "closed": ["2026-06-02"]}]),
        "assured_at": NOW,
    }


def legs_of(before: int, service: int, provider: int) -> list[dict[str, Any]]:
    made = []
    for number in range(CHANCE.randrange(2 * LEGS_EACH)):
        opened = NOW - timedelta(minutes=CHANCE.randrange(365 * 24 * 60))
        live = CHANCE.random() < 1 / 6
        ends = (LegState.COMPLETED, *sorted(FAILED))
        made.append(
            {
                "referral_id": 1,
                "code": f"{before + number:06}",
                "provider_id": provider,
                "service_id": service,
                "state": CHANCE.choice(LIVE_IN_ORDER if live else ends).value,
                "opened_at": opened,
                "closed_at": None if live else min(NOW, opened + timedelta(days=3)),
            }
        )
    return made


def request(policy: Policy) -> Request:
    """Somebody's need in a district, or in a region where no more is known."""
    level = 2 if CHANCE.random() < 0.9 else 1
    places = [place.code for place in policy.gazetteer.places if place.level == level]
    return Request(
        need=CHANCE.choice(sorted(policy.services)),
        area=CHANCE.choice(places),
        language=CHANCE.choice(LANGUAGES),
        sex=CHANCE.choice("fm"),
        age=CHANCE.randrange(80),
        priority=CHANCE.choice(list(Priority)),
        at=NOW + policy.calendar.utc_offset,
    )


def fill(database: Database, written: dict[str, list[dict[str, Any]]]) -> None:
    with database.transaction() as tx:
        one_referral(tx)
        for name in ("providers", "services", "service_areas", "legs"):
            tx.execute(insert(getattr(tables, name)), written[name])
    if not database.is_sqlite:  # as its own housekeeping does within a minute
        with database.reading() as tx:
            tx.execute(text("ANALYZE"))


def one_referral(tx: Transaction) -> None:
    """Whom all legs belong to."""
    made = {"id": 1, "created_at": NOW, "updated_at": NOW}
    tx.execute(insert(tables.conversations), made | {"key": b""})
    tx.execute(insert(tables.people), made | {"reference": "0", "key": b"", "status": "draft", "record": b""})
    referral = {"need": "health", "area": "ET14", "priority": "normal", "state": "open"}
    tx.execute(
        insert(tables.referrals),
        referral | {"id": 1, "person_id": 1, "conversation_id": 1, "opened_at": NOW},
    )


def runtime_of(database: Database, policy: Policy) -> Runtime:
    return Runtime(
        settings=cast("Any", None),
        database=database,
        vault=Vault([secrets.token_bytes(32)]),
        catalogue=cast("Any", SimpleNamespace(current=lambda: SimpleNamespace(id="bench", policy=policy))),
        channels={},
        wake=lambda rows: None,
        now=lambda: NOW,
        below=secrets.randbelow,
    )


# --- what it takes ----------------------------------------------------------------------------------------


def measure(runtime: Runtime, asked: list[Request]) -> tuple[dict[str, float], list[object]]:
    """A match as a request for help makes it, from its transaction's beginning to the reasons; whom it chose."""
    took, answers, fitting = [], [], []
    for number, each in enumerate([*asked[:50], *asked]):
        with runtime.database.transaction() as tx:
            work = desk(runtime, tx)
            began = time.perf_counter()
            found = best(work, each, lock=True)
            took.append(time.perf_counter() - began)
        if number >= 50:  # those before warm the caches
            answers.append(found)
    for each in asked[:20]:
        with runtime.database.reading() as tx:
            fitting.append(len(ranked(desk(runtime, tx), each)[0]))
    figures = milliseconds(took[50:])
    figures |= {"found": sum(map(bool, answers)), "fit": statistics.median(fitting)}
    return figures, answers


def in_memory(runtime: Runtime, asked: list[Request]) -> None:
    """The ranking alone: an offer of every provider, and the worst case, in which every one of them fits."""
    with runtime.database.reading() as tx:
        work = desk(runtime, tx)
        needs = sorted(work.policy.services)
        every = [found for need in needs for found in offers_of(work, need)]
    offers = list({offer.provider: replace(offer, need="health") for offer in every}.values())
    for name, wanted in (
        ("all_read", offers),
        ("all_fit", [replace(OPEN_TO_ALL, provider=each.provider, load=each.load) for each in offers]),
    ):
        took, gazetteer = [], runtime.catalogue.current().policy.gazetteer
        for each in asked[:200]:
            one = replace(each, need="health")
            began = time.perf_counter()
            match(one, wanted, Reach(gazetteer.around(one.area), gazetteer.inside(one.area)))
            took.append(time.perf_counter() - began)
        print("in memory,", name, json.dumps({"offers": len(wanted)} | milliseconds(took)), file=sys.stderr)


def offers_of(work: Work, need: str) -> list[Offer]:
    fit, left_out = ranked(work, Request(need, "ET14", at=NOW))
    return [each.offer for each in (*fit, *left_out)]


def milliseconds(took: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * each for each in took)
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
    }


if __name__ == "__main__":
    main()

"""How long one search for duplicates takes in a large register: blocking keys made blind, looked up in an SQLite table
on disk, the candidates that share most keys scored."""

from __future__ import annotations

import hmac
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from gateway.registry.duplicates import blocking
from gateway.registry.duplicates.profiles import REGION
from gateway.registry.duplicates.score import Record, compare

_SECRET = bytes(32)
_SEARCHES = 2_000
_MOST = 100  # candidates that are scored


def search(records: Mapping[str, Record], links: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Milliseconds of a search: keys, blind indexes, look-up and scoring. The last records to come are looked for.
    `found` is the share of their other records (`links`) that come up among the candidates."""
    everyone = list(records.values())[:500_000]
    places = {id: place for place, id in enumerate(list(records)[:500_000])}
    others = defaultdict(set)
    for one, other in links:
        if one in places and other in places:
            others[places[one]].add(places[other])
            others[places[other]].add(places[one])
    with tempfile.TemporaryDirectory() as folder:
        table = sqlite3.connect(Path(folder) / "blinds.db")
        table.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE blind (key INT, person INT)"
        )
        table.executemany("INSERT INTO blind VALUES (?, ?)", _blinds(everyone))
        table.execute("CREATE INDEX by_key ON blind (key, person)")
        table.commit()
        rows = table.execute("SELECT count(*) FROM blind").fetchone()[0]
        took, scored, wanted, met = [], [], 0, 0
        profile = REGION.for_people(len(everyone))
        for place in range(len(everyone) - 1, max(len(everyone) - _SEARCHES, 0) - 1, -1):
            record = everyone[place]
            started = time.perf_counter()
            found = _candidates(table, record)
            _ = [compare(record, everyone[person], profile=profile) for person in found]
            took.append((time.perf_counter() - started) * 1000)
            scored.append(len(found))
            wanted += len(others[place])
            met += len(others[place].intersection(found))
        table.close()
    cuts = statistics.quantiles(took, n=100)
    return {
        "people": len(everyone),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "candidates_p50": statistics.median(scored),
        "found": round(met / max(wanted, 1), 4),
        "keys_per_person": round(rows / len(everyone), 1),
    }


def _blinds(records: Iterable[Record]) -> Iterator[tuple[int, int]]:
    for person, record in enumerate(records):
        for key in blocking.stored(record):
            yield _blind(key), person


def _blind(key: str) -> int:
    return int.from_bytes(hmac.digest(_SECRET, key.encode(), sha256)[:8], "big", signed=True)


def _candidates(table: sqlite3.Connection, record: Record) -> list[int]:
    """Those who share most keys with a record."""
    keys = [_blind(key) for key in blocking.searched(record)]
    marks = ",".join("?" * len(keys))
    query = f"SELECT person FROM blind WHERE key IN ({marks}) GROUP BY person ORDER BY count(*) DESC LIMIT {_MOST}"
    return [person for (person,) in table.execute(query, keys)]

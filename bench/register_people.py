"""A large register made at once: people sealed, blinded and certified as the gateway does it, written in bulk.

Nothing is faked but the order: every record has a data key of its own under the ring, every number is drawn and
blinded, every blocking key is derived from the name. Several processes make it, one writes.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from typing import Any

import click
import orjson
import psycopg
from duplicates_register import Row, register
from sqlalchemy import make_url

from gateway.enact.registering.duplicates import WHAT, as_compared
from gateway.messages import Address, AddressKind
from gateway.registry import certificate_number, reference
from gateway.registry.duplicates import blocking
from gateway.store.certificates import BLIND, NUMBER
from gateway.store.conversations import VALUE, blind_name
from gateway.store.duplicates import SIGN
from gateway.store.people import RECORD
from gateway.store.tables import to_milliseconds
from gateway.vault import Vault

DIGITS = 11  # random digits of a number: what so large a register is advised to use
CHUNK = 10_000  # people made at once
HELD_OUT = 100  # of a chunk, people whose second record is left out, to come later
PROCESSES = 2
VALID = timedelta(days=700)

TABLES = {
    "conversations": "id key revision language created_at updated_at",
    "addresses": "id conversation_id kind blind sealed roles carrier network created_at seen_at",
    "people": "id reference key status record created_at updated_at",
    "holders": "person_id conversation_id since",
    "consents": "id person_id conversation_id purpose given revision language channel at",
    "certificates": "id person_id blind number status issued_at expires_at",
    "timers": "kind subject_id due_at state tries",
    "blocking_keys": "key person_id",
}
"""What is written, in this order."""


@dataclass(frozen=True)
class Task:
    """One chunk: its number, how many people, the first free id, and what to make them with."""

    number: int
    size: int
    first: int
    secret: bytes
    digit: str
    now: datetime


@dataclass
class Chunk:
    """Rows by table; numbers and birth years to verify; records to come, each with the person it is of."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    numbers: list[tuple[str, int]] = field(default_factory=list)
    to_come: list[tuple[dict[str, Any], int]] = field(default_factory=list)


def record_of(row: Row) -> dict[str, Any]:
    """A row of the made-up register as the answers of a registration."""
    first, last = int(row.birth_from), int(row.birth_to)
    age = {"from": first, "to": last, "precision": "year", "calendar": "gregorian", "raw": row.birth_from}
    return {
        "full_name": row.full_name,
        "sex": row.sex or "not_said",
        "age": age,
        "country_from": "SA",
        "return_month": "2026-02",
        "return_type": "forced",
        "area": row.admin2 or "ET14",
        "people_with": 2,
        "children_with": 0,
        "need": "health",
        "urgent": "no",
        "area_typed": "",
    }


def make(task: Task) -> Chunk:
    """The rows of one chunk."""
    vault, chunk = Vault((task.secret,)), Chunk()
    ids = count(task.first)
    kept: dict[str, int] = {}
    talks: dict[str, int] = {}
    for row in register(task.number, task.size):
        if row.person_id in kept and len(chunk.to_come) < HELD_OUT:
            chunk.to_come.append((record_of(row), kept[row.person_id]))
            continue
        person = next(ids)
        kept.setdefault(row.person_id, person)
        number = f"+2519{task.number:04}{person % CHUNK:05}"
        talk = talks.get(row.phone) if row.phone else None
        if talk is None:
            talk = talks[row.phone] = person
            _speak(chunk, vault, task, talk, number)
        _add(chunk, vault, task, person, talk, record_of(row))
        if person - task.first + 1 == task.size:
            break
    chunk.rows["blocking_keys"].sort()
    return chunk


def _speak(chunk: Chunk, vault: Vault, task: Task, talk: int, number: str) -> None:
    """A conversation and its phone, both under one number."""
    at = to_milliseconds(task.now)
    wrapped, key = vault.new_key()
    chunk.rows["conversations"].append((talk, wrapped, "", "so", at, at))
    blind = vault.blind("address", blind_name(Address(AddressKind.PHONE, number)))
    sealed = key.seal(number.encode(), VALUE)
    address = (talk, talk, "phone", blind, sealed, "", "africastalking", "", at, at)
    chunk.rows["addresses"].append(address)


def _add(chunk: Chunk, vault: Vault, task: Task, person: int, talk: int, record: dict[str, Any]) -> None:
    """A person with all that a registration leaves; a conversation has the number of its phone."""
    at, until = to_milliseconds(task.now), to_milliseconds(task.now + VALID)
    wrapped, key = vault.new_key()
    sealed = key.seal(orjson.dumps(record), RECORD)
    # The last signs count up, so that no two of half a million are alike.
    public = reference.draw(secrets.randbelow)[:2] + _spelled(person)
    chunk.rows["people"].append((person, public, wrapped, "registered", sealed, at, at))
    chunk.rows["holders"].append((person, talk, at))
    chunk.rows["consents"].append((person, person, talk, "register", True, "bench", "so", "ussd", at))
    number = certificate_number.draw(task.digit, DIGITS, secrets.randbelow)
    certificate = (vault.blind(BLIND, number), key.seal(number.encode(), NUMBER), "active", at, until)
    chunk.rows["certificates"].append((person, person, *certificate))
    chunk.rows["timers"].append(("certificate_expires", person, until, "due", 0))
    for written in as_compared(record, [talk]):
        signs = {vault.blind(WHAT, each)[:SIGN] for each in blocking.stored(written)}
        chunk.rows["blocking_keys"] += [(sign, person) for sign in signs]
    if person % 100 == 0:
        chunk.numbers.append((number, record["age"]["from"]))


def _spelled(number: int) -> str:
    """A number in six of the signs of references."""
    signs = "FHJKMQRWXY23456789"
    spelled = ""
    for _ in range(6):
        number, digit = divmod(number, len(signs))
        spelled += signs[digit]
    return spelled


# --- writing ----------------------------------------------------------------------------------------------


def fill(url: str, tasks: Sequence[Task]) -> Chunk:
    """Makes and writes them all, with a progress bar; returns what is left of them to ask about."""
    asked, taken = Chunk(), set[bytes]()
    write, finish = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
    with get_context("spawn").Pool(PROCESSES) as pool:
        made = pool.imap_unordered(make, tasks)
        with click.progressbar(made, length=len(tasks), label="Registering") as chunks:  # on stderr
            for chunk in chunks:
                drawn = chunk.rows["certificates"]
                chunk.rows["certificates"] = [row for row in drawn if row[2] not in taken]
                taken.update(row[2] for row in drawn)
                for name, columns in TABLES.items():
                    write(name, columns.split(), chunk.rows[name])
                asked.numbers += chunk.numbers
                asked.to_come += chunk.to_come
    finish()
    return asked


def _sqlite(url: str) -> Any:
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-2000000", "BEGIN"):
        connection.execute(statement)

    def write(name: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        marks = ",".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {name} ({','.join(columns)}) VALUES ({marks})", rows)

    def finish() -> None:
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    return write, finish


def _postgresql(url: str) -> Any:
    connection = psycopg.connect(url)

    def write(name: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {name} ({','.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def finish() -> None:
        for name, columns in TABLES.items():
            if columns.startswith("id "):
                largest = f"(SELECT max(id) FROM {name})"
                connection.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {largest})")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        connection.close()

    return write, finish


def tasks(people: int, first: int, secret: bytes, digit: str, now: datetime) -> Iterator[Task]:
    """The chunks that make so many people together."""
    for number, start in enumerate(range(0, people, CHUNK)):
        size = min(CHUNK, people - start)
        yield Task(number, size, first + start, secret, digit, now)

"""Nothing of a person can be read in the database."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from gateway.commands import BindPhone, ChoosePin, RequestCallback, ShowCertificate, VerifyCertificate
from gateway.enact.notices.notify import NOTICES
from gateway.store.tables import metadata

from .conftest import ABEBE, AGE, CHAT, CLINIC, HODAN, World

NAME = "Xawaadle Qanaaryeed Zzyzx"
TYPED = "Buulo Qoqobka"
PIN = "8302"


def raw(url: str) -> bytes:
    """The whole database as bytes: file and write-ahead log, or every table copied out."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
    copied = b""
    with psycopg.connect(url) as connection:
        for table in metadata.sorted_tables:
            with connection.cursor().copy(f"COPY {table.name} TO STDOUT") as copy:
                copied += b"".join(bytes(part) for part in copy)
    return copied


def test_no_canary_in_the_database(world: World, database_url: str) -> None:
    """Names, numbers, typed words, PINs, certificate numbers, messages: none is there, in bytes or in hex."""
    person, number = world.register(ABEBE, NAME, area_typed=TYPED)
    for command in (ChoosePin(person, PIN), ShowCertificate(person, "7291"), RequestCallback("danger")):
        world.call(ABEBE, command)
    world.consent(ABEBE, "sms", person=person)
    world.answer(CLINIC, world.refer(ABEBE, person), "accept")
    world.call(CLINIC, VerifyCertificate(number, 1990))
    world.call(CHAT, BindPhone(), contact=ABEBE)
    world.call(CHAT, BindPhone(), contact=HODAN)
    kept = raw(database_url)
    canaries = [
        NAME,
        NAME.split()[0],
        TYPED,
        number,
        PIN,
        CHAT.value,
        ABEBE.value[1:],
        HODAN.value[1:],
        CLINIC.value[1:],
    ]
    canaries += [f'"raw":"{AGE["raw"]}"', "expects you"]
    for canary in canaries:
        found = canary.encode() in kept or canary.encode().hex().encode() in kept
        # A short PIN can turn up in random bytes: what matters is that it stands nowhere as a word.
        assert not found or (canary == PIN and f'"{PIN}"'.encode() not in kept), "a canary was found"


def test_every_notice_that_is_sent_is_published(world: World) -> None:
    """And those said to the people outside are made of neutral placeholders only."""
    notices = world.published.notices
    assert set(notices) >= NOTICES
    for name in NOTICES:
        assert set(notices[name].placeholders) <= {
            "code", "stage", "place", "day", "priority", "service", "area", "reference", "valid_to", "count", "moves",
        }  # fmt: skip


@pytest.mark.parametrize("thing", ["party", "work", "person"])
def test_nothing_personal_in_a_repr(world: World, thing: str) -> None:
    """What may reach a log shows no value."""
    world.register(HODAN, NAME)
    with world.database.transaction() as tx:
        work = world.work(tx, HODAN)
        shown = {"party": repr(work.party), "work": repr(work), "person": repr(world.answers("", NAME))}[
            thing
        ]
    assert NAME not in shown
    assert HODAN.value not in shown

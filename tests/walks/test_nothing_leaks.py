"""Canaries go through every path, failures too. Afterwards nothing of them stands anywhere but in the phones."""

from __future__ import annotations

import io
import re
import traceback
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import psycopg
import pytest
from doors import SECRET, SERVICE, TOKEN, environment, text_message
from redis import Redis
from sqlalchemy import text
from town import HEALTH_IN_JIJIGA, Town, post_update

from gateway import bootstrap, settings
from gateway.catalogue.files import Bundle
from gateway.conversation.session import Frame, Session, from_json, to_json
from gateway.enact.helping import directory
from gateway.errors import StoreError
from gateway.intake import receive
from gateway.jobs.deliver import Deliverer
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Outbound, Receipt
from gateway.queues import QUEUE
from gateway.registry.certificate_number import grouped
from gateway.runtime import Runtime
from gateway.store.conversations import SESSION, find_address, save_session
from gateway.store.database import Database, Transaction
from gateway.store.tables import metadata
from gateway.store.tables import outbox as outbox_table
from gateway.web.app import create_app

PHONE, CHAT = "+251911838383", 583838383
PIN = "7193"
WORDS = ("Kanaariya", "zxqvtext", "zxqvcrash", "zxqvgroup", "zxqvdoor", "zxqvworker")


@dataclass(frozen=True)
class Canaries:
    """What must be nowhere. A number counts however it is written, a PIN where it stands by itself."""

    certificate: str

    def in_(self, haystack: bytes) -> list[str]:
        known = settings.read(environment("sqlite:////nowhere.db"))
        secrets = (TOKEN, SECRET, known.at_api_key, known.telegram_token)
        numbers = (
            PHONE[1:],
            PHONE[4:],
            str(CHAT),
            HEALTH_IN_JIJIGA[1:],
            self.certificate,
            grouped(self.certificate),
        )
        low = haystack.lower()
        found = [each for each in (*WORDS, *numbers, *secrets) if each.lower().encode() in low]
        return found + re.findall(rf"(?<![0-9]){PIN}(?![0-9])", haystack.decode("latin-1"))


@pytest.fixture
def house(database_url: str, redis_url: str, shipped: Bundle) -> Iterator[Runtime]:
    """A whole house with a real Redis; what it draws is the same each time, lest a code looks like the PIN."""
    built = bootstrap.build(settings.read(environment(database_url, redis_url)))
    built = replace(built, below=Random(1).randrange)
    built.catalogue.publish(shipped, "tests", "", built.now())
    directory.load(built, shipped.sources["directory.yaml"].data)
    yield built
    built.database.close()


@pytest.fixture
def crowd(house: Runtime, shipped: Bundle, logged: io.StringIO) -> Iterator[Town]:
    """The people around that house."""
    app = create_app(house)
    yield Town(house, app.test_client(), shipped)
    app.extensions["simulator"].close()


# --- where the canaries go --------------------------------------------------------------------------------


def everything_ordinary(town: Town) -> str:
    """Registration, PIN, verification, referral, a chat, STOP; returns the certificate's number."""
    phone, texter = town.caller(PHONE), town.texter(PHONE)
    number = town.registers(PHONE, name="Kanaariya Nuur")
    phone.dial()
    town.said([phone.say(typed) for typed in ("2", PIN, PIN)][-1], "certificate/active", channel="ussd")
    phone.post()  # the last hop again
    phone.say("1")  # and hops that carry the PIN on in their text
    phone.post(phoneNumber="+251911838384")
    phone.post(serviceCode="*999#")
    phone.dial(f"2*{PIN}")
    texter.write("zxqvtext")
    town.said(texter.writes("CERTIFICATE", PIN), "certificate/active")
    town.said(texter.writes("CERTIFICATE", "7194"), "certificate/wrong_pin")
    texter.write("MENU")
    provider = town.texter(HEALTH_IN_JIJIGA)
    town.said(provider.write(f"V {number} {town.runtime.now().year - 35}"), "verify/valid", "so")
    code = town.asks_for_health(PHONE)
    provider.writes(f"ACCEPT {code}", "zxqvtext")
    chat = town.chatter(CHAT)
    chat.write("/start")
    chat.press("English")
    chat.share(PHONE)
    chat.write("zxqvtext Kanaariya")
    texter.write("STOP")
    return number


def what_cannot_be_read(town: Town) -> None:
    """Posts for the quarantine, with wrong tokens, and in groups."""
    post = town.client.post
    form = {"sessionId": "s", "phoneNumber": "zxqvdoor", "serviceCode": SERVICE, "text": f"2*{PIN}"}
    assert post(f"/ussd/africastalking/{TOKEN}", data=form).status_code == 200
    assert post(f"/ussd/africastalking/{TOKEN}x", data=form).status_code == 403
    assert post(f"/sms/africastalking/{TOKEN}", data={"from": PHONE, "text": "zxqvdoor"}).status_code == 200
    assert post(f"/sms/africastalking/{TOKEN}", data=b"text=zxqvdoor\xe9&from=%2B").status_code == 200
    assert text_message(town.client, "zxqvdoor", f"zxqvtext {PHONE}", "odd") == 200
    assert post(f"/sms/africastalking/{TOKEN}/nowhere", data={"text": "zxqvdoor"}).status_code == 404
    message = {"from": {"id": CHAT}, "chat": {"id": -5, "type": "group"}, "text": "zxqvgroup"}
    assert post_update(town.client, {"update_id": 900, "message": message}) == 200
    assert post_update(town.client, {"update_id": 901, "zxqvdoor": {"id": CHAT}}) == 200


def a_crash_inside_a_step(town: Town) -> None:
    """A session that stands where no flow leads, and whose name is a canary: SMS, USSD and Telegram trip over it."""
    runtime, phone = town.runtime, "+251911838385"
    town.texter(phone).write("REG")
    with runtime.database.transaction() as tx:
        row = find_address(tx, runtime.vault, Address(AddressKind.PHONE, phone))
        assert row is not None and row.session is not None
        key = runtime.vault.open_key(row.key)
        session: Session = from_json(key.open(row.session, SESSION))
        broken = replace(session, frames=(Frame("registration", "zxqvcrash", {"full_name": "Kanaariya"}),))
        save_session(tx, row.conversation_id, key, to_json(broken), broken.revision, "en", runtime.now())
    assert text_message(town.client, phone, f"zxqvtext {PIN}", "crash") == 200
    assert town.caller(phone).dial().startswith("END ")


def a_crash_in_the_worker(town: Town) -> None:
    """A carrier's client whose exception quotes what it was to send."""

    class Quoting:
        def send(self, outbound: Outbound) -> Receipt:
            raise ValueError(f"{outbound.address.value} {outbound.body} zxqvworker")

    runtime = town.runtime
    assert text_message(town.client, PHONE, "STATUS", "worker") == 200
    policy = runtime.catalogue.current().policy.outbox
    Deliverer(
        runtime.database,
        runtime.vault,
        {(ChannelName.SMS, "africastalking"): Quoting()},
        policy=lambda: policy,
        now=runtime.now,
        below=runtime.below,
    ).drain()
    assert town.count(outbox_table, state="unknown") > 0


# --- where they may have got to ---------------------------------------------------------------------------


def database_bytes(url: str) -> Iterator[tuple[str, bytes]]:
    """The raw files of SQLite, as they lie there; every text and byte of PostgreSQL."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        yield from ((each.name, each.read_bytes()) for each in path.parent.glob(f"{path.name}*"))
        return
    with psycopg.connect(url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        ).fetchall()
        assert {row[0] for row in columns} >= set(metadata.tables)
        for table, column, kind in columns:
            read = f'"{column}"' if kind == "bytea" else f"convert_to(\"{column}\"::text, 'UTF8')"
            if kind in ("integer", "bigint", "timestamp with time zone", "boolean"):
                continue
            values = connection.execute(f'SELECT {read} FROM "{table}"'.encode()).fetchall()
            yield f"{table}.{column}", b"\n".join(bytes(value[0]) for value in values if value[0])


def redis_bytes(url: str) -> bytes:
    """Every key and value, jobs unpacked."""
    with Redis.from_url(url) as redis:
        everything = []
        for key in redis.keys("*"):
            everything += [key, redis.dump(key) or b""]
            if redis.type(key) == b"hash":
                for name, value in redis.hgetall(key).items():
                    everything += [name, zlib.decompress(value) if name == b"data" else value]
        assert redis.llen(f"rq:queue:{QUEUE}") > 10  # bells were rung
    return b"\n".join(everything)


def test_nothing_of_a_person_is_anywhere(
    crowd: Town, database_url: str, redis_url: str, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names, numbers, texts, a PIN, a certificate number and tokens: in no log, file, dump, job or figure."""
    canaries = Canaries(everything_ordinary(crowd))
    what_cannot_be_read(crowd)
    a_crash_inside_a_step(crowd)
    a_crash_in_the_worker(crowd)
    lines = logged.getvalue()
    assert all(event in lines for event in ("turn_failed", "hop_failed", "sender_failed"))
    printed = capfd.readouterr()
    places = {
        "log": lines.encode(),
        "printed": (printed.out + printed.err).encode(),
        "metrics": crowd.client.get("/metrics").data,
        "health": crowd.client.get("/health/ready").data,
        "redis": redis_bytes(redis_url),
        **dict(database_bytes(database_url)),
    }
    assert {place: found for place, held in places.items() if (found := canaries.in_(held))} == {}
    everything_said = " ".join(each.body for each in crowd.sent).encode()
    assert grouped(canaries.certificate).encode() in everything_said  # what is looked for can be found


def test_the_canaries_can_be_found(crowd: Town, tmp_path: Path, database_url: str) -> None:
    """The search itself: a row written in the clear is found in the raw bytes."""
    with crowd.runtime.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET language = 'zxqvtext'"))
    canaries = Canaries("526859657518")
    assert any(canaries.in_(held) for _, held in database_bytes(database_url))
    assert canaries.in_(f"*2*{PIN}*".encode()) == [PIN]


# --- what exceptions say ----------------------------------------------------------------------------------


def test_what_the_database_refuses_is_not_quoted(house: Runtime) -> None:
    """Its own message holds the values; ours, with all that a traceback would print, holds none of them."""
    canaries = Canaries("526859657518")

    def told(statement: str, tx: Transaction) -> None:
        tx.execute(text(statement), {"value": f"zxqvtext {PHONE} {PIN}"})

    for statement in (
        "INSERT INTO inbox (channel) VALUES (:value)",
        "INSERT INTO conversations (nothing_like_it) VALUES (:value)",
        "SELECT * FROM nowhere WHERE x = :value",
    ):
        with pytest.raises(StoreError) as refused, house.database.transaction() as tx:
            told(statement, tx)
        printed = "".join(traceback.format_exception(refused.value))
        assert canaries.in_(re.sub(r"(?m)^ .*$", "", printed).encode()) == []


def test_what_a_message_trips_over_is_not_quoted(house: Runtime) -> None:
    """A table that is gone in the middle of a message: the error names neither the phone nor the text."""
    other = Database(house.settings.database_url)
    with other.transaction() as tx:
        tx.execute(text("DROP TABLE inbox"))
    other.close()
    channel = house.channel(ChannelName.SMS, "africastalking")
    phone = Address(AddressKind.PHONE, PHONE)
    inbound = Inbound(ChannelName.SMS, "africastalking", phone, f"zxqvtext {PIN}", "1")
    with pytest.raises(StoreError) as refused:
        receive(house, channel, inbound)
    printed = "".join(traceback.format_exception(refused.value)) + repr(refused.value) + repr(inbound)
    assert Canaries("526859657518").in_(printed.encode()) == []
    with house.database.reading() as tx:
        assert find_address(tx, house.vault, phone) is None  # it was rolled back as a whole

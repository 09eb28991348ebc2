"""Messages a second from the outbox to a carrier on loopback, through RQ and one worker process, on SQLite (FULL).

The letters are posted first, to 100 phones; the clock runs from the bell to the last letter accepted. The carrier
is a bare HTTP server in this process, so it and the worker share the machine's cores.

    python bench/deliver.py [LETTERS]
"""

from __future__ import annotations

import json
import multiprocessing
import os
import secrets
import sys
import tempfile
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import parse_qs

from sqlalchemy import func, select

from gateway import log
from gateway.carriers.africastalking_client import AfricasTalkingClient
from gateway.cli.embedded import EmbeddedRedis
from gateway.jobs.deliver import Deliverer
from gateway.jobs.worker import Process
from gateway.messages import Address, AddressKind, ChannelName, Handling, Outbound
from gateway.queues import Bell
from gateway.sms.sender import AfricasTalkingSender
from gateway.store import conversations, outbox
from gateway.store.database import Database
from gateway.store.outbox import State
from gateway.store.stubbornness import OutboxPolicy
from gateway.store.tables import metadata
from gateway.store.tables import outbox as table
from gateway.vault import Vault

LETTERS, PHONES, ROUNDS = 500, 100, 3
LONGEST = 120.0  # seconds of one round
KEY = bytes(range(32))


class Carrier(BaseHTTPRequestHandler):
    """Accepts every message."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        entry = {"statusCode": 101, "number": form["to"][0], "messageId": f"ATXid_{secrets.token_hex(16)}"}
        body = json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": [entry]}}).encode()
        self.wfile.write(
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body)
        )


def work(database_url: str, redis_url: str, carrier_url: str) -> None:
    """The worker process."""
    log_file = Path(tempfile.gettempdir()) / f"bench-deliver-{os.getpid()}.log"
    with log_file.open("w") as stream:
        log.configure(stream)
        deliverer = Deliverer(
            Database(database_url),
            Vault((KEY,)),
            {
                (ChannelName.SMS, "africastalking"): AfricasTalkingSender(
                    AfricasTalkingClient("us", "key", carrier_url)
                )
            },
            policy=OutboxPolicy,
            now=lambda: datetime.now(UTC),
            below=secrets.randbelow,
        )
        Process(deliverer, redis_url, fire=int).run()
    log_file.unlink()


def post(database: Database, vault: Vault, letters: int) -> list[int]:
    """Puts letters into the outbox."""
    ids = []
    with database.transaction() as tx:
        for number in range(letters):
            now = datetime.now(UTC)
            address = Address(AddressKind.PHONE, f"+2519{number % PHONES:08}")
            row = conversations.open_address(tx, vault, address, "africastalking", now)
            body = outbox.pack(
                vault.open_key(row.key), Outbound(ChannelName.SMS, address, f"message {number}")
            )
            letter = outbox.Letter(
                row.conversation_id, row.id, ChannelName.SMS, "africastalking", "reply", Handling.RESEND, body
            )
            ids.append(outbox.post(tx, letter, now))
    return [each for each in ids if each is not None]


def accepted(database: Database) -> int:
    """How many letters have been taken."""
    with database.transaction() as tx:
        return int(tx.execute(select(func.count()).where(table.c.state == State.ACCEPTED)).scalar_one())


def measure(database: Database, bell: Bell, vault: Vault, letters: int) -> float:
    """Messages a second of one round."""
    before = accepted(database)
    ids = post(database, vault, letters)
    began = time.perf_counter()
    bell.ring(ids)
    while accepted(database) - before < letters:
        if time.perf_counter() - began > LONGEST:
            raise SystemExit("the letters were not sent in time")
        time.sleep(0.02)
    return letters / (time.perf_counter() - began)


def main(letters: int = LETTERS) -> None:
    vault, redis = Vault((KEY,)), EmbeddedRedis(durable=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as directory:
        database_url = f"sqlite:///{directory}/bench.db"
        database = Database(database_url)
        metadata.create_all(database.engine)
        redis_url = redis.start(Path(directory) / "redis")
        arguments = (database_url, redis_url, f"http://127.0.0.1:{server.server_address[1]}")
        worker = multiprocessing.get_context("spawn").Process(target=work, args=arguments, daemon=True)
        worker.start()
        bell = Bell(redis_url)
        try:
            measure(database, bell, vault, 20)  # the worker is up and its connections are open
            rounds = [measure(database, bell, vault, letters) for _ in range(ROUNDS)]
        finally:
            worker.terminate()
            worker.join(12)
            redis.stop()
            server.shutdown()
            database.close()
    print(f"{ROUNDS} rounds of {letters} letters: {', '.join(f'{each:.0f}' for each in rounds)} messages/s")
    print(json.dumps({"messages_per_s": round(median(rounds), 1)}))


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))

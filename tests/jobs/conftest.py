"""A small carrier on loopback that can be told how to answer, and letters to send by it."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from gateway.channel import Sender
from gateway.jobs.deliver import Deliverer
from gateway.messages import Address, AddressKind, ChannelName, Handling, Outbound
from gateway.store import conversations, outbox
from gateway.store.attempts import Route
from gateway.store.database import Database
from gateway.store.outbox import OnFinal, nobody_waits
from gateway.store.stubbornness import OutboxPolicy
from gateway.vault import Vault

SMS: Route = (ChannelName.SMS, "africastalking")
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def accepted(number: str, code: int = 101) -> dict[str, Any]:
    """One recipient as the carrier writes it."""
    return {
        "statusCode": code,
        "number": number,
        "status": "Success",
        "cost": "KES 0.8000",
        "messageId": f"ATXid_{secrets.token_hex(8)}",
    }


@dataclass
class Carrier:
    """What the carrier was asked for (texts and numbers, in order), and how it answers: a mode, or the next modes."""

    mode: str = "accept"
    next_modes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    slowness: float = 0.0
    url: str = ""

    @property
    def copies(self) -> Counter[str]:
        """How often each text was taken."""
        return Counter(self.texts)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    carrier: Carrier

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        carrier = self.carrier
        carrier.paths.append(self.path)
        mode = carrier.next_modes.pop(0) if carrier.next_modes else carrier.mode
        if "/bot" in self.path:
            sent = (
                json.loads(body)
                if self.headers["Content-Type"] == "application/json"
                else {k: v[0] for k, v in parse_qs(body.decode()).items()}
            )
            carrier.bodies.append((self.path.rsplit("/", 1)[1], sent))
            self._telegram(mode)
            return
        form = parse_qs(body.decode())
        carrier.bodies.append(form)
        time.sleep(carrier.slowness)
        number = form["to"][0]
        if mode in TAKES:
            carrier.texts.append(form["message"][0])
            carrier.to.append(number)
        getattr(self, f"_{mode}")(number)

    def _say(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _recipients(self, entries: list[Any], kind: str = "application/json") -> None:
        self._say(201, json.dumps({"SMSMessageData": {"Message": "", "Recipients": entries}}).encode(), kind)

    def _accept(self, number: str) -> None:
        self._recipients([accepted(number)])

    def _charset(self, number: str) -> None:
        self._recipients([accepted(number)], "application/json; charset=utf-8")

    def _empty(self, _: str) -> None:
        self._recipients([])

    def _odd(self, number: str) -> None:
        self._recipients([{"number": number, "statusCode": "x"}])

    def _broke(self, number: str) -> None:
        self._recipients([accepted(number, 405)])

    def _blacklisted(self, number: str) -> None:
        self._recipients([accepted(number, 406)])

    def _gateway(self, number: str) -> None:
        self._recipients([accepted(number, 501)])

    def _strange(self, number: str) -> None:
        self._recipients([accepted(number, 777)])

    def _html(self, _: str) -> None:
        self._say(200, b"<html>hello</html>", "text/html")

    def _error(self, _: str) -> None:
        self._say(500, b"oops", "text/plain")

    def _busy(self, _: str) -> None:
        self._say(429, b"slow down", "text/plain", Retry_After="1")

    def _unauthorised(self, _: str) -> None:
        self._say(401, b"who are you", "text/plain")

    def _bad(self, _: str) -> None:
        self._say(400, b"bad", "text/plain")

    def _redirect(self, _: str) -> None:
        self._say(302, b"", Location=f"{self.carrier.url}/elsewhere")

    def _huge(self, _: str) -> None:
        self._say(201, b" " * 200_000)

    def _reset(self, _: str) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _hang(self, _: str) -> None:
        time.sleep(3)
        self.close_connection = True

    def _drip(self, _: str) -> None:
        self.wfile.write(
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        try:
            for _step in range(60):
                self.wfile.write(b" ")
                time.sleep(0.1)
        except OSError:
            pass
        self.close_connection = True

    def _telegram(self, mode: str) -> None:
        asked = self.path.rsplit("/", 1)[1]
        if asked == "answerCallbackQuery":
            ok = {"ok": True, "result": True}
            bad = {"ok": False, "error_code": 400, "description": "Bad Request: query is too old"}
            self._say(400 if mode == "stale" else 200, json.dumps(bad if mode == "stale" else ok).encode())
            return
        match mode:
            case "hang":
                self._hang("")
            case "html":
                self._html("")
            case "accept" | "stale":
                chat = {"id": 77, "type": "private"}
                result = {"message_id": 5, "date": 1, "chat": chat, "text": "x"}
                self._say(200, json.dumps({"ok": True, "result": result}).encode())
            case _:
                status, extra = int(mode[:3]), {}
                if mode == "429":
                    extra = {"parameters": {"retry_after": 7}}
                if mode == "400m":
                    extra = {"parameters": {"migrate_to_chat_id": -100}}
                said = {"ok": False, "error_code": status, "description": "no"} | extra
                self._say(status, json.dumps(said).encode())


TAKES = frozenset("accept charset html odd strange reset hang drip huge error".split())
"""How it answers where it has taken the message (or we cannot know that it has not)."""


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """The carrier, answering."""
    state = Carrier()
    handler = type("Handler", (_Handler,), {"carrier": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Clock:
    """The domain's clock, moved by hand."""

    at: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Outgoing:
    """Posts letters and looks at what became of them."""

    database: Database
    vault: Vault
    now: Callable[[], datetime]

    def post(self, text: str, number: str = "+251911000001", **more: Any) -> int:
        """One SMS letter; `more` are a letter's other fields."""
        address = Address(AddressKind.PHONE, number)
        with self.database.transaction() as tx:
            row = conversations.open_address(tx, self.vault, address, SMS[1], self.now())
            body = outbox.pack(self.vault.open_key(row.key), Outbound(ChannelName.SMS, address, text))
            fields = {"purpose": "reply", "handling": Handling.RESEND} | more
            letter = outbox.Letter(row.conversation_id, row.id, *SMS, body=body, **fields)
            made = outbox.post(tx, letter, self.now())
        assert made is not None
        return made

    def states(self) -> Counter[str]:
        """How many rows stand where."""
        return Counter(row["state"] for row in self.rows("outbox"))

    def row(self, row_id: int) -> Mapping[str, Any]:
        """One outbox row."""
        return next(row for row in self.rows("outbox") if row["id"] == row_id)

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """All rows of a table, as stored, in order."""
        from sqlalchemy import select

        from gateway.store.tables import metadata

        known = metadata.tables[table]
        with self.database.transaction() as tx:
            return [dict(row._mapping) for row in tx.execute(select(known).order_by(known.c.id))]


@pytest.fixture
def outgoing(database: Database, vault: Vault, clock: Clock) -> Outgoing:
    return Outgoing(database, vault, clock)


@dataclass
class Workshop:
    """Makes deliverers over one database and clock."""

    database: Database
    vault: Vault
    clock: Clock

    def deliverer(
        self,
        sender: Sender | None,
        policy: OutboxPolicy | None = None,
        on_final: OnFinal = nobody_waits,
        lanes: int = 4,
    ) -> Deliverer:
        """One that sends SMS by `sender`."""
        return Deliverer(
            self.database,
            self.vault,
            {} if sender is None else {SMS: sender},
            policy=lambda: policy or OutboxPolicy(),
            now=self.clock,
            below=lambda n: n // 2,
            on_final=on_final,
            lanes=lanes,
        )


@pytest.fixture
def workshop(database: Database, vault: Vault, clock: Clock) -> Workshop:
    return Workshop(database, vault, clock)

"""The web application as it runs, with a fake in place of what stands behind the doors."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient

from gateway import log
from gateway.catalogue.published import Catalogue
from gateway.channel import Channel
from gateway.conversation.flow import Words
from gateway.errors import StoreUnavailable
from gateway.messages import ChannelName, DeliveryReport, DialogueEnd, Inbound, OptOut
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.sms.africastalking import AfricasTalkingSMS
from gateway.store.database import Database
from gateway.store.tables import metadata
from gateway.telegram.bot import TelegramBot
from gateway.text.screens import Profile
from gateway.ussd.africastalking import AfricasTalkingUSSD
from gateway.vault import Vault
from gateway.web.app import create_app

TOKEN, OLD_TOKEN = "live-token-0123456789abcdef", "old-token-0123456789abcdefg"
SECRET = "telegram-secret-0123456789abcdef"
TRY_LATER = "Hadda ma jawaabi karno."


@dataclass
class FakeIntake:
    """Remembers what it was handed, and fails as it is told."""

    handed: list[Any] = field(default_factory=list)
    quarantined: list[tuple[ChannelName, str, bytes, str]] = field(default_factory=list)
    fails: Exception | None = None
    screen: str = "CON Hello"

    def _take(self, what: Any) -> None:
        if self.fails:
            raise self.fails
        self.handed.append(what)

    def hop(self, runtime: Runtime, channel: Channel, inbound: Inbound, /) -> str:
        self._take(inbound)
        return self.screen

    def receive(self, runtime: Runtime, channel: Channel, inbound: Inbound, /) -> None:
        self._take(inbound)

    def quarantine(
        self, runtime: Runtime, channel: ChannelName, carrier: str, body: bytes, reason: str, /
    ) -> None:
        if isinstance(self.fails, StoreUnavailable):
            raise self.fails
        self.quarantined.append((channel, carrier, body, reason))

    def report(self, runtime: Runtime, report: DeliveryReport, /) -> None:
        self._take(report)

    def opt_out(self, runtime: Runtime, opt_out: OptOut, /) -> None:
        self._take(opt_out)

    def end(self, runtime: Runtime, end: DialogueEnd, /) -> None:
        self._take(end)


class FakeCatalogue:
    """What is published, and a database that can go away."""

    down = False

    def __init__(self) -> None:
        words = Words({("", "sms"): ("Later.",), ("so", "ussd"): (TRY_LATER,)}, frozenset({"en", "so"}))
        self._published = SimpleNamespace(
            policy=SimpleNamespace(languages=("so", "en")),
            revision=SimpleNamespace(phrases={"try_later": words}),
        )

    def current(self) -> Any:
        if self.down:
            raise StoreUnavailable("down")
        return self._published


@dataclass(frozen=True)
class Address:
    """One webhook address: how to post to it, and a post that it takes."""

    path: str
    secret_path: bool
    good: bytes
    spoiled: bytes
    content_type: str = "application/x-www-form-urlencoded"

    @property
    def is_hop(self) -> bool:
        return self.path == "/ussd/africastalking/{}"

    @property
    def is_json(self) -> bool:
        return self.content_type == "application/json"

    def post(
        self,
        client: FlaskClient,
        body: bytes | None = None,
        *,
        token: str = "",
        stream: Any = None,
        announced: int | None = None,
    ) -> Any:
        """Posts a body, by default the good one with the live token; or a stream."""
        token = token or (TOKEN if self.secret_path else SECRET)
        overrides: dict[str, Any] = {}
        if stream is not None:
            length = "" if announced is None else str(announced)
            overrides = {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": length}
        return client.post(
            self.path.format(token),
            data=self.good if body is None else body,
            content_type=self.content_type,
            headers={} if self.secret_path else {"X-Telegram-Bot-Api-Secret-Token": token},
            environ_overrides=overrides,
        )


def form(**fields: str) -> bytes:
    """A form body, encoded as carriers do."""
    return "&".join(f"{name.rstrip('_')}={quote_plus(value)}" for name, value in fields.items()).encode()


HOP = {
    "sessionId": "ATUid_0a",
    "phoneNumber": "+251911000001",
    "networkCode": "63601",
    "serviceCode": "*384*1#",
    "text": "1*2",
}
UPDATE = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "from": {"id": 42, "is_bot": False},
        "chat": {"id": 42, "type": "private"},
        "date": 1,
        "text": "hello",
    },
}
AT = "/{}/africastalking/{{}}{}"
ADDRESSES = {
    "ussd": Address(AT.format("ussd", ""), True, form(**HOP), form(**{**HOP, "phoneNumber": "MTN"})),
    "ussd-events": Address(
        AT.format("ussd", "/events"), True, form(sessionId="ATUid_0a", status="Success"), b"status=Success"
    ),
    "sms": Address(
        AT.format("sms", ""),
        True,
        form(id="m1", from_="+251911000001", to="8384", text="REG"),
        b"id=m1&text=REG",
    ),
    "sms-reports": Address(
        AT.format("sms", "/reports"), True, form(id="ATXid_1", status="Success"), b"id=ATXid_1"
    ),
    "sms-optouts": Address(
        AT.format("sms", "/optouts"),
        True,
        form(senderId="8384", phoneNumber="+251911000001"),
        b"senderId=8384",
    ),
    "telegram": Address(
        "/telegram/returnee",
        False,
        json.dumps(UPDATE).encode(),
        b'{"update_id": 8, "poll": {}}',
        "application/json",
    ),
}


@pytest.fixture(params=list(ADDRESSES.values()), ids=list(ADDRESSES))
def address(request: pytest.FixtureRequest) -> Address:
    """Each webhook address in turn."""
    return cast(Address, request.param)


@pytest.fixture
def addresses() -> dict[str, Address]:
    """All of them by name."""
    return ADDRESSES


@pytest.fixture
def intake() -> FakeIntake:
    """What stands behind the doors."""
    return FakeIntake()


@pytest.fixture
def catalogue() -> FakeCatalogue:
    """What is published."""
    return FakeCatalogue()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that was logged."""
    stream = io.StringIO()
    log.configure(stream)
    yield stream
    log.configure()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An empty one, which health and metrics read."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('doors')}/gateway.db", synchronous="NORMAL")
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def runtime(tmp_path: Path, catalogue: FakeCatalogue, database: Database) -> Runtime:
    """A running gateway's parts: real doors, a real database, a fake catalogue, a Redis that is not there."""
    tokens = (TOKEN, OLD_TOKEN)
    channels: tuple[Channel, ...] = (
        AfricasTalkingUSSD(tokens, lambda network: Profile(prefix=4)),
        AfricasTalkingSMS(tokens),
        TelegramBot("returnee", SECRET),
    )
    return Runtime(
        settings=Settings(
            database_url="",
            redis_url=f"unix://{tmp_path}/no-redis",
            secret_keys=(),
            at_username="",
            at_api_key="",
            at_webhook_tokens=tokens,
            telegram_token="",
            telegram_secret=SECRET,
        ),
        database=database,
        vault=Vault((b"k" * 32,)),
        catalogue=cast(Catalogue, catalogue),
        channels={(channel.name, channel.carrier): channel for channel in channels},
        wake=lambda ids: None,
        now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        below=lambda limit: 0,
    )


@pytest.fixture
def client(runtime: Runtime, intake: FakeIntake) -> FlaskClient:
    """A carrier, as far as the application can tell."""
    return create_app(runtime, intake).test_client()

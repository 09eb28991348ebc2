from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, make_server

from gateway.simulator.app import Simulator
from gateway.simulator.network import Character
from gateway.simulator.wiring import Wiring


@dataclass
class FakeGateway:
    """The gateway's doors: keeps what is posted, and answers what the test wants."""

    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)
    refusals: int = 0

    def app(self) -> Flask:
        app = Flask("fake", static_folder=None)

        @app.post("/<path:path>")
        def take(path: str) -> Response:
            said = request.get_json() if request.is_json else request.form.to_dict()
            self.seen.append(
                (path, {**said, "secret": request.headers.get("X-Telegram-Bot-Api-Secret-Token")})
            )
            if self.refusals:
                self.refusals -= 1
                return Response("down", 503)
            if path.startswith("ussd") and not path.endswith("events"):
                return Response(self.screens.pop(0) if self.screens else "END Bye", content_type="text/plain")
            return Response("ok")

        return app

    def posted(self, door: str) -> list[dict[str, Any]]:
        """What came in at one door, whose path ends like this."""
        return [said for path, said in list(self.seen) if path.endswith(door)]

    def wait(self, what: Callable[[], Any], seconds: float = 5.0) -> Any:
        """What a condition gives once it is true."""
        deadline = time.monotonic() + seconds
        while not (value := what()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.02)
        return value


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    servers: list[BaseWSGIServer] = []
    threads: list[threading.Thread] = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append(server)
        threads.append(thread)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
    for thread in threads:
        thread.join()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def wiring(gateway: FakeGateway, serve: Callable[[Flask], str]) -> Wiring:
    return Wiring(
        gateway_url=serve(gateway.app()),
        api_key="key-of-the-test",
        webhook_token="t" * 32,
        telegram_token="700:token",
        telegram_secret="s" * 32,
    )


@pytest.fixture
def simulator(wiring: Wiring, cast: tuple[Character, ...]) -> Iterator[Simulator]:
    simulator = Simulator(wiring, cast, retry_seconds=0.05)
    yield simulator
    simulator.close()


@pytest.fixture
def carrier_url(simulator: Simulator, serve: Callable[[Flask], str]) -> str:
    return serve(simulator.app()) + "/simulator"

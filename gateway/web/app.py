"""The web application: what is mounted where, and what every answer has in common."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from gateway import intake as taken_in
from gateway import log
from gateway.carriers.entrance import Intake
from gateway.channel import Channel
from gateway.errors import StoreUnavailable
from gateway.messages import ChannelName
from gateway.runtime import Runtime
from gateway.sms import webhook as sms
from gateway.telegram import webhook as telegram
from gateway.ussd import webhook as ussd
from gateway.web import health, metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 1024 * 1024
"""The longest body of any route; the doors have bounds of their own."""

PATIENCE = 0.05
"""Seconds that a request waits for the one before it in the same process."""

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
"""What an answer carries unless its page says otherwise."""


def create_app(runtime: Runtime, intake: Intake = taken_in) -> Flask:
    """Every door of the runtime's channels, health and metrics; the simulator too, outside live mode."""
    app = Flask("gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    hops: list[ussd.Hops] = []
    for channel in runtime.channels.values():
        app.register_blueprint(_door(runtime, channel, intake, hops))
    app.register_blueprint(health.blueprint(runtime))
    app.register_blueprint(metrics.blueprint(runtime))
    if runtime.settings.mode != "live":
        _mount_simulator(app, runtime)
    app.register_error_handler(HTTPException, _status_only)
    app.register_error_handler(Exception, _failed)
    inner = _guarded(_straight(app.wsgi_app, hops))
    alone = runtime.settings.database_url.startswith("sqlite")
    app.wsgi_app = _in_turn(inner) if alone else inner  # type: ignore[assignment, method-assign]
    return app


def _door(runtime: Runtime, channel: Channel, intake: Intake, hops: list[ussd.Hops]) -> Blueprint:
    """Raises `TypeError` for a channel that offers less than its door needs."""
    match channel.name:
        case ChannelName.USSD if isinstance(channel, ussd.USSDDoor):
            hops.append(ussd.Hops(runtime, channel, intake))
            return ussd.blueprint(runtime, channel, intake, hops[-1])
        case ChannelName.SMS if isinstance(channel, sms.SMSDoor):
            return sms.blueprint(runtime, channel, intake)
        case ChannelName.TELEGRAM if isinstance(channel, telegram.TelegramDoor):
            return telegram.blueprint(runtime, channel, intake)
    raise TypeError(f"{channel.carrier} is no {channel.name} door")


def _mount_simulator(app: Flask, runtime: Runtime) -> None:
    from gateway.simulator.app import Simulator  # here: a live process carries nothing of it
    from gateway.simulator.wiring import Wiring

    simulator = Simulator(Wiring.of(runtime.settings))
    app.register_blueprint(simulator.blueprint(), url_prefix="/simulator")
    app.extensions["simulator"] = simulator  # whose `close` ends its threads


def _straight(application: WSGIApplication, hops: Iterable[ussd.Hops]) -> WSGIApplication:
    """Leads a caller's hop straight to its door; all else goes by Flask, which would take a fifth of a hop's time."""
    doors = {f"/ussd/{each.carrier}": each for each in hops}

    def straight(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address, _, token = environment["PATH_INFO"].rpartition("/")
        if token and address in doors and environment["REQUEST_METHOD"] == "POST":
            status, screen = doors[address](environment, token, EnvironHeaders(environment))
            headers = [("Content-Type", ussd.PLAIN), ("Content-Length", str(len(screen)))]
            start_response(f"{status} {HTTP_STATUS_CODES[status]}", headers)
            return (screen,)
        return application(environment, start_response)

    return straight


def _guarded(application: WSGIApplication) -> WSGIApplication:
    """Adds `HEADERS` around the application: by Flask's own means that would cost a hop a sixth of its time."""

    def guarded(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = {name for name, _ in headers}
            return start_response(status, headers + [each for each in HEADERS if each[0] not in given], *more)

        return application(environment, start)

    return guarded


def _in_turn(application: WSGIApplication) -> WSGIApplication:
    """One request after another, unless one waits for something: then the next goes in after `PATIENCE`.

    SQLite has one writer anyhow, and threads side by side hand the interpreter's lock to and fro at each call into
    it: a third of the hops of a second. Who waits for a lock or for the rest of a body still holds up nobody.
    """
    turn = Lock()

    def in_turn(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        mine = turn.acquire(timeout=PATIENCE)
        try:
            return application(environment, start_response)
        finally:
            if mine:
                turn.release()

    return in_turn


def _status_only(error: HTTPException) -> Response:
    """The status and its name: a description may quote the address, and an address may hold a token."""
    return Response(f"{error.name}\n", error.code, content_type="text/plain; charset=utf-8")


def _failed(error: Exception) -> Response:
    """Reached by pages only: the doors answer for themselves."""
    down = isinstance(error, StoreUnavailable)
    log.get().error("page_failed", exc_info=True)
    text = "Try again later\n" if down else "Something went wrong\n"
    return Response(text, 503 if down else 500, content_type="text/plain; charset=utf-8")

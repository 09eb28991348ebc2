"""The simulator as one Flask blueprint: the carriers' HTTP under /carrier/, the phones' page and actions.

A web process mounts `Simulator(Wiring.of(settings)).blueprint()` at `/simulator`; `Simulator.app()` is a server of
its own. `close()` ends its threads.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request

from gateway.simulator import cast
from gateway.simulator.africastalking import AfricasTalking
from gateway.simulator.callbacks import Callbacks
from gateway.simulator.faults import EXPLAINED, Fault, Faults
from gateway.simulator.network import Character, Network
from gateway.simulator.replies import Reply
from gateway.simulator.telegram import RETRY_WAITS, Telegram
from gateway.simulator.wiring import Wiring

CARRIER = "/simulator/carrier"
"""Where the carriers' HTTP begins; what the settings' base URLs point to."""

MOST_BYTES = 65_536
LONGEST_TEXT = 4_000  # characters that a phone sends
HOPS_AT_ONCE = 4  # each holds a thread of the server while the door answers on another

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Simulator:
    """One simulated world, by default with the people of the sample directory.

    `retry_seconds` shortens the carriers' patience in tests.
    """

    def __init__(
        self,
        wiring: Wiring,
        characters: Sequence[Character] | None = None,
        *,
        retry_seconds: float | None = None,
    ) -> None:
        self.network = Network(cast.sample() if characters is None else characters)
        self.faults = Faults()
        self.callbacks = Callbacks(wiring.gateway_url)
        parts = (wiring, self.network, self.callbacks, self.faults)
        if retry_seconds is None:
            self.africastalking, self.telegram = AfricasTalking(*parts), Telegram(*parts)
        else:
            self.africastalking = AfricasTalking(*parts, retry_seconds=retry_seconds)
            self.telegram = Telegram(*parts, retry_waits=(retry_seconds,) * len(RETRY_WAITS))
        self.wiring = wiring
        self._hops = threading.BoundedSemaphore(HOPS_AT_ONCE)

    def close(self) -> None:
        """Ends its threads."""
        self.callbacks.close()

    def app(self) -> Flask:
        """A server of its own, for tests and for a simulator in another process."""
        app = Flask("gateway.simulator", static_folder=None)
        app.register_blueprint(self.blueprint(), url_prefix="/simulator")
        return app

    def blueprint(self) -> Blueprint:
        """Everything under one prefix."""
        pages = Blueprint(
            "simulator", "gateway.simulator", template_folder="templates", static_folder="static"
        )
        pages.add_url_rule(
            "/carrier/africastalking/version1/messaging", view_func=self._messaging, methods=["POST"]
        )
        pages.add_url_rule(
            "/carrier/telegram/bot<token>/<method>", view_func=self._bot, methods=["GET", "POST"]
        )
        pages.add_url_rule("/", view_func=self._page)
        pages.add_url_rule("/state", view_func=self._state)
        for path, view in self._actions().items():
            pages.add_url_rule(path, endpoint=path.strip("/"), view_func=_action(view), methods=["POST"])
        pages.after_request(_protected)
        return pages

    # --- the carriers -------------------------------------------------------------------------------------

    def _messaging(self) -> Response:
        request.max_content_length = MOST_BYTES
        return _respond(
            self.africastalking.messaging(request.headers.get("apiKey", ""), request.form.to_dict())
        )

    def _bot(self, token: str, method: str) -> Response:
        request.max_content_length = MOST_BYTES
        given = request.get_json() if request.is_json else request.form.to_dict() | request.args.to_dict()
        return _respond(self.telegram.call(token, method, given))

    # --- the page -----------------------------------------------------------------------------------------

    def _page(self) -> str:
        return render_template("simulator/page.html", wiring=self.wiring, explained=EXPLAINED)

    def _state(self) -> Response:
        if request.args.get("since") == str(self.network.version):
            return Response(status=204)
        return jsonify(self.network.state() | {"faults": self.faults.armed()})

    def _actions(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """What a phone's holder can do: each takes the JSON that the page sends."""
        sms, chat = self.africastalking, self.telegram
        return {
            "/dial": lambda said: self._hop(lambda: sms.dial(_number(said), _text(said, "code"))),
            "/answer": lambda said: self._hop(lambda: sms.answer(_number(said), _text(said, "text"))),
            "/hang-up": lambda said: sms.hang_up(_number(said)).plain(),
            "/text": lambda said: sms.text(_number(said), _text(said, "text")),
            "/chat/write": lambda said: chat.write(_user(said), _text(said, "text")),
            "/chat/press": lambda said: chat.press(_user(said), _text(said, "message"), _text(said, "data")),
            "/chat/contact": lambda said: chat.share_contact(_user(said), said.get("of", "")),
            "/chat/block": lambda said: chat.block(_user(said), bool(said.get("blocked"))),
            "/faults": self._arm,
            "/reset": lambda _: self._reset(),
        }

    def _hop(self, hop: Callable[[], Any]) -> Any:
        if not self._hops.acquire(timeout=1):
            abort(503, "the network is busy")
        try:
            return hop().plain()
        finally:
            self._hops.release()

    def _arm(self, said: dict[str, Any]) -> dict[str, int]:
        if said.get("fault") not in set(Fault):
            abort(400, "no such fault")
        with self.network.changing():
            self.faults.arm(Fault(said["fault"]), int(said.get("times", 1)))
        return self.faults.armed()

    def _reset(self) -> None:
        self.faults.clear()
        self.network.reset()


def _action(view: Callable[[dict[str, Any]], Any]) -> Callable[[], Response]:
    def act() -> Response:
        # JSON only: a form of a foreign page cannot send it without asking first.
        request.max_content_length = MOST_BYTES
        said = request.get_json()
        if not isinstance(said, dict):
            abort(400, "an object is wanted")
        try:
            return jsonify(view(said) or {})
        except (KeyError, TypeError, ValueError):
            return Response("unknown phone, chat or value", 400)

    return act


def _number(said: dict[str, Any]) -> str:
    number = _text(said, "number")
    if not number.removeprefix("+").isascii() or not number.removeprefix("+").isdecimal():
        raise ValueError("a phone number is wanted")
    return number


def _user(said: dict[str, Any]) -> int:
    return int(said["user"])


def _text(said: dict[str, Any], name: str) -> str:
    text = said[name]
    if not isinstance(text, str):
        raise TypeError("text is wanted")
    return text[:LONGEST_TEXT]


def _respond(reply: Reply) -> Response:
    if reply.hold:
        time.sleep(reply.hold)
    if reply.broken:
        return _broken()
    response = Response(reply.body, reply.status)
    response.headers["Content-Type"] = reply.content_type
    return response


def _broken() -> Response:
    """Ends the connection where the server shows it; elsewhere promises more bytes than come."""
    line = request.environ.get("werkzeug.socket")
    if isinstance(line, socket.socket):
        line.shutdown(socket.SHUT_RDWR)

    def cut() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionResetError("the simulated line broke")

    response = Response(cut(), 200, content_type="application/json")
    response.headers["Content-Length"] = "200"
    return response


def _protected(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response

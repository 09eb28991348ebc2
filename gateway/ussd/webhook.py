"""The USSD door: whatever happens behind it, a caller reads a screen.

Networks end the caller's dialogue with an error of their own at anything but a 200 that begins with `CON ` or
`END `. Only a request without a token, or too large to come from a carrier, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Protocol, runtime_checkable

from flask import Blueprint, Response, request
from prometheus_client import Histogram

from gateway import log
from gateway.carriers.entrance import CutShort, Door, Entrance, Intake
from gateway.channel import Headers, WebhookRequest
from gateway.errors import Malformed, WebhookError
from gateway.messages import DialogueEnd, Prompt
from gateway.runtime import Runtime
from gateway.ussd.render import CLOSES, GOES_ON

PLAIN = "text/plain; charset=utf-8"
UNSPOKEN = b"END We cannot answer now. Please try again in a few minutes."
"""Where not even the published words can be had."""

SECONDS = Histogram(
    "gateway_hop_seconds", "From a USSD hop to its answer", buckets=(0.01, 0.03, 0.1, 0.3, 1, 2, 3, 5, 10)
)


@runtime_checkable
class USSDDoor(Door, Protocol):
    """What a carrier's file offers to this door."""

    def read_end(self, request: WebhookRequest) -> DialogueEnd:
        """The end of a dialogue. Raises `Malformed`."""


class Hops:
    """What answers the hops of a carrier: a status, and the screen where the status is 200.

    Flask's route calls it, and so does the web server past Flask (`gateway.web.app`).
    """

    __slots__ = ("_entrance", "_last_words", "carrier")

    def __init__(self, runtime: Runtime, door: USSDDoor, intake: Intake) -> None:
        self.carrier = door.carrier
        self._entrance = Entrance(runtime, door, intake)
        self._last_words = _LastWords(runtime, door)
        self._last_words.learn()

    def __call__(self, environment: Mapping[str, Any], token: str, headers: Headers) -> tuple[int, bytes]:
        """The answer to one hop."""
        started = perf_counter()
        try:
            screen = _screen(self._entrance, self._last_words, environment, token, headers)
        except WebhookError as refused:
            return self._entrance.refusal(refused), b""
        SECONDS.observe(perf_counter() - started)
        return 200, screen


def blueprint(runtime: Runtime, door: USSDDoor, intake: Intake, hops: Hops) -> Blueprint:
    """The two addresses of a carrier: a hop, and the end of a dialogue."""
    entrance = Entrance(runtime, door, intake)
    routes = Blueprint(f"ussd-{door.carrier}", __name__, url_prefix=f"/ussd/{door.carrier}")

    @routes.post("/<token>")
    def hop(token: str) -> Response:
        status, screen = hops(request.environ, token, request.headers)
        return Response(screen, status, content_type=PLAIN)

    @routes.post("/<token>/events")
    def events(token: str) -> Response:
        return Response(
            status=entrance.accept(request.environ, token, request.headers, door.read_end, intake.end)
        )

    return routes


def _screen(
    entrance: Entrance, last_words: _LastWords, environment: Mapping[str, Any], token: str, headers: Headers
) -> bytes:
    """The answer to a hop. Raises `NotAuthentic` and `TooLarge`, and nothing else."""
    try:
        posted = entrance.take(environment, token, headers)
    except CutShort:
        entrance.counted("cut_short")
        return last_words.screen
    try:
        inbound = entrance.door.read(posted)
        screen = entrance.intake.hop(entrance.runtime, entrance.door, inbound)
        if not screen.startswith((GOES_ON, CLOSES)):
            raise ValueError("not a screen")
        answer = screen.encode()
    except Malformed as bad:
        entrance.counted("quarantined")
        _quarantine(entrance, posted, bad.reason)
    except Exception:
        entrance.counted("failed")
        log.get().error("hop_failed", exc_info=True, channel="ussd", carrier=entrance.door.carrier)
    else:
        entrance.counted("taken")
        last_words.learn()
        return answer
    return last_words.screen


def _quarantine(entrance: Entrance, posted: WebhookRequest, reason: str) -> None:
    try:
        entrance.quarantine(posted, reason)
    except Exception:
        log.get().error("quarantine_failed", exc_info=True, channel="ussd", carrier=entrance.door.carrier)


class _LastWords:
    """What a caller reads when we cannot answer, in the country's first language.

    The caller's own language is in the database, and so are the words: they are read while that is possible,
    and kept for when it is not.
    """

    __slots__ = ("_door", "_made_of", "_runtime", "screen")

    def __init__(self, runtime: Runtime, door: Door) -> None:
        self._runtime, self._door = runtime, door
        self._made_of: object = None
        self.screen = UNSPOKEN

    def learn(self) -> None:
        """Makes them anew where something else is published."""
        try:
            published = self._runtime.catalogue.current()
            if published is not self._made_of:
                language = published.policy.languages[0]
                text = "".join(published.revision.phrases["try_later"].of(language, self._door.name))
                self.screen = self._door.render(Prompt(text, language, closes=True)).body.encode()
                self._made_of = published
        except Exception:
            log.get().warning("last_words_unknown", exc_info=True, channel="ussd")

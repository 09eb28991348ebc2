"""The way in, the same for every carrier: who is it, how much is it, and what becomes of it.

Nothing here knows Flask; a door's `webhook.py` hands in the WSGI environment and sends what comes back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Protocol, TypeVar

from prometheus_client import Counter

from gateway import log
from gateway.channel import Channel, Headers, Receiver, WebhookRequest
from gateway.errors import Conflict, Malformed, NotAuthentic, StoreUnavailable, TooLarge, WebhookError
from gateway.messages import ChannelName, DeliveryReport, DialogueEnd, Inbound, OptOut
from gateway.runtime import Runtime

BODY_BOUND = 64 * 1024
"""Bytes of a carrier's form: fifty times the longest that carriers send."""

REQUESTS = Counter(
    "gateway_webhook_requests_total", "What carriers posted", ["channel", "carrier", "outcome"]
)

_counter = lru_cache(maxsize=64)(REQUESTS.labels)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

T = TypeVar("T")


class CutShort(WebhookError):
    """Fewer bytes came than announced. The sender is gone and will repeat: half a message is not kept."""


class NotJSON(Malformed):
    """A body that no reader of the format accepts: kept all the same, and answered 400."""


class Intake(Protocol):
    """What the doors hand on to. Everything raises `StoreUnavailable` while the database is down."""

    def hop(self, runtime: Runtime, channel: Channel, inbound: Inbound, /) -> str:
        """Takes one USSD hop and gives the body to answer."""

    def receive(self, runtime: Runtime, channel: Channel, inbound: Inbound, /) -> None:
        """Takes one message whose answer goes out by itself."""

    def quarantine(
        self, runtime: Runtime, channel: ChannelName, carrier: str, body: bytes, reason: str, /
    ) -> None:
        """Keeps what could not be read, once."""

    def report(self, runtime: Runtime, report: DeliveryReport, /) -> None:
        """Takes a delivery report."""

    def opt_out(self, runtime: Runtime, opt_out: OptOut, /) -> None:
        """Takes a carrier's word that a phone wants no more messages."""

    def end(self, runtime: Runtime, end: DialogueEnd, /) -> None:
        """Takes the network's word that a dialogue is over."""


class Door(Channel, Receiver, Protocol):
    """One channel by one carrier, in both directions."""


def authenticate(given: str, known: tuple[bytes, ...]) -> None:
    """Compares with every known secret in constant time. Raises `NotAuthentic`."""
    secret = given.encode("utf-8", "surrogatepass")
    matches = [compare_digest(secret, each) for each in known]  # all of them, whichever it is
    if not any(matches):
        raise NotAuthentic("wrong secret")


def body(environment: Mapping[str, Any], bound: int) -> bytes:
    """The raw body, straight from the server's stream: never more than `bound` bytes of it are held.

    Raises `TooLarge`, by the announced length where there is one, and `CutShort`, which servers leave to us.
    """
    announced = environment.get("CONTENT_LENGTH") or ""
    if announced.isdecimal():
        length = int(announced[:20])
        if length > bound:
            raise TooLarge("body over the bound")
        read = _read(environment, length)
        if len(read) < length:
            raise CutShort("body cut short")
        return read
    if not environment.get("wsgi.input_terminated"):
        return b""
    read = _read(environment, bound + 1)
    if len(read) > bound:
        raise TooLarge("body over the bound")
    return read


def _read(environment: Mapping[str, Any], most: int) -> bytes:
    try:
        read: bytes = environment["wsgi.input"].read(most)
    except OSError:  # how some servers say that the sender has gone
        raise CutShort("body cut short") from None
    return read


def storable(text: str) -> str:
    """A text that every database takes: without NUL, surrogate pairs joined, lone surrogates dropped."""
    if not _UNSTORABLE.search(text):
        return text
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door with what stands behind it."""

    runtime: Runtime
    door: Door
    intake: Intake
    bound: int = BODY_BOUND

    def take(self, environment: Mapping[str, Any], path_token: str, headers: Headers) -> WebhookRequest:
        """Authenticates, and only then reads. Raises `NotAuthentic`, `TooLarge`, `CutShort`."""
        self.door.authenticate(path_token, headers)
        return WebhookRequest(path_token, headers, body(environment, self.bound))

    def accept(
        self,
        environment: Mapping[str, Any],
        path_token: str,
        headers: Headers,
        read: Callable[[WebhookRequest], T],
        hand_on: Callable[[Runtime, T], None],
    ) -> int:
        """The HTTP status for a post that only wants to be taken. 200 says that it is in the database.

        What cannot be read, and what our own code fails on, is quarantined and answered 200, since a carrier
        would repeat it for hours. While it cannot even be kept it is 503: then it shall be repeated.
        """
        try:
            request = self.take(environment, path_token, headers)
        except WebhookError as refused:
            return self.refusal(refused)
        try:
            return self._kept(request, read, hand_on)
        except Exception:
            log.get().error("webhook_unavailable", exc_info=True, **self._names)
            return self.counted("unavailable", 503)

    def _kept(
        self,
        request: WebhookRequest,
        read: Callable[[WebhookRequest], T],
        hand_on: Callable[[Runtime, T], None],
    ) -> int:
        try:
            hand_on(self.runtime, read(request))
            return self.counted("taken", 200)
        except (StoreUnavailable, Conflict):
            raise
        except Malformed as bad:
            self.quarantine(request, bad.reason)
            return self.counted("quarantined", 400 if isinstance(bad, NotJSON) else 200)
        except Exception:
            log.get().error("webhook_failed", exc_info=True, **self._names)
            self.quarantine(request, "failed")
            return self.counted("failed", 200)

    def quarantine(self, request: WebhookRequest, reason: str) -> None:
        """Keeps the raw body, for a person to look at. Raises `StoreUnavailable`."""
        self.intake.quarantine(self.runtime, self.door.name, self.door.carrier, request.body, reason)

    def refusal(self, error: WebhookError) -> int:
        """The HTTP status for a request that was not taken in at all."""
        match error:
            case NotAuthentic():
                return self.counted("refused", 403)
            case TooLarge():
                return self.counted("too_large", 413)
            case _:
                return self.counted("cut_short", 400)

    def counted(self, outcome: str, status: int = 200) -> int:
        """Counts an outcome and gives its status back."""
        _counter(self.door.name.value, self.door.carrier, outcome).inc()
        return status

    @property
    def _names(self) -> dict[str, str]:
        return {"channel": self.door.name.value, "carrier": self.door.carrier}

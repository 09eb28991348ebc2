"""What a channel is: the protocols that a new carrier's one file fulfils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gateway.messages import ChannelName, Inbound, Outbound, Prompt, Receipt, Rendered


class Headers(Protocol):
    """A request's headers; names are given in lower case."""

    def get(self, name: str, default: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A request as a door hands it on. `body` is raw."""

    path_token: str
    headers: Headers
    body: bytes
    remote: str = ""

    def __repr__(self) -> str:
        return f"WebhookRequest({len(self.body)} bytes)"


class Receiver(Protocol):
    """Reads what a carrier posts."""

    def authenticate(self, path_token: str, headers: Headers) -> None:
        """Called before the body is read, so that a stranger's body can neither fill memory nor hold a thread.

        Raises `NotAuthentic`. A carrier that signs its bodies checks the signature first thing in `read`.
        """

    def read(self, request: WebhookRequest) -> Inbound:
        """The message of an authenticated request. Raises `Malformed` for what cannot be read."""


class Sender(Protocol):
    """Hands a message to a carrier."""

    def send(self, outbound: Outbound) -> Receipt:
        """Returns when the carrier took it; raises `SendError` otherwise, within the carrier's total deadline."""


class Channel(Protocol):
    """One channel by one carrier, as the conversation's side sees it."""

    @property
    def name(self) -> ChannelName: ...

    @property
    def carrier(self) -> str: ...

    def render(self, prompt: Prompt, network: str = "") -> Rendered:
        """Shapes a prompt; `prompt.page` past the last shows the last."""

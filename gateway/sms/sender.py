"""Sends a message as SMS."""

from __future__ import annotations

import re

from gateway.carriers.africastalking_client import AfricasTalkingClient
from gateway.errors import SendError
from gateway.messages import AddressKind, Outbound, Receipt

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164. The library's own check lets `+0000` and a trailing newline through."""


class AfricasTalkingSender:
    """The way to phones by Africa's Talking. `sender` is the short code or name that the account may send as."""

    def __init__(self, client: AfricasTalkingClient, sender: str = "") -> None:
        self._client, self._sender = client, sender

    def send(self, outbound: Outbound) -> Receipt:
        """Returns the carrier's message id; raises `SendError`, at once for what is not a phone."""
        if outbound.address.kind is not AddressKind.PHONE or not NUMBER.fullmatch(outbound.address.value):
            raise SendError("not_a_phone")
        return self._client.send(outbound.address.value, outbound.body, self._sender)

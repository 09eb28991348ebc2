"""Telegram's webhook: a secret header, and one update as JSON.

The update is read here and not by `Update.de_json`, which raises on odd bodies and weighs 23 MB.
"""

from __future__ import annotations

import json
from typing import Any

from gateway.carriers.entrance import NotJSON, authenticate
from gateway.channel import Headers
from gateway.errors import Malformed

NAME = "telegram"

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 -- the header's name

BODY_BOUND = 1024 * 1024
"""Bytes of an update: a message may quote another, each with a hundred entities."""


class Webhook:
    """Who may post: whoever knows the secret that was set with the webhook."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = (secret.encode(),)

    @property
    def carrier(self) -> str:
        return NAME

    def authenticate(self, _: str, headers: Headers) -> None:
        """Raises `NotAuthentic` without the secret header."""
        authenticate(headers.get(SECRET_HEADER, ""), self._secret)


def update(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; its texts may hold NUL and lone surrogates.

    Raises `NotJSON` for broken syntax, NaN, infinities, and numbers or nesting past a reader's bounds;
    `Malformed` for bytes that are not UTF-8, and for JSON that is not an object.
    """
    try:
        read = json.loads(body.decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    except (ValueError, RecursionError):
        raise NotJSON("not_json") from None
    if not isinstance(read, dict):
        raise Malformed("not_an_update")
    return read


def _refuse(constant: str) -> None:
    raise ValueError(constant)

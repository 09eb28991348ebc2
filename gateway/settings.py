"""The only reader of the environment. Policy (timers, code lists, limits) is published, not environment."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.errors import SettingsError

PREFIX = "GATEWAY_"
TOKEN_CHARACTERS = 22  # 128 bits in base64
MOST_THREADS = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process needs to know of its surroundings. Secrets are kept out of the repr.

    `mode` is `live`, `demo` or `training`; only the latter two have a simulator, and neither has a live carrier.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_keys: tuple[bytes, ...] = field(repr=False)
    at_username: str = field(repr=False)
    at_api_key: str = field(repr=False)
    at_webhook_tokens: tuple[str, ...] = field(repr=False)
    telegram_token: str = field(repr=False)
    telegram_secret: str = field(repr=False)
    at_sender: str = ""
    at_base_url: str = "https://api.africastalking.com"
    telegram_base_url: str = "https://api.telegram.org"
    telegram_bot: str = "returnee"  # the bot's name in our webhook's path
    flows_dir: Path | None = None  # None: the flows in the package
    country: str = "et"
    mode: str = "live"
    sqlite_synchronous: str = "FULL"
    listen: str = "127.0.0.1:8080"
    web_threads: int = 8


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises `SettingsError` that names every missing or wrong one at once."""
    given = os.environ if environment is None else environment
    faults: list[str] = []
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        name = PREFIX + entry.name.upper()
        if name in given:
            try:
                values[entry.name] = _READERS.get(entry.name, str)(given[name])
            except ValueError as error:
                faults.append(f"{name} {error}")
        elif entry.name in _REQUIRED:
            faults.append(f"{name} is not set: {_REQUIRED[entry.name]}")
    if faults:
        raise SettingsError(tuple(faults))
    return Settings(**values)


def flows_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The operator's folder of flows, where one is set: for commands that need no other setting."""
    given = (os.environ if environment is None else environment).get(f"{PREFIX}FLOWS_DIR")
    return Path(given) if given else None


def for_child(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: ours, with `given` in place of every setting of ours."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return ours | dict(given)


def _keys(text: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.urlsafe_b64decode(part) for part in text.split(",") if part)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64 keys with commas between, newest first") from None
    if not keys or any(len(key) < 32 for key in keys):
        raise ValueError("needs at least one key of 32 bytes (make one with: gateway keys new)")
    return keys


def _tokens(text: str) -> tuple[str, ...]:
    tokens = tuple(part.strip() for part in text.split(",") if part.strip())
    if not tokens or any(len(token) < TOKEN_CHARACTERS for token in tokens):
        raise ValueError(f"needs at least one token of {TOKEN_CHARACTERS} characters or more")
    return tokens


def _secret(text: str) -> str:
    if len(text) < TOKEN_CHARACTERS:
        raise ValueError(f"must have {TOKEN_CHARACTERS} characters or more")
    return text


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return read


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return text


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def _web_address(text: str) -> str:
    try:
        place = urlsplit(text)
        here = place.hostname in ("127.0.0.1", "localhost", "::1")
    except ValueError:
        raise ValueError("is not a web address") from None
    if not place.hostname or not (place.scheme == "https" or (place.scheme == "http" and here)):
        raise ValueError("must begin with https:// (http:// only on loopback)")
    return text.rstrip("/")


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be an address and a port, such as 127.0.0.1:8080")
    return text


def _threads(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST_THREADS:
        raise ValueError(f"must be a number from 1 to {MOST_THREADS}")
    return int(text)


_REQUIRED: Mapping[str, str] = {
    "database_url": "sqlite:///path or postgresql://…",
    "redis_url": "redis://host:port/0",
    "secret_keys": "base64 keys of 32 bytes, newest first",
    "at_username": "the Africa's Talking application's user name",
    "at_api_key": "its API key",
    "at_webhook_tokens": "one or two long random tokens for the callback addresses",
    "telegram_token": "the bot's token",
    "telegram_secret": "the secret token of the bot's webhook",
}

_READERS: Mapping[str, Callable[[str], Any]] = {
    "database_url": _database,
    "redis_url": _redis,
    "secret_keys": _keys,
    "at_webhook_tokens": _tokens,
    "at_base_url": _web_address,
    "telegram_base_url": _web_address,
    "telegram_secret": _secret,
    "flows_dir": Path,
    "mode": _one_of("live", "demo", "training"),
    "sqlite_synchronous": _one_of("FULL", "NORMAL"),
    "listen": _listen,
    "web_threads": _threads,
}

"""Africa's Talking callbacks: a token in the address, a form in the body.

There is no signature: the token is all that tells the carrier from a stranger, so it is compared before the
body is read. The form is parsed here and not by Werkzeug, which makes one invalid byte an empty form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

from gateway.carriers.entrance import authenticate, storable
from gateway.channel import Headers
from gateway.errors import Malformed
from gateway.messages import Address, AddressKind
from gateway.text.phones import e164

NAME = "africastalking"

MOST_FIELDS = 64


class Callbacks:
    """Who may post: whoever knows one of the live tokens (two during a rotation)."""

    __slots__ = ("_tokens",)

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._tokens = tuple(token.encode() for token in tokens)

    @property
    def carrier(self) -> str:
        return NAME

    def authenticate(self, path_token: str, _: Headers) -> None:
        """Raises `NotAuthentic` for any token but the live ones."""
        authenticate(path_token, self._tokens)


def form(body: bytes, longest: Mapping[str, int], required: frozenset[str]) -> dict[str, str]:
    """The fields named in `longest`, each up to that many characters; others are passed over.

    A raw `+` is a space, as in every form. NUL and lone surrogates are dropped; a pair of them, each encoded
    by itself, is the character that it stands for. Raises `Malformed` for any other bytes that are not UTF-8,
    for a field that is too long or missing, and for one that comes twice with different values.
    """
    pairs = body.split(b"&")
    if len(pairs) > MOST_FIELDS:
        raise Malformed("too_many_fields")
    found: dict[str, str] = {}
    for pair in pairs:
        raw_name, _, raw = pair.partition(b"=")
        name = raw_name.decode("latin-1")
        bound = longest.get(name)
        if bound is None:
            continue
        value = _decoded(raw)
        if len(value) > bound:
            raise Malformed(f"{name}_too_long")
        if found.setdefault(name, value) != value:
            raise Malformed(f"{name}_repeated")
    if not required <= found.keys():
        raise Malformed(f"{min(required - found.keys())}_missing")
    return found


def _decoded(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    try:
        return storable(raw.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None


def phone(text: str) -> Address | None:
    """The carrier's own `+E164`, whose `+` is a space where it was sent raw; None for anything else."""
    number = e164("+" + text[1:] if text[:1] == " " else text)
    return Address(AddressKind.PHONE, number) if number else None


def moment(text: str) -> datetime | None:
    """One of the carrier's date forms (`2017-05-03T06:04:45Z`, `2017-05-03 06:04:45`), which are in UTC."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

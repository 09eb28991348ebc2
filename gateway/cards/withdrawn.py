"""The signed list of withdrawn cards, which a verifier without a network carries with it.

A withdrawn card is named by the first eight bytes of the SHA-256 of its code's signature. A hash of the number would
hide nothing, salted or not: there are only a thousand million numbers to try. The 64 bytes of an Ed25519 signature
cannot be guessed without the private key, so that only who holds a card can look it up in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import cbor2

from gateway.cards.signing import Forged, Signer, verify
from gateway.cards.token import IAT, TAG_BYTES, instant

CONTENT_TYPE = "application/vnd.returnee-gateway.withdrawn+cbor"
ISS = 1  # claim of a CWT
TAGS = -70001  # private use: every tag, sorted, one behind the other


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A list as it was read: who made it, when (aware UTC, whole seconds), and the tags of the withdrawn cards."""

    issuer: str
    issued: datetime
    tags: frozenset[bytes]


def sign(tags: Iterable[bytes], issuer: str, now: datetime, signer: Signer) -> bytes:
    """The list as a file."""
    joined = b"".join(sorted(set(tags)))
    claims = {ISS: issuer, IAT: int(now.timestamp()), TAGS: joined}
    return signer.sign(cbor2.dumps(claims, canonical=True), CONTENT_TYPE)


def read(signed: bytes, keys: Mapping[bytes, bytes]) -> Withdrawn:
    """The list, if one of the public `keys` signed it. Raises `Forged`."""
    payload, _ = verify(signed, keys, CONTENT_TYPE)
    try:
        claims = cbor2.loads(payload)
        issuer, joined = claims[ISS], claims[TAGS]
        issued = instant(claims[IAT])
        tags = frozenset(joined[at : at + TAG_BYTES] for at in range(0, len(joined), TAG_BYTES))
    except (cbor2.CBORDecodeError, LookupError, TypeError, ValueError, OverflowError):
        raise Forged("unreadable") from None
    return Withdrawn(issuer, issued, tags)

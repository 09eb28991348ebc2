"""The offline code of a card: MOSIP claim 169 in a CWT (RFC 8392), signed, in base45.

It is made of nothing but the certificate and the key, so that the same certificate always gives the same code: what
names a withdrawn card is taken from the code's own signature, and can be worked out again when it is needed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from gateway.cards import base45
from gateway.cards.signing import SIGNATURE_BYTES, Forged, Signer, verify

EXP, IAT, CTI, IDENTITY = 4, 6, 7, 169  # claims of a CWT
ID, BORN = 1, 8  # of claim 169: the identifier, and the date of birth
TAG_BYTES = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """What a card says of a certificate. `expires` is the first instant when it no longer holds; both are whole
    seconds, aware UTC. `born` is a Gregorian year.
    """

    number: str
    issued: datetime
    expires: datetime
    born: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Read:
    """What a code said once its signature was found good. `tag` is its name in the list of withdrawn cards."""

    facts: Facts
    tag: bytes


def sign(facts: Facts, signer: Signer) -> str:
    """The text of a card's offline code.

    With a birth year it carries the tag of the code without one: both are one card to the list of withdrawn ones,
    and a birth year that is corrected later changes nothing.
    """
    if facts.born is None:
        return base45.encode(signer.sign(_claims(facts)))
    claims = _claims(facts, {CTI: tag(facts, signer)}, {BORN: f"{facts.born:04d}"})
    return base45.encode(signer.sign(claims))


def tag(facts: Facts, signer: Signer) -> bytes:
    """The name, in the list of withdrawn cards, of the card that this key signs for a certificate."""
    plain = Facts(facts.number, facts.issued, facts.expires)
    return _tag(signer.sign(_claims(plain))[-SIGNATURE_BYTES:])


def read(text: str, keys: dict[bytes, bytes]) -> Read:
    """What a code says, if one of the public `keys` signed it. Raises `Forged`; looks neither at dates nor lists."""
    try:
        signed = base45.decode(text)
    except ValueError:
        raise Forged("unreadable") from None
    payload, signature = verify(signed, keys)
    try:
        claims = cbor2.loads(payload)
        born = claims[IDENTITY].get(BORN)
        facts = Facts(
            claims[IDENTITY][ID], instant(claims[IAT]), instant(claims[EXP]), int(born) if born else None
        )
        return Read(facts, claims[CTI] if CTI in claims else _tag(signature))
    except (cbor2.CBORDecodeError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        raise Forged("unreadable") from None


def _claims(
    facts: Facts, more: dict[int, Any] | None = None, identity: dict[int, Any] | None = None
) -> bytes:
    claims: dict[int, Any] = {EXP: _seconds(facts.expires), IAT: _seconds(facts.issued)}
    claims[IDENTITY] = {ID: facts.number} | (identity or {})
    return cbor2.dumps(claims | (more or {}), canonical=True)


def _tag(signature: bytes) -> bytes:
    return hashlib.sha256(signature).digest()[:TAG_BYTES]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def instant(seconds: int) -> datetime:
    """A date of a claim. Raises `TypeError` and `OverflowError`, unlike `fromtimestamp` on every machine alike."""
    return _EPOCH + timedelta(seconds=seconds)

"""Signatures on cards and lists: COSE_Sign1 with Ed25519 (RFC 9052, RFC 9053), by the keys of the ring.

The newest key signs; what any key of the ring signed is still good. A key goes by the first eight bytes of its
thumbprint (RFC 9679), so that nobody has to hand out names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALG, CONTENT_TYPE, KID = 1, 3, 4  # labels of a COSE header
EDDSA = -8
KID_BYTES = 8
SIGNATURE_BYTES = 64  # the last ones of every COSE_Sign1 made here
_KTY, _OKP, _KEY_ALG, _CRV, _ED25519, _X = 1, 1, 3, -1, 6, -2  # of a COSE_Key
_SIGN1 = 18


class Forged(ValueError):
    """What was read is not what a key of ours signed. Holds a code: `unreadable`, `unknown_key`, `signature`."""


def kid_of(public: bytes) -> bytes:
    """The name of a public key of 32 bytes."""
    thumb = cbor2.dumps({_KTY: _OKP, _CRV: _ED25519, _X: public}, canonical=True)
    return hashlib.sha256(thumb).digest()[:KID_BYTES]


class Signer:
    """One key that signs."""

    __slots__ = ("_key", "kid", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.kid = kid_of(self.public)

    def sign(self, payload: bytes, content_type: str = "") -> bytes:
        """A tagged COSE_Sign1 of a payload. The same payload gives the same bytes."""
        header: dict[int, Any] = {ALG: EDDSA, KID: self.kid}
        if content_type:
            header[CONTENT_TYPE] = content_type
        protected = cbor2.dumps(header, canonical=True)
        signature = self._key.sign(_to_be_signed(protected, payload))
        return cbor2.dumps(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]), canonical=True)


def signers(seeds: Sequence[bytes]) -> tuple[Signer, ...]:
    """The keys of the ring, newest first: the first one signs. `seeds` are `Vault.signing_seeds`."""
    return tuple(map(Signer, seeds))


def verify(signed: bytes, keys: Mapping[bytes, bytes], content_type: str = "") -> tuple[bytes, bytes]:
    """Payload and signature of a COSE_Sign1 that one of the public `keys`, by name, has signed. Raises `Forged`."""
    protected, payload, signature = _opened(signed)
    try:
        header = cbor2.loads(protected)
        alg, kid, kind = header.get(ALG), header.get(KID), header.get(CONTENT_TYPE, "")
    except (cbor2.CBORDecodeError, AttributeError, TypeError, ValueError):
        raise Forged("unreadable") from None
    if alg != EDDSA or kind != content_type or not isinstance(kid, bytes):
        raise Forged("unreadable")
    if kid not in keys:
        raise Forged("unknown_key")
    try:
        Ed25519PublicKey.from_public_bytes(keys[kid]).verify(signature, _to_be_signed(protected, payload))
    except InvalidSignature:
        raise Forged("signature") from None
    return payload, signature


def _opened(signed: bytes) -> tuple[bytes, bytes, bytes]:
    """Protected header, payload and signature. Raises `Forged`."""
    try:
        message = cbor2.loads(signed)
    except (cbor2.CBORDecodeError, ValueError):
        raise Forged("unreadable") from None
    if isinstance(message, cbor2.CBORTag) and message.tag == _SIGN1 and isinstance(message.value, Sequence):
        parts = list(message.value)
        if len(parts) == 4 and all(isinstance(parts[place], bytes) for place in (0, 2, 3)):
            return parts[0], parts[2], parts[3]
    raise Forged("unreadable")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052, section 4.4."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


# --- handing the public keys to others --------------------------------------------------------------------


def public_keys(ring: Sequence[Signer]) -> dict[bytes, bytes]:
    """The public keys by name, newest first."""
    return {signer.kid: signer.public for signer in ring}


def jwk_set(ring: Sequence[Signer]) -> dict[str, list[dict[str, str]]]:
    """The public keys as a JWK Set (RFC 7517, RFC 8037)."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}
            | {"kid": base64url(signer.kid), "x": base64url(signer.public)}
            for signer in ring
        ]
    }


def cose_key_set(ring: Sequence[Signer]) -> bytes:
    """The public keys as a COSE Key Set (RFC 9052, section 7)."""
    keys = [
        {_KTY: _OKP, 2: signer.kid, _KEY_ALG: EDDSA, _CRV: _ED25519, _X: signer.public} for signer in ring
    ]
    return cbor2.dumps(keys, canonical=True)


def base64url(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

"""Sealing and opening, with the keys passed in.

A key ring holds master keys, newest first. From each, HKDF derives one key a purpose: wrapping, blind
indexes, message digests, the PIN pepper, signing cards. Data is sealed with AES-256-GCM under a *data key*
of its own person or conversation, which is kept wrapped beside it: destroying the wrapped key erases the
data.

Formats: wrapped key = 4 bytes of the master's fingerprint + nonce (12) + ciphertext (48);
sealed value = nonce (12) + ciphertext and tag. The associated data names what a value is
(`people.record`), so that a sealed value cannot be moved to another column.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from gateway.errors import VaultError

NONCE = 12
FINGERPRINT = 4
WRAPPED = FINGERPRINT + NONCE + 32 + 16  # bytes of a wrapped data key


class DataKey:
    """The open key of one person or conversation; lives only as long as the work on it."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, value: bytes, what: bytes) -> bytes:
        """Seals a value as `what`."""
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, value, what)

    def open(self, sealed: bytes, what: bytes) -> bytes:
        """The value again. Raises `VaultError` where it was changed, moved, or sealed by another key."""
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], what)
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"cannot open {what.decode()}") from error


@dataclass(frozen=True, slots=True)
class _Master:
    fingerprint: bytes
    wrap: AESGCM
    blind: bytes
    digest: bytes
    pepper: bytes
    signing: bytes


def _master(secret: bytes) -> _Master:
    def derive(purpose: bytes) -> bytes:
        return HKDFExpand(SHA256(), 32, b"returnee-gateway:" + purpose).derive(secret)

    return _Master(
        derive(b"fingerprint")[:FINGERPRINT],
        AESGCM(derive(b"wrap")),
        derive(b"blind"),
        derive(b"digest"),
        derive(b"pepper"),
        derive(b"signing"),
    )


class Vault:
    """All that needs the key ring. `secrets` are 32 bytes each, newest first; raises `VaultError` for none."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise VaultError("the key ring needs at least one key of 32 bytes")
        self._masters = tuple(_master(secret) for secret in secrets)
        self.digest_keys = tuple(master.digest for master in self._masters)
        """The keys for digests of messages, newest first: what arrived twice, how far a text was answered."""
        self.signing_seeds = tuple(master.signing for master in self._masters)
        """The seeds of the keys that sign cards, newest first, 32 bytes each."""
        self._by_fingerprint = {master.fingerprint: master for master in self._masters}
        # 19 MiB, two passes, one lane: OWASP's first choice for argon2id, and little enough for a small server.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._unwrap = lru_cache(maxsize=512)(self._unwrap_once)

    # --- keys -------------------------------------------------------------------------------------------

    def new_key(self) -> tuple[bytes, DataKey]:
        """A fresh data key: wrapped for the row, open for use now."""
        key = AESGCM.generate_key(256)
        master, nonce = self._masters[0], os.urandom(NONCE)
        return master.fingerprint + nonce + master.wrap.encrypt(nonce, key, b"data key"), DataKey(key)

    def open_key(self, wrapped: bytes) -> DataKey:
        """The data key of a row. Raises `VaultError` if its master is not in the ring or it was destroyed."""
        return self._unwrap(bytes(wrapped))

    def _unwrap_once(self, wrapped: bytes) -> DataKey:
        master = self._by_fingerprint.get(wrapped[:FINGERPRINT])
        if master is None:
            raise VaultError("a data key's master key is not in the key ring")
        try:
            nonce = wrapped[FINGERPRINT : FINGERPRINT + NONCE]
            return DataKey(master.wrap.decrypt(nonce, wrapped[FINGERPRINT + NONCE :], b"data key"))
        except (InvalidTag, ValueError) as error:
            raise VaultError("a wrapped data key was changed or destroyed") from error

    def seal_alone(self, value: bytes, what: bytes) -> bytes:
        """Seals what belongs to no conversation, with a key of its own in front."""
        wrapped, key = self.new_key()
        return wrapped + key.seal(value, what)

    def open_alone(self, sealed: bytes, what: bytes) -> bytes:
        """Opens what `seal_alone` sealed. Raises `VaultError`."""
        return self._unwrap_once(sealed[:WRAPPED]).open(sealed[WRAPPED:], what)

    # --- look-ups ---------------------------------------------------------------------------------------

    def blind(self, what: str, value: str) -> bytes:
        """The blind index to write: 32 bytes, the same for the same value, telling nothing without the ring."""
        return self._blind(self._masters[0], what, value)

    def blinds(self, what: str, value: str) -> tuple[bytes, ...]:
        """The blind indexes to look up by: one for every key of the ring, newest first."""
        return tuple(self._blind(master, what, value) for master in self._masters)

    @staticmethod
    def _blind(master: _Master, what: str, value: str) -> bytes:
        return hmac.digest(master.blind, f"{what}:{value}".encode(), "sha256")

    def digest(self, *parts: str) -> bytes:
        """The keyed digest to write of a message's parts, which cannot run into each other."""
        return hmac.digest(self.digest_keys[0], _joined(parts), "sha256")

    def digests(self, *parts: str) -> tuple[bytes, ...]:
        """The digests to look up by: one for every key of the ring, newest first."""
        joined = _joined(parts)
        return tuple([hmac.digest(key, joined, "sha256") for key in self.digest_keys])

    # --- PINs -------------------------------------------------------------------------------------------

    def hash_pin(self, person: int, pin: str) -> str:
        """argon2id over the peppered PIN: four digits alone would fall offline in seconds."""
        master = self._masters[0]
        return f"{master.fingerprint.hex()}{self._hasher.hash(self._peppered(master, person, pin))}"

    def check_pin(self, person: int, pin: str, stored: str) -> bool:
        """Whether the PIN is the one. False too where its pepper left the ring."""
        master = self._by_fingerprint.get(bytes.fromhex(stored[: 2 * FINGERPRINT]))
        if master is None:
            return False
        try:
            return self._hasher.verify(stored[2 * FINGERPRINT :], self._peppered(master, person, pin))
        except (VerificationError, InvalidHashError):
            return False

    @staticmethod
    def _peppered(master: _Master, person: int, pin: str) -> bytes:
        return hmac.new(master.pepper, f"{person}:{pin}".encode(), hashlib.sha256).digest()


def _joined(parts: Sequence[str]) -> bytes:
    """Each part behind its length, so that no two lists of parts look alike."""
    return "".join([f"{len(part)}:{part}" for part in parts]).encode()

"""Reading a USSD text that grows: each hop carries every input of the session so far, joined by `*`.

A person may type `*` too, so the text is never split. And a PIN typed once rides in every later hop, so what
was answered is kept as its length and a keyed digest only.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

_JOINT = "*"


@dataclass(frozen=True, slots=True)
class Mark:
    """The text answered last: its length in characters, and its HMAC-SHA256."""

    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Repeat:
    """The text answered last, once more: give the same answer."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new input; it may be empty or hold `*`."""

    input: str

    def __repr__(self) -> str:
        return "Fresh()"


@dataclass(frozen=True, slots=True)
class Diverged:
    """Late, or not a continuation of what was answered: show the current screen, change nothing."""


def mark(text: str, key: bytes) -> Mark:
    """What to keep of a text once it is answered."""
    return Mark(len(text), _digest(text, key))


def read(text: str, answered: Mark, *keys: bytes) -> Repeat | Fresh | Diverged:
    """What a hop's whole text says beyond the one answered last, which any of the keys may have digested.

    Digests are compared in constant time.
    """
    head, rest = text[: answered.length], text[answered.length :]
    if not any(hmac.compare_digest(_digest(head, key), answered.digest) for key in keys):
        return Diverged()
    if not rest:
        return Repeat()
    if answered.length == 0:
        return Fresh(rest)  # the first input has nothing to be joined to
    if rest.startswith(_JOINT):
        return Fresh(rest[1:])
    return Diverged()


def _digest(text: str, key: bytes) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")

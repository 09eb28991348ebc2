"""What stands on a card: its facts as people read them, and the words beside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a card says beside its facts, in one language (`ar`)."""

    language: str
    issuer: str
    title: str
    valid_to: str
    by_sms: str
    offline: str


@dataclass(frozen=True, slots=True, repr=False)
class Face:
    """One card.

    `valid_to` is a month as people read it, `sms_to` the number that checks go to, `offline` the offline code's text.
    """

    number: str
    name: str
    valid_to: str
    sms_to: str
    offline: str
    words: Words

    @property
    def sms_code(self) -> str:
        """What the first QR code holds: a message that lacks nothing but the birth year."""
        return f"SMSTO:{self.sms_to}:V {self.number}"

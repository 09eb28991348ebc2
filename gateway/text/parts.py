"""How a text divides into the parts of a concatenated SMS (3GPP TS 23.040: the header costs 7 septets or 3 units)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.text.alphabets import Alphabet, measure

ALONE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
"""Room of a message in one part, in septets or UTF-16 units."""

EACH_OF_SEVERAL = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}
"""Room of each part of a longer message."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A message as it is sent and paid for: all parts share one alphabet."""

    alphabet: Alphabet
    parts: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Parts({self.alphabet.value}, {len(self.parts)})"


def split(text: str) -> Parts:
    """The parts of a text, which joined give it back. No escape or surrogate pair straddles two parts."""
    alphabet, length = measure(text)
    if length <= ALONE[alphabet]:
        return Parts(alphabet, (text,))
    room = EACH_OF_SEVERAL[alphabet]
    if length == len(text):  # every character takes the same
        return Parts(alphabet, tuple([text[start : start + room] for start in range(0, length, room)]))
    parts, start, used = [], 0, 0
    for position, character in enumerate(text):
        cost = measure(character)[1] if alphabet is Alphabet.GSM7 else 1 + (character > "\uffff")
        if used + cost > room:
            parts.append(text[start:position])
            start, used = position, 0
        used += cost
    return Parts(alphabet, (*parts, text[start:]))

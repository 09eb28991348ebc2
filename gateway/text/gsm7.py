"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1).

A septet is one value from 0 to 127. A character of the extension table costs two: ESC and its own value.
"""

from __future__ import annotations

import re

ESCAPE = 0x1B

# The default table in order of value; position 0x1B is ESC, which stands for no character.
_DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}

_TO_SEPTETS = {character: bytes((value,)) for value, character in enumerate(_DEFAULT) if value != ESCAPE}
_TO_SEPTETS |= {character: bytes((ESCAPE, value)) for character, value in _EXTENSION.items()}
_FROM_EXTENSION = {value: character for character, value in _EXTENSION.items()}

# Compiled classes count a screen in about a microsecond; a loop over its characters takes ten.
_BASIC = re.escape(_DEFAULT.replace("\x1b", ""))
_ONE_EACH = re.compile(f"[{_BASIC}]*")
_ENCODABLE = re.compile(f"[{_BASIC}{re.escape(''.join(_EXTENSION))}]*")
_TWO_EACH = re.compile(f"[{re.escape(''.join(_EXTENSION))}]")


def septets(text: str) -> int | None:
    """How many septets a text takes, or None where it holds a character that the alphabet lacks."""
    if _ONE_EACH.fullmatch(text):
        return len(text)
    if _ENCODABLE.fullmatch(text):
        return len(text) + len(_TWO_EACH.findall(text))
    return None


def encode(text: str) -> bytes:
    """The septets of a text, one a byte, not packed. Raises `ValueError` where `septets` gives None."""
    try:
        return b"".join([_TO_SEPTETS[character] for character in text])
    except KeyError:
        raise ValueError("a character is not in the GSM 7-bit alphabet") from None


def decode(values: bytes) -> str:
    """The text of unpacked septets. Raises `ValueError` for a value above 127.

    As TS 23.038 asks of a receiver: an escaped value without a meaning reads as in the default table, and an
    ESC that escapes another, or nothing, as a space.
    """
    if not values.isascii():
        raise ValueError("a septet is above 127")
    text: list[str] = []
    pending = iter(values)
    for value in pending:
        if value != ESCAPE:
            text.append(_DEFAULT[value])
            continue
        escaped = next(pending, ESCAPE)
        text.append(" " if escaped == ESCAPE else _FROM_EXTENSION.get(escaped, _DEFAULT[escaped]))
    return "".join(text)

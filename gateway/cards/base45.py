"""Base45 (RFC 9285): bytes in the 45 signs that a QR code packs tightest, two bytes in three signs."""

from __future__ import annotations

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {sign: value for value, sign in enumerate(SIGNS)}


def encode(data: bytes) -> str:
    """The bytes as signs: three for every two bytes, two for a last odd one."""
    signs = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, value = divmod(number, 45)
            signs.append(SIGNS[value])
    return "".join(signs)


def decode(text: str) -> bytes:
    """The bytes again. Raises `ValueError` for any text that `encode` does not make."""
    if len(text) % 3 == 1 or any(sign not in _VALUES for sign in text):
        raise ValueError("not base45")
    data = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        number = sum(_VALUES[sign] * 45**place for place, sign in enumerate(group))
        try:
            data += number.to_bytes(len(group) - 1, "big")
        except OverflowError:
            raise ValueError("not base45") from None
    return bytes(data)

"""A card as a PDF: A6 on one page, or the two sides of a credit card (ISO/IEC 7810 ID-1).

The number is large and in groups of four: whoever checks it by SMS types it on a phone's keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.cards.face import Face
from gateway.cards.sheet import Sheet
from gateway.registry.certificate_number import grouped

_RIGHT_TO_LEFT = frozenset({"ar"})
_LOW, _MIDDLE = "q", "m"  # how much of a QR code may be lost: a quarter, 15 in a hundred


def draw(face: Face, size: str, now: datetime) -> bytes:
    """The PDF of a card; `size` is one of `SIZES`. Raises `CannotDraw` for a name that cannot stand on it."""
    (width, height, margin), fill = SIZES[size]
    sheet = Sheet(width, height, margin, now, rtl=face.words.language in _RIGHT_TO_LEFT)
    try:
        sheet.set_lang(face.words.language)
        sheet.set_title(face.words.title)
        fill(sheet, face)
        return bytes(sheet.output())
    finally:
        sheet.release()


def _a6(sheet: Sheet, face: Face) -> None:
    words = face.words
    sheet.add_page()
    sheet.write_line(words.issuer, 8, 10, faint=True)
    sheet.write_line(words.title, 14, 16)
    sheet.write_line(grouped(face.number), 27, 32, bold=True)
    sheet.write_line(face.name, 46, 16)
    sheet.write_line(f"{words.valid_to} {face.valid_to}", 57, 12)
    left, right = (8.0, 38.0), (50.0, 49.0)
    sheet.code(face.sms_code, 4, 80, 42, _LOW)
    sheet.code(face.offline, 46, 73, 56, _MIDDLE)
    sheet.write_line(words.by_sms, 130, 9, box=left)
    sheet.write_line(_typed(face), 135, 9, box=left)
    sheet.write_line(words.offline, 130, 9, box=right)


def _credit_card(sheet: Sheet, face: Face) -> None:
    words = face.words
    sheet.add_page()
    sheet.write_line(words.issuer, 5, 7.5, faint=True)
    sheet.write_line(words.title, 9.5, 11)
    sheet.write_line(grouped(face.number), 19, 27, bold=True)
    sheet.write_line(face.name, 34, 12)
    sheet.write_line(f"{words.valid_to} {face.valid_to}", 43, 9)
    sheet.add_page()
    left, right = (5.0, 33.0), (44.5, 36.0)
    sheet.code(face.sms_code, 3, 5.5, 36, _LOW)
    sheet.code(face.offline, 41, 1.5, 42.5, _MIDDLE)
    sheet.write_line(words.by_sms, 43, 7, box=left)
    sheet.write_line(_typed(face), 47, 7, box=left)
    sheet.write_line(words.offline, 43, 7, box=right)


def _typed(face: Face) -> str:
    """The check as it is typed by hand."""
    return f"{face.sms_to}: V {grouped(face.number)}"


SIZES: Mapping[str, tuple[tuple[float, float, float], Callable[[Sheet, Face], None]]] = {
    "a6": ((105.0, 148.0, 8.0), _a6),
    "card": ((85.6, 53.98, 5.0), _credit_card),
}
"""Of each size the page's width, height and margin in millimetres, and what fills its pages."""

"""A small page to draw on: shaped texts that keep to one side, and QR codes of black squares."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

from gateway.errors import GatewayError

_FONTS = Path(__file__).parent / "fonts"
_LATIN, _BOLD = "NotoSans-Regular", "NotoSans-Bold"
_OTHERS: Mapping[str, str] = {"ETHIOPIC": "NotoSansEthiopic-Regular", "ARABIC": "NotoSansArabic-Regular"}
_FAINT = 90  # of 255, from black
_QUIET = 4  # modules of white that a QR code has around it, by its standard
_LEAST = 5.0  # points
_OVERLAP = 0.02  # of a module: else a screen shows white hairs between the rows


class CannotDraw(GatewayError):
    """A text that cannot stand on a card, and why. Holds nothing of the text."""


class Sheet(FPDF):
    """Pages of a size in millimetres. `rtl`: the texts begin at the right edge."""

    def __init__(self, width: float, height: float, margin: float, now: datetime, *, rtl: bool) -> None:
        super().__init__(unit="mm", format=(width, height))
        self.set_auto_page_break(False)
        self.set_margin(margin)
        self.c_margin = 0.0
        self.set_creation_date(now)
        self._rtl = rtl
        for font in (_LATIN, _BOLD, *_OTHERS.values()):
            self.add_font(font, fname=_FONTS / f"{font}.ttf")
        self.set_fallback_fonts([_LATIN, *_OTHERS.values()], exact_match=False)
        self._drawn = {
            letter for font in self.fonts.values() if isinstance(font, TTFFont) for letter in font.cmap
        }

    def release(self) -> None:
        """Closes the fonts' files, which the library leaves open. To be called when nothing more is drawn."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def write_line(
        self,
        text: str,
        top: float,
        points: float,
        *,
        box: tuple[float, float] | None = None,
        bold: bool = False,
        faint: bool = False,
    ) -> None:
        """One line, `top` millimetres down; smaller than asked where it would not fit.

        It stands between the margins, or in a `box` that has its left edge and width. Raises `CannotDraw` for letters
        that no font here has, and for a text that is too long.
        """
        left, width = box or (self.l_margin, self.epw)
        if not all(ord(sign) in self._drawn for sign in text):
            raise CannotDraw("a text has letters that no font of the cards has")
        self.set_font(_BOLD if bold else _OTHERS.get(_script(text), _LATIN), size=points)
        self.set_text_shaping(True, direction="rtl" if _is_rtl(text) else "ltr")
        self.set_text_color(_FAINT if faint else 0)
        while (wide := self.get_string_width(text)) > width:
            points *= min(0.99, width / wide)
            if points < _LEAST:
                raise CannotDraw("a text is too long for the card")
            self.set_font_size(points)
        self.set_xy(left, top)
        self.cell(width, None, text, align="R" if self._rtl else "L")

    def code(self, text: str, left: float, top: float, side: float, error: str) -> None:
        """A QR code with the white around it; `side` and place in millimetres, `error` its level (`m`)."""
        rows = segno.make_qr(text, error=error, boost_error=False).matrix
        module = side / (len(rows) + 2 * _QUIET)
        for down, row in enumerate(rows):
            start = 0
            while start < len(row):
                end = start
                while end < len(row) and row[end] == row[start]:
                    end += 1
                if row[start]:
                    self.rect(
                        left + (start + _QUIET) * module,
                        top + (down + _QUIET) * module,
                        (end - start) * module,
                        module * (1 + _OVERLAP),
                        style="F",
                    )
                start = end


def _script(text: str) -> str:
    """The script of the first letter: `LATIN`, `ARABIC`, `ETHIOPIC`."""
    letter = next((each for each in text if each.isalpha()), "a")
    return unicodedata.name(letter, "?").split(" ")[0]


def _is_rtl(text: str) -> bool:
    letter = next((each for each in text if each.isalpha()), "a")
    return unicodedata.bidirectional(letter) in ("R", "AL")

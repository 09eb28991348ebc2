"""A card as a PDF: its size, its languages, and what can be read off it."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from gateway.authoring.project import Project
from gateway.cards.drawing import draw
from gateway.cards.face import Face
from gateway.cards.sheet import CannotDraw, Sheet
from gateway.catalogue.cards import CARD, FILE, PAGE, CardTexts, read_card_texts
from gateway.catalogue.files import Bundle
from gateway.errors import FlowError

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LANGUAGES = ("en", "so", "am", "om", "ti", "ar", "sw")
NAMES = {"am": "አልማዝ በቀለ ተሰማ", "ti": "ጸጋይ ኪዳነ", "ar": "هدى علي نور"}


@pytest.fixture(scope="module")
def texts(shipped: Bundle) -> CardTexts:
    """What the shipped files let a card say."""
    return read_card_texts(shipped, "et")


def face(texts: CardTexts, language: str, name: str = "") -> Face:
    """A card of somebody."""
    shown = name or NAMES.get(language, "Hodan Cali Nuur")
    return Face("512345678940", shown, "03/2028", "20880", "A" * 173, texts.words(language))


def read(pdf: bytes) -> PdfReader:
    """The PDF by another reader than the library that wrote it."""
    return PdfReader(io.BytesIO(pdf))


def fonts(pdf: PdfReader) -> dict[str, DictionaryObject]:
    """Every font of a PDF by its name without the prefix of the subset."""
    found = {}
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[re.sub(r"^(.*\+)", "", inner["/BaseFont"])] = inner["/FontDescriptor"].get_object()
    return found


def joined(text: str) -> str:
    """A text without spaces, the Arabic letters of its shapes told as plain letters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(("size", "pages", "points"), [("a6", 1, (298, 420)), ("card", 2, (243, 153))])
def test_sizes(texts: CardTexts, size: str, pages: int, points: tuple[int, int]) -> None:
    """A6 stands on one page; the credit card has two sides. In points, 72 to the inch."""
    pdf = read(draw(face(texts, "en"), size, NOW))
    boxes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.pages}
    assert (len(pdf.pages), boxes) == (pages, {points})


@pytest.mark.parametrize(
    ("language", "size"), [*((language, "card") for language in LANGUAGES), ("am", "a6"), ("ar", "a6")]
)
def test_every_language(texts: CardTexts, language: str, size: str) -> None:
    """The number, name and words can be read off it again, in fonts that lie in the file, no letter a blank box."""
    shown = face(texts, language)
    pdf = read(draw(shown, size, NOW))
    said = joined("".join(page.extract_text() for page in pdf.pages))
    words = shown.words
    for each in (
        "5123 4567 8940",
        shown.name,
        words.title,
        words.issuer,
        words.by_sms,
        words.offline,
        "03/2028",
    ):
        assert all(joined(word) in said for word in each.split()), each
    assert "�" not in said
    assert all("/FontFile2" in font for font in fonts(pdf).values())
    assert pdf.metadata is not None and pdf.metadata.title == words.title
    assert pdf.trailer["/Root"]["/Lang"] == language  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("Xasan O'Nuur-Çelik Ñ", set()),
        ("Hodan ሆዳን هدى", {"NotoSansEthiopic", "NotoSansArabic"}),
    ],
)
def test_names_in_any_script(texts: CardTexts, name: str, used: set[str]) -> None:
    """A name is drawn as it was typed, whatever the card's language; only the fonts that it needs are in the file."""
    drawn = fonts(read(draw(face(texts, "en", name), "a6", NOW)))
    assert drawn.keys() == {"NotoSans", "NotoSansBold"} | used


def test_arabic_is_joined(texts: CardTexts) -> None:
    """Letters take their joined forms: other glyphs than each letter alone would be drawn with."""
    sheet = Sheet(100, 100, 5, NOW, rtl=True)
    sheet.add_page()
    sheet.write_line("هدى", 10, 20)
    apart = sum(sheet.get_string_width(letter) for letter in "هدى")
    assert round(sheet.get_string_width("هدى"), 2) != round(apart, 2)
    sheet.release()


@pytest.mark.parametrize("name", ["林小明", "Ali 😀"])
def test_a_name_that_no_font_has(texts: CardTexts, name: str) -> None:
    """It is refused rather than drawn as boxes, and the refusal does not repeat it."""
    with pytest.raises(CannotDraw) as refused:
        draw(face(texts, "en", name), "a6", NOW)
    assert name not in str(refused.value)


def test_a_long_name(texts: CardTexts) -> None:
    """A long name is made smaller until it fits; one that would be too small to read is refused."""
    draw(face(texts, "en", "Abdirahman Maxamed " * 3), "card", NOW)
    with pytest.raises(CannotDraw, match="too long"):
        draw(face(texts, "en", "Abdirahman Maxamed " * 12), "card", NOW)


def test_the_message_that_is_ready_to_send(texts: CardTexts) -> None:
    """The first code opens a message with the number in it, to which the birth year is added by hand."""
    assert face(texts, "en").sms_code == "SMSTO:20880:V 512345678940"
    assert "512345678940" not in repr(face(texts, "en"))


# --- the texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["et", "so", "sd"])
def test_every_text_in_every_language(shipped: Bundle, country: str) -> None:
    """Every text of card and page is there in seven languages, in the name of somebody."""
    found = read_card_texts(shipped, country)
    assert tuple(found.languages) == LANGUAGES
    for text in (found.issuer, *found.card.values(), *found.page.values()):
        assert set(text) == set(LANGUAGES)
    assert (set(found.card), set(found.page)) == (set(CARD), set(PAGE))


def test_the_page_never_says_valid(texts: CardTexts) -> None:
    """Of a card that was checked without a network nobody can know that it is valid."""
    assert [text["en"] for text in texts.page.values() if "valid" in text["en"].lower()] == []


def test_a_text_that_is_not_translated(texts: CardTexts) -> None:
    """The first language stands for it."""
    only = replace(texts, issuer={"en": "Register"})
    assert {only.words(language).issuer for language in LANGUAGES} == {"Register"}


def test_mistakes_of_authors(edited: Callable[[str, str, str], Bundle]) -> None:
    """A text in a language that is not spoken here is refused with its line, and `flows check` tells of it once."""
    bundle = edited(FILE, "en: Certificate, so", "xx: Certificate, so")
    with pytest.raises(FlowError, match="'xx'"):
        read_card_texts(bundle, "et")
    assert [fault.file for fault in Project.read(bundle).faults] == [FILE]

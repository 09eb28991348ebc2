"""The page that checks cards, opened from a file in a real browser that has no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from gateway.cards import base45, token, withdrawn
from gateway.cards.signing import Signer, public_keys
from gateway.cards.token import Facts
from gateway.cards.verifier import page as made
from gateway.catalogue.cards import read_card_texts
from gateway.catalogue.files import Bundle

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(microsecond=0)
OLD, NEW, STRANGER = (Signer(bytes([number]) * 32) for number in (1, 2, 3))
CARD = Facts("512345678940", NOW - timedelta(days=90), NOW + timedelta(days=300))
GONE = replace(CARD, number="598765432172")
LIST = withdrawn.sign([token.tag(GONE, OLD), token.tag(GONE, NEW)], "Register", NOW - timedelta(days=12), NEW)

WITHOUT_ED25519 = """
  const own = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (form, key, kind, ...rest) =>
    kind === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : own(form, key, kind, ...rest);
"""
READS_PICTURES = """
  globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return [{ rawValue: globalThis.inPicture }]; }
  };
"""
WITHOUT_CRYPTOGRAPHY = 'Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });'

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def file(shipped: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as the command line writes it, of two keys."""
    texts = read_card_texts(shipped, "et")
    path = tmp_path_factory.mktemp("page") / "verifier.html"
    path.write_text(made(public_keys([NEW, OLD]), LIST, texts.spoken(), texts.languages), "utf-8")
    return path


@pytest.fixture
def open_page(browser: Browser, file: Path) -> Iterator[Open]:
    """Opens the page with the network off; what the browser complains of, or asks for elsewhere, fails the test."""
    contexts, complaints = [], []

    def opened(script: str = "", width: int = 800) -> Page:
        context = browser.new_context(
            locale="en-GB", offline=True, viewport={"width": width, "height": 700}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url == file.as_uri() else complaints.append(asked.url))
        if script:
            page.add_init_script(script)
        page.goto(file.as_uri())
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def check(page: Page, text: str) -> tuple[str, str]:
    """What the page judges, and all that it then says of the card."""
    page.locator("#text").fill(text)
    page.locator("button[type=submit]").click()
    expect(page.locator("#heading")).not_to_be_empty()
    return page.locator("#verdict").get_attribute("class") or "", page.locator("#verdict").inner_text()


def flipped(text: str, place: int) -> str:
    """A code with one bit of its bytes turned."""
    data = bytearray(base45.decode(text))
    data[place] ^= 1
    return base45.encode(bytes(data))


CODES = {
    "signed": (token.sign(CARD, NEW), "signed"),
    "signed by the older key": (token.sign(CARD, OLD), "signed"),
    "with a birth year": (token.sign(replace(CARD, born=1990), NEW), "signed"),
    "copied with a line break": (f"{token.sign(CARD, NEW)}\n", "signed"),
    "expired": (token.sign(replace(CARD, expires=NOW - timedelta(days=1)), NEW), "expired"),
    "withdrawn": (token.sign(GONE, NEW), "withdrawn"),
    "withdrawn, signed by the older key": (token.sign(GONE, OLD), "withdrawn"),
    "withdrawn, with a birth year": (token.sign(replace(GONE, born=1990), NEW), "withdrawn"),
    "payload changed": (flipped(token.sign(CARD, NEW), 40), "forged"),
    "signature changed": (flipped(token.sign(CARD, NEW), -40), "forged"),
    "end of the signature changed": (flipped(token.sign(CARD, NEW), -1), "forged"),
    "signed by a stranger": (token.sign(CARD, STRANGER), "foreign"),
    "another code": ("HTTPS://EXAMPLE.ORG/", "foreign"),
    "no base45": ("¡hola!", "foreign"),
    "cut short": (token.sign(CARD, NEW)[:-3], "foreign"),
}


@pytest.mark.parametrize("script", ["", WITHOUT_ED25519], ids=["WebCrypto", "by hand"])
def test_every_kind_of_code(open_page: Open, script: str) -> None:
    """Each is judged for what it is, with the browser's own Ed25519 and without; none is ever called valid."""
    page = open_page(script)
    judged = {}
    for label, (code, _) in CODES.items():
        judged[label], said = check(page, code)
        assert "valid" not in said.lower()
    assert judged == {label: verdict for label, (_, verdict) in CODES.items()}


def test_what_is_said_of_a_signed_card(open_page: Open) -> None:
    """Who signed it, its last month, its number, and how old the list is that it was looked up in."""
    _, said = check(open_page(), token.sign(replace(CARD, born=1990), NEW))
    last = (CARD.expires - timedelta(seconds=1)).strftime("%m/%Y")
    day = (NOW - timedelta(days=12)).strftime("%Y-%m-%d")
    for each in (
        "Signed by Returnee Register of Ethiopia",
        "Not expired",
        last,
        day,
        "5123 4567 8940",
        "1990",
    ):
        assert each in said
    assert "Days old\n12" in said
    assert "check by SMS" in said


def test_a_newer_list(open_page: Open, tmp_path: Path) -> None:
    """A newer list of ours takes the old one's place; an older one, a stranger's and any other file do not."""
    page = open_page()
    notice = page.locator("#notice")
    files = {
        "older": withdrawn.sign([], "Register", NOW - timedelta(days=13), NEW),
        "stranger": withdrawn.sign([], "Register", NOW, STRANGER),
        "card": base45.decode(token.sign(CARD, NEW)),
        "newer": withdrawn.sign([token.tag(CARD, NEW)], "Register", NOW - timedelta(days=2), OLD),
    }
    said: dict[str, str] = {}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        page.locator("#newer").set_input_files(tmp_path / name)
        expect(notice).not_to_have_text(said.get("stranger", "-") if name == "newer" else "")
        said[name] = notice.inner_text()
        if name != "newer":
            assert check(page, token.sign(CARD, NEW))[0] == "signed"
    assert said["older"] == "This list is not newer than the one in use"
    assert said["stranger"] == said["card"] == "This is not a list of ours"
    assert said["newer"] == "The newer list is in use now"
    assert "Days old\n2" in page.locator("#list").inner_text()
    assert check(page, token.sign(CARD, NEW))[0] == "withdrawn"


def test_pictures(open_page: Open, tmp_path: Path) -> None:
    """Where the browser reads codes, a picture of one is checked; where it does not, the page says what to do."""
    picture = tmp_path / "code.png"
    segno.make_qr(token.sign(CARD, NEW)).save(str(picture), scale=4)
    page = open_page(f"globalThis.inPicture = {token.sign(CARD, NEW)!r};" + READS_PICTURES)
    page.locator("#picture").set_input_files(picture)
    expect(page.locator("#verdict")).to_have_class("signed")
    page.locator("#picture").set_input_files(Path(__file__))
    expect(page.locator("#notice")).to_have_text("No code was found in the picture")
    without = open_page("delete globalThis.BarcodeDetector;")
    expect(without.locator("#no-reader")).to_contain_text("cannot read pictures")
    expect(without.locator("#reader")).to_be_hidden()


def test_a_browser_that_cannot_tell(open_page: Open) -> None:
    """It says that it cannot check, and judges nothing."""
    page = open_page(WITHOUT_CRYPTOGRAPHY)
    expect(page.locator("#notice")).to_have_text("This browser cannot check signatures. Use a newer one.")
    assert check(page, token.sign(CARD, NEW))[0] == "no_check"


def test_languages_and_small_screens(open_page: Open) -> None:
    """Every language on 320 points without scrolling sideways; Arabic from the right; every control has a name."""
    page = open_page(width=320)
    check(page, token.sign(CARD, NEW))
    for language in page.locator("#language option").evaluate_all("all => all.map((each) => each.value)"):
        page.locator("#language").select_option(language)
        shown = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.lang, document.dir]"
        )
        assert shown == [320, language, "rtl" if language == "ar" else "ltr"]
        nameless = page.locator("textarea, select, input:visible, button:visible").evaluate_all(
            "all => all.filter((each) => !(each.labels?.[0] || each).textContent.trim()).map((each) => each.id)"
        )
        assert nameless == []
    assert page.locator("#language option").count() == 7

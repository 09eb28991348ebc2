"""Cards of certificates, and which of them the list of withdrawn ones names."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from gateway.cards import base45, token
from gateway.cards.signing import public_keys, signers
from gateway.catalogue.cards import CardTexts, read_card_texts
from gateway.catalogue.files import Bundle
from gateway.enact.certifying.cards import NoCard, Order, print_card, tags, withdrawn
from gateway.enact.certifying.certificates import change_status
from gateway.store import cards
from gateway.store.tables import audit, certificates, conversations, people

from .conftest import ABEBE, AGE, CLINIC, HODAN, World

A6 = Order("a6", "20880")
ACTOR = "staff:1"


@pytest.fixture(scope="module")
def texts(shipped: Bundle) -> CardTexts:
    """What the shipped files let a card say."""
    return read_card_texts(shipped, "et")


@pytest.fixture
def printed(world: World, texts: CardTexts) -> Callable[..., str]:
    """Prints a certificate's card and gives what can be read on it."""

    def prints(number: str, order: Order = A6) -> str:
        with world.database.transaction() as tx:
            found = cards.by_number(tx, world.vault, number)
            pdf = print_card(world.runtime, tx, found, order, texts, ACTOR)
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

    return prints


def set_status(world: World, number: str, status: str) -> None:
    with world.database.transaction() as tx:
        found = cards.by_number(tx, world.vault, number)
        assert found is not None
        change_status(world.work(tx, CLINIC), found[0].id, status, ACTOR, "test")


def listed(world: World) -> list[tuple[bytes, ...]]:
    """The tags of each certificate in the list."""
    with world.database.transaction() as tx:
        found = withdrawn(world.runtime, tx, ACTOR)
    return [tags(world.vault, each, signers(world.vault.signing_seeds)) for each in found]


def test_a_card(world: World, printed: Callable[..., str]) -> None:
    """It shows number, name as typed and last month; the entry in the audit tells of size and language only."""
    _, number = world.register(HODAN)
    said = printed(number, Order("card", "20880", "en"))
    for each in (f"{number[:4]} {number[4:8]} {number[8:]}", "Hodan Cali Nuur", "03/2028", "20880: V"):
        assert each in said
    (entry,) = [row for row in world.rows(audit) if row.action == "certificates.card"]
    assert (entry.actor, entry.subject) == (ACTOR, "certificate:1")
    assert entry.detail == {"size": "card", "language": "en", "birth_year": "no"}


def test_the_holder_s_own_language(world: World, printed: Callable[..., str]) -> None:
    """The card speaks the language of the phone that the person registered on; else the country's."""
    _, number = world.register(HODAN)
    assert "የምስክር ወረቀት" in printed(number)
    with world.database.transaction() as tx:
        tx.execute(update(conversations).values(language="so"))
    assert "Shahaado" in printed(number)


def test_only_an_active_certificate(world: World, printed: Callable[..., str]) -> None:
    """No card is printed of any other, nor of one whose time is over, nor of none; nothing is on record."""
    _, number = world.register(HODAN)
    _, running = world.register(ABEBE)
    for status in ("suspended", "revoked"):
        set_status(world, number, status)
        with pytest.raises(NoCard):
            printed(number)
    world.pass_time(days=900)
    for each in (running, "512345678940"):
        with pytest.raises(NoCard):
            printed(each)
    assert [row for row in world.rows(audit) if row.action == "certificates.card"] == []


@pytest.mark.parametrize(("change", "fits"), [({}, False), ({"to": 1990}, True)], ids=["range", "year"])
def test_a_birth_year(world: World, printed: Callable[..., str], change: dict[str, int], fits: bool) -> None:
    """It is put into the code where it is known to the year; a range is no year."""
    _, number = world.register(HODAN, age=AGE | change)
    order = Order("a6", "20880", "en", birth_year=True)
    if fits:
        assert printed(number, order)
    else:
        with pytest.raises(NoCard, match="birth year"):
            printed(number, order)


def test_which_are_in_the_list(world: World) -> None:
    """Those withdrawn before their time, as long as it runs: what is over says so itself."""
    counts = {}
    for status in ("active", "suspended", "replaced", "revoked", "expired"):
        _, number = world.register(HODAN, status)
        if status != "active":
            set_status(world, number, status)
        counts[status] = len(listed(world))
    assert counts == {"active": 0, "suspended": 1, "replaced": 2, "revoked": 3, "expired": 3}
    world.pass_time(days=900)
    assert listed(world) == []


def test_a_suspension_that_ends(world: World) -> None:
    """The card is out of the next list."""
    _, number = world.register(HODAN)
    set_status(world, number, "suspended")
    assert len(listed(world)) == 1
    set_status(world, number, "active")
    assert listed(world) == []


def test_the_list_names_the_card_that_was_printed(world: World) -> None:
    """The tag worked out for the list, months later, is the one that a verifier reads off the card."""
    _, number = world.register(HODAN)
    ring = signers(world.vault.signing_seeds)
    with world.database.reading() as tx:
        certificate, person = cards.by_number(tx, world.vault, number) or pytest.fail("no such certificate")
        assert cards.newest_of(tx, person.reference) == (certificate, person)
    facts = token.Facts(number, certificate.issued_at, certificate.expires_at)
    read = token.read(token.sign(facts, ring[0]), public_keys(ring))
    assert len(base45.decode(token.sign(facts, ring[0]))) == 115
    world.pass_time(days=100)
    set_status(world, number, "revoked")
    assert listed(world) == [(read.tag,)]
    assert read.facts.expires - read.facts.issued > timedelta(days=700)


def test_an_erased_person(world: World) -> None:
    """A destroyed key takes the number with it: the list cannot name that card, and says so by an empty entry."""
    _, number = world.register(HODAN)
    set_status(world, number, "revoked")
    with world.database.transaction() as tx:
        tx.execute(update(people).values(key=b"\x00" * 64))
    assert listed(world) == [()]
    assert len(world.rows(certificates)) == 1

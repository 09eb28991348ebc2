"""The offline code of a card: small, the same every time, and only as good as its signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import cbor2
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from gateway.cards import base45, token, withdrawn
from gateway.cards.signing import Forged, Signer, cose_key_set, jwk_set, kid_of, public_keys, signers
from gateway.cards.token import Facts
from gateway.vault import Vault

OLD, NEW, STRANGER = (Signer(bytes([number]) * 32) for number in (1, 2, 3))
KEYS = public_keys([NEW, OLD])
CARD = Facts("512345678940", datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC))


def refusal(text: str, keys: Mapping[bytes, bytes] = KEYS) -> str:
    """Why a code is refused."""
    with pytest.raises(Forged) as refused:
        token.read(text, dict(keys))
    return str(refused.value)


@pytest.mark.parametrize(
    ("facts", "signs", "version"),
    [
        (CARD, 173, "7-M"),
        (replace(CARD, born=1990), 197, "8-M"),
        (replace(CARD, number="51234567890123"), 176, "7-M"),
        (replace(CARD, number="51234567890123", born=1990), 200, "8-M"),
    ],
    ids=["number alone", "with birth year", "long number", "long number with birth year"],
)
def test_sizes(facts: Facts, signs: int, version: str) -> None:
    """What the card's size was planned for: signs of base45, and the QR code that takes them."""
    code = token.sign(facts, NEW)
    drawn = segno.make_qr(code, error="m", boost_error=False)
    assert (len(code), drawn.designator, drawn.mode) == (signs, version, "alphanumeric")


@given(
    st.from_regex(r"[5-8]([0-9]{11}|[0-9]{13})", fullmatch=True),
    st.integers(0, 2**31),
    st.integers(1, 2**31),
    st.none() | st.integers(1900, 2100),
)
def test_what_was_signed_is_read(number: str, issued: int, lasts: int, born: int | None) -> None:
    """Any number, dates and birth year come back; the same certificate gives the same code."""
    start = datetime.fromtimestamp(issued, UTC)
    facts = Facts(number, start, start + timedelta(seconds=lasts), born)
    code = token.sign(facts, NEW)
    read = token.read(code, KEYS)
    assert (read.facts, read.tag) == (facts, token.tag(facts, NEW))
    assert token.sign(facts, NEW) == code


SIGNED = base45.decode(token.sign(CARD, NEW))
PLACES = {
    "the tag of COSE": range(1),
    "the frame": range(1, 2),
    "the length of the header": range(2, 3),
    "the algorithm": range(3, 6),
    "the key's name": range(6, 16),
    "the length of the payload": range(17, 19),
    "the end of validity": range(20, 26),
    "the day of issue": range(26, 32),
    "the identity": range(32, 49),
    "the length of the signature": range(49, 51),
    "the signature": range(51, 115),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_no_byte_can_be_changed(place: range) -> None:
    """Every bit of every part counts: a code with one turned is refused."""
    for at in place:
        for bit in range(8):
            changed = bytearray(SIGNED)
            changed[at] ^= 1 << bit
            assert refusal(base45.encode(bytes(changed)))


def test_the_frame_cannot_hide_a_withdrawn_card() -> None:
    """What no signature covers may be rewritten: the card is still known by the same tag."""
    tag = cbor2.loads(SIGNED)
    guarded, _, payload, signature = tag.value
    rewritten = cbor2.dumps(cbor2.CBORTag(18, [guarded, {99: "anything"}, payload, signature]))
    assert rewritten != SIGNED
    assert token.read(base45.encode(rewritten), KEYS).tag == token.tag(CARD, NEW)


def test_a_second_form_of_the_signature() -> None:
    """A signature whose number has the order of the curve added is refused: it would have another tag."""
    order = (1 << 252) + 27742317777372353535851937790883648493
    high = int.from_bytes(SIGNED[-32:], "little") + order
    assert refusal(base45.encode(SIGNED[:-32] + high.to_bytes(32, "little"))) == "signature"


UNSIGNED: list[bytes] = [
    cbor2.dumps(each) for each in (None, 7, True, cbor2.CBORTag(18, [b"", {}, b"", b""]))
]
NO_CLAIMS: list[Any] = [None, 7, {}, {169: 1, 4: 1, 6: 1}, {169: {1: "5"}}, {169: {1: "5"}, 4: 2**62, 6: 1}]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "A",
        "::",
        ":::",
        "hello",
        "HELLO WORLD",
        *map(base45.encode, (b"\xff" * 40, b"\xd2" * 5000, *UNSIGNED)),
    ]
    + [base45.encode(NEW.sign(payload)) for payload in (b"", b"\x00\x00", *map(cbor2.dumps, NO_CLAIMS))],
    ids=lambda code: f"{len(code)} {code[:9]}",
)
def test_anything_else_is_unreadable(code: str) -> None:
    """Whatever is scanned, nothing but `Forged` is raised."""
    assert refusal(code) == "unreadable"


@given(st.binary(max_size=60), st.booleans())
def test_no_bytes_do_harm(data: bytes, signed: bool) -> None:
    """Random bytes, even signed ones, are refused and nothing else happens."""
    code = base45.encode(NEW.sign(data) if signed else data)
    assert refusal(code) == "unreadable"


@given(st.binary(max_size=200))
def test_base45_there_and_back(data: bytes) -> None:
    """Bytes come back, from signs of the 45 only."""
    code = base45.encode(data)
    assert base45.decode(code) == data
    assert set(code) <= set(base45.SIGNS)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_as_the_standard_has_it(data: bytes, code: str) -> None:
    """The examples of RFC 9285."""
    assert (base45.encode(data), base45.decode(code)) == (code, data)


# --- keys -------------------------------------------------------------------------------------------------


def test_rotation() -> None:
    """A new key in front signs from then on; what the older ones signed stays good until they leave the ring."""
    first, second = b"1" * 32, b"2" * 32
    before, after = (signers(Vault(ring).signing_seeds) for ring in ([first], [second, first]))
    old, new = token.sign(CARD, before[0]), token.sign(CARD, after[0])
    assert old != new
    assert token.read(old, public_keys(after)).facts == token.read(new, public_keys(after)).facts == CARD
    assert refusal(old, public_keys(signers(Vault([second]).signing_seeds))) == "unknown_key"
    assert refusal(token.sign(CARD, STRANGER)) == "unknown_key"


def test_a_key_under_a_name_of_ours() -> None:
    """Who signs with a key of their own under our key's name is refused."""
    pretender = Signer(b"4" * 32)
    pretender.kid = NEW.kid
    assert refusal(token.sign(CARD, pretender)) == "signature"


def test_the_signing_key_is_one_of_its_own() -> None:
    """It is derived for this purpose alone: no other key of the vault is the seed."""
    vault = Vault([bytes(range(32))])
    assert len(set(vault.signing_seeds) | set(vault.digest_keys) | {bytes(range(32))}) == 3


def test_the_thumbprint_of_the_standard() -> None:
    """A key's name begins its COSE Key Thumbprint, which for an OKP key is of kty, crv and x (RFC 9679)."""
    assert kid_of(NEW.public) == sha256(bytes.fromhex("a301012006215820") + NEW.public).digest()[:8]


def test_key_sets() -> None:
    """Both forms give the same public keys, the one that signs first, and no private part."""
    webs, coses = jwk_set([NEW, OLD])["keys"], cbor2.loads(cose_key_set([NEW, OLD]))
    assert [key[2] for key in coses] == [NEW.kid, OLD.kid]
    assert [key[-2] for key in coses] == [NEW.public, OLD.public]
    assert all(-4 not in key and "d" not in web for key, web in zip(coses, webs, strict=True))
    assert {web["crv"] for web in webs} == {"Ed25519"}


# --- the list of withdrawn cards --------------------------------------------------------------------------


def test_the_list() -> None:
    """It comes back as it was, says each card once, and is as long as it must be."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    tags = [token.tag(replace(CARD, number=str(number)), NEW) for number in range(500000000000, 500000001000)]
    signed = withdrawn.sign([*tags, *tags], "Register", now, NEW)
    assert withdrawn.read(signed, KEYS) == withdrawn.Withdrawn("Register", now, frozenset(tags))
    assert len(signed) < 1000 * token.TAG_BYTES + 200


def test_a_tag_is_nothing_of_the_number() -> None:
    """Without the card a tag cannot be made from the number, even by who knows every date: it takes the key."""
    assert len({token.tag(CARD, signer) for signer in (OLD, NEW, STRANGER)}) == 3
    assert token.tag(CARD, NEW) == token.tag(replace(CARD, born=1990), NEW)


def test_a_card_is_no_list_and_a_list_is_no_card() -> None:
    """Both are signed by the same key, and neither passes for the other; nor does any other signed thing."""
    signed = withdrawn.sign([], "Register", CARD.issued, NEW)
    assert refusal(base45.encode(signed)) == "unreadable"
    for each in (SIGNED, NEW.sign(b"\x01", withdrawn.CONTENT_TYPE), NEW.sign(b"", withdrawn.CONTENT_TYPE)):
        with pytest.raises(Forged):
            withdrawn.read(each, KEYS)


def test_secrets_do_not_show() -> None:
    """Neither number nor key shows where an object is printed."""
    read = token.read(token.sign(CARD, NEW), KEYS)
    assert not any(CARD.number in repr(each) for each in (CARD, read, NEW))

"""The page about the card's format is true: its example verifies, by its own code, as another party would do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from gateway.cards import base45, token, withdrawn
from gateway.cards.signing import Signer
from gateway.cards.token import Facts

PAGE = (Path(__file__).parents[2] / "docs" / "certificates.md").read_text("utf-8")
TABLE = dict(re.findall(r"^\| (\w[^|]+?) \| `([^`]+)` \|$", PAGE, re.MULTILINE))
(CODE,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)

SIGNER = Signer(bytes(range(32)))
CARD = Facts("510293847556", datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC))
LATER, EMPTY = datetime(2026, 6, 1, tzinfo=UTC), withdrawn.sign([], "Register", CARD.issued, SIGNER)
KEYS = {bytes.fromhex(TABLE["its name"]): bytes.fromhex(TABLE["public key"])}
LIST = bytes.fromhex(TABLE["list of 2026-06-01 with this card in it"])
BOTH = ("code", "code with birth year 1990")


@pytest.fixture(scope="module")
def check() -> Callable[..., str]:
    """The check as it stands in the page, which imports nothing of ours."""
    assert "gateway" not in re.sub(r"vnd\.returnee-gateway", "", CODE)
    names: dict[str, Any] = {}
    exec(CODE, names)
    found: Callable[..., str] = names["check"]
    return found


def test_the_example_is_what_we_make() -> None:
    """Every value of the example, from the known key."""
    born = Facts(CARD.number, CARD.issued, CARD.expires, 1990)
    other = bytes.fromhex("00112233445566ff")
    assert {
        "public key": SIGNER.public.hex(),
        "its name": SIGNER.kid.hex(),
        "bytes": base45.decode(token.sign(CARD, SIGNER)).hex(),
        "code": token.sign(CARD, SIGNER),
        "tag": token.tag(CARD, SIGNER).hex(),
        "code with birth year 1990": token.sign(born, SIGNER),
        "list of 2026-06-01 with this card in it": withdrawn.sign(
            [other, token.tag(CARD, SIGNER)], "Returnee Register of Ethiopia", LATER, SIGNER
        ).hex(),
    }.items() <= TABLE.items()


def test_the_parts_are_the_whole() -> None:
    """The bytes that are told one by one, put together, are the example's."""
    (told,) = re.findall(r"```\n(d2 .+?)```", PAGE, re.DOTALL)
    parts = [re.match(r"((?:[0-9a-f]{2,} ?)*)", line.strip()) for line in told.splitlines()]
    put_together = "".join(part[1].replace(" ", "") for part in parts if part)
    head, _, tail = TABLE["bytes"].partition("c4947c0a")
    assert put_together == f"{head}c4947c0a"
    assert tail.endswith("485cd05")


@pytest.mark.parametrize("code", BOTH)
def test_another_party_checks_a_card(check: Callable[..., str], code: str) -> None:
    """Signed and running; expired to the second; withdrawn by the list of the example."""
    now, over = int(LATER.timestamp()), int(CARD.expires.timestamp())
    signed = f"{CARD.number}: signed, not expired, list of {int(CARD.issued.timestamp())}"
    assert check(TABLE[code], EMPTY, KEYS, now) == signed
    assert check(TABLE[code], EMPTY, KEYS, over - 1) == signed
    assert check(TABLE[code], EMPTY, KEYS, over) == "expired"
    assert check(TABLE[code], LIST, KEYS, now) == "withdrawn"


def test_another_party_refuses(check: Callable[..., str]) -> None:
    """A changed card, a stranger's key, and a card in the place of a list."""
    changed = bytearray.fromhex(TABLE["bytes"])
    changed[45] ^= 1
    with pytest.raises(InvalidSignature):
        check(base45.encode(bytes(changed)), EMPTY, KEYS, 0)
    with pytest.raises(KeyError):
        check(token.sign(CARD, Signer(b"5" * 32)), EMPTY, KEYS, 0)
    with pytest.raises(ValueError, match="not signed for this use"):
        check(TABLE["code"], bytes.fromhex(TABLE["bytes"]), KEYS, 0)

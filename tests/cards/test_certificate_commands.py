"""`gateway certificates …`: what the staff print, write and look up at the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from doors import environment
from pypdf import PdfReader
from sqlalchemy import select

from gateway.cards import withdrawn
from gateway.cards.signing import public_keys, signers
from gateway.cli import gateway
from gateway.cli.certificates.check import verdict
from gateway.messages import Address, AddressKind
from gateway.registry import certificate_number
from gateway.runtime import Runtime
from gateway.store import certificates, people
from gateway.store.conversations import open_address
from gateway.store.tables import audit

NUMBER = certificate_number.compose("5", "102938475")
OTHER = certificate_number.compose("5", "564738291")

# What differs between the two databases is tried one room further in.
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A house with one person and two certificates, the older one revoked; the command line is set up for it."""
    for name, value in environment(runtime.settings.database_url).items():
        monkeypatch.setenv(name, value)
    now, vault = runtime.now(), runtime.vault
    record = {"full_name": "Hodan Cali Nuur", "age": {"from": 1990, "to": 1990}}
    record["age"] |= {"precision": "year", "calendar": "gregorian", "raw": "1990"}  # type: ignore[operator]
    with runtime.database.transaction() as tx:
        phone = Address(AddressKind.PHONE, "+251911234567")
        row = open_address(tx, vault, phone, "africastalking", now)
        made = people.add(tx, vault, "K7R249XM", record, row.conversation_id, now)
        assert made is not None
        person = people.by_id(tx, made)
        later = now.replace(year=now.year + 2, month=1, day=1)
        certificates.add(tx, vault, person, OTHER, "revoked", now, later)
        certificates.add(tx, vault, person, NUMBER, "active", now, later)
    return runtime


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(gateway, ["certificates", *map(str, words)])


def actions(house: Runtime) -> list[str]:
    with house.database.reading() as tx:
        return list(tx.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (NUMBER, "valid"),
        (certificate_number.grouped(NUMBER), "valid"),
        (NUMBER.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), "valid"),
        (certificate_number.compose("6", "10293847561"), "valid"),
        (NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), "mistyped"),
        (NUMBER[1] + NUMBER[0] + NUMBER[2:], "not a certificate number"),  # would begin with another digit
        ("251911234567", "not a certificate number"),
        (NUMBER[:-1], "not a certificate number"),
        ("K7R2 49XM", "not a certificate number"),
        ("", "not a certificate number"),
    ],
)
def test_what_a_number_is(typed: str, said: str) -> None:
    """Told by form and check digits alone."""
    assert verdict(typed) == said


def test_check_needs_nothing(tmp_path: Path) -> None:
    """No setting, no database: it runs in an empty folder of a bare machine, and ends with 1 for a wrong number."""
    words = [sys.executable, "-m", "gateway", "certificates", "check", NUMBER, "123", "--json"]
    ended = subprocess.run(words, cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False)
    told = [{"number": NUMBER, "form": "valid"}, {"number": "123", "form": "not a certificate number"}]
    assert (json.loads(ended.stdout), ended.returncode, ended.stderr) == (told, 1, "")
    assert run("check", NUMBER).exit_code == 0


@ONE
def test_the_whole_desk(house: Runtime, tmp_path: Path) -> None:
    """A card by number and by reference, keys, list and page: each is written, and what shows is on record."""
    card, list_, page = tmp_path / "card.pdf", tmp_path / "list", tmp_path / "page.html"
    sms = ("--sms-to", "20880")
    assert run("card", NUMBER, "--out", card, *sms, "--lang", "en").exit_code == 0
    assert "Hodan Cali Nuur" in PdfReader(card).pages[0].extract_text()
    assert (
        run(
            "card", "--reference", "k7r2 49xm", "--size", "card", "--birth-year", "--out", card, *sms
        ).exit_code
        == 0
    )
    assert len(PdfReader(card).pages) == 2
    ring = signers(house.vault.signing_seeds)
    keys = json.loads(run("keys").stdout)["keys"]
    assert len(keys) == 1
    assert run("keys", "--cose").stdout.strip().endswith(ring[0].public.hex())
    assert "1 withdrawn certificates" in run("withdrawn", "--out", list_).output
    read = withdrawn.read(list_.read_bytes(), public_keys(ring))
    assert (len(read.tags), read.issuer) == (1, "Returnee Register of Ethiopia")
    assert run("verifier", "--out", page).exit_code == 0
    text = page.read_text("utf-8")
    assert ring[0].kid.hex() in text
    assert NUMBER not in text and OTHER not in text
    assert actions(house) == ["certificates.card"] * 2 + ["certificates.withdrawn"] * 2


SMS = ["--out", "x", "--sms-to", "20880"]
REFUSALS: list[tuple[list[str], str]] = [
    (SMS, "either NUMBER or --reference"),
    ([NUMBER, "--reference", "K7R249XM", *SMS], "either NUMBER or --reference"),
    ([NUMBER, "--out", "x"], "no number that an SMS can be sent to"),
    ([NUMBER, *SMS, "--sms-to", "GATEWAY"], "no number that an SMS can be sent to"),
    ([NUMBER, *SMS, "--lang", "fr"], "there are en"),
    ([OTHER, *SMS], "not active"),
    (["K7R249XM", *SMS], "no such certificate"),
    (["--reference", "FFFF2222", *SMS], "no such certificate"),
]


@ONE
def test_refusals(house: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each says what is wrong without the number, writes no file, and leaves nothing on record."""
    monkeypatch.chdir(tmp_path)
    for words, said in REFUSALS:
        ended = run("card", *words)
        told = f"{ended.output} {ended.exception}"
        assert ended.exit_code != 0 and said in told, words
        assert OTHER not in told and "K7R249XM" not in told
    assert not Path("x").exists()
    assert actions(house) == []

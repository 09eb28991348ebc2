"""`gateway reviews …`: what waits, opened on record, and decided in the name of one of the staff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

import flows
from gateway import bootstrap, settings
from gateway.catalogue.files import read_folder
from gateway.cli import gateway
from gateway.cli.demo import environment
from gateway.enact.casework.reviews import open_review
from gateway.enact.desk import desk
from gateway.enact.helping import directory
from gateway.messages import Address, AddressKind
from gateway.registry import short_code
from gateway.runtime import Runtime
from gateway.store import migrate, people
from gateway.store.conversations import open_address
from gateway.store.tables import audit, certificates

NAME = "Hodan Cali Nuur"
NEAR, FAR = "caseworker_ethiopia", "caseworker_somalia"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, 8099)


@pytest.fixture
def runtime(given: dict[str, str]) -> Iterator[Runtime]:
    made = bootstrap.build(settings.read(given))
    migrate.upgrade(made.database)
    shipped = read_folder(Path(flows.__file__).parent)
    made.catalogue.publish(shipped, "tests", "", made.now())
    directory.load(made, shipped.sources["directory.yaml"].data)
    yield made
    made.database.close()


@pytest.fixture
def code(runtime: Runtime) -> str:
    """The code of a registration that waits."""
    now = runtime.now()
    with runtime.database.transaction() as tx:
        phone = Address(AddressKind.PHONE, "+251911234567")
        here = open_address(tx, runtime.vault, phone, "africastalking", now).conversation_id
        record = {"full_name": NAME, "area": "ET14"}
        made = people.add(tx, runtime.vault, "K7R249XM", record, here, now)
        assert made is not None
        people.set_status(tx, made, people.PENDING, now)
        return open_review(desk(runtime, tx), kind="registration", person_id=made, flags=["routine"])


def run(given: dict[str, str], *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(gateway, ["reviews", *words], env=given)
    return done.exit_code, done.output


def test_what_waits_is_listed_without_a_name(given: dict[str, str], code: str) -> None:
    """Codes and flags, for people and for programs."""
    status, listed = run(given, "list", "--json")
    (each,) = json.loads(listed)
    assert status == 0
    assert (each["code"].replace("-", ""), each["kind"], each["flags"]) == (code, "registration", ["routine"])
    assert NAME not in listed
    assert "registration  open" in run(given, "list")[1]


def test_a_record_is_opened_on_record(given: dict[str, str], runtime: Runtime, code: str) -> None:
    """Name and all, for whoever must decide; every look is kept."""
    assert NAME in run(given, "open", code)[1]
    assert json.loads(run(given, "open", code, "--json")[1])["record"]["full_name"] == NAME
    with runtime.database.reading() as tx:
        looks = tx.execute(
            select(audit.c.actor, audit.c.subject).where(audit.c.action == "reviews.open")
        ).all()
    assert [tuple(each) for each in looks] == [("command-line", "review:1")] * 2


def test_a_decision_is_somebodys(given: dict[str, str], runtime: Runtime, code: str) -> None:
    """By one of the staff of the area, once; every refusal is one line and a failure."""
    assert run(given, "approve", code, "--by", "nobody") == (
        1,
        "Error: Nobody of the staff has the code nobody.\n",
    )
    assert "does not decide for the area" in run(given, "approve", code, "--by", FAR)[1]
    assert run(given, "reject", code, "--reason", "nonsense", "--by", NEAR)[0] == 1
    assert run(given, "ask", code, "--again", "age", "--by", NEAR) == (0, "asked\n")
    assert run(given, "approve", code, "--by", NEAR) == (0, "approved\n")
    assert run(given, "approve", code, "--by", NEAR) == (0, "approved before: nothing changed\n")
    assert "it is approved" in run(given, "reject", code, "--reason", "test", "--by", NEAR)[1]
    never = next(six for six in map(short_code.compose, ("10001", "10002")) if six != code)
    assert "Nothing has ever waited" in run(given, "open", never)[1]
    assert "typing mistake" in run(given, "open", "123456")[1]
    assert run(given, "list") == (0, "Nothing waits for a decision.\n")
    with runtime.database.reading() as tx:
        assert len(tx.execute(select(certificates)).all()) == 1

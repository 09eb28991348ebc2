"""`gateway people list | show | correct | phones | guardian | died`: what the staff do with a record, all on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from doors import environment
from sqlalchemy import select

from gateway.cli import gateway
from gateway.messages import Address, AddressKind
from gateway.runtime import Runtime
from gateway.store import people
from gateway.store.conversations import open_address
from gateway.store.tables import audit
from gateway.store.tables import people as table

# The acts themselves are tried on both databases beside the register's other acts.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PHONE = Address(AddressKind.PHONE, "+251911234567")
MOTHER, CHILD = "K7R249XM", "F7R249XM"
STAFF = "caseworker_ethiopia"
RECORD = {
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "age": {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"},
    "area": "ET14",
    "need": "shelter",
    "restricted": {"violence": "yes"},
}

Say = Callable[..., Result]


@pytest.fixture
def say(runtime: Runtime, database_url: str) -> Say:
    """Speaks to the command line of a house with a mother and her child on one phone."""
    now = runtime.now()
    child = RECORD["age"] | {"from": now.year - 10, "to": now.year - 9, "raw": "9"}  # type: ignore[operator]
    with runtime.database.transaction() as tx:
        phone = open_address(tx, runtime.vault, PHONE, "africastalking", now - timedelta(days=1))
        for reference, record in ((MOTHER, RECORD), (CHILD, RECORD | {"age": child})):
            made = people.add(tx, runtime.vault, reference, record, phone.conversation_id, now)
            assert made is not None
            people.rewrite(tx, runtime.vault, people.by_id(tx, made), record, people.REGISTERED, now)

    def spoken(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(gateway, ["people", *words], env=environment(database_url), input=given)

    return spoken


def actions(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.reading() as tx:
        return [(row.actor, row.action) for row in tx.execute(select(audit).order_by(audit.c.id))]


def test_a_list_without_names(runtime: Runtime, say: Say) -> None:
    """References, how far they are, and whether they live; that it was read is on record."""
    listed = json.loads(say("list", "--json").stdout)
    assert [(each["reference"], each["status"], each["died"]) for each in listed] == [
        (MOTHER, "registered", False),
        (CHILD, "registered", False),
    ]
    assert "Hodan" not in say("list").stdout
    assert say("list", "--status", "merged").stdout == "Nobody.\n"
    assert actions(runtime)[-1] == ("command-line", "people.list")


def test_a_record_is_opened(runtime: Runtime, say: Say) -> None:
    """All but what was confided, in words and as JSON; a reference that nobody has is one line of error."""
    shown = json.loads(say("show", MOTHER, "--json").stdout)
    assert shown["answers"]["full_name"] == "Hodan Cali Nuur"
    assert "restricted" not in shown["answers"]
    assert actions(runtime).count(("command-line", "people.show")) == 1
    unknown = say("show", "K2345678")
    assert (unknown.exit_code, unknown.stderr.count("\n")) == (1, 1)


def test_an_answer_is_corrected_from_standard_input(runtime: Runtime, say: Say) -> None:
    """Never from the command line; a wrong field, reason, value or code of staff changes nothing."""
    words = ("correct", MOTHER, "--field", "full_name", "--reason", "seen_papers", "--by", STAFF)
    assert say(*words, given="Asha Ali\n").stdout.endswith("Corrected.\n")
    for wrong, given in (
        ((*words[:3], "status", *words[4:]), "x\n"),
        ((*words[:5], "Told me so", *words[6:]), "Asha\n"),
        ((*words[:7], "nobody"), "Sara\n"),
    ):
        assert say(*wrong, given=given).exit_code != 0
    assert "Asha Ali" in say("show", "k7r2 49xm").stdout


def test_a_guardian_is_appointed_and_ended(say: Say) -> None:
    """A child is nobody's guardian."""
    assert say("guardian", CHILD, "--of", MOTHER, "--by", STAFF).stdout == "Appointed.\n"
    assert say("guardian", MOTHER, "--of", CHILD, "--by", STAFF).exit_code == 1
    assert say("guardian", CHILD, "--by", STAFF).exit_code == 2
    assert say("guardian", CHILD, "--end", "--by", STAFF).stdout == "Ended.\n"


def test_a_phone_speaks_no_more(say: Say) -> None:
    """It is named by its conversation; no digit of its number is shown."""
    (phone,) = json.loads(say("phones", MOTHER, "--json").stdout)
    assert phone["kind"] == "phone"
    assert "1234567" not in str(phone)
    number = str(phone["conversation"])
    assert say("phones", MOTHER, "--release", number).exit_code == 2
    assert say("phones", MOTHER, "--release", number, "--by", STAFF).stdout == "Nothing speaks for them.\n"


def test_a_death_and_its_undoing(runtime: Runtime, say: Say) -> None:
    """Each once, with a reason."""
    words = ("died", MOTHER, "--reason", "told_by_family", "--by", STAFF)
    said = [say(*words).stdout for _ in range(2)] + [say(*words, "--undo").stdout]
    assert said == [
        "Recorded.\n",
        "It was recorded before.\n",
        "Undone. The certificate stays revoked: issue a new one.\n",
    ]
    with runtime.database.reading() as tx:
        assert set(tx.execute(select(table.c.died_at)).scalars()) == {None}

"""`gateway people duplicates | merge | unmerge | apart | reindex`: what the staff see and decide, on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment
from sqlalchemy import select

from gateway.cli import gateway
from gateway.enact.desk import desk
from gateway.enact.registering.duplicates import index, look_for
from gateway.runtime import Runtime
from gateway.store import people
from gateway.store.tables import audit, blocking_keys, conversations, name_counts

# The acts themselves are tried on both databases beside the register's other acts.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ONE, OTHER, SISTER = "K7R249XM", "F7R249XM", "H7R249XM"
BORN = {"from": 1990, "to": 1990, "precision": "year", "calendar": "gregorian", "raw": "1990"}
NAMES = {ONE: "Hodan Cali Nuur", OTHER: "Hodan Ali Noor", SISTER: "Sahra Cali Nuur"}
WHY = ("--reason", "seen_in_person", "--by", "caseworker_ethiopia")

Say = Callable[..., Result]


@pytest.fixture
def say(runtime: Runtime, database_url: str) -> Say:
    """Speaks to the command line of a house where one person registered twice, and her sister once."""
    with runtime.database.transaction() as tx:
        now = runtime.now()
        for reference, name in NAMES.items():
            wrapped, _ = runtime.vault.new_key()
            talk = tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now})
            record = {"full_name": name, "sex": "f", "age": BORN, "area": "ET1401"}
            made = people.add(tx, runtime.vault, reference, record, talk, now)
            assert made is not None
            person = people.by_id(tx, made)
            people.rewrite(tx, runtime.vault, person, record, people.REGISTERED, now)
            index(desk(runtime, tx), person, record)
            look_for(desk(runtime, tx), person, record)

    def spoken(*words: str) -> Result:
        given = environment(database_url)
        return CliRunner().invoke(gateway, ["people", *words], env=given, catch_exceptions=False)

    return spoken


def rows(runtime: Runtime, table: Any) -> list[Any]:
    with runtime.database.reading() as tx:
        return list(tx.execute(select(table).order_by(*table.primary_key.columns)).all())


def test_the_list_names_nobody(runtime: Runtime, say: Say) -> None:
    """References, band, score and reasons; the records only where they are asked for, and that is on record."""
    listed = say("duplicates", "--band", "likely")
    [line] = listed.stdout.splitlines()
    assert line.startswith("K7R2 49XM  F7R2 49XM  likely ")
    assert "own name same" in line and "birth same" in line
    assert "Hodan" not in say("duplicates", "--json").stdout
    assert rows(runtime, audit) == []
    [first, *_] = json.loads(say("duplicates", "--json", "--show").stdout)
    assert [each["name"] for each in first["records"]] == [NAMES[ONE], NAMES[OTHER]]
    assert sum(point["points"] for point in first["reasons"]) == pytest.approx(first["score"])
    assert {each.subject for each in rows(runtime, audit)} == {"person:1", "person:2", "person:3"}


def test_a_day_at_the_desk(runtime: Runtime, say: Say) -> None:
    """Merge, again, undo, say that two are two: each answer tells what holds, and a wrong one is one line."""
    assert say("merge", "k7r2 49xm", OTHER, *WHY).stdout == "They are one person now.\n"
    assert say("merge", ONE, OTHER, *WHY).stdout == "They are one person already.\n"
    assert say("duplicates", "--band", "likely").stdout == "No two records look like one person.\n"
    assert say("apart", ONE, OTHER, *WHY).stderr == "Error: these two were merged: undo that first.\n"
    assert say("unmerge", OTHER, *WHY).stdout == "They are two people again.\n"
    assert say("unmerge", OTHER, *WHY).exit_code == 1
    assert say("apart", ONE, OTHER, *WHY).stdout == "They are two people.\n"
    assert say("apart", OTHER, ONE, *WHY).stdout == "That had been said already.\n"
    assert say("duplicates", "--band", "likely").stdout == "No two records look like one person.\n"
    done = [each.action for each in rows(runtime, audit)]
    assert done == ["people.merged", "people.unmerged", "people.apart"]
    assert {each.actor for each in rows(runtime, audit)} == {"staff:1"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("merge", ONE, "X2222222", *WHY), "Nobody who finished", id="unknown reference"),
        pytest.param(("merge", ONE, OTHER, *WHY[:-1], "stranger"), "Nobody of the staff", id="unknown staff"),
        pytest.param(
            ("merge", ONE, OTHER, "--reason", "It is Hodan", *WHY[2:]), "a reason is a code", id="a story"
        ),
        pytest.param(("unmerge", ONE, *WHY), "No record with this", id="never merged"),
    ],
)
def test_refusals_are_one_line(say: Say, words: tuple[str, ...], told: str) -> None:
    """Whatever cannot be done is said in one line, without success."""
    refused = say(*words)
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Error: {told}") and refused.stderr.count("\n") == 1


def test_reindex(runtime: Runtime, say: Say) -> None:
    """Everybody is findable again, however often it runs, and names are counted."""
    before = rows(runtime, blocking_keys)
    with runtime.database.transaction() as tx:
        tx.execute(blocking_keys.delete())
    for _ in range(2):
        assert say("reindex").stdout == "3 people can be found.\n"
        assert rows(runtime, blocking_keys) == before
    assert [each.people for each in rows(runtime, name_counts)] == [3]

"""`gateway people screen | override | lift | rescreen`: what the staff see and decide at the machine, on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment
from sqlalchemy import select

from gateway.cli import gateway
from gateway.runtime import Runtime
from gateway.store import people
from gateway.store.tables import audit, conversations, screenings

# The acts themselves are tried on both databases beside the register's other acts.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REFERENCE, DRAFT = "K7R249XM", "F7R249XM"
RECORD = {
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "age": {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"},
    "people_with": 2,
    "children_with": 1,
    "return_type": "forced",
    "need": "shelter",
    "urgent": "no",
}

Say = Callable[..., Result]


@pytest.fixture
def say(runtime: Runtime, database_url: str) -> Say:
    """Speaks to the command line of a house with one person registered, and one who has only begun."""
    with runtime.database.transaction() as tx:
        now = runtime.now()
        wrapped, _ = runtime.vault.new_key()
        talk = tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now})
        made = people.add(tx, runtime.vault, REFERENCE, RECORD, talk, now)
        assert made is not None and people.add(tx, runtime.vault, DRAFT, RECORD, talk, now) is not None
        people.rewrite(tx, runtime.vault, people.by_id(tx, made), RECORD, people.REGISTERED, now)

    def spoken(*words: str) -> Result:
        given = environment(database_url)
        return CliRunner().invoke(gateway, ["people", *words], env=given, catch_exceptions=False)

    return spoken


def rows(runtime: Runtime, table: Any) -> list[Any]:
    with runtime.database.reading() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)).all())


def test_a_day_at_the_desk(runtime: Runtime, say: Say) -> None:
    """Replay, look, decide, look again, take it back: each step says what holds and why, and stands on record."""
    tried = say("rescreen", "--dry-run")
    assert tried.stdout == "        1  never screened -> high\nNothing is changed by this.\n"
    assert rows(runtime, screenings) == []
    assert json.loads(say("rescreen", "--json").stdout) == [
        {"before": "never screened", "after": "high", "people": 1}
    ]
    version = runtime.catalogue.current().policy.screening.version[:12]
    verdict = (
        f"high (rules {version})\n"
        "  two_factors  Two or more of the factors below\n"
        "  sent_back    Was sent back\n"
        "  basic_need   Most needs shelter or food\n"
    )
    decided = say(
        "override", "k7r2 49xm", "immediate", "--reason", "seen_in_person", "--by", "caseworker_ethiopia"
    )
    assert decided.stdout == "immediate: seen_in_person\n"
    staff = rows(runtime, screenings)[-1].actor
    assert say("screen", REFERENCE).stdout == (
        verdict.replace("high", "immediate")
        + f"Set by {staff}: seen_in_person\nThe rules say today:\n"
        + verdict
    )
    assert say("lift", REFERENCE, "--by", "caseworker_ethiopia").stdout == "high\n"
    shown = json.loads(say("screen", REFERENCE, "--json").stdout)
    assert (shown["tier"], shown["set_by"], shown["today"]["tier"]) == ("high", None, "high")
    assert [(row.actor, row.action) for row in rows(runtime, audit) if "screen" in row.action] == [
        ("command-line", "people.rescreen"),
        ("command-line", "people.rescreen"),
        (staff, "screening.override"),
        ("command-line", "people.screen"),
        (staff, "screening.lift"),
        ("command-line", "people.screen"),
    ]


def test_what_cannot_be_done_is_said_in_a_line(runtime: Runtime, say: Say) -> None:
    """A reference that nobody has or that is a draft's, a stranger, a sentence for a reason: refused, nothing kept."""
    by, why = ("--by", "caseworker_ethiopia"), ("--reason", "seen_in_person")
    for words, problem in (
        (("screen", DRAFT), "Nobody who finished registering has this reference."),
        (("override", REFERENCE, "high", *why, "--by", "nobody"), "Nobody of the staff has the code nobody."),
        (("override", REFERENCE, "high", "--reason", "She is ill", *by), "small letters"),
        (("override", REFERENCE, "highest", *why, *by), "'highest' is not one of"),
        (("override", REFERENCE, "high", *by), "Missing option '--reason'"),
        (("lift", REFERENCE), "Missing option '--by'"),
    ):
        refused = say(*words)
        assert refused.exit_code != 0 and problem in refused.stderr, words
    assert rows(runtime, screenings) == []

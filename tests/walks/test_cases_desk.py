"""`gateway cases …` and `gateway staff …`: whose the cases are, at the desk; acts are tried beside their own rooms."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment
from sqlalchemy import select

from gateway.cli import gateway
from gateway.enact.assigning import caseload
from gateway.enact.desk import desk
from gateway.enact.referring.legs import open_leg
from gateway.enact.referring.matching import best, request_for
from gateway.messages import Address, AddressKind
from gateway.registry import short_code
from gateway.runtime import Runtime
from gateway.store import people, referrals
from gateway.store.conversations import open_address
from gateway.store.tables import audit, case_notes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PHONE = Address(AddressKind.PHONE, "+251911234567")
RECORD = {
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "age": {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"},
    "area": "ET14",
    "urgent": "no",
}
OURS, ELSEWHERE = "caseworker_ethiopia", "caseworker_somalia"
NOTE = "She was called twice."

Say = Callable[..., Result]


@pytest.fixture
def code(runtime: Runtime) -> str:
    """The code of a case in Ethiopia, as its caseworker reads it."""
    now = runtime.now()
    with runtime.database.transaction() as tx:
        phone = open_address(tx, runtime.vault, PHONE, "africastalking", now)
        made = people.add(tx, runtime.vault, "K7R249XM", RECORD, phone.conversation_id, now)
        assert made is not None
        people.rewrite(tx, runtime.vault, people.by_id(tx, made), RECORD, people.REGISTERED, now)
        work = desk(runtime, tx)
        request = request_for(work, RECORD, "health", "ET14", "en", frozenset())
        chosen = best(work, request, lock=True)
        assert chosen is not None
        values: dict[str, Any] = {"need": "health", "area": "ET14", "priority": "urgent", "state": "open"}
        values |= {"person_id": made, "conversation_id": phone.conversation_id}
        referral = caseload.assign(work, referrals.open_referral(tx, values, now - timedelta(hours=1)))
        return short_code.shown(open_leg(work, referral, chosen, f"person:{made}").code)


@pytest.fixture
def say(runtime: Runtime, database_url: str) -> Say:
    """Speaks to the command line of that house."""

    def spoken(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(gateway, [*words], env=environment(database_url), input=given)

    return spoken


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_where_a_case_stands(code: str, say: Say) -> None:
    """In a list, alone, and in its caseworker's load; no name and no number."""
    (listed,) = told(say("cases", "list", "--json"))
    assert told(say("cases", "show", code, "--json")) == listed
    assert (listed["code"], listed["staff"], listed["trouble"], listed["next"]) == (
        code,
        OURS,
        "none",
        "answer",
    )
    load = {each["code"]: each["open"] for each in told(say("cases", "load", "--json"))}
    assert load == {OURS: 1, ELSEWHERE: 0}
    for words in (("list",), ("load",), ("show", code), ("timeline", code)):
        output = say("cases", *words).output
        assert OURS in output
        assert "Hodan" not in output
        assert "+251" not in output


def test_a_list_can_be_narrowed(code: str, say: Say) -> None:
    """By area, by whose they are, by state, by what is late."""
    for options, found in (
        (("--area", "ET14"), True),
        (("--area", "SO12"), False),
        (("--staff", OURS), True),
        (("--staff", ELSEWHERE), False),
        (("--staff", "-"), False),
        (("--state", "unmet"), False),
        (("--late",), False),
    ):
        assert bool(told(say("cases", "list", *options, "--json"))) is found, options


def test_cases_are_given_at_the_desk(code: str, say: Say, runtime: Runtime) -> None:
    """By whoever has them or a supervisor, to one who works there; what is refused is one line and no success."""
    for words, problem in (
        (("give", code, ELSEWHERE, "--by", OURS), "do not work in the area"),
        (("give", code, "supervisor", "--by", ELSEWHERE), "does not work in the area"),
        (("give", code, "nobody", "--by", OURS), "No caseworker or supervisor"),
        (("give", "100000", "supervisor", "--by", OURS), "typing mistake"),
        (("give-all", "supervisor", OURS, "--by", OURS), "gives their own only"),
        (("give-all", OURS, OURS, "--by", OURS), "theirs already"),
    ):
        refused = say("cases", *words)
        assert refused.exit_code != 0
        assert problem in refused.output
        assert len(refused.output.splitlines()) == 1
    assert "Given to supervisor." in say("cases", "give", code, "supervisor", "--by", OURS).output
    assert "somebody else's" in say("cases", "give", code, OURS, "--by", OURS).output
    given = say("cases", "give-all", "supervisor", OURS, "--by", "supervisor").output
    assert f"1 went to {OURS}, 0 stay." in given


def test_a_note_is_read_by_the_staff_of_the_area_alone(code: str, say: Say, runtime: Runtime) -> None:
    """It is written from standard input, and each reading is on record."""
    assert say("cases", "note", code, "--by", OURS, given=NOTE).output == "Noted.\n"
    assert say("cases", "note", code, "--by", OURS, given=" ").exit_code != 0
    for words in ((), ("--notes",), ("--notes", "--by", ELSEWHERE)):
        assert NOTE not in say("cases", "timeline", code, *words).output
    assert NOTE in say("cases", "timeline", code, "--notes", "--by", OURS).output
    entries = told(say("cases", "timeline", code, "--notes", "--by", OURS, "--json"))
    assert [each["text"] for each in entries if "text" in each] == [NOTE]
    with runtime.database.reading() as tx:
        read = [row.actor for row in tx.execute(select(audit)) if row.action == "case.notes_read"]
        assert len(list(tx.execute(select(case_notes)))) == 1
    assert len(read) == 2


def test_leave_at_the_desk(code: str, say: Say, runtime: Runtime) -> None:
    """What cannot wait goes to the supervisor, where no other caseworker works there; the day is to come."""
    day = f"{runtime.now() + timedelta(days=30):%Y-%m-%d}"
    assert say("staff", "away", OURS, "--until", "2020-01-01").exit_code != 0
    assert f"until {day}. Urgent cases given on: 1." in say("staff", "away", OURS, "--until", day).output
    (row,) = [each for each in told(say("cases", "load", "--json")) if each["code"] == OURS]
    assert (row["open"], bool(row["away_until"])) == (0, True)
    assert say("staff", "back", OURS).output == f"{OURS} is back.\n"
    assert "Nothing changed" in say("staff", "back", OURS).output

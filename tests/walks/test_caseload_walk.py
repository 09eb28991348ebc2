"""A caseworker's own cases, from their chat and phone: looked through, noted, handed over; and a supervisor's look."""

from __future__ import annotations

import pytest
from town import CASEWORKER, Town

from gateway.store.tables import case_notes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HODAN, SUPERVISOR, SUPERVISORS_PHONE, CASEWORKERS_PHONE = (
    "+251911234567",
    "700000003",
    "+251911000091",
    "+251911000090",
)


def test_a_case_from_hand_to_hand(town: Town) -> None:
    """The same words in a chat, by SMS and on a dialled line."""
    town.registers(HODAN, "so")
    code = town.asks_for_health(HODAN, "so")
    town.deliver()
    shown = f"{code[:5]}-{code[5]}"
    chat = town.chatter(int(CASEWORKER))
    town.said(chat.write("MINE"), "caseload/last_page", channel="rich")
    told = town.said(chat.press(f"{shown} sent, 0"), "caseload/next_answer", channel="rich")
    assert told["code"] == shown

    phone = town.texter(CASEWORKERS_PHONE)
    town.said(phone.write(f"NOTE {code} she is called tomorrow"), "caseload/noted")
    assert town.count(case_notes) == 1
    town.said(phone.write("TEAM"), "caseload/supervisors")

    line = town.caller(CASEWORKERS_PHONE)
    line.dial()
    assert (
        town.said(line.say(f"GIVE {code} supervisor"), "caseload/given_to", channel="ussd")["to"]
        == "supervisor"
    )
    town.deliver()
    assert town.heard(SUPERVISOR, "case_given_staff", "en")["code"] == shown
    town.said(chat.write("MINE"), "caseload/nothing", channel="rich")
    other = town.texter(SUPERVISORS_PHONE)
    assert "supervisor 1/0" in other.write("TEAM")
    given = town.said(other.write(f"GIVE {code} Caseworker Eth"), "caseload/given_to")
    assert given["to"] == "caseworker_ethiopia"


def test_leave_and_a_stranger(town: Town) -> None:
    """A leave by one message; to anybody else the words are no keywords."""
    phone = town.texter(CASEWORKERS_PHONE)
    town.said(phone.write("AWAY"), "caseload/until")
    assert town.said(phone.write("25/12"), "caseload/gone")["given"] == "0"
    town.said(phone.write("HERE"), "caseload/welcome")
    nonsense = town.texter("+251911777001").write("XYZZY")
    for number, word in enumerate(("MINE", "AWAY 25/12", "HERE", "TEAM"), 2):
        assert town.texter(f"+25191177700{number}").write(word) == nonsense

"""A complaint from a phone to those who deal with it, and the answer back, over all three channels."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select
from town import CASEWORKER, HEALTH_IN_JIJIGA, Town

from gateway.cli.phones import flat
from gateway.enact.complaining import complaints
from gateway.enact.desk import desk
from gateway.registry import short_code
from gateway.registry.grievances import Event
from gateway.store import staff
from gateway.store.tables import callbacks, metadata
from gateway.store.tables import complaints as complaints_table

HODAN, STRANGER = "+251911234567", "+251911777777"
CHAT = 812345678
OFFICER, SUPERVISOR = "700000005", "700000003"
MANY = 50  # rows that a walk leaves at least
STORY, ANSWER = "they took my papers", "We brought them back."


def answers(town: Town, code: str) -> None:
    """The officer answers at the desk what was taken by phone."""
    with town.runtime.database.transaction() as tx:
        work = desk(town.runtime, tx)
        member = next(each for each in staff.active(tx) if each.code == "complaints_officer")
        complaints.act(work, member, code, Event.ANSWER, ANSWER)
    town.deliver()


def six(shown: str) -> str:
    return shown.replace("-", "")


def nothing_told(town: Town) -> None:
    """What was written left the house on no channel, and no provider, caseworker or supervisor heard anything."""
    assert not any(STORY in each.body for each in town.sent)
    assert [town.to(each) for each in (HEALTH_IN_JIJIGA, CASEWORKER, SUPERVISOR)] == [[], [], []]


def test_by_ussd_and_sms_about_a_place(town: Town, logged: io.StringIO) -> None:
    """About the place that somebody was sent to; its answer is read from that phone alone, and a yes ends it.

    Neither text stands in a log or in the database, sessions and messages included.
    """
    town.registers(HODAN)
    town.asks_for_health(HODAN)
    town.deliver()
    town.sent.clear()
    caller = town.caller(HODAN)
    caller.dial()
    for typed, asked in (
        ("complain", "about"),
        ("2", "which"),
        ("1", "how"),
        ("1", "reply"),
        ("1", "body"),
    ):
        town.said(caller.say(typed), f"complaint/{asked}", channel="ussd")
    screen = caller.say(STORY)
    code = town.said(screen, "complaint/recorded", channel="ussd")["code"]
    town.deliver()
    nothing_told(town)
    assert town.heard(OFFICER, "complaint_staff", "en")["code"] == code
    officer, hodan, stranger = town.chatter(int(OFFICER)), town.texter(HODAN), town.texter(STRANGER)
    town.said(officer.write(f"HANDLE {code}"), "grievance/taken")
    town.said(hodan.write(f"ANSWER {code}"), "complaint/waiting")
    answers(town, six(code))
    assert town.heard(HODAN, "complaint_answered_person", "en")["code"] == code
    stranger.write("MENU")
    never = short_code.compose("10101")
    replies = {stranger.write(f"ANSWER {each}") for each in (code, never)}
    assert len(replies) == 1
    read = hodan.write(f"answer {code}")
    assert ANSWER in flat(read)
    town.said(hodan.write("1"), "complaint/thanks")
    assert town.count(complaints_table, state="closed", outcome="content") == 1
    assert not any(ANSWER in each.body for each in town.sent if each.address.value != HODAN)
    lines = logged.getvalue()
    with town.runtime.database.reading() as tx:
        kept = [repr(row) for table in metadata.sorted_tables for row in tx.execute(select(table))]
    assert "attempt" in lines and len(kept) > MANY
    assert not any(text in each for text in (STORY, ANSWER) for each in (lines, *kept))


def test_in_a_chat_about_harm(town: Town) -> None:
    """Who is not safe is called at once, unnamed and unregistered; the answer comes to the chat without a question."""
    chat = town.chatter(CHAT)
    chat.write("/start")
    chat.write("English")
    town.said(chat.write("complain"), "complaint/about", channel="telegram")
    town.said(chat.press("Somebody hurt me"), "complaint/safe", channel="telegram")
    code = town.said(chat.press("No"), "complaint/recorded", channel="telegram")["code"]
    assert town.count(callbacks, reason="danger") == 1
    assert town.heard(OFFICER, "complaint_staff", "en")["priority"] == "URGENT"
    town.chatter(int(OFFICER)).write(f"HANDLE {code}")
    answers(town, six(code))
    town.heard(str(CHAT), "complaint_answered_person", "en")
    assert ANSWER in flat(chat.write("ANSWER"))
    town.said(chat.press("No"), "complaint/reopened", channel="telegram")
    assert town.count(complaints_table, state="open") == 1
    assert len([each for each in town.to(SUPERVISOR) if code in each.body]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_by_sms_in_the_middle_of_a_registration(town: Town) -> None:
    """In every flow, and the open question is asked again; without a yes no SMS comes, and ANSWER works."""
    hodan = town.texter(HODAN)
    open_question = hodan.writes("REGISTER", "2", "1")
    screen = hodan.writes("cabasho", "1", "1", "2", STORY)
    code = town.said(screen, "complaint/recorded", "so")["code"]
    assert flat(screen).endswith(flat(open_question))
    nothing_told(town)
    town.chatter(int(OFFICER)).write(f"HANDLE {code}")
    before = len(town.to(HODAN))
    answers(town, six(code))
    assert len(town.to(HODAN)) == before
    assert ANSWER in flat(hodan.write(f"jawaab {code}"))

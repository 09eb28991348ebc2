"""A registration that waits, from the person's phone to the caseworker's and back, by every channel."""

from __future__ import annotations

from town import CASEWORKER, REGISTERING, Town

from gateway.store.tables import certificates, reviews

HODAN, CASEWORKERS_PHONE = "+252634123401", "+251911000090"


def waits(town: Town) -> str:
    """Somebody in danger registers in Somali, and waits for a decision; returns its code."""
    caller = town.caller(HODAN)
    caller.dial()
    caller.say("2")
    urgent = REGISTERING | {"urgent": "1"}
    screen = town.answers(caller.say, caller.say("1"), "registration", urgent, language="so")
    town.said(screen, "registration/pending", "so", "ussd")
    town.deliver()
    return town.heard(CASEWORKER, "review_staff", "en")["code"].rstrip(".")


def test_by_buttons_in_a_chat(town: Town) -> None:
    """OPEN tells why it waits in neutral words; a button approves it; the person reads that the card is ready."""
    code = waits(town)
    chat = town.chatter(int(CASEWORKER))
    screen = chat.write(f"OPEN {code}")
    assert town.said(screen, "caseworker/opened", channel="rich")["flags"] == "to be seen first"
    assert "Abdi" not in screen
    town.said(chat.press("Approve"), "caseworker/approved", channel="rich")
    town.heard(HODAN, "certificate_issued", "so")
    assert town.count(certificates) == 1
    town.said(chat.write(f"OPEN {code}"), "caseworker/approved_before", channel="rich")


def test_by_sms(town: Town) -> None:
    """The reason may be in the message or is asked for; whoever was rejected can begin again."""
    code = waits(town)
    phone = town.texter(CASEWORKERS_PHONE)
    town.said(phone.write(f"ASK {code} NAME"), "caseworker/asked")
    town.heard(HODAN, "registration_ask_person", "so")
    town.said(phone.write(f"REJECT {code}"), "caseworker/why")
    town.said(phone.write("4"), "caseworker/rejected")
    town.heard(HODAN, "registration_rejected_person", "so")
    assert town.count(reviews, state="rejected", reason="test") == 1
    town.said(town.texter(HODAN).write("DIIWAANGELI"), "registration/consent", "so")


def test_by_ussd(town: Town) -> None:
    """The words work on a dialled line too; from anybody else's phone they are no keyword at all."""
    code = waits(town)
    line = town.caller(CASEWORKERS_PHONE)
    line.dial()
    town.said(line.say(f"APPROVE {code}"), "caseworker/approved", channel="ussd")
    stranger = town.caller(HODAN)
    stranger.dial()
    assert code not in stranger.say(f"APPROVE {code}")

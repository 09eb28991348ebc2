"""A request for help, from a returnee's phone to a provider's and back, with the worker's own code between."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from town import CASEWORKER, HEALTH_IN_JIJIGA, SHELTER_IN_ADDIS, Town

from gateway.registry import short_code
from gateway.store.tables import legs, outbox, referrals

HODAN = "+251911234567"
OTHERS, NOBODY = "+251911777002", "+251911777003"


@pytest.fixture
def code(town: Town) -> str:
    """The code of a request for health that was just made by USSD, in Somali; nothing is sent yet."""
    town.registers(HODAN, "so")
    return town.asks_for_health(HODAN, "so")


def leg(town: Town) -> str:
    """Where the only leg stands."""
    with town.runtime.database.reading() as tx:
        return str(tx.execute(select(legs.c.state)).scalar_one())


def test_from_the_request_to_help(town: Town, code: str) -> None:
    """In one transaction the offers are written; sent, they move the leg; each step is told, in each language."""
    assert leg(town) == "queued"
    assert town.count(outbox, purpose="leg_offered", state="due") == 1
    town.deliver()
    assert leg(town) == "sent"
    grouped = f"{code[:5]}-{code[5]}"
    assert town.heard(HEALTH_IN_JIJIGA, "leg_offered", "so")["code"] == grouped
    assert town.heard(CASEWORKER, "leg_offered_staff", "en")["code"] == grouped

    provider = town.texter(HEALTH_IN_JIJIGA)
    assert town.said(provider.write(f"accept {code}"), "replies/accepted", "so")["code"] == grouped
    heard = town.heard(HODAN, "leg_accepted_person", "so")
    assert (heard["code"], heard["place"]) == (grouped, "Centre Three")
    town.said(provider.write(f"YIMID {grouped}"), "replies/has_arrived", "so")
    town.said(provider.write(f"Done {code} helped"), "replies/completed", "so")
    town.heard(HODAN, "leg_completed_person", "so")
    assert leg(town) == "completed"
    assert town.count(outbox, state="accepted") == town.count(outbox) == len(town.sent)


def test_a_request_that_is_declined(town: Town, code: str) -> None:
    """Without a reason it is asked for; where nobody else can take it, the person and the staff hear of it."""
    provider = town.texter(HEALTH_IN_JIJIGA)
    town.said(provider.write(f"DIID {code}"), "replies/why", "so")
    town.said(provider.write("1"), "replies/declined", "so")
    town.heard(HODAN, "referral_unmet_person", "so")
    town.heard(CASEWORKER, "referral_unmet_staff", "en")
    assert leg(town) == "declined"
    town.said(provider.write(f"ACCEPT {code}"), "replies/finished", "so")


def test_a_reply_counts_from_the_providers_phones_only(town: Town, code: str) -> None:
    """Another provider's phone and a stranger's change nothing, and read what a code that nobody has reads."""
    nobodys = short_code.compose("00000" if code[:5] != "00000" else "11111")
    town.deliver()
    other = town.texter(SHELTER_IN_ADDIS)
    words = ("ACCEPT", "GOT", "ARRIVED")
    answers = {other.write(f"{word} {each}") for word in words for each in (code, nobodys)}
    (answer,) = answers
    town.said(answer, "replies/unknown")
    read = [
        [town.texter(phone).write(f"{word} {each}") for word in words]
        for phone, each in ((OTHERS, code), (NOBODY, nobodys))
    ]
    assert read[0] == read[1]
    assert leg(town) == "sent"
    assert not [each for each in town.to(HODAN) if "Centre" in each.body]


def test_what_is_said_again_changes_nothing(town: Town, code: str) -> None:
    """ACCEPT, ARRIVED and DONE, each three times: told once, the person hears of each once."""
    provider = town.texter(HEALTH_IN_JIJIGA)
    for said, state in (("ACCEPT", "accepted"), ("ARRIVED", "in_service"), ("DONE", "completed")):
        how = " helped" if said == "DONE" else ""
        answers = [provider.write(f"{said} {code}{how}") for _ in range(3)]
        town.said(answers[1], "replies/repeated", "so")
        assert answers[1] == answers[2] != answers[0]
        assert leg(town) == state
    told = [each.body for each in town.to(HODAN)]
    assert len(told) == len(set(told)) == 2


def test_a_word_that_does_not_fit(town: Town, code: str) -> None:
    """DONE before anything began, a code with a typing mistake: nothing moves before the code that was meant is."""
    provider = town.texter(HEALTH_IN_JIJIGA)
    wrong = code[:5] + str((int(code[5]) + 1) % 10)
    grouped = f"{code[:5]}-{code[5]}"
    assert town.said(provider.write(f"ACCEPT {wrong}"), "replies/meant", "so")["code"] == grouped
    town.said(provider.write("maya"), "replies/mistyped", "so")
    town.said(provider.write(f"DONE {code} HELPED"), "replies/not_now", "so")
    assert leg(town) == "sent"
    town.said(provider.write(f"ACCEPT {wrong}"), "replies/meant", "so")
    assert town.said(provider.write("haa"), "replies/accepted", "so")["code"] == grouped
    assert leg(town) == "accepted"


def test_asking_twice_is_one_request(town: Town, code: str) -> None:
    """The same need again reads the code of before; after taking it back a new one can be asked for."""
    assert town.asks_for_health(HODAN, "so") == code
    assert town.count(referrals) == 1
    hodan = town.texter(HODAN)
    town.said(hodan.writes("KANSAL", "1"), "withdraw/withdrawn", "so")
    town.heard(HEALTH_IN_JIJIGA, "leg_withdrawn_provider", "so")
    town.said(town.texter(HEALTH_IN_JIJIGA).write(f"ACCEPT {code}"), "replies/taken_back", "so")
    assert town.asks_for_health(HODAN, "so") != code

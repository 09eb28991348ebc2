"""Buttons under what is pushed to chats: a referral's whole life in taps, and every tap that comes too late."""

from __future__ import annotations

from copy import deepcopy

import pytest
from sqlalchemy import select
from town import CASEWORKER, HEALTH_IN_JIJIGA, Town

from gateway.enact.helping import directory
from gateway.messages import Outbound
from gateway.store.tables import legs

HODAN, HER_CHAT = "+251911234567", 812345001
PROVIDER, OTHER_PROVIDER, STRANGER = 600000001, 600000002, 600000009


def people_at_work(town: Town, *chats: int, others_help: bool = False) -> None:
    """The sample directory with these chats of the house in Jijiga, and a chat of another that may help there too."""
    data = deepcopy(town.flows.sources["directory.yaml"].data)
    data["organisations"]["sample_help_jijiga"]["telegram"] = [str(chat) for chat in chats]
    other = data["organisations"]["sample_shelter_addis"]
    other["telegram"] = [str(OTHER_PROVIDER)]
    if others_help:
        other["services"].append({"need": "health", "areas": ["ET05"], "capacity": 9})
    directory.load(town.runtime, data)


@pytest.fixture
def code(town: Town) -> str:
    """The code of a request for health in Jijiga, offered to a provider that has a chat; the person has one too."""
    people_at_work(town, PROVIDER)
    town.registers(HODAN)
    hers = town.chatter(HER_CHAT)
    hers.write("/start")
    hers.press("English")
    hers.share(HODAN)
    found = town.asks_for_health(HODAN)
    town.deliver()
    return found


def told(town: Town, chat: int | str, label: str) -> Outbound:
    """The last message to a chat under which a button bears this label."""
    return [each for each in town.to(str(chat)) if label in labels(each)][-1]


def labels(message: Outbound) -> list[str]:
    return [button.label for button in message.buttons]


def states(town: Town) -> list[str]:
    """Where the legs stand, the oldest first."""
    with town.runtime.database.reading() as tx:
        return [str(row.state) for row in tx.execute(select(legs.c.state).order_by(legs.c.id))]


def test_a_referral_in_taps_alone(town: Town, code: str) -> None:
    """Accepted, arrived and done by the provider, disputed by the person, taken and sent on by the caseworker."""
    provider, hers, caseworker = (town.chatter(each) for each in (PROVIDER, HER_CHAT, int(CASEWORKER)))
    assert labels(provider.last) == ["Aqbal", "Diid", "Waan arkay"]
    assert not [each for each in town.to(HEALTH_IN_JIJIGA) if each.buttons]  # a phone is told what to type
    offer = provider.last
    town.said(provider.press("Aqbal", query="query-9"), "replies/accepted", "so", "rich")
    assert provider.last.answers == "query-9"  # the press is acknowledged
    town.said(provider.press("Aqbal", under=offer), "replies/repeated", "so", "rich")  # two thumbs
    town.said(hers.press("Where is my help?"), "status/accepted", channel="rich")

    ahead = told(town, PROVIDER, "Wuu yimid")
    assert labels(ahead) == ["Wuu yimid", "Maalin qabo", "Ma iman", "Way dhammaatay"]
    town.said(provider.press("Maalin qabo", under=ahead), "replies/which_day", "so", "rich")
    town.said(
        provider.write("25/12/2097"), "replies/scheduled", "so", "rich"
    )  # what no button can hold is typed
    town.said(provider.press("Wuu yimid", under=ahead), "replies/has_arrived", "so", "rich")
    town.said(provider.press("Way dhammaatay", under=ahead), "replies/how", "so", "rich")
    town.said(provider.press("Qofka waa la caawiyay"), "replies/completed", "so", "rich")

    assert labels(hers.last) == ["Yes", "In part", "No"]
    town.said(hers.press("No"), "feedback/disputed", channel="rich")
    people_at_work(town, PROVIDER, others_help=True)
    disputed = told(town, CASEWORKER, "Send on")
    assert labels(disputed) == ["Take", "Send on", "Close"]
    town.said(caseworker.press("Take", under=disputed), "caseworker/taken", channel="rich")
    town.said(caseworker.press("Send on", under=disputed), "caseworker/rebooked", channel="rich")
    assert states(town) == ["completed", "sent"]
    town.said(town.chatter(OTHER_PROVIDER).press("Accept"), "replies/accepted", channel="rich")


def test_a_tap_while_something_is_asked_and_one_too_late(town: Town, code: str) -> None:
    """It counts as the keyword it sends, and what was asked before is asked again; what is over says so."""
    provider, caseworker = town.chatter(PROVIDER), town.chatter(int(CASEWORKER))
    offer = provider.last
    provider.press("Diid")
    town.said(provider.press("Waan buuxnaa"), "replies/declined", "so", "rich")
    unmet = told(town, CASEWORKER, "Take")
    town.said(caseworker.write("/start"), "main/menu", channel="rich")
    screen = caseworker.press("Take", under=unmet)
    town.said(screen, "caseworker/taken", channel="rich")
    town.said(screen, "main/menu", channel="rich")
    for label in ("Aqbal", "Waan arkay"):
        town.said(provider.press(label, under=offer), "replies/finished", "so", "rich")
    assert states(town) == ["declined"]


def test_a_tap_from_elsewhere(town: Town, code: str) -> None:
    """Forwarded, forged, or kept after leaving: nothing moves, and a code of ours reads like nobody's."""
    stranger = town.chatter(STRANGER)
    stranger.write("/start")
    stranger.press("English")
    people_at_work(town)  # the house in Jijiga gives its chat up
    for chat in (stranger, town.chatter(OTHER_PROVIDER), town.chatter(PROVIDER)):
        _, ours, nobodys = (chat.send_data(f"ACCEPT {each}") for each in ("000000", code, "000000"))
        assert ours == nobodys
    assert states(town) == ["sent"]


def test_data_that_we_never_sent(town: Town, code: str) -> None:
    """Whatever a client makes up is read as if it were typed: it is answered, and moves nothing."""
    provider = town.chatter(PROVIDER)
    words = ["ACCEPT", "00000000:ACCEPT {0}", "accept\0 {1}", "REBOOK {0}", "APPROVE {0}", "DONE {0}"]
    for forged in [*words, "", "8" * 64, "FEEDBACK YES {0}"]:
        before = len(town.to(str(PROVIDER)))
        provider.send_data(forged.format(code, code[::-1]))
        assert len(town.to(str(PROVIDER))) == before + 1, forged
        assert states(town) == ["sent"], forged


def test_a_provider_works_from_a_list(town: Town, code: str) -> None:
    """By taps in the chat, in front of the menu by USSD, and by SMS: the same list, the same acts, never a name."""
    provider, shown = town.chatter(PROVIDER), f"{code[:5]}-{code[5]}"
    town.said(provider.write("/start"), "main/work", "so", "rich")
    town.said(provider.press("Codsiyada noo yimid"), "requests/which", "so", "rich")
    assert shown in labels(provider.last)[0]
    town.said(provider.press(shown), "requests/asked", "so", "rich")
    town.said(provider.press("Waan aqbalnay"), "requests/recorded", "so", "rich")
    phone = town.caller(HEALTH_IN_JIJIGA)
    town.said(phone.dial(), "main/work", "so", "ussd")
    assert shown in phone.say("1")
    town.said(phone.say("1"), "requests/accepted", "so", "ussd")
    town.said(phone.say("1"), "requests/recorded", "so", "ussd")
    assert states(town) == ["in_service"]
    town.said(town.texter(HEALTH_IN_JIJIGA).writes("LIST", "1", "1"), "requests/recorded", "so")
    assert states(town) == ["completed"]
    assert not [each for each in town.to(str(PROVIDER)) if "Abdi" in each.body]

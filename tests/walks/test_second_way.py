"""A message that does not arrive, through the real doors: from the chat to the phone, then to a caseworker."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from doors import TOKEN
from flask.testing import FlaskClient
from town import CASEWORKER, HEALTH_IN_JIJIGA, Town

from gateway.catalogue.files import Bundle
from gateway.errors import SendError
from gateway.messages import Outbound, Receipt
from gateway.runtime import Runtime
from gateway.store.tables import callbacks

PHONE, CHAT = "+251911234503", 500000003


@dataclass
class Refusing(Town):
    """Carriers that refuse some addresses for good, as Telegram does where somebody blocked the bot."""

    refuses: set[str] = field(default_factory=set)

    def send(self, outbound: Outbound) -> Receipt:
        if outbound.address.value in self.refuses:
            raise SendError("blocked", unreachable=True)
        return super().send(outbound)


@pytest.fixture
def town(runtime: Runtime, client: FlaskClient, shipped: Bundle) -> Refusing:
    return Refusing(runtime, client, shipped)


def test_another_way_and_then_a_call(town: Refusing) -> None:
    """Who blocked the chat reads the same by SMS; the report that the phone is gone makes it a caseworker's call."""
    town.registers(PHONE)
    chat = town.chatter(CHAT)
    chat.write("/start")
    chat.press("English")
    chat.share(PHONE)
    code = town.asks_for_health(PHONE)
    town.deliver()
    town.refuses.add(str(CHAT))
    assert town.texter(HEALTH_IN_JIJIGA).write(f"ACCEPT {code}")
    town.deliver()
    assert town.heard(PHONE, "leg_accepted_person", "en")["code"].replace("-", "") == code
    by_sms = next(number for number, each in enumerate(town.sent, 1) if each.address.value == PHONE)
    report = {"id": f"message {by_sms}", "status": "Failed", "phoneNumber": PHONE, "networkCode": "63601"}
    for _ in range(2):
        assert town.client.post(f"/sms/africastalking/{TOKEN}/reports", data=report).status_code == 200
    town.deliver()
    to_call = town.heard(CASEWORKER, "undelivered_staff", "en")["code"]
    assert town.count(callbacks, reason="undelivered", state="open") == 1
    town.chatter(int(CASEWORKER)).write(f"TAKE {to_call}")
    assert town.count(callbacks, reason="undelivered", state="taken") == 1
    assert len([each for each in town.to(PHONE) if "accepted" in each.body]) == 1

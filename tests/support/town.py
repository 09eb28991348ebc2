"""The whole house and the people around it: the doors are real, and so is the worker's code; only the carriers
are the tests'. What the house sends is handed to whoever it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from doors import SECRET, Caller, chat_message, text_message
from flask.testing import FlaskClient
from sqlalchemy import Table, func, select

from gateway.catalogue.files import Bundle
from gateway.cli.phones import flat
from gateway.cli.words import Words, pattern
from gateway.enact.casework.undelivered import fate_hook
from gateway.jobs.deliver import Deliverer
from gateway.messages import ChannelName, Outbound, Receipt
from gateway.registry import certificate_number
from gateway.runtime import Runtime

SMS, TELEGRAM = (ChannelName.SMS, "africastalking"), (ChannelName.TELEGRAM, "telegram")

REGISTERING = {
    "consent": "1",
    "relation": "1",
    "name": "Abdi Nur Ali",
    "area": "Jijiga",
    "confirm": "1",
    "sex": "1",
    "age": "35",
    "confirm_age": "1",
    "country": "1",
    "return_month": "05 2026",
    "return_type": "2",
    "people_with": "0",
    "need": "1",
    "urgent": "2",
    "statistics": "1",
    "sms": "1",
}
"""What is typed in each state of the registration, the same in every language; SMS to this phone are allowed."""

ASKING = {"share": "1", "need": "1", "area": "Jijiga", "confirm": "1"}
"""What is typed to ask for health in Jijiga."""

HEALTH_IN_JIJIGA, SHELTER_IN_ADDIS = "+251911000003", "+251911000002"
CASEWORKER = "700000001"

LANGUAGES = {"en": "1", "so": "2", "am": "3"}
MOST_SCREENS = 40


@dataclass
class Town:
    """What the house sent, in order, and the means to speak with it."""

    runtime: Runtime
    client: FlaskClient
    flows: Bundle
    sent: list[Outbound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = Words(self.flows)
        self.numbers = count(1)
        self._callers: dict[str, Caller] = {}
        self._deliverer = Deliverer(
            self.runtime.database,
            self.runtime.vault,
            {SMS: self, TELEGRAM: self},
            policy=lambda: self.runtime.catalogue.fresh().policy.outbox,
            now=self.runtime.now,
            below=self.runtime.below,
            on_final=fate_hook(self.runtime),
            lanes=1,
        )

    def send(self, outbound: Outbound) -> Receipt:
        """The carriers' part: they take everything."""
        self.sent.append(outbound)
        return Receipt(f"message {len(self.sent)}", "101")

    def deliver(self) -> None:
        """Lets the worker's code send what is due."""
        self._deliverer.drain()

    def to(self, address: str) -> list[Outbound]:
        """What a phone or a chat got."""
        return [each for each in self.sent if each.address.value == address]

    def count(self, table: Table, **where: Any) -> int:
        """How many rows a table has, with these values."""
        statement = select(func.count()).select_from(table)
        for name, value in where.items():
            statement = statement.where(table.c[name] == value)
        with self.runtime.database.reading() as tx:
            return int(tx.execute(statement).scalar_one())

    # --- what is said -------------------------------------------------------------------------------------

    def said(self, screen: str, where: str, language: str = "en", channel: str = "sms") -> dict[str, str]:
        """What a text names, which must hold what `flow/state` says; texts may be reworded, tests stay."""
        flow, state = where.split("/")
        found = pattern(self.words.text(flow, state, language, channel)).search(flat(screen))
        assert found, f"{where} in {language} should stand in: {screen!r}"
        return found.groupdict()

    def heard(self, address: str, notice: str, language: str) -> dict[str, str]:
        """What the last notice of this kind to an address names; it must have come."""
        wanted = self.words.notice(notice, language)
        found = [match for each in self.to(address) if (match := wanted.search(flat(each.body)))]
        assert found, f"{notice} in {language} never came"
        return found[-1].groupdict()

    def answers(
        self,
        say: Callable[[str], str],
        screen: str,
        flow: str,
        typed: Mapping[str, str],
        *,
        language: str = "en",
        channel: str = "ussd",
        until: str = "",
    ) -> str:
        """Types what is known for whatever `flow` asks, until it asks something else; returns that screen."""
        texts = {state: self.words.text(flow, state, language, channel) for state in typed}
        for _ in range(MOST_SCREENS):
            asked = [state for state, words in texts.items() if pattern(words).search(flat(screen))]
            state = max(asked, key=lambda each: len(texts[each]), default="")
            if state in ("", until):
                return screen
            screen = say(typed[state])
        raise AssertionError(f"{flow} never comes to an end: {screen!r}")

    # --- what people do -----------------------------------------------------------------------------------

    def caller(self, phone: str) -> Caller:
        """A USSD phone, the same each time: its dialogues are counted."""
        return self._callers.setdefault(phone, Caller(self.client, phone))

    def texter(self, phone: str) -> Texter:
        """A phone that sends SMS."""
        return Texter(self, phone)

    def chatter(self, user: int) -> Chatter:
        """A Telegram chat."""
        return Chatter(self, user)

    def registers(self, phone: str, language: str = "en", **typed: str) -> str:
        """Somebody registers by USSD; `typed` is what they type otherwise. Returns the certificate's number."""
        caller = self.caller(phone)
        caller.dial()
        caller.say(LANGUAGES[language])
        screen = self.answers(
            caller.say, caller.say("1"), "registration", REGISTERING | typed, language=language
        )
        issued = self.said(screen, "registration/issued", language, "ussd")
        number = certificate_number.read(issued["certificate_number"])
        assert number and certificate_number.check(number)
        return number

    def asks_for_health(self, phone: str, language: str = "en") -> str:
        """Somebody who is registered asks by USSD; returns the request's code, six digits."""
        caller = self.caller(phone)
        caller.dial()
        screen = self.answers(caller.say, caller.say("3"), "services", ASKING, language=language)
        found = re.search(r"\b\d{5}-\d\b", screen)
        assert found, screen
        return found[0].replace("-", "")


@dataclass
class Texter:
    """A phone that sends SMS."""

    town: Town
    phone: str

    def write(self, text: str, number: str = "") -> str:
        """Sends one SMS and lets the worker work; returns what came back last, or nothing."""
        before = len(self.town.to(self.phone))
        number = number or f"sms-{next(self.town.numbers)}"
        assert text_message(self.town.client, self.phone, text, number) == 200
        self.town.deliver()
        got = self.town.to(self.phone)
        return got[-1].body if len(got) > before else ""

    def writes(self, *texts: str) -> str:
        """Sends one after the other; returns the last answer."""
        return [self.write(text) for text in texts][-1]


@dataclass
class Chatter:
    """A private Telegram chat."""

    town: Town
    user: int

    @property
    def last(self) -> Outbound:
        """The message that came last."""
        return self.town.to(str(self.user))[-1]

    def write(self, text: str = "", **message: Any) -> str:
        """Sends a message, of a text or of something else; returns what came back last."""
        fields = {"text": text, **message} if text else message
        assert chat_message(self.town.client, self.user, next(self.town.numbers), **fields) == 200
        self.town.deliver()
        return self.last.body

    def share(self, number: str, owner: int | None = None) -> str:
        """Shares a contact, by default one's own."""
        return self.write(contact={"phone_number": number, "first_name": "x", "user_id": owner or self.user})

    def press(self, label: str, query: str = "", under: Outbound | None = None) -> str:
        """Presses the button with this label, under the last message or an earlier one."""
        (key,) = [button.key for button in (under or self.last).buttons if label in button.label]
        return self.send_data(key, query)

    def send_data(self, key: str, query: str = "") -> str:
        """Presses a button that holds this, whether or not we ever sent one."""
        number = next(self.town.numbers)
        pressed = {
            "id": query or f"query-{number}",
            "from": {"id": self.user},
            "data": key,
            "message": {"chat": {"id": self.user, "type": "private"}},
        }
        assert post_update(self.town.client, {"update_id": number, "callback_query": pressed}) == 200
        self.town.deliver()
        return self.last.body


def post_update(client: FlaskClient, update: dict[str, Any]) -> int:
    """Posts a Telegram update as it is; the status the door answers."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return client.post("/telegram/returnee", json=update, headers=headers).status_code

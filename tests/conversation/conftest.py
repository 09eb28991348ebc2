"""A person who talks to the small world of flows, and the fixtures that bring them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from small_world import FLOWS, LONE, PHRASES, published

from gateway.commands import Call, Result
from gateway.conversation.flow import Revision
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.step import Step, resume, shortcut, step
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Opening

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

WORLD = published(*FLOWS)

ANSWERS: Mapping[str, Result] = {
    "ReferralStatus": Result("none", {}),
    "FindPlaces": Result(
        "several", {"places": [{"value": "SO11", "label": "Awdal"}, {"value": "SO12", "label": "Bari"}]}
    ),
    "OpenRegistration": Result("opened", {"reference": "K7R249XM"}),
    "MyPeople": Result("one", {"person": "p1"}),
    "ShowCertificate": Result(
        "shown", {"certificate_number": "512345678901", "valid_to": "2028-03", "status": "active"}
    ),
    "VerifyCertificate": Result("valid", {"valid_to": "2028-03"}),
    "AnswerLeg": Result("recorded", {"stage": "declined"}),
    "StopMessages": Result("stopped", {}),
    "SetLanguage": Result("set", {}),
    "RequestCallback": Result("recorded", {"code": "123456"}),
    "BindPhone": Result("bound", {}),
}


class Person:
    """Someone with a phone. Between any two messages the session goes through its JSON."""

    def __init__(
        self, revision: Revision = WORLD, channel: ChannelName = ChannelName.SMS, *roles: str
    ) -> None:
        self.revision, self.now = revision, NOON
        self.session = Session("r1", channel=channel.value, roles=roles)
        self.channel = channel
        self.calls: list[Call] = []
        self.results = dict(ANSWERS)
        self.last: Step

    def inbound(self, text: str = "", opening: Opening = Opening.ANSWER) -> Inbound:
        phone = Address(AddressKind.PHONE, "+252611111111")
        contact = phone if opening is Opening.CONTACT else None
        return Inbound(self.channel, "sim", phone, text, "1", opening, contact=contact)

    def types(self, text: str) -> str:
        return self._through(step(self.revision, self.session, self.inbound(text), self.now))

    def first(self, text: str) -> Step:
        """The first step alone: a call is not carried out."""
        return step(self.revision, self.session, self.inbound(text), self.now)

    def dials(self) -> str:
        return self._through(
            step(self.revision, self.session, self.inbound(opening=Opening.DIALLED), self.now)
        )

    def follows(self, payload: str) -> str:
        return self._through(step(self.revision, self.session, self.inbound(payload, Opening.LINK), self.now))

    def presses(self, words: str) -> str:
        return self._through(
            step(self.revision, self.session, self.inbound(words, Opening.PRESSED), self.now)
        )

    def shares(self) -> str:
        return self._through(
            step(self.revision, self.session, self.inbound(opening=Opening.CONTACT), self.now)
        )

    def dials_on(self, *segments: str) -> str:
        return self._through(shortcut(self.revision, self.session, segments, self.now))

    def says(self, *texts: str) -> str:
        return [self.types(text) for text in texts][-1]

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)

    def saw(self, pages: int) -> None:
        self.session = replace(self.session, pages=pages)

    @property
    def closed(self) -> bool:
        assert self.last.prompt
        return self.last.prompt.closes

    @property
    def screen(self) -> str:
        """The prompt in one line: text, then `key label` of each choice, then back."""
        prompt = self.last.prompt
        assert prompt
        lines = [prompt.text, *(f"{each.key} {each.label}" for each in prompt.choices)]
        key = "99" if prompt.zero_is_answer else "0"
        return " | ".join([*lines, *([f"{key} {prompt.back}"] if prompt.back else [])]).replace("\n", " / ")

    def _through(self, taken: Step) -> str:
        masked = taken.masked
        for _ in range(8):
            self._kept(taken)
            if taken.call is None:
                break
            self.calls.append(taken.call)
            taken = resume(self.revision, self.session, self.results[type(taken.call).__name__], self.now)
        self.last = replace(taken, masked=masked)
        return self.screen

    def _kept(self, taken: Step) -> None:
        assert (taken.prompt is None) is not (taken.call is None)
        data = to_json(taken.session)
        self.session = from_json(data)
        assert self.session == taken.session
        assert to_json(self.session) == data


@pytest.fixture
def person() -> Person:
    """Someone who writes text messages."""
    return Person()


@pytest.fixture
def caller() -> Person:
    """Someone who dials."""
    return Person(WORLD, ChannelName.USSD)


@pytest.fixture
def provider() -> Person:
    """A service provider who writes text messages."""
    return Person(WORLD, ChannelName.SMS, "provider")


@pytest.fixture(scope="session")
def meet() -> Callable[..., Person]:
    """Anyone: a revision (default the world), a channel, roles."""
    return Person


@pytest.fixture(scope="session")
def publish() -> Callable[..., Revision]:
    """Flows as plain data in, the world's own `main` added where none has its role."""

    def publish(*flows: dict[str, Any]) -> Revision:
        mains = [flow for flow in flows if flow.get("role") == "main"]
        return published(*flows, *([] if mains else [LONE]))

    return publish


@pytest.fixture
def world() -> dict[str, dict[str, Any]]:
    """The world's flows by name, to be changed at will."""
    return {flow["flow"]: deepcopy(flow) for flow in FLOWS}


@pytest.fixture
def phrases() -> dict[str, Any]:
    """The machine's own words, for worlds that a test makes itself."""
    return deepcopy(PHRASES)

"""The weekly question about room, answered by a bare digit from a provider's phone; what a digit means otherwise."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from doors import environment
from sqlalchemy import select
from town import HEALTH_IN_JIJIGA, SHELTER_IN_ADDIS, Texter, Town

from gateway.cli import gateway
from gateway.enact.desk import desk
from gateway.enact.helping.capacity import ask
from gateway.store.tables import providers, services


def room(town: Town, code: str = "sample_help_jijiga") -> set[str]:
    """What a provider's services say of themselves."""
    mine = services.c.provider_id.in_(select(providers.c.id).where(providers.c.code == code))
    with town.runtime.database.reading() as tx:
        return set(tx.execute(select(services.c.state).where(mine)).scalars())


def asks(town: Town) -> None:
    """The timer of every provider fires, and the worker sends what it posted."""
    with town.runtime.database.transaction() as tx:
        for provider_id in list(tx.execute(select(providers.c.id)).scalars()):
            ask(desk(town.runtime, tx), provider_id)
    town.deliver()


@pytest.fixture
def provider(town: Town) -> Texter:
    """One who was just asked, in Somali."""
    asks(town)
    town.heard(HEALTH_IN_JIJIGA, "capacity_ask_provider", "so")
    return town.texter(HEALTH_IN_JIJIGA)


def test_a_bare_digit_answers_the_question(town: Town, provider: Texter) -> None:
    """In any script; of all its services, in its language. Said again it is no answer any more: we have replied."""
    assert town.said(provider.write("٢"), "room/is_full", "so")["services"] == "S1 S2 S4 S6"
    assert room(town) == {"full"}
    provider.write("1")
    assert room(town) == {"full"}
    town.said(provider.write("room1"), "room/is_open", "so")
    assert room(town) == {"open"}


def test_a_word_answers_it_too(town: Town, provider: Texter) -> None:
    """The words of the keyword's own answers, in any language."""
    town.said(provider.write("Xiran"), "room/is_closed", "so")
    assert room(town) == {"closed"}


def test_an_open_question_has_its_answer_first(town: Town) -> None:
    """What was asked of late is what a digit answers, though the question about room is newer."""
    provider = town.texter(HEALTH_IN_JIJIGA)
    town.said(provider.write("V"), "verify/number", "so")
    asks(town)
    provider.write("2")
    assert room(town) == {"open"}


def test_a_newer_message_takes_the_digit_away(town: Town, provider: Texter) -> None:
    """After an offer a digit says nothing of room."""
    town.registers("+251911234567", "so")
    town.asks_for_health("+251911234567", "so")
    town.deliver()
    town.heard(HEALTH_IN_JIJIGA, "leg_offered", "so")
    provider.write("3")
    assert room(town) == {"open"}


def test_nobody_else_answers_for_a_provider(town: Town, provider: Texter) -> None:
    """A digit from a returnee's phone, or ROOM, is what it always was; another provider speaks for itself."""
    stranger = town.texter("+251911234567")
    for typed in ("2", "ROOM 2"):
        stranger.write(typed)
    town.texter(SHELTER_IN_ADDIS).write("2")
    assert room(town) == {"open"}
    assert room(town, "sample_shelter_addis") == {"full"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_silent_is_listed(town: Town, provider: Texter, database_url: str) -> None:
    """After the next question: who left one open, how many, and no phone."""
    provider.write("1")
    asks(town)

    def listed(*more: str) -> str:
        done = CliRunner().invoke(gateway, ["providers", "list", *more], env=environment(database_url))
        assert done.exit_code == 0
        return done.stdout

    everyone, silent = json.loads(listed("--json")), json.loads(listed("--json", "--silent"))
    assert {each["code"] for each in everyone} - {each["code"] for each in silent} == {"sample_help_jijiga"}
    assert {each["unanswered"] for each in silent} == {1}
    assert "sample_help_jijiga" not in listed("--silent")
    assert "questions unanswered: 1" in listed("--silent")
    assert "+251" not in listed("--silent")

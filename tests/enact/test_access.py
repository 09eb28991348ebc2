"""Who still sees and answers a request: access ends with it, and not because somebody else was switched off."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from gateway.commands import AnswerCase, WithdrawReferral
from gateway.enact.helping.directory import load
from gateway.store.tables import legs, providers

from .conftest import CASEWORKER, CLINIC, DIRECTORY, HODAN, OTHER_CLINIC, SUPERVISOR, World

Change = Callable[[World, str], object]


def directory(**organisations: Any) -> Change:
    """The directory is loaded with these organisations otherwise; None: it left."""

    def change(world: World, _: str) -> None:
        given = deepcopy(DIRECTORY)
        for name, values in organisations.items():
            if values is None:
                del given["organisations"][name]
            else:
                given["organisations"][name] |= values
        load(world.runtime, given)

    return change


def paused(world: World, _: str) -> None:
    with world.database.transaction() as tx:
        tx.execute(providers.update().where(providers.c.code == "clinic").values(status="paused"))


def revoked(world: World, code: str) -> None:
    assert world.call(CASEWORKER, AnswerCase(code, "revoke")).outcome == "recorded"


def withdrawn(world: World, code: str) -> None:
    assert world.call(HODAN, WithdrawReferral()).outcome == "withdrawn"


NO_PHONES: dict[str, Any] = {"phones": []}
HANDED_ON = {"phones": [OTHER_CLINIC.value, CLINIC.value]}


@pytest.mark.parametrize(
    ("change", "outcome", "state"),
    [
        (paused, "recorded", "accepted"),
        (directory(clinic=None), "recorded", "accepted"),
        (directory(clinic={"services": []}), "recorded", "accepted"),
        (directory(clinic=NO_PHONES), "unknown", "sent"),
        (directory(clinic=NO_PHONES, other_clinic=HANDED_ON), "unknown", "sent"),
        (revoked, "refused", "revoked"),
        (withdrawn, "refused", "withdrawn"),
    ],
    ids=["paused", "left", "service-ended", "phone-gone", "phone-of-another-now", "revoked", "withdrawn"],
)
def test_a_provider_s_access(world: World, change: Change, outcome: str, state: str) -> None:
    """A provider that takes nobody new finishes what it has; a phone that is no longer its own sees nothing at once."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    world.sent()
    change(world, code)
    assert world.answer(CLINIC, code, "accept").outcome == outcome
    assert world.rows(legs)[0].state == state


def test_a_paused_provider_ends_what_it_began(world: World) -> None:
    """To the last word; and it still hears that the person confirmed it."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    world.sent()
    paused(world, code)
    for word, detail in (("accept", ""), ("arrived", ""), ("done", "helped")):
        assert world.answer(CLINIC, code, word, detail).outcome == "recorded"


def test_staff_who_left_see_nothing_at_once(world: World) -> None:
    """The code does not exist for them any more; for those who work here it goes on."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    given = deepcopy(DIRECTORY)
    del given["staff"]["near"]
    load(world.runtime, given)
    assert world.call(CASEWORKER, AnswerCase(code, "take")).outcome == "unknown"
    assert world.call(SUPERVISOR, AnswerCase(code, "take")).outcome == "recorded"

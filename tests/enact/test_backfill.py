"""After an upgrade every open request has its due times, once."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from gateway.commands import WithdrawReferral
from gateway.enact.desk import desk
from gateway.enact.referring import backfill
from gateway.enact.referring.leg_due import LEG_KINDS, SILENCE, WATCH
from gateway.enact.timers import HANDLERS
from gateway.store.tables import timers

from .conftest import CLINIC, HODAN, World

Words = list[tuple[str, str, str]]


def missing(world: World) -> None:
    """As the timer that the migration left does it."""
    with world.database.transaction() as tx:
        HANDLERS[backfill.KIND](desk(world.runtime, tx), 1)


def due(world: World) -> dict[str, object]:
    with world.database.reading() as tx:
        mine = timers.c.kind.in_([*LEG_KINDS, SILENCE, WATCH]), timers.c.state == "due"
        return {str(row.kind): row.due_at for row in tx.execute(select(timers).where(*mine))}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ([], {"leg_acknowledge_late", "leg_expire"}),
        ([("got", "", "")], {"leg_expire"}),
        ([("wait", "", "2026-03-14")], {"leg_promise_passed"}),
        ([("accept", "", "")], {"leg_service_late", "leg_ask_due"}),
        (
            [("accept", "", ""), ("date", "", "2026-03-16")],
            {"leg_appointment_passed", "leg_no_show", "leg_ask_due"},
        ),
        ([("accept", "", ""), ("arrived", "", "")], {"leg_service_silent", "leg_provider_silent"}),
        ([("accept", "", ""), ("arrived", "", ""), ("done", "helped", "")], {SILENCE}),
    ],
    ids=["sent", "seen", "wait-listed", "accepted", "day", "service", "done"],
)
def test_what_stood_without_timers_gets_them(world: World, words: Words, kinds: set[str]) -> None:
    """The same instants that it would have had, where its row tells them; done twice it is the same."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    world.sent()
    for word, detail, on in words:
        assert world.answer(CLINIC, code, word, detail, on).outcome == "recorded"
    before = due(world)
    with world.database.transaction() as tx:
        tx.execute(delete(timers))
    for _ in range(2):
        missing(world)
        after = due(world)
        assert set(after) == kinds | {WATCH}
    assert {kind: after[kind] for kind in kinds} == {kind: before[kind] for kind in kinds}


def test_what_has_timers_keeps_its_own(world: World) -> None:
    """Also where all of a leg's have fired; nor does a request that is over get any."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    before = due(world)
    missing(world)
    assert due(world) == before
    with world.database.transaction() as tx:
        tx.execute(update(timers).values(state="done", done_at=world.now))
    world.pass_time(days=1)
    missing(world)
    assert set(due(world)) == {WATCH}
    world.call(HODAN, WithdrawReferral())
    with world.database.transaction() as tx:
        tx.execute(delete(timers))
    missing(world)
    assert due(world) == {}

"""What happens to a request when nobody says anything: each due time, once, and to those whom it is about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.commands import AnswerCase, AnswerHelp, RequestCallback, WithdrawReferral
from gateway.enact import timers
from gateway.enact.desk import desk
from gateway.enact.helping.directory import load
from gateway.enact.referring.leg_due import ACTOR, LEG_KINDS, SILENCE, kind
from gateway.enact.referring.leg_timers import HANDLERS, fire
from gateway.enact.work import Work
from gateway.messages import Address
from gateway.store import timers as rows
from gateway.store.tables import leg_events, legs, referrals
from gateway.store.tables import timers as table
from referral_engine.model import LegEvent

from .conftest import CASEWORKER, CLINIC, DIRECTORY, HODAN, OTHER_CLINIC, START, SUPERVISOR, World

Words = list[tuple[str, str, str]]
ACCEPT, ARRIVED = ("accept", "", ""), ("arrived", "", "")
DATE = ("date", "", "2026-03-16")  # a Monday


def live_through(world: World, **span: float) -> None:
    """The clock goes on; each timer fires at its own moment."""
    end = world.now + timedelta(**span)
    while (due := min(pending(world), default=end)) < end:
        world.now = max(world.now, due)
        timers.fire_due(world.runtime)
    world.now = end
    timers.fire_due(world.runtime)


def pending(world: World, start: str = "") -> list[datetime]:
    """When the timers are due whose kind begins so."""
    with world.database.reading() as tx:
        waiting = table.c.state == rows.DUE, table.c.kind.startswith(start)
        return list(tx.execute(select(table.c.due_at).where(*waiting)).scalars())


def told(world: World, who: Address) -> list[str]:
    """What somebody was told about requests, oldest first."""
    return [name for name in world.told(who) if name.startswith(("leg_", "referral_", "callback_"))]


def asked(world: World, words: Words, *, sent: bool = True) -> str:
    """A request that the first clinic has got and answered so; returns its code."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    if sent:
        world.sent()
    for word, detail, on in words:
        assert world.answer(CLINIC, code, word, detail, on).outcome == "recorded"
    return code


def fired(world: World, leg: int = 1) -> list[str]:
    """The steps of a leg that timers made."""
    return [str(row.event) for row in world.rows(leg_events) if row.actor == ACTOR and row.leg_id == leg]


def states(world: World) -> tuple[list[str], str]:
    return [leg.state for leg in world.rows(legs)], str(world.rows(referrals)[0].state)


# --- each in its time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "days", "events", "state"),
    [
        ([], 3.1, ["remind_acknowledge", "acknowledge_late", "remind_accept", "expire"], "expired"),
        ([("got", "", "")], 3.1, ["remind_accept", "expire"], "expired"),
        ([("wait", "", "2026-03-14")], 4.6, ["promise_passed"], "expired"),
        ([ACCEPT], 16.1, ["service_late", "ask_due", "no_show"], "no_show"),
        ([ACCEPT, DATE], 9.1, ["appointment_passed", "no_show"], "no_show"),
        ([ACCEPT, ARRIVED], 38, ["ask_due", "service_silent", "provider_silent"], "in_service"),
        ([ACCEPT, DATE, ARRIVED], 10, ["ask_due"], "in_service"),
        ([ACCEPT, ARRIVED, ("done", "helped", "")], 14.1, ["silence"], "completed"),
        ([("decline", "full", "")], 1, [], "declined"),
    ],
    ids=[
        "no-answer",
        "seen",
        "wait-listed",
        "no-day-agreed",
        "nobody-seen",
        "service",
        "day-kept",
        "done",
        "declined",
    ],
)
def test_each_due_time_fires_once(
    world: World, words: Words, days: float, events: list[str], state: str
) -> None:
    """In this order and no other, at its moment; the sweep after it finds nothing."""
    asked(world, words)
    live_through(world, days=days)
    assert fired(world) == events
    assert states(world)[0][0] == state
    assert timers.fire_due(world.runtime) == 0


def test_moments(world: World) -> None:
    """One working day to acknowledge, three to accept, reminders at half time; a rest day does not count."""
    asked(world, [])
    live_through(world, days=6)
    at = {
        row.event: row.at - START for row in world.rows(leg_events) if row.actor == ACTOR and row.leg_id == 1
    }
    assert at == {
        "remind_acknowledge": timedelta(hours=12),
        "acknowledge_late": timedelta(days=1),
        "remind_accept": timedelta(days=1.5),
        "expire": timedelta(days=3),
    }
    second = {row.event: row.at for row in world.rows(leg_events) if row.actor == ACTOR and row.leg_id == 2}
    assert "acknowledge_late" not in second  # offered on a Friday, and nobody has sent it
    assert world.rows(legs)[1].accept_by - START == timedelta(days=8)


@pytest.mark.parametrize(
    ("words", "days", "heard"),
    [
        (
            [],
            3.1,
            {
                CLINIC: ["leg_reminder_provider"] * 2 + ["leg_expired_provider"],
                CASEWORKER: ["leg_late_staff", "leg_offered_staff", "leg_offered_staff"],
                SUPERVISOR: ["leg_offered_staff"],
                HODAN: ["leg_declined_person"],
            },
        ),
        (
            [ACCEPT, DATE],
            9.1,
            {
                CLINIC: ["leg_no_show_provider"],
                CASEWORKER: ["leg_no_show_staff"],
                HODAN: ["leg_ask_attended_person", "leg_no_show_person"],
            },
        ),
        ([ACCEPT], 14.1, {CASEWORKER: ["leg_service_late_staff"], HODAN: ["leg_ask_attended_person"]}),
        ([ACCEPT, ARRIVED], 38, {CLINIC: ["leg_silent_provider"], HODAN: ["leg_ask_helped_person"] * 2}),
        (
            [ACCEPT, ARRIVED, ("done", "helped", "")],
            14.1,
            {HODAN: ["referral_served_person"], CASEWORKER: ["referral_served_staff"]},
        ),
    ],
    ids=["no-answer", "nobody-seen", "no-day-agreed", "service", "done"],
)
def test_who_hears_of_it(world: World, words: Words, days: float, heard: dict[Address, list[str]]) -> None:
    """Those whom the step is about, each once."""
    asked(world, words)
    before = {who: len(told(world, who)) for who in heard}
    live_through(world, days=days)
    assert {who: told(world, who)[before[who] :] for who in heard} == heard


# --- what cannot go wrong ---------------------------------------------------------------------------------


def test_a_late_timer_changes_nothing(world: World) -> None:
    """Of a leg that the person has taken back every timer is void; one that fires all the same is refused."""
    asked(world, [ACCEPT])
    world.call(HODAN, WithdrawReferral())
    assert {row.state for row in world.rows(table) if row.kind in LEG_KINDS} == {rows.VOID}
    posted = len(world.messages())
    for event in LEG_KINDS.values():
        with world.database.transaction() as tx:
            fire(event, desk(world.runtime, tx), 1)
        assert (fired(world), len(world.messages())) == ([], posted), event


def test_eight_workers_at_once(world: World) -> None:
    """They sweep what is overdue at the same moment: no step twice, and one further leg opens.

    Whichever comes first decides: a reminder that meets an expired leg is refused.
    """
    asked(world, [])
    world.pass_time(days=3.1)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: timers.fire_due(world.runtime), range(8)))
    steps = fired(world)
    assert len(set(steps)) == len(steps)
    assert steps[-1] == "expire"
    assert len(world.rows(legs)) == 2
    assert [row for row in world.rows(table) if row.state == rows.DUE and row.due_at <= world.now] == []


def test_a_worker_that_dies_leaves_it_due(world: World) -> None:
    """Nothing of the unfinished step is kept, not even the letter to the next provider; the next sweep makes it."""

    def dying(work: Work, leg_id: int) -> None:
        HANDLERS[kind(LegEvent.EXPIRE)](work, leg_id)
        raise KeyboardInterrupt

    asked(world, [("got", "", "")])
    live_through(world, days=2)
    world.pass_time(days=1.1)
    with pytest.raises(KeyboardInterrupt):
        timers.fire_due(world.runtime, {kind(LegEvent.EXPIRE): dying})
    assert (states(world)[0], world.told(OTHER_CLINIC)) == (["received"], [])
    live_through(world, minutes=1)
    assert (states(world)[0], world.told(OTHER_CLINIC)) == (["expired", "queued"], ["leg_offered"])


def test_a_day_moved_there_and_back(world: World) -> None:
    """The timers of a day that was dropped and agreed again count again."""
    code = asked(world, [ACCEPT, DATE])
    for day in ("2026-03-18", "2026-03-16"):
        world.answer(CLINIC, code, "date", on=day)
    live_through(world, days=9.1)
    assert fired(world) == ["appointment_passed", "no_show"]


def test_an_offer_that_is_still_on_its_way(world: World) -> None:
    """It cannot expire before it was sent, and does so soon after."""
    asked(world, [], sent=False)
    live_through(world, days=4)
    assert (states(world)[0], fired(world)) == (["queued"], [])
    world.sent()
    live_through(world, hours=1)
    assert states(world)[0] == ["expired", "queued"]


def test_service_counts_from_the_end_of_a_wait(world: World) -> None:
    """Who waited by agreement is not late before the provider could begin."""
    code = asked(world, [("wait", "", "2026-04-10")])
    live_through(world, days=20)
    assert (fired(world), states(world)[0]) == ([], ["waitlisted"])
    world.answer(CLINIC, code, "accept")
    live_through(world, days=13)
    assert fired(world) == []
    live_through(world, days=1.1)
    assert fired(world) == ["service_late", "ask_due"]


def test_a_holiday_is_no_working_day(world: World) -> None:
    """An offer of the eve of Eid al-Fitr is not late on the holiday."""
    world.now = datetime.combine(date(2026, 3, 19), START.timetz())
    asked(world, [])
    assert world.rows(legs)[0].acknowledge_by.date() == date(2026, 3, 23)  # over Eid and a weekend


# --- three attempts ---------------------------------------------------------------------------------------


def test_three_in_vain_and_the_need_is_unmet(world: World) -> None:
    """Each provider is asked once; after the third nobody is, though a fourth is there; it is counted with why."""
    directory = deepcopy(DIRECTORY)
    for number in (3, 4):
        again = deepcopy(DIRECTORY["organisations"]["clinic"])
        again |= {"phones": [f"+25191100000{number}"], "name": f"Clinic {number}"}
        directory["organisations"][f"clinic_{number}"] = again
    load(world.runtime, directory)
    asked(world, [])
    for leg in (1, 2, 3):
        world.sent(leg)
        live_through(world, days=7)
    assert states(world) == (["expired"] * 3, "unmet")
    assert len({leg.provider_id for leg in world.rows(legs)}) == 3
    assert world.rows(referrals)[0].reason == "no_answer"
    assert told(world, HODAN) == ["leg_declined_person"] * 2 + ["referral_unmet_person"]
    assert pending(world, "leg_") + pending(world, "referral_") == []


# --- what waits for a person of ours ----------------------------------------------------------------------


def test_a_case_is_never_forgotten(world: World) -> None:
    """After a day missed the staff are reminded each week, from the second time the supervisors too, until it ends."""
    code = asked(world, [ACCEPT, DATE])
    live_through(world, days=10)
    assert told(world, CASEWORKER)[-1] == "leg_no_show_staff"
    live_through(world, days=7)
    assert (told(world, CASEWORKER)[-1], told(world, SUPERVISOR)) == ("referral_waiting_staff", [])
    live_through(world, days=7)
    assert told(world, SUPERVISOR) == ["referral_waiting_staff"]
    assert world.call(CASEWORKER, AnswerCase(code, "close")).outcome == "recorded"
    heard = told(world, CASEWORKER)
    live_through(world, days=30)
    assert (told(world, CASEWORKER), pending(world, "referral_")) == (heard, [])


def test_a_case_that_moves_is_left_in_peace(world: World) -> None:
    """As long as something is due by itself nobody is reminded."""
    asked(world, [ACCEPT, ARRIVED])
    live_through(world, days=36)
    assert "referral_waiting_staff" not in told(world, CASEWORKER)
    live_through(world, days=15)
    assert "referral_waiting_staff" in told(world, CASEWORKER)


def test_silence_never_settles_a_dispute(world: World) -> None:
    """Whoever said no is not counted as served two weeks later."""
    asked(world, [ACCEPT, ARRIVED, ("done", "helped", "")])
    assert world.call(HODAN, AnswerHelp(answer="no")).outcome == "disputed"
    live_through(world, days=20)
    assert states(world) == (["completed"], "open")
    with world.database.transaction() as tx:
        HANDLERS[SILENCE](desk(world.runtime, tx), 1)
    assert states(world)[1] == "open"


def test_danger_rings_until_somebody_takes_it(world: World) -> None:
    """Each quarter of an hour; the supervisors from the second repeat on; a wish without danger rings once."""
    code = str(world.call(HODAN, RequestCallback("danger")).values["code"])
    live_through(world, minutes=15)
    assert (len(told(world, CASEWORKER)), told(world, SUPERVISOR)) == (2, [])
    live_through(world, minutes=31)
    assert (len(told(world, CASEWORKER)), len(told(world, SUPERVISOR))) == (4, 2)
    assert world.call(CASEWORKER, AnswerCase(code, "take")).outcome == "recorded"
    live_through(world, hours=5)
    assert len(told(world, CASEWORKER)) == 4
    world.call(OTHER_CLINIC, RequestCallback("help"))
    live_through(world, hours=5)
    assert len(told(world, CASEWORKER)) == 5

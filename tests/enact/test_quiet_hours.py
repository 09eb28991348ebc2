"""Nobody is woken up for what can wait; what cannot, and what is answered, comes at once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from gateway.catalogue.files import Bundle
from gateway.catalogue.hours import Digests, QuietHours, read_digests, read_quiet_hours
from gateway.commands import RequestCallback, StopMessages
from gateway.conversation.source import Node, Source
from gateway.enact.notices.notify import Recipients, ToPerson, ToProvider, ToStaff, notify
from gateway.errors import FlowError
from gateway.messages import ChannelName, Handling
from gateway.store import attempts, outbox
from gateway.store.stubbornness import OutboxPolicy
from gateway.store.tables import callbacks, legs, referrals
from gateway.store.tables import outbox as letters
from referral_engine import deadlines
from referral_engine.model import Priority

from .conftest import ABEBE, CASEWORKER, CLINIC, HODAN, START, World

NIGHT = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)  # 23:30 in Addis Ababa
MORNING = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # 07:00 there
ADDIS = timedelta(hours=3)
HOURS = QuietHours(time(21), time(7))


def read(data: object) -> Node:
    """A passage of a policy."""
    return Node.of(Source("policies/et.yaml", data, {}))


# --- the clock --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "over"),
    [
        ("20:59", None),
        ("21:00", "07:00"),
        ("23:59", "07:00"),
        ("00:00", "07:00"),
        ("06:59", "07:00"),
        ("07:00", None),
        ("12:00", None),
    ],
)
def test_the_night(local: str, over: str | None) -> None:
    """It begins at its first minute and ends before its last, across midnight, by the country's own clock."""
    moment = datetime.fromisoformat(f"2026-03-10T{local}+00:00") - ADDIS
    ends = HOURS.over(moment, ADDIS)
    assert (ends and f"{ends + ADDIS:%H:%M}") == over


def test_a_rest_at_noon() -> None:
    """Hours that begin and end on one day are kept as well."""
    rest = QuietHours(time(12), time(14))
    ends = [rest.over(START.replace(hour=hour), timedelta()) for hour in (11, 12, 13, 14, 23)]
    assert [each and each.hour for each in ends] == [None, 14, 14, None, None]


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    start=st.times(),
    end=st.times(),
    hours=st.integers(-11, 14),
)
def test_a_night_ends_within_a_day(moment: datetime, start: time, end: time, hours: int) -> None:
    """Whatever the hours and the zone: what waits, waits less than a day, and at its end it is quiet no more."""
    if start == end:
        return
    quiet, offset = QuietHours(start, end), timedelta(hours=hours)
    over = quiet.over(moment, offset)
    if over is not None:
        assert moment < over <= moment + timedelta(days=1)
        assert quiet.over(over, offset) is None


@pytest.mark.parametrize(
    ("local", "told"), [("07:59", "08:00"), ("08:00", "12:00"), ("13:00", "16:00"), ("16:00", "08:00")]
)
def test_when_news_is_told_together(local: str, told: str) -> None:
    """At the next of the times of day, on the next day after the last."""
    moment = datetime.fromisoformat(f"2026-03-10T{local}+00:00") - ADDIS
    due = Digests().next(moment, ADDIS)
    assert f"{due + ADDIS:%H:%M}" == told
    assert moment < due <= moment + timedelta(days=1)


def test_what_a_policy_says() -> None:
    """Both parts may be left out: nobody sleeps then, and digests are as usual."""
    assert read_quiet_hours(read({"from": "21:00", "to": "07:00"})) == HOURS
    assert read_quiet_hours(None) is None
    assert read_digests(None) == Digests()
    chosen = read_digests(read({"after": 2, "within_minutes": 30, "times": ["17:00", "09:00", "09:00"]}))
    assert chosen == Digests(2, timedelta(minutes=30), (time(9), time(17)))
    assert read_digests(read({"after": 2})) == Digests(2)


@pytest.mark.parametrize(
    "data",
    [
        {"from": "21:00"},
        {"from": "21:00", "to": "21:00"},
        {"from": "24:00", "to": "07:00"},
        {"from": "9pm", "to": "07:00"},
        {"from": 1260, "to": "07:00"},
        {"from": "21:00", "to": "07:00", "on": "friday"},
    ],
    ids=str,
)
def test_hours_that_nobody_can_keep(data: object) -> None:
    """Are refused when the files are read, not on the first night."""
    with pytest.raises(FlowError):
        read_quiet_hours(read(data))


@pytest.mark.parametrize(
    "data", [{"after": 0}, {"within_minutes": 0}, {"times": []}, {"times": ["8"]}, {"at": "08:00"}], ids=str
)
def test_digests_that_nobody_gets(data: object) -> None:
    """Likewise."""
    with pytest.raises(FlowError):
        read_digests(read(data))


def test_each_country_sleeps(shipped: Bundle) -> None:
    """The policies that come with the house keep a night."""
    for country in ("et", "so", "sd"):
        root = Node.of(shipped.sources[f"policies/{country}.yaml"])
        assert read_quiet_hours(root.need("quiet_hours")) == HOURS


# --- what waits -------------------------------------------------------------------------------------------


def due(world: World) -> dict[str, timedelta]:
    """By its purpose, how long after it was posted the last letter is due."""
    return {row.purpose: row.due_at - row.created_at for row in world.rows(letters)}


def tell(world: World, name: str, to: str, *, urgent: bool = False, key: str = "k") -> None:
    """Tells somebody something about a request."""
    with world.database.transaction() as tx:
        work = world.work(tx, HODAN)
        recipients: dict[str, Recipients] = {
            "person": ToPerson(work.party.conversation_id, 1),
            "provider": ToProvider(1),
            "staff": ToStaff("ET14"),
        }
        values = {"code": "123455", "stage": "accepted", "place": "Centre One"}
        assert notify(work, name, recipients[to], values, key, urgent=urgent) == 1
    world.rung.extend(work.ring)


READERS = {"leg_accepted_person": "person", "leg_withdrawn_provider": "provider", "leg_late_staff": "staff"}


def test_what_can_wait_waits_for_the_morning(world: World) -> None:
    """Persons, providers and staff alike, spread over ten minutes, no bell rung; an emergency wakes all of them."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    for name, to in READERS.items():
        tell(world, name, to, key="day")
    world.now = NIGHT
    world.rung.clear()
    for name, to in READERS.items():
        tell(world, name, to, key="night")
    assert world.rung == []
    for name, to in READERS.items():
        tell(world, name, to, key="wake up", urgent=True)
    for name in READERS:
        by_day, by_night, urgent = (row.due_at for row in world.rows(letters) if row.purpose == name)
        assert (by_day, urgent) == (START, NIGHT)
        assert MORNING <= by_night < MORNING + timedelta(minutes=10)


def test_what_somebody_waits_for(world: World) -> None:
    """A code for whoever stands before a provider comes at night; so does all where a country keeps no night."""
    world.register(HODAN)
    world.now = NIGHT
    tell(world, "holder_code", "person")
    world.policy(quiet_hours=None)
    tell(world, "leg_late_staff", "staff")
    assert due(world) == {"holder_code": timedelta(), "leg_late_staff": timedelta()}


def test_the_morning_is_in_order(world: World) -> None:
    """What comes just after the end of the night does not overtake what waited for it at the same address."""
    world.register(HODAN)
    world.now = NIGHT
    tell(world, "leg_late_staff", "staff", key="first")
    world.now = MORNING + timedelta(seconds=1)
    tell(world, "leg_late_staff", "staff", key="second")
    first, second = (row.due_at for row in world.rows(letters))
    assert second in (first, world.now)
    assert second >= first
    world.now = MORNING + timedelta(minutes=11)
    tell(world, "leg_late_staff", "staff", key="third")
    assert world.rows(letters)[-1].due_at == world.now


def test_a_request_in_the_night(world: World) -> None:
    """What is asked at night is offered in the morning, and so is a call for help; an emergency is for now."""
    person, _ = world.register(HODAN)
    world.now = NIGHT
    world.refer(HODAN, person)
    world.call(ABEBE, RequestCallback("help"))
    asked = world.rows(letters)
    assert {row.purpose for row in asked} >= {"leg_offered", "leg_offered_staff", "callback_staff"}
    assert all(row.due_at >= MORNING for row in asked)
    (leg,) = world.rows(legs)  # nobody is late who was not asked yet
    policy = world.published.policy
    assert leg.accept_by == deadlines.due(policy.timers, policy.calendar, Priority.NORMAL, MORNING).accept_by
    with world.database.transaction() as tx:
        tx.execute(update(referrals).values(priority="emergency"))
    world.call(HODAN, RequestCallback("danger"))
    world.answer(CLINIC, world.rows(legs)[0].code, "decline", "full")
    new = world.rows(letters)[len(asked) :]
    assert {"callback_staff", "leg_declined_staff", "leg_offered"} <= {row.purpose for row in new}
    assert {row.due_at for row in new} == {NIGHT}


# --- what it does not hold up -----------------------------------------------------------------------------


def ready(world: World) -> list[str]:
    """What the workers would send now, by its purpose."""
    with world.database.transaction() as tx:
        found = attempts.ready(tx, world.now)
    return [row.purpose for row in world.rows(letters) if row.id in found]


def reply(world: World) -> None:
    """An answer to the caseworker's own message."""
    with world.database.transaction() as tx:
        party = world.work(tx, CASEWORKER).party
        row = next(each for each in world.rows(letters) if each.address_id == party.address_id)
        letter = outbox.Letter(
            party.conversation_id,
            party.address_id,
            ChannelName(row.channel),
            row.carrier,
            "reply",
            Handling.RESEND,
            row.body,
        )
        outbox.post(tx, letter, world.now)


def test_what_waits_holds_up_nothing(world: World) -> None:
    """An answer and an emergency pass a letter to the same address that waits, one by one; then the morning comes."""
    world.register(HODAN)
    world.now = NIGHT
    tell(world, "leg_late_staff", "staff")
    assert ready(world) == []
    reply(world)
    tell(world, "leg_undelivered", "staff", urgent=True)
    assert ready(world) == ["reply"]
    with world.database.transaction() as tx:
        assert attempts.claim(tx, 2, world.now, OutboxPolicy()) is not None
    assert ready(world) == []  # one letter of an address at a time
    with world.database.transaction() as tx:
        tx.execute(update(letters).where(letters.c.id == 2).values(state="accepted"))
    assert ready(world) == ["leg_undelivered"]
    with world.database.transaction() as tx:
        tx.execute(update(letters).where(letters.c.id == 3).values(state="accepted"))
    world.now = MORNING - timedelta(seconds=1)
    assert ready(world) == []
    world.now = MORNING + timedelta(minutes=10)
    reply(world)
    assert ready(world) == ["leg_late_staff"]


def test_stop_in_the_night(world: World) -> None:
    """What waits for the morning does not come to whoever sent STOP meanwhile; nobody is to call them for it."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    world.now = NIGHT
    tell(world, "leg_accepted_person", "person")
    tell(world, "leg_late_staff", "staff")
    for who in (HODAN, CASEWORKER):
        world.call(who, StopMessages())
    world.now = MORNING + timedelta(minutes=10)
    assert ready(world) == ["leg_late_staff"]
    assert world.rows(callbacks) == []

"""A caseworker is not flooded: after a few messages news is gathered, and told once, whatever dies in between."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import delete, update

from gateway.catalogue.hours import Digests
from gateway.catalogue.notices import read_notice
from gateway.commands import StopMessages
from gateway.conversation.source import Source
from gateway.enact.notices.digests import TELL, tell
from gateway.enact.notices.notify import ToStaff, notify
from gateway.enact.timers import Handler, fire_due
from gateway.enact.work import Work
from gateway.errors import FlowError
from gateway.registry import short_code
from gateway.store.tables import digest_items, staff, staff_addresses, timers
from gateway.store.tables import outbox as letters
from gateway.text.parts import split

from .conftest import CASEWORKER, SUPERVISOR, World

RULES = Digests(after=3, within=timedelta(minutes=60), times=(time(12), time(16)))
NOON = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # in Addis Ababa
BEGAN = NOON - timedelta(minutes=90)
CODES = [short_code.compose(f"{number:05}") for number in range(40000, 40100)]


@pytest.fixture
def busy(world: World) -> World:
    """Half past ten in the morning; three messages an hour one by one."""
    world.policy(digests=RULES)
    world.now = BEGAN
    with world.database.transaction() as tx:
        tx.execute(delete(timers))  # what else falls due is not looked at here
    return world


def news(world: World, *codes: str, stage: str = "accepted", urgent: bool = False) -> None:
    """These requests moved on, all in one transaction."""
    with world.database.transaction() as tx:
        work = world.work(tx, CASEWORKER)
        for code in codes:
            values, key = {"code": code, "stage": stage}, f"leg:{code}:{stage}"
            notify(work, "leg_offered_staff", ToStaff("ET14"), values, key, urgent=urgent)


def told(world: World) -> list[str]:
    """What the caseworker was sent."""
    return list(world.told(CASEWORKER))


def waits(world: World) -> int:
    """How much the caseworker has yet to be told."""
    return sum(row.told_at is None for row in world.rows(digest_items))


def fire(world: World, handlers: Mapping[str, Handler] | None = None) -> int:
    """The workers look at what is due."""
    return fire_due(world.runtime, handlers or {TELL: tell})


def test_the_first_few_come_one_by_one(busy: World) -> None:
    """What follows within the hour waits for noon, and is told then in one message, the newest first."""
    news(busy, *CODES[:5])
    assert told(busy) == ["leg_offered_staff"] * 3
    assert waits(busy) == 2
    busy.now = NOON
    assert fire(busy) == 1
    assert told(busy)[3:] == ["digest_staff"]
    lines = busy.messages(CASEWORKER)[-1][1].splitlines()
    shown = [short_code.shown(code) for code in CODES[:5]]
    assert lines == [
        "Requests that moved: 2. To see yours, send MINE. The newest:",
        f"{shown[4]} accepted",
        f"{shown[3]} accepted",
    ]
    assert waits(busy) == 0
    assert fire(busy) == 0


def test_a_quiet_day_has_no_digest(busy: World) -> None:
    """Three messages an hour, hour after hour, come one by one."""
    for code in CODES[:9]:
        news(busy, code)
        busy.pass_time(minutes=25)
    assert told(busy) == ["leg_offered_staff"] * 9
    assert busy.rows(timers) == []


def test_nothing_overtakes_what_waits(busy: World) -> None:
    """While something waits, later news waits too, even when the hour is over; of one request the last step is told."""
    for code in CODES[:4]:
        news(busy, code)
    busy.pass_time(minutes=80)
    news(busy, CODES[3], stage="scheduled")
    assert told(busy) == ["leg_offered_staff"] * 3
    busy.now = NOON
    fire(busy)
    assert busy.messages(CASEWORKER)[-1][1].splitlines()[1:] == [f"{short_code.shown(CODES[3])} day noted"]
    busy.pass_time(minutes=1)
    news(busy, CODES[5])  # the digest was one message: there is room for more
    assert told(busy)[3:] == ["digest_staff", "leg_offered_staff"]


def test_what_needs_an_act_never_waits(busy: World) -> None:
    """Nor does what is urgent, however much came before."""
    news(busy, *CODES[:4])
    news(busy, CODES[5], urgent=True)
    with busy.database.transaction() as tx:
        work = busy.work(tx, CASEWORKER)
        notify(work, "leg_late_staff", ToStaff("ET14"), {"code": CODES[6], "stage": "sent"}, "late")
    assert told(busy)[3:] == ["leg_offered_staff", "leg_late_staff"]
    assert waits(busy) == 1


def test_the_same_news_is_told_once(busy: World) -> None:
    """Whether it was told at once, waits, or was told together."""
    for _ in range(2):
        news(busy, *CODES[:5])
    assert len(busy.rows(digest_items)) == 5
    busy.now = NOON
    fire(busy)
    news(busy, *CODES[:5])
    assert told(busy) == ["leg_offered_staff"] * 3 + ["digest_staff"]


def test_an_sms_holds_the_newest(busy: World) -> None:
    """As many as two parts have room for, with the count of all; a chat has room for all of them."""
    news(busy, *CODES[:60], stage="expired")
    with busy.database.transaction() as tx:  # the caseworker has a phone now instead of a chat
        mine = tx.execute(staff_addresses.select()).all()
        by_phone = next(row for row in mine if row.staff_id == 3)
        tx.execute(delete(staff_addresses).where(staff_addresses.c.address_id == by_phone.address_id))
        tx.execute(
            update(staff_addresses)
            .where(staff_addresses.c.staff_id == 1)
            .values(address_id=by_phone.address_id)
        )
    busy.now = NOON
    fire(busy)
    ((purpose, text),) = busy.messages(SUPERVISOR)
    assert (purpose, len(split(text).parts)) == ("digest_staff", 2)
    lines = text.splitlines()
    assert lines[0].startswith("Requests that moved: 57.")
    assert lines[1] == f"{short_code.shown(CODES[59])} no answer in time"
    assert 8 <= len(lines) < 57


def test_a_chat_holds_all(busy: World) -> None:
    """Where letters cost nothing."""
    news(busy, *CODES[:40], stage="expired")
    busy.now = NOON
    fire(busy)
    assert len(busy.messages(CASEWORKER)[-1][1].splitlines()) == 1 + 37


def test_who_left_leaves_their_news_to_the_supervisor(busy: World) -> None:
    """What waits for somebody who works here no more is read by those above."""
    news(busy, *CODES[:4])
    with busy.database.transaction() as tx:
        tx.execute(update(staff).where(staff.c.code == "near").values(active=False))
    busy.now = NOON
    fire(busy)
    assert busy.told(SUPERVISOR) == ["digest_staff"]
    assert waits(busy) == 0


def test_a_digest_in_the_night_waits(busy: World) -> None:
    """A time that lies in the quiet hours is put off to their end by the letter's own due time."""
    busy.policy(digests=Digests(1, RULES.within, (time(23),)))
    news(busy, *CODES[:2])
    busy.call(CASEWORKER, StopMessages())  # the staff are told all the same
    busy.now = NOON + timedelta(hours=11)
    fire(busy)
    assert busy.rows(letters)[-1].purpose == "digest_staff"
    assert busy.rows(letters)[-1].due_at >= NOON + timedelta(hours=19)


class Dies(Exception):
    """A worker ended."""


def _dying(work: Work, subject: int) -> None:
    tell(work, subject)
    raise Dies


def test_nothing_is_lost_or_told_twice(busy: World) -> None:
    """In whatever order news comes, comes again, hours pass and workers look or die: each thing is told once."""
    chance, said = random.Random(1), list[str]()
    while len(said) < 40:
        new = CODES[len(said) : len(said) + chance.randint(1, 4)]
        news(busy, *new)
        said += new
        busy.pass_time(minutes=chance.choice((0, 1, 20, 60)))
        match chance.choice(("again", "look", "die", "nothing")):
            case "again":
                news(busy, *chance.sample(said, 3))
            case "look":
                fire(busy)
            case "die":
                with suppress(Dies):
                    fire(busy, {TELL: _dying})
    busy.pass_time(days=1)
    fire(busy)
    heard = Counter(re.findall(r"[0-9]{5}-[0-9]", " ".join(text for _, text in busy.messages(CASEWORKER))))
    assert heard == Counter(map(short_code.shown, said))
    assert "digest_staff" in told(busy)
    assert waits(busy) == 0


def test_killed_half_way(busy: World) -> None:
    """A worker that dies after the message and before its end has told nothing; the next one tells it, once."""
    news(busy, *CODES[:5])
    busy.now = NOON
    for _ in range(3):
        with pytest.raises(Dies):
            fire(busy, {TELL: _dying})
    assert told(busy) == ["leg_offered_staff"] * 3
    assert waits(busy) == 2
    assert fire(busy) == 1
    assert fire(busy) == 0
    assert told(busy)[3:] == ["digest_staff"]


def test_news_that_was_written_meanwhile(busy: World) -> None:
    """Its timer fired before it could be seen: it is told with the next digest, not never."""
    news(busy, *CODES[:4])
    busy.now = NOON
    fire(busy)
    with (
        busy.database.transaction() as tx
    ):  # as a transaction leaves it that began before noon and ended after
        tx.execute(update(digest_items).where(digest_items.c.id == 4).values(told_at=None))
    busy.now = NOON + timedelta(hours=4)
    assert fire(busy) == 1
    assert waits(busy) == 0


@pytest.mark.parametrize(
    ("audience", "placeholders"),
    [("person", {"code": "leg_code"}), ("staff", {}), ("staff", {"code": "leg_code", "place": "text"})],
)
def test_what_cannot_be_told_together(audience: str, placeholders: dict[str, str]) -> None:
    """A notice to others, without a code, or with more than a code and a stage."""
    data = {
        "notice": "x",
        "audience": audience,
        "handling": "resend",
        "digest": True,
        "placeholders": placeholders,
        "text": {"en": "Moved."},
    }
    with pytest.raises(FlowError):
        read_notice(Source("notices/x.yaml", data, {}))

"""Ninety days of referrals on a simulated clock: is any due time missed, kept twice, or any request stuck?

People ask, providers answer or do not, caseworkers decide, all by the commands of the real phones; the timers are
swept by the workers' own code. Meanwhile transactions are aborted at random, workers are away for hours, and real
worker processes are killed (SIGKILL) in the middle of a sweep. Nothing rings a bell: the rows alone are relied on.

`missed`: timers of the past that did not fire, fired without the step that they were for, or were never set;
`twice`: steps beyond those that timers stand for; `stuck`: open requests of which nothing is due any more. Prints one
JSON object as its last line. `--referrals`, `--days` and `--seed` set the season, `--on` the database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import click  # noqa: E402
from season_town import START, Killed, Town  # noqa: E402
from sqlalchemy import select  # noqa: E402

import flows  # noqa: E402
from gateway.catalogue.files import read_folder  # noqa: E402
from gateway.catalogue.published import assemble  # noqa: E402
from gateway.enact import timers as firing  # noqa: E402
from gateway.enact.referring.leg_due import ACTOR, LEG_KINDS, SILENCE, WATCH  # noqa: E402
from gateway.enact.referring.leg_timers import WAITING  # noqa: E402
from gateway.enact.work import Work  # noqa: E402
from gateway.store.database import Database  # noqa: E402
from gateway.store.tables import leg_events, legs, metadata, referrals, timers  # noqa: E402
from gateway.vault import Vault  # noqa: E402
from referral_engine.lifecycle import Moved, move_leg  # noqa: E402
from referral_engine.model import Actor, LegState  # noqa: E402

STEP = timedelta(minutes=15)
QUIET_DAYS = 5  # at the end, in which nobody asks for anything new
AWAY = 0.002  # the share of sweeps after which the workers are away for hours
OPENING = frozenset(
    f"leg_{word}"
    for word in "remind_acknowledge acknowledge_late remind_accept expire service_late ask_due".split()
)


# --- workers ----------------------------------------------------------------------------------------------


def sweep(town: Town) -> None:
    """Fires all that is due, as the workers do each second; any of it may die before its end."""
    while True:
        try:
            if not firing.fire_due(town.runtime, mortal(town)):
                return
        except Killed:
            town.killed += 1


def mortal(town: Town) -> Mapping[str, Callable[[Work, int], None]]:
    def dying(handler: Callable[[Work, int], None]) -> Callable[[Work, int], None]:
        def fire(work: Work, subject: int) -> None:
            handler(work, subject)
            town.die_perhaps()

        return fire

    return {kind: dying(handler) for kind, handler in firing.HANDLERS.items()}


def sweep_and_be_killed(town: Town, url: str) -> None:
    """A process of its own sweeps what has piled up until it is killed, wherever it is just then."""
    child = os.fork()
    if child == 0:
        runtime = town.runtime_on(Database(url, synchronous="NORMAL", pool_size=1))
        while True:
            firing.fire_due(runtime)
    time.sleep(town.chance.random() * 0.08)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


# --- the season -------------------------------------------------------------------------------------------


def live(
    town: Town,
    url: str,
    count: int,
    days: int,
    progress: Callable[[int], object] = id,
    *,
    step: timedelta = STEP,
    away: float = AWAY,
) -> int:
    """A season with so many people who ask; returns how many real processes were killed.

    `step` is the time between two sweeps, `away` the share of them after which the workers are gone for hours.
    """
    for number in range(count):
        town.soon(days - QUIET_DAYS, partial(town.come, number))
    processes, back, by_day = 0, START, int(timedelta(days=1) / step)
    for tick in range(days * by_day):
        town.run_until(START + (tick + 1) * step)
        town.look()
        if town.now >= back:
            if back > START and town.chance.random() < 0.5:
                sweep_and_be_killed(town, url)
                processes += 1
            back = START
            sweep(town)
            if town.chance.random() < away:
                back = town.now + timedelta(hours=town.chance.randrange(1, 12))
        if tick % by_day == by_day - 1:
            progress(1)
    sweep(town)
    return processes


# --- what became of it ------------------------------------------------------------------------------------


@dataclass
class Records:
    """All that a season left behind, as rows, the oldest first."""

    now: datetime
    timers: list[Any]
    events: list[Any]
    legs: list[Any]
    referrals: list[Any]


def read(town: Town) -> Records:
    tables = (timers, leg_events, legs, referrals)
    with town.database.reading() as tx:
        return Records(town.now, *(list(tx.execute(select(each).order_by(each.c.id))) for each in tables))


def judge(left: Records) -> dict[str, int]:
    """The figures, from the rows alone."""
    past = [each for each in left.timers if each.due_at <= left.now and each.state != "void"]
    overdue = sum(each.state == "due" for each in past)
    return {
        "referrals": len(left.referrals),
        "timers_due": len(past),
        "missed": overdue + _unheeded(past, left.events) + _never_set(left.timers, left.legs),
        "twice": _twice(past, left.events, {each.id: each.referral_id for each in left.legs}),
        "stuck": _stuck(left.timers, left.referrals, left.legs),
    }


def _unheeded(past: list[Any], events: list[Any]) -> int:
    """Timers of legs that fired and left no step, though the table of moves had one for the leg as it stood."""
    history: dict[int, list[Any]] = defaultdict(list)
    for each in events:
        history[each.leg_id].append(each)
    count = 0
    for timer in past:
        event = LEG_KINDS.get(timer.kind)
        if event is None or timer.state != "done":
            continue
        before = [each for each in history[timer.subject_id] if each.at <= timer.done_at]
        kept = any(each.event == event and each.at == timer.done_at for each in before)
        standing = LegState(before[-1].state)
        count += not kept and isinstance(move_leg(standing, event, Actor.TIMER), Moved)
    return count


def _never_set(every: list[Any], own: list[Any]) -> int:
    """Timers that a leg lacks from its opening on."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for timer in every:
        if timer.kind in LEG_KINDS:
            kinds[timer.subject_id].add(timer.kind)
    return sum(len(OPENING - kinds[each.id]) for each in own)


def _twice(past: list[Any], events: list[Any], referral_of: Mapping[int, int]) -> int:
    """Steps on the word of a timer for which no timer of its own fired."""
    fired = Counter((each.kind, each.subject_id) for each in past if each.state == "done")
    told: Counter[tuple[str, int]] = Counter()
    words = {event.value: kind for kind, event in LEG_KINDS.items()}
    for each in events:
        if each.actor != ACTOR or each.event == "open":
            continue
        if each.event in words:
            told[words[each.event], each.leg_id] += 1
        else:
            kind = {"silence": SILENCE, WAITING: WATCH}[each.event]
            told[kind, referral_of[each.leg_id]] += 1
    return sum(max(0, number - fired[key]) for key, number in told.items())


def _stuck(every: list[Any], cases: list[Any], own: list[Any]) -> int:
    """Open requests of which nothing is due: neither of their legs nor of themselves."""
    due = {(each.kind in LEG_KINDS, each.subject_id) for each in every if each.state == "due"}
    of_legs = {each.referral_id for each in own if (True, each.id) in due}
    return sum(
        each.state in ("draft", "open") and (False, each.id) not in due and each.id not in of_legs
        for each in cases
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if chosen.on == "sqlite":
            url = f"sqlite:///{folder}/season.db"
        else:
            from hop import postgresql

            url = stack.enter_context(postgresql())
        database = Database(url, synchronous="NORMAL")
        stack.callback(database.close)
        metadata.create_all(database.engine)
        published = assemble(read_folder(Path(flows.__path__[0])), "et")
        town = Town(database, Vault((bytes(range(32)),)), published, random.Random(chosen.seed))
        bar = click.progressbar(length=chosen.days, label="days", file=sys.stderr)
        started = time.perf_counter()
        with bar:
            processes = live(town, url, chosen.referrals, chosen.days, bar.update)
        took = time.perf_counter() - started
        report = judge(read(town))
        with database.reading() as tx:
            ends = Counter(tx.execute(select(referrals.c.state)).scalars())
            kinds = Counter(tx.execute(select(timers.c.kind).where(timers.c.state == "done")).scalars())
    print(f"{took:.0f} s; {town.killed} transactions and {processes} processes killed; {dict(ends)}")
    print(f"fired: {dict(sorted(kinds.items()))}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()

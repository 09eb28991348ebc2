"""A small season: requests on a clock of their own, with workers that die, and nothing missed, twice or stuck."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.catalogue.published import Published
from gateway.enact.referring.leg_due import ACTOR
from gateway.store.database import Database
from gateway.store.tables import metadata
from gateway.vault import Vault

REFERRALS, DAYS = 30, 50
CLEAN = {"missed": 0, "twice": 0, "stuck": 0}


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """The benchmark, which is no package."""
    folder = str(Path(__file__).parents[2] / "bench")
    sys.path.insert(0, folder)
    import season

    yield season
    sys.path.remove(folder)


def lived(bench: Any, database: Database, published: Published, kills: float) -> Any:
    """A town after its season, in which that share of all transactions died before their end."""
    town = bench.Town(database, Vault((bytes(range(32)),)), published, random.Random(7), kills=kills)
    bench.live(town, "", REFERRALS, DAYS, step=timedelta(hours=12), away=0)
    return town


def test_nothing_missed_twice_or_stuck(bench: Any, database: Database, assembled: Published) -> None:
    """Whoever dies, and whenever: every due time has its step, once, and no request is left without a next one."""
    town = lived(bench, database, assembled, 0.15)
    report = bench.judge(bench.read(town))
    assert {name: report[name] for name in CLEAN} == CLEAN
    assert report["referrals"] >= REFERRALS
    assert report["timers_due"] > 5 * REFERRALS
    assert town.killed > 10


# --- the judge itself -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(bench: Any, assembled: Published, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a calm season left behind."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('season')}/season.db", synchronous="NORMAL")
    metadata.create_all(database.engine)
    left = bench.read(lived(bench, database, assembled, 0))
    database.close()
    return left


def unheeded(left: Any) -> None:
    left.events.remove(_reminder(left))


def again(left: Any) -> None:
    left.events.append(_reminder(left))


def _reminder(left: Any) -> Any:
    return next(each for each in left.events if each.actor == ACTOR and each.event == "remind_acknowledge")


def left_due(left: Any) -> None:
    late = next(place for place, each in enumerate(left.timers) if each.state == "done")
    left.timers[late] = SimpleNamespace(**(left.timers[late]._asdict() | {"state": "due"}))


def never_set(left: Any) -> None:
    left.timers = [each for each in left.timers if (each.kind, each.subject_id) != ("leg_expire", 1)]


def forgotten(left: Any) -> None:
    left.timers = [each for each in left.timers if each.state != "due"]


@pytest.mark.parametrize(
    ("damage", "figure"),
    [
        (unheeded, "missed"),
        (left_due, "missed"),
        (never_set, "missed"),
        (again, "twice"),
        (forgotten, "stuck"),
    ],
)
def test_the_judge_sees(bench: Any, records: Any, damage: Callable[[Any], None], figure: str) -> None:
    """One row that is not as it should be, and the figure is no longer 0."""
    assert bench.judge(records)[figure] == 0
    harmed = copy(records)
    harmed.timers, harmed.events = list(records.timers), list(records.events)
    damage(harmed)
    assert bench.judge(harmed)[figure] > 0

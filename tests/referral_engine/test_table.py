"""The tables laid open: every cell is there, and each is decided as the two grids of these tests say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from referral_engine.lifecycle import Moved, ReferralMoved, Refused
from referral_engine.model import LIVE, Actor, LegEvent, LegState, ReferralEvent, ReferralState
from referral_engine.table import leg_cells, moves, referral_cells

from .test_leg_table import CELLS as LEG_GRID
from .test_referral_table import CELLS as REFERRAL_GRID

DOMAIN = [  # who moves what where: the rule book's rows, one a line
    ("acknowledge", "sent", "received", "provider operator"),
    ("accept", "sent received waitlisted", "accepted", "provider operator verification"),
    ("waitlist", "sent received", "waitlisted", "provider"),
    ("decline", "sent received waitlisted accepted", "declined", "provider operator"),
    ("schedule", "accepted", "scheduled", "provider caseworker"),
    ("arrive", "accepted scheduled", "in_service", "provider verification"),
    ("complete", "in_service", "completed", "person provider"),
    ("no_show", "accepted scheduled", "no_show", "provider timer"),
    ("expire", "undelivered sent received", "expired", "timer"),
    ("promise_passed", "waitlisted", "expired", "timer"),
    ("revoke", "live", "revoked", "supervisor referrer"),
    ("withdraw", "live", "withdrawn", "person"),
]


def test_no_cell_is_missing() -> None:
    """14 states, 24 events and 10 actors of a leg; 7 standings, 10 events, 10 actors and 15 legs of a referral."""
    legs, referrals = list(leg_cells()), list(referral_cells())
    assert len(legs) == len(LegState) * len(LegEvent) * len(Actor) == 3360
    assert len(referrals) == (len(ReferralState) + 1) * len(ReferralEvent) * len(Actor) * 15 == 10500
    assert {(cell.state, cell.event) for cell in legs} == set(LEG_GRID)
    assert len(REFERRAL_GRID) * len(Actor) * 15 == len(referrals)


def test_what_is_refused_has_a_reason_and_what_moves_has_effects_or_a_state() -> None:
    """No cell is silent: a refusal says why, and a move does something."""
    for cell in (*leg_cells(), *referral_cells()):
        match cell.decision:
            case Refused(reason):
                assert reason
            case Moved(state, effects) | ReferralMoved(state, _, effects):
                assert effects or state is not cell.state


@pytest.mark.parametrize(("event", "sources", "to", "actors"), DOMAIN, ids=[row[0] for row in DOMAIN])
def test_the_rule_book(event: str, sources: str, to: str, actors: str) -> None:
    """Each row of the rule book stands in the table as it is written."""
    (row,) = (each for each in moves() if (each.about, each.event) == ("leg", event))
    assert (set(row.sources), row.to, set(row.actors)) == (set(sources.split()), to, set(actors.split()))


def test_the_page_for_people_shows_these_rows() -> None:
    """Each move stands in docs/referrals.md as the table has it, and the page counts the cells."""
    page = (Path(__file__).parents[2] / "docs" / "referrals.md").read_text("utf-8")
    for row in moves():
        where = f"{', '.join(row.sources)} | {row.to or 'stays'} | {', '.join(row.actors)}"
        assert f"| `{row.event}` | {where} |" in page
    assert "decide 3,360 cells of a leg" in page
    assert "10,500 of a referral" in page


def test_only_the_person_ends_what_is_live_without_a_reason() -> None:
    """Any live leg can be withdrawn by the person, and by nobody else."""
    withdrawn = Counter(
        cell.actor
        for cell in leg_cells()
        if cell.event is LegEvent.WITHDRAW and isinstance(cell.decision, Moved)
    )
    assert withdrawn == {Actor.PERSON: len(LIVE)}

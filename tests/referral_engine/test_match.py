"""Who can help: what leaves an offer out, how the others rank, and the reasons shown."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_engine.hours import Hours
from referral_engine.match import Because, LeftOut, Reach, Reason, Refusal, match, refusals
from referral_engine.model import Offer, Priority, Request

REQUEST = Request("health", "ET0101", language="am", sex="m", age=30)
OFFER = Offer(
    "clinic", "outpatient", "health", frozenset({"ET0101"}), capacity=10, languages=frozenset({"am"})
)


def reach(request: Request) -> Reach:
    """P-codes of this country nest by prefix."""
    area = request.area
    around = [code for code in (area, "ET01", "ET") if area.startswith(code)]
    return Reach(
        list(dict.fromkeys(around)), [code for code in ("ET0101", "ET0102") if code.startswith(area)]
    )


NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)
WEEKDAYS = Hours(tuple((day, 480, 1020) for day in range(5)))
LATER = Hours(((1, 900, 1020),))
SUNDAYS = Hours(((6, 480, 1020),))


def _order(request: Request, offers: list[Offer]) -> list[str]:
    return [found.offer.provider for found in match(request, offers, reach(request))]


@pytest.mark.parametrize(
    ("offer", "request_", "refusal"),
    [
        pytest.param(OFFER, REQUEST, None, id="fits"),
        pytest.param(replace(OFFER, need="legal"), REQUEST, Refusal.NEED, id="another-need"),
        pytest.param(replace(OFFER, active=False), REQUEST, Refusal.NOT_ACTIVE, id="not-active"),
        pytest.param(replace(OFFER, paused=True), REQUEST, Refusal.PAUSED, id="paused"),
        pytest.param(replace(OFFER, open=False), REQUEST, Refusal.CLOSED, id="closed"),
        pytest.param(replace(OFFER, load=9), REQUEST, None, id="last-place"),
        pytest.param(replace(OFFER, load=10), REQUEST, Refusal.FULL, id="full"),
        pytest.param(replace(OFFER, load=11), REQUEST, Refusal.FULL, id="over-full"),
        pytest.param(replace(OFFER, capacity=0), REQUEST, Refusal.FULL, id="no-place-at-all"),
        pytest.param(replace(OFFER, capacity=None, load=500), REQUEST, None, id="capacity-not-said"),
        pytest.param(
            OFFER, replace(REQUEST, excluded=frozenset({"clinic"})), Refusal.EXCLUDED, id="excluded"
        ),
        pytest.param(replace(OFFER, areas=frozenset({"ET0102"})), REQUEST, Refusal.AREA, id="next-district"),
        pytest.param(replace(OFFER, areas=frozenset()), REQUEST, Refusal.AREA, id="nowhere"),
        pytest.param(replace(OFFER, areas=frozenset({"ET01"})), REQUEST, None, id="region-around"),
        pytest.param(OFFER, replace(REQUEST, area="ET01"), None, id="part-of-region"),
        pytest.param(replace(OFFER, sexes=frozenset("f")), REQUEST, Refusal.NOT_ELIGIBLE, id="women-only"),
        pytest.param(replace(OFFER, sexes=frozenset("f")), replace(REQUEST, sex="f"), None, id="a-woman"),
        pytest.param(replace(OFFER, sexes=frozenset("f")), replace(REQUEST, sex=""), None, id="sex-not-said"),
        pytest.param(replace(OFFER, age_max=17), REQUEST, Refusal.NOT_ELIGIBLE, id="too-old"),
        pytest.param(replace(OFFER, age_min=31), REQUEST, Refusal.NOT_ELIGIBLE, id="too-young"),
        pytest.param(replace(OFFER, age_min=30, age_max=30), REQUEST, None, id="both-ends-included"),
        pytest.param(replace(OFFER, age_max=17), replace(REQUEST, age=None), None, id="age-not-said"),
        pytest.param(replace(OFFER, age_max=17), replace(REQUEST, age=0), None, id="newborn"),
        pytest.param(
            replace(OFFER, sexes=frozenset("f"), age_max=17),
            replace(REQUEST, sex="", age=30),
            Refusal.NOT_ELIGIBLE,
            id="sex-not-said-but-too-old",
        ),
        pytest.param(replace(OFFER, languages=frozenset({"so"})), REQUEST, None, id="another-language"),
    ],
)
def test_what_leaves_an_offer_out(offer: Offer, request_: Request, refusal: Refusal | None) -> None:
    """An offer is either a match or left out with one reason, never both."""
    expected = (LeftOut(offer, refusal),) if refusal else ()
    assert refusals(request_, [offer], reach(request_)) == expected
    assert [found.offer for found in match(request_, [offer], reach(request_))] == (
        [] if refusal else [offer]
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"load": 9}, {"areas": frozenset({"ET01"})}, id="own-area-before-load"),
        pytest.param({"load": 9}, {"sexes": frozenset("f")}, id="certain-eligibility-before-load"),
        pytest.param({"load": 9}, {"languages": frozenset()}, id="language-before-load"),
        pytest.param({"declines": 9}, {"load": 1}, id="load-before-record"),
        pytest.param({}, {"declines": 1}, id="fewer-declines"),
        pytest.param({}, {"expiries": 1}, id="fewer-expiries"),
        pytest.param({"load": 9, "hours": WEEKDAYS}, {"hours": SUNDAYS}, id="open-today-before-load"),
        pytest.param({"load": 9}, {"hours": SUNDAYS}, id="hours-not-said-before-closed-today"),
        pytest.param({"hours": LATER}, {}, id="still-opening-today-before-hours-not-said"),
        pytest.param(
            {"load": 9, "languages": OFFER.languages},
            {"languages": frozenset(), "hours": WEEKDAYS},
            id="language-before-hours",
        ),
        pytest.param({"asked_at": NOW}, {"declines": 1}, id="record-before-turns"),
        pytest.param({}, {"asked_at": NOW - DAY}, id="never-asked"),
        pytest.param({"asked_at": NOW - DAY}, {"asked_at": NOW}, id="asked-longest-ago"),
        pytest.param({"code": "b"}, {"code": "c"}, id="then-the-code"),
        pytest.param({"provider": "b"}, {"provider": "c"}, id="then-the-name"),
    ],
)
def test_the_order(better: dict[str, object], worse: dict[str, object]) -> None:
    """Area, eligibility, language, hours, load, record, turn, code: each only where all before it are equal."""
    request = replace(REQUEST, sex="", priority=Priority.URGENT, at=NOW)
    first = replace(OFFER, **{"provider": "x", **better})  # type: ignore[arg-type]
    second = replace(OFFER, **{"provider": "a", **worse})  # type: ignore[arg-type]
    expected = [first.provider, second.provider]
    assert _order(request, [first, second]) == _order(request, [second, first]) == expected


def test_a_region_asked_for_prefers_those_who_cover_it_whole() -> None:
    """Asked for a region: who covers it comes before who covers the country, and before a part of it."""
    whole = replace(OFFER, provider="whole", areas=frozenset({"ET01"}))
    country = replace(OFFER, provider="country", areas=frozenset({"ET"}))
    part = replace(OFFER, provider="part", areas=frozenset({"ET0101", "ET0102"}))
    assert _order(replace(REQUEST, area="ET01"), [part, country, whole]) == ["whole", "country", "part"]


def test_the_nearest_area_of_an_offer_counts() -> None:
    """An offer for a region that also names the district is an offer in the district."""
    (found,) = match(REQUEST, [replace(OFFER, areas=frozenset({"ET01", "ET0101", "KE001"}))], reach(REQUEST))
    assert found.nearness is Because.SAME_AREA


def test_the_reasons_that_a_caseworker_reads() -> None:
    """Each match says in codes and counts why it stands where it stands."""
    offer = replace(OFFER, load=7, declines=2, expiries=1)
    (found,) = match(REQUEST, [offer], reach(REQUEST))
    assert found.reasons == (
        Reason(Because.SAME_AREA),
        Reason(Because.ELIGIBLE),
        Reason(Because.LANGUAGE, "am"),
        Reason(Because.CAPACITY, 3),
        Reason(Because.LOAD, 7),
        Reason(Because.DECLINES, 2),
        Reason(Because.EXPIRIES, 1),
    )


def test_the_reasons_of_a_doubtful_match() -> None:
    """What is not known is said, not guessed; a clean record is not worth a line."""
    offer = replace(OFFER, areas=frozenset({"ET01"}), capacity=None, age_min=18, languages=frozenset())
    (found,) = match(replace(REQUEST, age=None), [offer], reach(REQUEST))
    assert found.reasons == (
        Reason(Because.WIDER_AREA),
        Reason(Because.ELIGIBILITY_UNKNOWN),
        Reason(Because.OTHER_LANGUAGE, "am"),
        Reason(Because.LOAD, 0),
    )


def test_a_request_shows_nothing_of_a_person() -> None:
    """A representation may reach a log: it holds the priority alone."""
    assert repr(replace(REQUEST, priority=Priority.URGENT)) == "Request(urgent)"


OFFERS = st.builds(
    Offer,
    provider=st.sampled_from("abcdef"),
    service=st.sampled_from("xy"),
    need=st.sampled_from(["health", "legal"]),
    areas=st.frozensets(st.sampled_from(["ET01", "ET0101", "ET0102", "ET"]), max_size=2),
    active=st.booleans(),
    paused=st.booleans(),
    open=st.booleans(),
    capacity=st.none() | st.integers(0, 3),
    load=st.integers(0, 3),
    sexes=st.frozensets(st.sampled_from("fm"), max_size=1),
    age_min=st.none() | st.just(18),
    languages=st.frozensets(st.sampled_from(["am", "so"]), max_size=2),
    declines=st.integers(0, 2),
    expiries=st.integers(0, 2),
    hours=st.sampled_from([Hours(), WEEKDAYS, LATER, SUNDAYS]),
    asked_at=st.none() | st.integers(0, 3).map(lambda days: NOW - days * DAY),
    code=st.sampled_from("abc"),
)
BETTER: dict[str, Any] = {
    "area": {"areas": frozenset({"ET0101"})},
    "sexes": {"sexes": frozenset()},
    "age": {"age_min": None},
    "language": {"languages": frozenset({"am"})},
    "hours": {"hours": WEEKDAYS},
    "capacity": {"capacity": None},
    "load": {"load": 0},
    "declines": {"declines": 0},
    "expiries": {"expiries": 0},
    "turn": {"asked_at": None},
    "standing": {"active": True, "paused": False, "open": True},
}


@pytest.mark.parametrize("better", BETTER.values(), ids=BETTER.keys())
@given(offers=st.lists(OFFERS, min_size=1, max_size=6), priority=st.sampled_from(Priority))
@settings(deadline=None)
def test_who_becomes_better_never_ranks_lower(
    better: dict[str, Any], offers: list[Offer], priority: Priority
) -> None:
    """An offer that differs in one thing, and for the better, stands at least as high among the same others."""
    request = replace(REQUEST, sex="", age=None, priority=priority, at=NOW)
    mine, *others = (replace(offer, provider=f"{n}") for n, offer in enumerate(offers))
    before, after = ([mine, *others], [replace(mine, **better), *others])
    ranks = [_order(request, each) for each in (before, after)]
    if "0" in ranks[0]:
        assert "0" in ranks[1]
        assert ranks[1].index("0") <= ranks[0].index("0")


@given(st.lists(st.integers(0, 4), max_size=30))
def test_equals_take_turns(chance: list[int]) -> None:
    """Each match asks the one asked longest ago: among five equals nobody is asked twice before all were once."""
    offers = [replace(OFFER, provider=f"{n}", capacity=None) for n in range(5)]
    asked: Counter[str] = Counter()
    for number, shift in enumerate(chance):
        rotated = offers[shift:] + offers[:shift]
        chosen = _order(REQUEST, rotated)[0]
        asked[chosen] += 1
        when = NOW + number * DAY
        offers = [replace(offer, asked_at=when) if offer.provider == chosen else offer for offer in offers]
        assert max(asked.values()) - min(asked[f"{n}"] for n in range(5)) <= 1


@pytest.mark.parametrize("priority", list(Priority))
def test_hours_move_only_what_cannot_wait_and_refuse_nothing(priority: Priority) -> None:
    """Who is closed today comes after who is open, for an urgent need; a need that can wait waits for either."""
    shut, busy = replace(OFFER, provider="shut", hours=SUNDAYS), replace(OFFER, provider="busy", load=1)
    request = replace(REQUEST, priority=priority, at=NOW)
    expected = ["shut", "busy"] if priority is Priority.NORMAL else ["busy", "shut"]
    assert _order(request, [shut, replace(busy, hours=WEEKDAYS)]) == expected


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        (WEEKDAYS, Reason(Because.OPEN_NOW)),
        (LATER, Reason(Because.OPENS_ON, "2026-03-10")),
        (SUNDAYS, Reason(Because.OPENS_ON, "2026-03-15")),
    ],
    ids=["open-now", "later-today", "on-sunday"],
)
def test_the_reason_of_the_hours(hours: Hours, reason: Reason) -> None:
    """A caseworker reads when the door opens, by the local date, and when the provider was asked last."""
    offer = replace(OFFER, hours=hours, asked_at=NOW - DAY)
    (found,) = match(replace(REQUEST, at=NOW), [offer], reach(REQUEST))
    assert reason in found.reasons
    assert found.reasons[-1] == Reason(Because.LAST_ASKED, "2026-03-09")


def test_a_district_before_its_region_before_the_country() -> None:
    """Each step outwards counts: who covers the country alone comes after who covers the region."""
    areas = {"country": "ET", "region": "ET01", "district": "ET0101"}
    offers = [replace(OFFER, provider=name, areas=frozenset({area})) for name, area in areas.items()]
    assert _order(REQUEST, offers) == ["district", "region", "country"]


@given(st.lists(OFFERS), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_every_offer_is_judged_once_and_the_order_given_does_not_matter(
    offers: list[Offer], chance: random.Random
) -> None:
    """Matches and those left out together are all offers; shuffling them changes no rank."""
    found = match(REQUEST, offers, reach(REQUEST))
    out = refusals(REQUEST, offers, reach(REQUEST))
    assert Counter([*(one.offer for one in found), *(one.offer for one in out)]) == Counter(offers)
    shuffled = offers.copy()
    chance.shuffle(shuffled)
    names = [(one.offer.provider, one.offer.service, one.nearness) for one in found]
    again = match(REQUEST, shuffled, reach(REQUEST))
    assert [(one.offer.provider, one.offer.service, one.nearness) for one in again] == names

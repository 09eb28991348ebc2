"""Who can help: what leaves an offer out, how the others rank, and the reasons shown."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_engine.match import Because, LeftOut, Reason, Refusal, match, refusals
from referral_engine.model import Offer, Priority, Request

REQUEST = Request("health", "ET0101", language="am", sex="m", age=30)
OFFER = Offer(
    "clinic", "outpatient", "health", frozenset({"ET0101"}), capacity=10, languages=frozenset({"am"})
)


def within(inner: str, outer: str) -> bool:
    """P-codes of this country nest by prefix."""
    return inner != outer and inner.startswith(outer)


def _order(request: Request, offers: list[Offer]) -> list[str]:
    return [found.offer.provider for found in match(request, offers, within)]


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
    assert refusals(request_, [offer], within) == expected
    assert [found.offer for found in match(request_, [offer], within)] == ([] if refusal else [offer])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"load": 9}, {"areas": frozenset({"ET01"})}, id="own-area-before-load"),
        pytest.param({"load": 9}, {"sexes": frozenset("f")}, id="certain-eligibility-before-load"),
        pytest.param({"load": 9}, {"languages": frozenset()}, id="language-before-load"),
        pytest.param({"declines": 9}, {"load": 1}, id="load-before-record"),
        pytest.param({}, {"declines": 1}, id="fewer-declines"),
        pytest.param({}, {"expiries": 1}, id="fewer-expiries"),
        pytest.param({"provider": "b"}, {"provider": "c"}, id="then-the-name"),
    ],
)
def test_the_order(better: dict[str, object], worse: dict[str, object]) -> None:
    """Area, eligibility, language, load, record, name: each only where all before it are equal."""
    request = replace(REQUEST, sex="")
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
    (found,) = match(REQUEST, [replace(OFFER, areas=frozenset({"ET01", "ET0101", "KE001"}))], within)
    assert found.nearness is Because.SAME_AREA


def test_the_reasons_that_a_caseworker_reads() -> None:
    """Each match says in codes and counts why it stands where it stands."""
    offer = replace(OFFER, load=7, declines=2, expiries=1)
    (found,) = match(REQUEST, [offer], within)
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
    (found,) = match(replace(REQUEST, age=None), [offer], within)
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
)


@given(st.lists(OFFERS), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_every_offer_is_judged_once_and_the_order_given_does_not_matter(
    offers: list[Offer], chance: random.Random
) -> None:
    """Matches and those left out together are all offers; shuffling them changes no rank."""
    found = match(REQUEST, offers, within)
    out = refusals(REQUEST, offers, within)
    assert Counter([*(one.offer for one in found), *(one.offer for one in out)]) == Counter(offers)
    shuffled = offers.copy()
    chance.shuffle(shuffled)
    names = [(one.offer.provider, one.offer.service, one.nearness) for one in found]
    again = match(REQUEST, shuffled, within)
    assert [(one.offer.provider, one.offer.service, one.nearness) for one in again] == names


def test_an_area_is_looked_up_once() -> None:
    """However many offers share an area, its place is asked for once: look-ups are the dear part."""
    asked: Counter[tuple[str, str]] = Counter()

    def counting(inner: str, outer: str) -> bool:
        asked[inner, outer] += 1
        return within(inner, outer)

    offers = [replace(OFFER, provider=f"{n}", areas=frozenset({"ET01", "ET02"})) for n in range(500)]
    assert len(match(REQUEST, offers, counting)) == 500
    assert max(asked.values()) == 1

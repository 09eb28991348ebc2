"""Directories as any register could have them, and the words by which one reads those of others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from gateway.directory.model import CLOSED, FULL, OPEN, Location, Organisation, Service
from gateway.directory.reading import Known
from gateway.text.clean import clean
from referral_engine.hours import Hours

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NEEDS = ("health", "shelter", "psychosocial", "legal")
NAMES = {"Addis Ababa": "ET14", "Somali": "ET05"}


def _place_of(word: str) -> str:
    return word if re.fullmatch("[A-Z]{2}[0-9]{2,6}", word) else NAMES.get(word, "")


KNOWN = Known(
    needs={need: need for need in NEEDS} | {"mental health": "psychosocial", "bh 1800": "shelter"},
    place_of=_place_of,
    language="en",
    offset=3.0,
    today=NOW.date(),
)

# Texts as they are kept: formulas, quotation marks, commas and other scripts are texts like any other.
_words = st.text(st.sampled_from("abcXYZ=+-@'\"’,;:&<> 019ሀልشሰ"), min_size=1, max_size=20)
_texts = _words.map(clean).filter(bool)
_areas = st.sampled_from(["ET14", "ET05", "ET0502", "SO12"])
_spans = st.tuples(
    st.integers(0, 6), st.sampled_from([(480, 720), (780, 1020), (1020, 1439), (1080, 1440), (0, 420)])
)


@st.composite
def _hours(draw: st.DrawFn) -> Hours:
    by_day = dict(draw(st.lists(_spans, max_size=6)))
    week = tuple((day, *span) for day, span in sorted(by_day.items()))
    extra = tuple((day, 1200, 1260) for day, (_, closes) in sorted(by_day.items()) if closes <= 1020)
    closed = draw(st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=3))
    return Hours(tuple(sorted(week + extra)), closed)


@st.composite
def _services(draw: st.DrawFn, need: str) -> Service:
    ages = sorted(draw(st.lists(st.integers(0, 120), max_size=2)))
    return Service(
        need=need,
        areas=tuple(draw(st.lists(_areas, min_size=1, max_size=3, unique=True))),
        capacity=draw(st.none() | st.integers(1, 500)),
        sexes=draw(st.sampled_from([(), ("f",), ("m",), ("f", "m")])),
        age_min=ages[0] if ages else None,
        age_max=ages[1] if len(ages) > 1 else None,
        languages=tuple(draw(st.lists(st.sampled_from(["am", "so", "ur"]), max_size=2, unique=True))),
        hours=draw(_hours()),
        assured=draw(st.none() | st.dates(date(2025, 1, 1), NOW.date())),
        state=draw(st.sampled_from([OPEN, FULL, CLOSED])),
    )


@st.composite
def _organisations(draw: st.DrawFn, code: str) -> Organisation:
    needs = draw(st.lists(st.sampled_from(NEEDS), max_size=3, unique=True))
    places = st.builds(
        Location,
        area=_areas,
        name=st.just("") | _texts,
        address=st.just("") | _texts,
        latitude=st.none() | st.floats(-90, 90).map(lambda degrees: round(degrees, 6)),
        longitude=st.none() | st.floats(-180, 180).map(lambda degrees: round(degrees, 6)),
    )
    return Organisation(
        code=code,
        name=draw(_texts),
        language=draw(st.sampled_from(["am", "so", "en"])),
        neutral=draw(st.sampled_from(["", "Centre 7"])),
        phones=tuple(draw(st.lists(st.sampled_from(["+251911000001", "+252634000001"]), unique=True))),
        email=draw(st.sampled_from(["", "office@example.org"])),
        website=draw(st.sampled_from(["", "https://example.org/a?b=c"])),
        services=tuple(draw(_services(need)) for need in needs),
        locations=tuple(draw(st.lists(places, max_size=2))),
    )


@st.composite
def directories(draw: st.DrawFn) -> list[Organisation]:
    """Up to three organisations; one has a code that was made of another system's id."""
    codes = ["clinic_of_addis", "d9d5e0f55f3c4f739a2f4dd0ecc6c610", "x1"]
    return [draw(_organisations(code)) for code in codes[: draw(st.integers(0, 3))]]

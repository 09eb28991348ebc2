"""Places found by what people type. Names and codes: OCHA P-codes, CC BY-IGO."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.registry.places import SURE, Gazetteer, Place

GAZETTEER = Gazetteer(
    [
        Place("SO12", "Woqooyi Galbeed", 1, "SOM", ("Marodijeh", "Maroodi Jeex")),
        Place("SO1201", "Hargeysa", 2, "SO12", ("ሀርጌሳ", "هرجيسا")),
        Place("SO1202", "Berbera", 2, "SO12"),
        Place("SO13", "Togdheer", 1, "SOM"),
        Place("SO1301", "Burco", 2, "SO13"),
        Place("SO16", "Bari", 1, "SOM"),
        Place("SO1601", "Bossaso", 2, "SO16"),
        Place("SO22", "Banadir", 1, "SOM", ("Mogadishu", "Muqdisho")),
        Place("SO2201", "Banadir", 2, "SO22"),
        Place("SO24", "Bay", 1, "SOM"),
        Place("SO2401", "Baidoa", 2, "SO24", ("Baydhaba",)),
        Place("SO27", "Middle Juba", 1, "SOM"),
        Place("SO28", "Lower Juba", 1, "SOM"),
        Place("SO2801", "Kismaayo", 2, "SO28"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("Hargeysa", "SO1201", id="the name"),
        pytest.param(" HARGEYSA. ", "SO1201", id="case and stops"),
        pytest.param("harg", "SO1201", id="first letters"),
        pytest.param("Hargeisa", "SO1201", id="another spelling"),
        pytest.param("Kismayu", "SO2801", id="a foreign spelling"),
        pytest.param("Bosaso", "SO1601", id="undoubled"),
        pytest.param("marodi jeeh", "SO12", id="an alias, misspelt"),
        pytest.param("ሀርጌሳ", "SO1201", id="amharic"),
        pytest.param("هرجيسا", "SO1201", id="arabic"),
        pytest.param("Bay", "SO24", id="a name that begins others"),
        pytest.param("Mogadishu", "SO22", id="an alias"),
        pytest.param("Banadir", "SO22", id="a region and its district of one name: the region"),
    ],
)
def test_a_place_surely_meant_comes_alone(typed: str, code: str) -> None:
    """One clear leader is the only answer, with a score to accept."""
    (match,) = GAZETTEER.find(typed)
    assert match.place.code == code
    assert match.score >= SURE


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        pytest.param("ba", ["SO24", "SO16", "SO2401", "SO22"], id="many begin so: the shortest names first"),
        pytest.param("Juba", ["SO28", "SO27"], id="two are alike"),
        pytest.param("xyzw", [], id="none"),
        pytest.param("", [], id="nothing"),
        pytest.param("*", [], id="no letter"),
    ],
)
def test_else_at_most_four_are_offered(typed: str, codes: list[str]) -> None:
    """Without a clear leader the likeliest are offered in order, never more than asked for."""
    matches = GAZETTEER.find(typed)
    assert [match.place.code for match in matches] == codes
    assert len(GAZETTEER.find(typed, limit=1)) <= 1


def test_a_weak_match_is_not_sure() -> None:
    """A lone candidate that is only somewhat alike has a score below the one that may be taken."""
    matches = GAZETTEER.find("Tokdar")
    assert [match.place.code for match in matches] == ["SO13"]
    assert matches[0].score < SURE


@pytest.mark.parametrize(
    ("code", "area", "inside"),
    [
        pytest.param("SO1201", "SO12", True, id="district in its region"),
        pytest.param("SO12", "SO12", True, id="itself"),
        pytest.param("SO1201", "SOM", True, id="country"),
        pytest.param("SO12", "SO1201", False, id="not the other way"),
        pytest.param("SO1201", "SO13", False, id="another region"),
        pytest.param("XX01", "SO12", False, id="unknown"),
        pytest.param("XX01", "XX01", True, id="unknown, itself"),
    ],
)
def test_within(code: str, area: str, inside: bool) -> None:
    """A place lies in itself and in every place around it."""
    assert GAZETTEER.within(code, area) is inside


def test_name() -> None:
    """A code that left the list is shown as it is."""
    assert GAZETTEER.name("SO1201") == "Hargeysa"
    assert GAZETTEER.name("SO9999") == "SO9999"


def test_places_in_a_circle_are_refused() -> None:
    """A list in which a place lies in itself, directly or not, is said to be wrong when it is read."""
    with pytest.raises(ValueError, match="no wider"):
        Gazetteer([Place("A", "A", 1, "B"), Place("B", "B", 1, "A")])


# --- scripts, towns, words ---------------------------------------------------------------------------------

ETHIOPIA = Gazetteer(
    [
        Place("ET03", "Amhara", 1, "ETH", ("አማራ",), {"am": "አማራ"}),
        Place("ET0305", "North Shewa (AM)", 2, "ET03", ("ሰሜን ሸዋ (አማራ)",), {"am": "ሰሜን ሸዋ (አማራ)"}),
        Place("ET0307", "West Gojam", 2, "ET03", ("ምዕራብ ጎጃም",), {"am": "ምዕራብ ጎጃም"}, ("Bahir Dar", "Bure")),
        Place("ET04", "Oromia", 1, "ETH", ("ኦሮሚያ", "Oromiyaa"), {"am": "ኦሮሚያ", "om": "Oromiyaa"}),
        Place("ET0310", "Oromia", 2, "ET03"),
        Place("ET0406", "North Shewa (OR)", 2, "ET04"),
        Place("ET0414", "Guji", 2, "ET04", towns=("Liben", "Bore")),
        Place("ET0501", "Siti", 2, "ET05", towns=("Erer",)),
        Place("ET0504", "Erer", 2, "ET05"),
        Place("ET0509", "Liban", 2, "ET05"),
        Place("ET0720", "Siltie", 2, "ET07"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("ምዕራብ ጎጃም", "ET0307", id="ethiopic"),
        pytest.param("ምእራብ ጐጃም", "ET0307", id="ethiopic in other letters of one sound"),
        pytest.param("Mirab Gojjam", "ET0307", id="an ethiopic name in latin letters"),
        pytest.param("gojam west", "ET0307", id="the words turned round"),
        pytest.param("West Gojam zone", "ET0307", id="with the word for what it is"),
        pytest.param("ምዕራብ ጎጃም ዞን", "ET0307", id="with that word in ethiopic"),
        pytest.param("West Gojam, Amhara", "ET0307", id="as in an address"),
        pytest.param("Bahir Dar", "ET0307", id="a town in it"),
        pytest.param("bahir", "ET0307", id="the first letters of a town"),
    ],
)
def test_many_ways_lead_to_a_place(typed: str, code: str) -> None:
    """Whatever script, order or wider name people use, the place is taken or stands first."""
    assert ETHIOPIA.find(typed)[0].place.code == code


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        pytest.param("north shewa", ["ET0305", "ET0406"], id="one name of two zones"),
        pytest.param("Erer", ["ET0504", "ET0501"], id="a zone, and a town in another: the zone first"),
        pytest.param("Liben", ["ET0414", "ET0509"], id="a town, and a zone that sounds the same"),
    ],
)
def test_what_may_be_two_places_is_asked(typed: str, codes: list[str]) -> None:
    """A place is never taken for another of the same name or sound."""
    assert [match.place.code for match in ETHIOPIA.find(typed)][:2] == codes


@pytest.mark.parametrize("typed", ["Bahar Daar", "Buree", "Bori"])
def test_a_town_is_taken_only_as_it_is_spelled(typed: str) -> None:
    """A misspelt town is offered, and the person decides."""
    assert all(match.score < SURE for match in ETHIOPIA.find(typed))
    assert ETHIOPIA.find(typed)[0].inside


@pytest.mark.parametrize("typed", ["Sita", "Gujo", "Sito"])
def test_a_short_name_is_taken_only_as_it_sounds(typed: str) -> None:
    """Of four letters one wrong makes another place: it is offered."""
    assert all(match.score < SURE for match in ETHIOPIA.find(typed))


def test_names_in_a_language() -> None:
    """A place is shown in the language spoken, where it has a name in it."""
    assert ETHIOPIA.name("ET04", "om") == "Oromiyaa"
    assert ETHIOPIA.name("ET04", "so") == "Oromia"
    assert ETHIOPIA.name("ET0501", "am") == "Siti"
    assert ETHIOPIA.name("ET9999", "am") == "ET9999"


def test_two_places_of_one_name_can_be_told_apart() -> None:
    """Offered beside each other they stand with the place around them, where one is known."""
    codes = ["ET04", "ET0310", "ET0501"]
    assert ETHIOPIA.labels(codes) == ("Oromia", "Oromia - Amhara", "Siti")
    assert ETHIOPIA.labels(codes, "om") == ("Oromiyaa", "Oromia", "Siti")
    assert ETHIOPIA.labels([]) == ()


@given(st.text(max_size=40))
def test_anything_may_be_typed(typed: str) -> None:
    """At most four are offered, best first, each once, and nothing raises."""
    matches = ETHIOPIA.find(typed)
    assert len(matches) <= 4 and len({match.place.code for match in matches}) == len(matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert all(0 <= match.score <= 1 for match in matches)


# --- the shipped places ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bench() -> Any:
    """The benchmark, which is no package."""
    spec = spec_from_file_location("bench_places", Path(__file__).parents[2] / "bench" / "places.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def known(bench: Any) -> dict[str, Gazetteer]:
    """A gazetteer a country, from the shipped files."""
    read: dict[str, Gazetteer] = bench.gazetteers()
    return read


def test_alternates_are_found(bench: Any, known: dict[str, Gazetteer]) -> None:
    """The promise of the benchmark on a sample of its rows: first 85 in a hundred, among three 90, hardly one wrong."""
    rows = bench.read(bench.ROOT / "bench" / "places_alternates.tsv")[::5]
    found = bench.figures(bench.ask(known[row.country], row) for row in rows)
    assert found["rows"] >= 250
    assert found["top1"] >= 0.9 and found["top3"] >= 0.95
    assert found["wrong_alone"] <= 0.01


def test_every_place_is_found_by_its_own_name(known: dict[str, Gazetteer]) -> None:
    """Each name leads to its place, or to one around it, or to several of that name among which it is."""
    for country, gazetteer in sorted(known.items()):
        if len(country) == 3:
            lost = [
                place.name
                for place in gazetteer.places[::4]
                if not any(
                    gazetteer.within(place.code, match.place.code) for match in gazetteer.find(place.name)
                )
            ]
            assert not lost, (country, lost)

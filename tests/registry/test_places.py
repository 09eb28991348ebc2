"""Places found by what people type. Names and codes: OCHA P-codes, CC BY-IGO."""

from __future__ import annotations

import pytest

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

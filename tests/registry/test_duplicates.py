"""Two records of one person are found likely, two people who share much are not, and the order does not matter."""

from __future__ import annotations

import pytest

from gateway.registry.births import Birth
from gateway.registry.duplicates.common import Shares
from gateway.registry.duplicates.profiles import REGION, USUAL, WESTERN
from gateway.registry.duplicates.score import Band, Comparison, Record, compare


def born(year: int, to: int = 0) -> Birth:
    return Birth(year, to or year, "year", "gregorian", str(year))


def someone(name: str, year: int = 1990, **more: object) -> Record:
    return Record(
        **{"name": name, "birth": born(year), "sex": "m", "area": "SO1101", "phone": b"one", **more}
    )  # type: ignore[arg-type]


def bands(one: str, other: str) -> Band:
    """The band of two names with the same year and area, the phones unknown."""
    return compare(someone(one, phone=b""), someone(other, phone=b"")).band


def agreements(found: Comparison) -> dict[str, str]:
    return {reason.field: reason.agreement for reason in found.reasons}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nuur Xuseen Cabdirashiid", "Noor Hussen Abdirashid"),
        ("Nuur Xuseen Cabdirashiid", "Nour Houssein Abdirachid"),
        ("Noor Hussen Abdirashid", "Nur Hussein Abdirascid"),
        ("Noor Hussen Abdirashid", "Noor Hussein Abd al-Rashid"),
        ("Noor Hussen Abdi Rashid", "Nuur Xuseen Cabdirashiid"),
        ("نور حسين عبد الرشيد", "Nuur Xuseen Cabdirashiid"),
        ("نور حسين عبدالرشيد", "ኑር ሁሴን አብዲራሺድ"),
        ("ኑር ሁሴን አብዲራሺድ", "Nour Houssein Abdirachid"),
        ("Nur ad-Din Salah Osman", "Nuuraddiin Saalax Cusmaan"),
        ("Abu Bakr Youssouf Djama", "Abuubakar Yuusuf Jaamac"),
        ("Gebre Selassie Tesfaye Hagos", "ገብረሥላሴ ተስፋዬ ሐጎስ"),
        ("Faadumo Cali Xirsi", "Fatuma Ali Hersi"),
        ("Tariq Eltahir Awad", "Tarig al-Tahir Awad"),
        ("Noor Hussen Abdirashid", "Noor Abdirashid"),
        ("Noor Hussen Abdirashid", "Hussen Noor Abdirashid"),
        ("Liiban Kahin Samatar", "Liban Kahni Samatar"),
    ],
)
def test_spellings_of_one_name_are_likely(one: str, other: str) -> None:
    """Another office, script, spacing, a name left out or swapped, a slip: still one person."""
    assert bands(one, other) is Band.LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Noor Hussen Abdirashid", "Noura Hussen Abdirashid"),
        ("نور حسين عبد الرشيد", "Noura Hussen Abdirashid"),
        ("Amin Warsame Roble", "Amina Warsame Roble"),
        ("Hassan Warsame Roble", "Hussein Warsame Roble"),
        ("Mohamed Warsame Roble", "Mahamud Warsame Roble"),
        ("Ahmed Warsame Roble", "Hamid Warsame Roble"),
        ("Halima Warsame Roble", "Naima Warsame Roble"),
        ("Abdirashid Warsame Roble", "Abdinasir Warsame Roble"),
        ("Liban Warsame Roble", "Guled Warsame Roble"),
    ],
)
def test_brothers_and_sisters_are_never_likely(one: str, other: str) -> None:
    """The own name decides, even with the birth (twins), area and phone the same."""
    assert compare(someone(one), someone(other)).band is not Band.LIKELY


def test_a_parent_is_not_the_child() -> None:
    """A child's name goes on with the father's, one place later."""
    father = someone("Warsame Roble Hersi", 1965)
    assert compare(someone("Liban Warsame Roble", 1990), father).band is Band.NEW


def test_the_same_phone_alone_proves_nothing() -> None:
    """Phones are shared."""
    one = Record("Liban Warsame Roble", phone=b"one")
    assert compare(one, Record("Deka Samatar Awale", phone=b"one")).band is Band.NEW


def test_the_same_commonest_name_alone_is_not_likely() -> None:
    """Mohamed Ali is worth little; a name that few bear is worth much."""
    assert compare(Record("Mohamed Ali"), Record("Maxamed Cali")).band is Band.NEW
    common = compare(someone("Mohamed Ali Ahmed", phone=b""), someone("Maxamed Cali Axmed", phone=b""))
    rare = compare(someone("Samatar Koshin Bile", phone=b""), someone("Samatar Koshin Bile", phone=b""))
    assert rare.score > common.score + 10


def test_the_register_says_what_is_rare() -> None:
    """A name that every tenth person of a register bears is worth less there."""
    one = someone("Samatar Koshin Bile")
    seen = Shares().seen(["samatar", "kuSin", "bili", *"abcdefg"] * 1000)
    assert compare(one, one, names=seen).score < compare(one, one).score - 10


@pytest.mark.parametrize(
    ("birth", "agreement"),
    [
        (born(1990), "same"),
        (born(1989, 1990), "same"),
        (born(1991), "near"),
        (born(1983), "calendar"),
        (born(1994), "different"),
        (born(1960), "different"),
    ],
)
def test_births_agree_by_ranges(birth: Birth, agreement: str) -> None:
    """Ranges that meet agree; one read as Ethiopian for Gregorian weighs less against it than another year."""
    found = compare(someone("Liban Roble"), someone("Liban Roble", birth=birth))
    assert agreements(found)["birth"] == agreement


def test_the_wider_a_birth_the_less_it_says() -> None:
    """An age of two years is worth less than a year, and a day most."""
    day = Birth(1990, 1990, "day", "gregorian", "", "1990-05-17")
    points = [
        compare(Record("Liban", birth), Record("Liban", birth)).score
        for birth in (born(1985, 1990), born(1989, 1990), born(1990), day)
    ]
    assert points == sorted(points) and len(set(points)) == 4


def test_two_days_of_one_year_speak_neither_way_for_long() -> None:
    """A day is often a guess: another day is less than the same year, and much less against than another decade."""
    one, other = (Birth(1990, 1990, "day", "gregorian", "", f"1990-{day}") for day in ("01-01", "11-25"))
    decade = Birth(1975, 1975, "day", "gregorian", "", "1975-11-25")
    year, days, far = (
        compare(Record("Liban", one), Record("Liban", birth)).score for birth in (born(1990), other, decade)
    )
    assert year > days > far + 5


@pytest.mark.parametrize(
    ("area", "agreement"),
    [
        ("SO1101", "same"),
        ("SO1102", "near"),
        ("SO11", "near"),
        ("SO2101", "different"),
        ("ET0101", "different"),
    ],
)
def test_areas_agree_by_their_codes(area: str, agreement: str) -> None:
    """The same, one region, one within the other, or another region."""
    assert agreements(compare(someone("Liban"), someone("Liban", area=area)))["area"] == agreement


def test_every_point_has_a_reason() -> None:
    """The score is the sum of what is shown."""
    found = compare(
        someone("Noor Hussen Abdirashid"), someone("Hussein Nuur", 1993, area="SO21", phone=b"two")
    )
    assert found.score == pytest.approx(sum(reason.points for reason in found.reasons), abs=0.02)
    assert agreements(found)["name_order"] == "swapped"
    assert agreements(found)["grandfathers_name"] == "missing"


def test_what_is_not_known_has_no_reason() -> None:
    """Empty fields count neither for nor against."""
    found = compare(Record("Liban Roble"), someone("Liban Roble"))
    assert set(agreements(found)) == {"own_name", "fathers_name"}


def test_a_larger_register_asks_for_more() -> None:
    """A million people hold more strangers who are alike by chance than ten thousand."""
    assert REGION.for_people(USUAL) == REGION
    assert REGION.for_people(USUAL * 4).likely == REGION.likely + 2
    assert REGION.for_people(USUAL * 4).possible == REGION.possible + 2


def test_western_names_swap_and_slip() -> None:
    """With the other profile: given name and surname, a date of eight digits, a suburb by name."""
    one = Record("jessica ballantyne", day="19931103", place="penrith")
    other = Record("balantyne jessica", day="19931130", place="pen rith")
    assert compare(one, other, profile=WESTERN).band is Band.LIKELY
    stranger = Record("jessica white", day="19540101", place="dapto")
    assert compare(one, stranger, profile=WESTERN).band is Band.NEW


def test_a_record_shows_no_personal_data() -> None:
    """Names, births and phones stay out of what a log or an error may print."""
    shown = repr(someone("Liban Roble"))
    assert "Liban" not in shown and "1990" not in shown and "one" not in shown

"""What holds of every pair of records: symmetry, a record is itself, marks and case and spacing say nothing."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gateway.registry.births import Birth
from gateway.registry.duplicates import blocking, common
from gateway.registry.duplicates.keys import tokens
from gateway.registry.duplicates.score import Band, Record, compare

WORDS = st.sampled_from(
    "Maxamed Mohamed Cali Noor Noura Nuur Xuseen Hassan Abd al-Rashid Abdi Cabdirashiid Abu Bakr din bin Sheikh "
    "Samatar Koshin Tesfaye Gebre Selassie Haile Liban Amina Amin "
    "محمد عبد الرشيد نور نورة أحمد ኑር ሁሴን ገብረ ሥላሴ ፋጡማ".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join) | st.text(max_size=20)
BIRTHS = st.none() | st.builds(
    lambda year, wide: Birth(year, year + wide, "year", "gregorian", ""),
    st.integers(1920, 2020),
    st.integers(0, 6),
)
RECORDS = st.builds(
    Record,
    name=NAMES,
    birth=BIRTHS,
    sex=st.sampled_from(["", "f", "m"]),
    area=st.sampled_from(["", "SO11", "SO1101", "ET0101", "KE001002"]),
    phone=st.sampled_from([b"", b"one", b"two"]),
    day=st.sampled_from(["", "19900517", "19901705", "19405603"]),
    place=st.sampled_from(["", "Baki", "Baqi", "-"]),
)


@given(RECORDS, RECORDS)
def test_the_order_does_not_matter(one: Record, other: Record) -> None:
    """The score, the band and the reasons are the same both ways."""
    assert compare(one, other) == compare(other, one)


@given(st.lists(WORDS, min_size=2, max_size=4).map(" ".join), st.integers(1920, 2020))
def test_a_record_is_likely_itself(name: str, year: int) -> None:
    """Whatever the name, with a birth year, a sex, an area and a phone."""
    record = Record(name, Birth(year, year, "year", "gregorian", ""), "f", "SO1101", b"one")
    assert compare(record, record).band is Band.LIKELY


@given(
    st.lists(WORDS, min_size=1, max_size=4), NAMES, st.sampled_from(["upper", "lower", "title", "casefold"])
)
def test_marks_case_and_spacing_say_nothing(words: list[str], against: str, case: str) -> None:
    """The score of a name against another stays as it is."""
    plain = " ".join(words)
    varied = unicodedata.normalize("NFD", "  " + getattr(plain, case)().replace(" ", " \u00a0 ") + "\u0301 ")
    assert compare(Record(varied), Record(against)).score == compare(Record(plain), Record(against)).score


@given(RECORDS)
def test_a_stored_record_is_found_by_its_own_search(record: Record) -> None:
    """What is looked for includes all that is stored."""
    assert set(blocking.stored(record)) <= set(blocking.searched(record))
    assert set(blocking.stored(record, False)) <= set(blocking.searched(record, False))


def test_spellings_meet_in_a_block() -> None:
    """Four traditions and three scripts share a key, a birth year apart."""
    names = ["Nuur Xuseen Cabdirashiid", "Nour Houssein Abdirachid", "نور حسين عبد الرشيد", "ኑር ሁሴን አብዲራሺድ"]
    kept = [
        set(blocking.stored(Record(name, Birth(1990 + n % 2, 1990 + n % 2, "year", "gregorian", ""))))
        for n, name in enumerate(names)
    ]
    for n, name in enumerate(names):
        wanted = set(
            blocking.searched(Record(name, Birth(1990 + n % 2, 1990 + n % 2, "year", "gregorian", "")))
        )
        assert all(wanted & keys for keys in kept)


def test_blocking_keys_are_few_and_ascii() -> None:
    """Each is to be made a blind index: at most two dozen for a record, short, and not the name as typed."""
    record = Record("Samatar Koshin Bile", Birth(1989, 1990, "year", "gregorian", ""), "m", "SO1101", b"one")
    keys = blocking.stored(record)
    assert len(keys) <= 24
    assert all(key.isascii() and len(key) < 60 and "Samatar" not in key for key in keys)


def test_no_spelling_stands_for_two_common_names() -> None:
    """Every spelling in the table is one word and leads to its own line."""
    for line in common._TABLE.strip().splitlines():
        _, first, *others = line.split()
        for spelling in (first, *others):
            (token,) = tokens(spelling)
            assert common.common(token) == first


def test_a_word_that_stands_twice_pairs_in_order() -> None:
    """The two words after the own name agree in order, though one of them also agrees with its own place."""
    long, short = Record("Noor Maxamed Maxamed"), Record("Maxamed Maxamed")
    again = Record("NOOR MAXAMED MAXAMED")
    assert compare(long, short).score == compare(again, short).score == 0.86

"""How often a place is found by another spelling of its name: first (`top1`) and among the first three (`top3`).

`bench/places_alternates.tsv` holds the alternates. They were gathered from public lists of names (a copy of GeoNames'
alternate names of towns, spellings that a Somali radio programme's listeners sent by SMS, variants in agricultural
and administrative data sets, lists of Sudanese and Ethiopian districts) and, the smaller part, written down from
Italian, French and English maps and everyday use. None was copied from `aliases.csv`, and none was copied into it:
that holds names in the languages, capitals and names in daily use. Some are the same all the same, and `unlisted`
leaves out those. Names that differ from OCHA's only by a word such as
"zone" are left out. The points of the search were chosen on the rows of even checksum; `held_out` are the odd ones.

A place and the one around it that is called the same (Khartoum, Khartoum) count as one: a name cannot tell them
apart, and the search answers with the larger. `wrong_alone` is the share of rows where a wrong place was accepted
without a question. `--tsv FILE` scores another file: name, country (ISO 3166-1, two or three letters) and p_code,
tab-separated, with a header. Prints one JSON object as its last line.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from gateway.catalogue.files import read_folder  # noqa: E402
from gateway.catalogue.places import read_gazetteer, rows  # noqa: E402
from gateway.registry.places import SURE, Gazetteer, Match  # noqa: E402
from gateway.registry.spelling import key  # noqa: E402
from gateway.text.clean import fold  # noqa: E402

_FILES = (("places.csv",), ("aliases.csv",), ("woredas.csv",))
_NAMES_KEPT = 12  # names that were not found, to look at


@dataclass(frozen=True)
class Row:
    """A name as people write it, and the place that is meant."""

    name: str
    country: str
    code: str


@dataclass(frozen=True)
class Answer:
    """What came of one search. `rank` counts from 0; -1 where the place was not among those offered."""

    row: Row
    rank: int
    alone: bool
    seconds: float


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Row(line["name"].strip(), line["country"].strip(), line["p_code"].strip()) for line in lines]


def gazetteers() -> dict[str, Gazetteer]:
    """A gazetteer a country as a policy would read it, under its names of two and three letters."""
    bundle = read_folder(ROOT / "flows")
    found = {}
    for country, code in sorted({(row["Location"], row["P-Code"][:2]) for row in rows(bundle, "places.csv")}):
        found[country] = found[code] = gazetteer = read_gazetteer(bundle, country, *_FILES)
        gazetteer.find("any place")  # the first search prepares it
    return found


def ask(gazetteer: Gazetteer, row: Row) -> Answer:
    started = time.perf_counter()
    found = gazetteer.find(row.name)
    taken = time.perf_counter() - started
    right = [at for at, match in enumerate(found) if _meant(gazetteer, match, row.code)]
    alone = len(found) == 1 and found[0].score >= SURE
    return Answer(row, right[0] if right else -1, alone, taken)


def _meant(gazetteer: Gazetteer, match: Match, code: str) -> bool:
    """Whether a place is the one meant, or the one around it that bears its name."""
    place = match.place
    around = gazetteer.within(code, place.code) and key(gazetteer.name(code)) == key(place.name)
    return place.code == code or around


def figures(answers: Iterable[Answer]) -> dict[str, float]:
    every = list(answers)
    count = max(len(every), 1)
    return {
        "rows": len(every),
        "top1": round(sum(each.rank == 0 for each in every) / count, 4),
        "top3": round(sum(0 <= each.rank < 3 for each in every) / count, 4),
        "wrong_alone": round(sum(each.alone and each.rank != 0 for each in every) / count, 4),
    }


def listed(known: dict[str, Gazetteer]) -> set[tuple[str, str]]:
    """Every name and alias, folded, with its code."""
    return {
        (fold(name), place.code)
        for gazetteer in known.values()
        for place in gazetteer.places
        for name in (place.name, *place.aliases, *place.towns)
    }


def main(path: Path) -> None:
    known = gazetteers()
    asked = read(path)
    fallen = [row for row in asked if row.country.upper() not in known]
    answers = [ask(known[row.country.upper()], row) for row in asked if row not in fallen]
    for row in fallen:
        print(f"no places of {row.country}: {row.name}", file=sys.stderr)
        answers.append(Answer(row, -1, False, 0.0))
    countries: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        countries[answer.row.country].append(answer)
    for country, each in sorted(countries.items()):
        print(f"{country}: {figures(each)}")
    missed = [answer.row.name for answer in answers if answer.rank < 0]
    print(f"not offered: {len(missed)}, such as {', '.join(missed[:: len(missed) // _NAMES_KEPT + 1])}")
    names = listed(known)
    seconds = [answer.seconds for answer in answers] or [0.0]
    report = figures(answers) | {
        "unlisted": figures(each for each in answers if (fold(each.row.name), each.row.code) not in names),
        "held_out": figures(each for each in answers if zlib.crc32(each.row.name.encode()) % 2),
        "find_ms": {
            "p50": round(1000 * median(seconds), 2),
            "p99": round(1000 * (quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]), 2),
        },
    }
    print(json.dumps(report))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tsv", type=Path, default=ROOT / "bench" / "places_alternates.tsv")
    main(parser.parse_args().tsv)

"""Precision, recall and F1 of the duplicate scorer on FEBRL 1-4 and a made-up register of the region, beside the
`recordlinkage` package on the same fields and the same candidate pairs; and the time of one search among 500,000.

`--csv FILE` scores another labelled register instead: record_id, full_name, sex, birth_from, birth_to, admin2, phone,
person_id. Prints one JSON object as its last line. Needs `bench/duplicates-requirements.txt`.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from duplicates_register import Row, register  # noqa: E402
from duplicates_search import search  # noqa: E402

from gateway.registry.births import Birth  # noqa: E402
from gateway.registry.duplicates import blocking, common  # noqa: E402
from gateway.registry.duplicates.keys import tokens  # noqa: E402
from gateway.registry.duplicates.names import word  # noqa: E402
from gateway.registry.duplicates.profiles import REGION, WESTERN, Profile  # noqa: E402
from gateway.registry.duplicates.score import Band, Record, compare  # noqa: E402

Pair = tuple[str, str]
_P_CODE = re.compile(r"[A-Z]{2}\d+")
_SEED, _PEOPLE = 7, 6_000  # points were chosen on another seed


@dataclass(frozen=True)
class Labelled:
    """Records by id, the pairs that are one person, and the two halves that alone are compared, if there are two."""

    records: dict[str, Record]
    links: set[Pair]
    left: frozenset[str] = frozenset()


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def candidates(data: Labelled, regional: bool) -> set[Pair]:
    """Every pair that shares a blocking key."""
    kept: dict[str, list[str]] = defaultdict(list)
    for id, record in data.records.items():
        for key in blocking.stored(record, regional):
            kept[key].append(id)
    found = {
        pair(id, other)
        for id, record in data.records.items()
        for key in blocking.searched(record, regional)
        for other in kept[key]
        if other != id
    }
    return {(a, b) for a, b in found if not data.left or (a in data.left) != (b in data.left)}


def figures(found: set[Pair], links: set[Pair]) -> dict[str, float]:
    right = len(found & links)
    precision, recall = right / max(len(found), 1), right / max(len(links), 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def ours(data: Labelled, pairs: set[Pair], profile: Profile) -> dict[str, float]:
    """The pairs called likely; how common names and places are is counted in the records themselves, unlabelled."""
    records = data.records.values()
    regional = profile.regional
    known = common.Shares() if regional else common.nothing_known()
    names = known.seen(word(token, regional) for each in records for token in tokens(each.name, regional))
    places = common.nothing_known().seen(
        "".join(token.key for token in tokens(each.place, regional)) for each in records if each.place
    )
    profile = profile.for_people(len(data.records))
    found, worth_a_look = set(), set()
    for a, b in pairs:
        band = compare(data.records[a], data.records[b], names=names, places=places, profile=profile).band
        found.update([(a, b)] if band is Band.LIKELY else [])
        worth_a_look.update([(a, b)] if band is not Band.NEW else [])
    return figures(found, data.links) | {
        "blocking_recall": round(len(pairs & data.links) / max(len(data.links), 1), 4),
        "recall_with_possible": round(len(worth_a_look & data.links) / max(len(data.links), 1), 4),
        "candidates": len(pairs),
    }


def theirs(data: Labelled, pairs: set[Pair]) -> dict[str, float]:
    """`recordlinkage`: Jaro-Winkler over each field. The better of its own unsupervised classifier (expectation-
    maximisation) and the best number of agreeing fields, which is more help than ours gets."""
    import pandas
    import recordlinkage

    rows = {
        id: {
            "given": each.name.lower().partition(" ")[0],
            "rest": each.name.lower().partition(" ")[2],
            "born": each.day or (str(each.birth.to_year) if each.birth else ""),
            "sex": each.sex,
            "place": each.place or each.area,
            "phone": each.phone.decode(),
        }
        for id, each in data.records.items()
    }
    frame = pandas.DataFrame.from_dict(rows, orient="index").replace("", None)
    comparing = recordlinkage.Compare()
    for text in ("given", "rest", "born", "place"):
        comparing.string(text, text, method="jarowinkler", threshold=0.85, label=text)
    for exact in ("sex", "phone"):
        if frame[exact].notna().any():
            comparing.exact(exact, exact, label=exact)
    compared = comparing.compute(pandas.MultiIndex.from_tuples(sorted(pairs)), frame)
    found = [recordlinkage.ECMClassifier(binarize=0.5).fit_predict(compared)]
    agreeing = compared.sum(axis=1)
    found += [compared.index[agreeing >= least] for least in range(2, compared.shape[1] + 1)]
    scores = [figures({pair(a, b) for a, b in matches}, data.links) for matches in found]
    return max(scores, key=lambda score: score["f1"]) | {"classifier_f1": scores[0]["f1"]}


def febrl(number: int) -> Labelled:
    """One of the four sets: names, birth date and suburb, and nothing else."""
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_febrl{number}")(return_links=True)
    *frames, links = loaded
    records = {
        id: Record(
            f"{row['given_name']} {row['surname']}".strip(), day=row["date_of_birth"], place=row["suburb"]
        )
        for frame in frames
        for id, row in frame.fillna("").to_dict("index").items()
    }
    left = frozenset(frames[0].index) if len(frames) == 2 else frozenset()
    return Labelled(records, {pair(a, b) for a, b in links}, left)


def regional(rows: Iterable[Row]) -> Labelled:
    """A labelled register as records, and the pairs that bear one person's id."""
    records, by_person = {}, defaultdict(list)
    for row in rows:
        records[row.record_id] = _record(row)
        by_person[row.person_id].append(row.record_id)
    links = {
        pair(a, b) for ids in by_person.values() for place, a in enumerate(ids) for b in ids[:place] if a != b
    }
    return Labelled(records, links)


def _record(row: Row) -> Record:
    years = [int(text[:4]) for text in (row.birth_from, row.birth_to) if text[:4].isdigit()]
    exact = row.birth_from if row.birth_from == row.birth_to and len(row.birth_from) == 10 else ""
    birth = (
        Birth(min(years), max(years), "day" if exact else "year", "gregorian", "", exact) if years else None
    )
    coded = bool(_P_CODE.fullmatch(row.admin2))
    return Record(
        row.full_name,
        birth,
        row.sex.strip().lower()[:1],
        row.admin2 if coded else "",
        row.phone.strip().encode(),
        place="" if coded else row.admin2,
    )


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    columns = Row.__dataclass_fields__
    return [Row(**{column: (line.get(column) or "") for column in columns}) for line in lines]


def measured(name: str, data: Labelled, profile: Profile, report: dict[str, object]) -> None:
    """One set, by both, into the report."""
    started = time.perf_counter()
    pairs = candidates(data, profile.regional)
    result = ours(data, pairs, profile)
    print(f"{name}: {len(data.records)} records, {result}, {time.perf_counter() - started:.1f} s", flush=True)
    report[name] = result
    baseline = report.setdefault("baseline", {})
    assert isinstance(baseline, dict)
    baseline[name] = theirs(data, pairs)
    print(f"{name}: recordlinkage {baseline[name]}", flush=True)


def main(arguments: Mapping[str, object]) -> None:
    warnings.filterwarnings("ignore")
    report: dict[str, object] = {}
    if arguments["csv"]:
        measured("csv", regional(_read(Path(str(arguments["csv"])))), REGION, report)
    else:
        for number in (1, 2, 3, 4):
            measured(f"febrl{number}", febrl(number), WESTERN, report)
        measured("region", regional(register(_SEED, _PEOPLE)), REGION, report)
        large = regional(register(_SEED + 1, int(str(arguments["people"]))))
        result = search(large.records, large.links)
        report["search"] = result
        report["search_500k_ms"] = {"p50": result["p50_ms"], "p99": result["p99_ms"]}
    print(json.dumps(report))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv", help="another labelled register to score")
    parser.add_argument(
        "--people", default=385_000, type=int, help="people in the search; about 1.3 records each"
    )
    main(vars(parser.parse_args()))

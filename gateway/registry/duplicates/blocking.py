"""Which records are worth comparing: short texts, of which two records of one person nearly always share one.

Each text is made a blind index elsewhere, so that a name is found without being readable. A record is stored under
`stored` and looked for under `searched`, which is wider by a birth year on each side.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gateway.registry.duplicates.common import common
from gateway.registry.duplicates.evidence import region
from gateway.registry.duplicates.keys import Token, bones, tokens
from gateway.registry.duplicates.score import Record

_WIDEST = 4  # years; a birth known less well finds nobody by its years


def stored(record: Record, regional: bool = True) -> tuple[str, ...]:
    """The blocking keys under which a record is kept, sorted, each once."""
    return tuple(sorted(set(_keys(record, regional, 0))))


def searched(record: Record, regional: bool = True) -> tuple[str, ...]:
    """The blocking keys by which its likely duplicates are found among those stored."""
    return tuple(sorted(set(_keys(record, regional, 1))))


def _keys(record: Record, regional: bool, wider: int) -> Iterator[str]:
    words = [_bones(token) for token in tokens(record.name, regional)]
    if not regional:
        yield from _western(record, words)
        return
    own, rest = words[:1], words[1:3]
    years = _years(record, wider)
    if len(words) > 2:
        yield "n:" + ".".join(sorted(words[:3]))
    for one, other in combinations(words[:3], 2):
        pair = ".".join(sorted((one, other)))
        yield from (f"p:{pair}:{year}" for year in years)
        if record.area:
            yield f"a:{pair}:{region(record.area)}"
        if not years:
            yield f"p:{pair}"
    for word in own:
        if record.area:
            yield from (f"o:{word}:{record.area}:{year}" for year in years)
        if record.phone:
            yield f"t:{word}:{record.phone.hex()}"
    for word in rest:
        if record.phone:
            yield f"f:{word}:{record.phone.hex()}"


def _years(record: Record, wider: int) -> list[int]:
    if record.birth is None or record.birth.to_year - record.birth.from_year >= _WIDEST:
        return []
    return list(range(record.birth.from_year - wider, record.birth.to_year + wider + 1))


def _bones(token: Token) -> str:
    """The bones that every spelling of the name has, as far as the table of common names knows."""
    name = common(token)
    return bones(tokens(name)[0].key) if name else token.bones


def _western(record: Record, words: list[str]) -> Iterator[str]:
    """For names of two tokens, dates to the day and places by name."""
    place = "".join(token.key for token in tokens(record.place, False))
    year, rest = record.day[:4], record.day[4:]
    for word in (word[:3] for word in words):
        if record.day:
            yield f"y:{word}:{year}"
            yield f"d:{word}:{rest}"
        if place:
            yield f"s:{word}:{place[:4]}"
    plain = [token.key[:3] for token in tokens(record.name, False)]
    for one, other in combinations(sorted(plain), 2):
        yield f"p:{one}.{other}"
    if record.day:
        yield f"b:{record.day}"
        if place:
            yield f"y:{place[:3]}:{year}"
            yield f"d:{place[:3]}:{rest}"

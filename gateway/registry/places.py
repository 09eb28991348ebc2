"""The places of a country, found by what people type on a keypad: first letters, or a name as they spell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.registry.spelling import key
from gateway.text.clean import fold

SURE = 0.8  # a score below this is only ever offered, never taken
_CLEAR_LEAD = 0.1
_WORTH_OFFERING = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its P-code. `level` is its administrative level; `parent` the code of the place around it."""

    code: str
    name: str
    level: int
    parent: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may be meant. `score` is 1.0 for the same name, down to 0.0 for nothing in common."""

    place: Place
    score: float


class Gazetteer:
    """The places given, ready to be searched. Built once and shared: nothing in it changes.

    Raises `ValueError` where a place lies in one of its own level or below.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.code: place for place in places}
        for place in self._places.values():
            if place.parent in self._places and self._places[place.parent].level >= place.level:
                raise ValueError(f"place {place.code} lies in {place.parent}, which is no wider")
        spelled = [
            (fold(name), place) for place in self._places.values() for name in (place.name, *place.aliases)
        ]
        self._owners = [place for _, place in spelled]
        self._names = [name for name, _ in spelled]
        self._keys = [key(name) for name in self._names]

    def find(self, typed: str, limit: int = 4) -> tuple[Match, ...]:
        """The places that may be meant, best first: one alone where it is sure, else at most `limit`.

        A lone match under `SURE` is the only candidate, and still to be confirmed. A name shared by a place and
        one around it means the larger: it is true of both.
        """
        best: dict[str, Match] = {}
        for place, score in self._scores(fold(typed)):
            if place.code not in best or best[place.code].score < score:
                best[place.code] = Match(place, score)
        ranked = sorted(
            (match for match in best.values() if not self._stands_in_for(best, match)),
            key=lambda match: (-match.score, match.place.level, match.place.name),
        )
        if len(ranked) > 1 and ranked[0].score >= SURE:
            exact = ranked[0].score == 1.0 > ranked[1].score
            if exact or ranked[0].score - ranked[1].score >= _CLEAR_LEAD:
                return (ranked[0],)
        return tuple(ranked[:limit])

    def name(self, code: str) -> str:
        """A place's name; the code itself where the list no longer has it."""
        place = self._places.get(code)
        return place.name if place else code

    def within(self, code: str, area: str) -> bool:
        """Whether a place is an area or lies in it. An unknown code lies in nothing but itself."""
        while code != area:
            if code not in self._places:
                return False
            code = self._places[code].parent
        return True

    def _scores(self, typed: str) -> Iterator[tuple[Place, float]]:
        """By first letters, from 0.8 up to 1.0; by likeness of spelling, of the name or of its key."""
        from rapidfuzz import fuzz, process  # here, since a process that finds no places need not carry it

        if not typed:
            return
        for name, place in zip(self._names, self._owners, strict=True):
            if name.startswith(typed):
                yield place, SURE + (1 - SURE) * len(typed) / len(name)
        for sought, known in ((typed, self._names), (key(typed), self._keys)):
            found = process.extract(
                sought, known, scorer=fuzz.ratio, limit=None, score_cutoff=100 * _WORTH_OFFERING
            )
            for _, percent, index in found:
                # Alike in sound is not yet the same name: only the name itself scores a full 1.0.
                yield self._owners[index], percent / 100 if known is self._names else 0.95 * percent / 100

    def _stands_in_for(self, best: dict[str, Match], match: Match) -> bool:
        """Whether a place around this one matched as well or better under the same name."""
        around = best.get(match.place.parent)
        return (
            around is not None
            and around.score >= match.score
            and key(around.place.name) == key(match.place.name)
        )

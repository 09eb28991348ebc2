"""The places of a country, found by what people type on a keypad: first letters, or a name as they spell it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from gateway.registry.duplicates.keys import tokens
from gateway.registry.spelling import key, keys
from gateway.text.clean import fold

SURE = 0.8  # a score below this is only ever offered, never taken
_CLEAR_LEAD, _TOWNS_LEAD = 0.1, 0.25
_WORTH_OFFERING = 0.6
_BY_SOUND = 0.95  # alike in sound is not yet the same name
_BY_LATER_WORD = 0.75  # Juba is Lower Juba or Middle Juba
_BY_WORDS = 0.9  # the same words in another order
_BY_BONES = 0.79  # consonants alone: enough to offer, never to take
_FEWEST_BONES = 3
_REMEMBERED = 1024  # searches of a process: most people of a country come from the same few places
_SHORT, _BY_SHORT = 5, 0.85  # of fewer letters, one wrong letter makes another place
_BY_TOWN = 0.83  # a town leads to its place as it is spelled; misspelt, the place is only offered
_ASIDE = re.compile(r"\(.*?\)| - [A-Z]{2}$")
_PARTED = re.compile(r"/| - ")
# What an area is, in any of the languages: it tells no place from another.
_KINDS = frozenset(
    "zone region state district county town city locality woreda wereda madeinat reifi rural "
    "gobolka gobol degmada degmo magaalada godina naannoo aanaa magaalaa ዞን ክልል ወረዳ ከተማ ዞባ ክፍለ "
    "ولاية ولايه محلية محليه مدينة مدينه منطقة اقليم ريفي ريفى".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its P-code. `level` is its administrative level; `parent` the code of the place around it.

    `aliases` are all other names that it is found by; `names` what it is called in a language, where that is known;
    `towns` are smaller places inside that lead to it.
    """

    code: str
    name: str
    level: int
    parent: str = ""
    aliases: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    towns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may be meant. `score` is 1.0 for the same name, down to 0.0 for nothing in common.

    `inside` says that a town in it was meant, and not the place by a name of its own.
    """

    place: Place
    score: float
    inside: bool = False


@dataclass(frozen=True, slots=True)
class _Spellings:
    """Spellings in one form, and at the same index the place that each leads to and whether it is a town's."""

    texts: list[str]
    owners: list[tuple[Place, bool]]

    @classmethod
    def of(cls, spelled: Iterable[tuple[str, Place, bool]]) -> _Spellings:
        """Each spelling of a place once."""
        every = {(text, place.code, town): (place, town) for text, place, town in spelled if text}
        return cls([text for text, _, _ in every], list(every.values()))


class Gazetteer:
    """The places given, ready to be searched. Shared: nothing in it changes but what searches prepare and remember.

    Raises `ValueError` where a place lies in one of its own level or below.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.code: place for place in places}
        for place in self._places.values():
            if place.parent in self._places and self._places[place.parent].level >= place.level:
                raise ValueError(f"place {place.code} lies in {place.parent}, which is no wider")
        self._found = lru_cache(maxsize=_REMEMBERED)(self._search)

    @property
    def places(self) -> tuple[Place, ...]:
        """All places, in the order of the list."""
        return tuple(self._places.values())

    def find(self, typed: str, limit: int = 4) -> tuple[Match, ...]:
        """The places that may be meant, best first: one alone where it is sure, else at most `limit`.

        A lone match under `SURE` is the only candidate, and still to be confirmed. A name shared by a place and
        one around it means the larger: it is true of both.
        """
        return self._found(_bare(fold(typed)), limit)

    def _search(self, sought: str, limit: int) -> tuple[Match, ...]:
        best: dict[str, Match] = {}
        for match in self._matches(sought):
            held = best.get(match.place.code)
            if held is None or (held.score, match.inside) < (match.score, held.inside):
                best[match.place.code] = match
        ranked = sorted(
            (match for match in best.values() if not self._stands_in_for(best, match)),
            key=lambda match: (-match.score, match.inside, match.place.level, match.place.name),
        )
        if len(ranked) > 1 and ranked[0].score >= SURE:
            lead = ranked[0].score - ranked[1].score
            if ranked[0].inside:
                clear = lead >= _TOWNS_LEAD
            else:
                clear = lead >= _CLEAR_LEAD or ranked[0].score == 1.0 > ranked[1].score
            if clear:
                return (ranked[0],)
        return tuple(ranked[:limit])

    def name(self, code: str, language: str = "") -> str:
        """A place's name, in a language where it has one; the code itself where the list no longer has it."""
        place = self._places.get(code)
        return place.names.get(language, place.name) if place else code

    def labels(self, codes: Sequence[str], language: str = "") -> tuple[str, ...]:
        """The names of places that are shown beside each other; of two of one name, each with what is around it."""
        names = [self.name(code, language) for code in codes]
        times = Counter(names)
        around = [self._places[code].parent if code in self._places else "" for code in codes]
        return tuple(
            f"{name} - {self.name(parent, language)}" if times[name] > 1 and parent in self._places else name
            for name, parent in zip(names, around, strict=True)
        )

    def within(self, code: str, area: str) -> bool:
        """Whether a place is an area or lies in it. An unknown code lies in nothing but itself."""
        while code != area:
            if code not in self._places:
                return False
            code = self._places[code].parent
        return True

    def around(self, code: str) -> tuple[str, ...]:
        """A place and all that it lies in, the nearest first, its country last."""
        found = [code]
        while found[-1] in self._places and self._places[found[-1]].parent:
            found.append(self._places[found[-1]].parent)
        return tuple(found)

    def inside(self, code: str) -> tuple[str, ...]:
        """All places that lie in a place or a country, at any depth."""
        return self._contents.get(code, ())

    @cached_property
    def _contents(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for place in self._places:
            for outer in self.around(place)[1:]:
                found.setdefault(outer, []).append(place)
        return {outer: tuple(inner) for outer, inner in found.items()}

    @cached_property
    def _plain(self) -> _Spellings:
        """Made at the first search, as the four below: most processes read a policy and find no place."""
        return _Spellings.of(
            (name, place, name in towns)
            for place in self.places
            for towns in (frozenset(_forms(place.towns)),)
            for name in (*_forms((place.name, *place.aliases)), *towns)
        )

    @cached_property
    def _sounds(self) -> _Spellings:
        return _Spellings.of(
            (sound, *owner)
            for name, owner in zip(self._plain.texts, self._plain.owners, strict=True)
            for sound in keys(name)
        )

    @cached_property
    def _words(self) -> _Spellings:
        return _Spellings.of(
            (_sorted(name), *owner)
            for name, owner in zip(self._plain.texts, self._plain.owners, strict=True)
            if " " in name
        )

    @cached_property
    def _bones(self) -> _Spellings:
        return _Spellings.of(
            (_bones(name), place, False)
            for place in self.places
            for name in _forms((place.name, *place.aliases))
            if len(_bones(name)) >= _FEWEST_BONES
        )

    @cached_property
    def _addresses(self) -> _Spellings:
        """Each place's name with that of the place around it."""
        return _Spellings.of(
            (_sorted(f"{_bare(fold(_ASIDE.sub('', place.name)))} {fold(around.name)}"), place, False)
            for place in self.places
            if (around := self._places.get(place.parent))
        )

    def _matches(self, sought: str) -> Iterator[Match]:
        """By first letters, from 0.8 up to 1.0 (of a later word: less); by likeness of spelling, sound, words."""
        if not sought:
            return
        for name, (place, town) in zip(self._plain.texts, self._plain.owners, strict=True):
            if name.startswith(sought):
                share = SURE + (1 - SURE) * len(sought) / len(name)
                yield Match(place, share * _BY_TOWN if town and share < 1 else share, town)
            elif not town and f" {sought}" in name:
                yield Match(place, _BY_LATER_WORD, town)
        yield from _alike(sought, self._plain, 1.0)
        for sound in keys(sought):
            yield from _alike(sound, self._sounds, _BY_SOUND)
        if " " in sought:
            yield from _alike(_sorted(sought), self._words, _BY_WORDS)
            yield from _alike(_sorted(sought), self._addresses, _BY_WORDS)
        if len(bones := _bones(sought)) >= _FEWEST_BONES:
            yield from _alike(bones, self._bones, _BY_BONES)

    def _stands_in_for(self, best: dict[str, Match], match: Match) -> bool:
        """Whether a place around this one matched as well or better under the same name."""
        around = best.get(match.place.parent)
        return (
            around is not None
            and around.score >= match.score
            and key(_bare(fold(around.place.name))) == key(_bare(fold(match.place.name)))
        )


def _alike(sought: str, known: _Spellings, worth: float) -> Iterator[Match]:
    """The places whose spelling is like what is sought, with the likeness times `worth`."""
    from rapidfuzz import fuzz, process  # here, since a process that finds no places need not carry it

    cutoff = 100 * _WORTH_OFFERING / worth
    found = process.extract(sought, known.texts, scorer=fuzz.ratio, limit=None, score_cutoff=cutoff)
    for _, percent, index in found:
        place, town = known.owners[index]
        score = worth * percent / 100
        if score < 1:
            score *= _BY_TOWN if town else 1
        if percent < 100:
            score *= _BY_SHORT if len(sought) < _SHORT else 1
        if score >= _WORTH_OFFERING:
            yield Match(place, score, town)


def _forms(names: Iterable[str]) -> Iterator[str]:
    """Each name folded, without what stands aside in brackets, and each side of a slash."""
    for name in names:
        short = _ASIDE.sub("", name)
        yield fold(name)
        yield from (_bare(fold(part)) for part in (short, *_PARTED.split(short)) if part.strip())


def _sorted(folded: str) -> str:
    """The words of a name in one order, whatever order they were written in."""
    return " ".join(sorted(folded.split()))


def _bare(folded: str) -> str:
    """A folded name without the words for what an area is, where anything is left."""
    return " ".join(word for word in folded.split() if word not in _KINDS) or folded


def _bones(folded: str) -> str:
    """The consonants of a name: all that Arabic, which writes no short vowels, shares with Latin letters."""
    return "".join(token.bones for token in tokens(folded)).lower()

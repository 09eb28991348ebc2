"""How far two names agree: the best pairing of their tokens, and the points of each pair.

Tokens may be missing, swapped, joined or in another script. The own name weighs most: brothers and sisters share the
rest, and a child's name goes on with the father's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from rapidfuzz.distance import OSA

from gateway.registry.duplicates.common import Shares, common
from gateway.registry.duplicates.keys import Token, together
from gateway.registry.duplicates.profiles import Profile

_SHORT = 4  # letters: in a shorter key one letter makes another name
_NEAR, _FAINT = 0.75, 0.6  # similarity of keys, 0 to 1
_SERVANT = "abd"
_SURE = 0.9  # of two records of one person, how many write the name alike


@dataclass(frozen=True, slots=True)
class Pair:
    """Token `one` of the first name and `other` of the second (places from 0; -1 for none), and what it is worth."""

    one: int
    other: int
    agreement: str
    points: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The pairing of two names: `total` points, and whether both have the same own name, as far as spelling tells."""

    pairs: tuple[Pair, ...]
    total: float
    own: bool


def agreement(one: Sequence[Token], other: Sequence[Token], shares: Shares, profile: Profile) -> Agreement:
    """The best pairing of two names, each of at least one token."""
    one, other = _joined(one, other)
    worth = [[_pair(a, b, i, j, shares, profile) for j, b in enumerate(other)] for i, a in enumerate(one)]
    best: Agreement | None = None
    for pairs in _pairings(worth, 0, frozenset()):
        found = _whole(pairs, len(one), len(other), profile)
        if best is None or found.total > best.total:
            best = found
    assert best
    return best


def _joined(one: Sequence[Token], other: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Two neighbours as one word where that is a word of the other name: `Abdi Rashid`, `Abdirashid`."""
    return _regrouped(one, other), _regrouped(other, one)


def _regrouped(name: Sequence[Token], model: Sequence[Token]) -> Sequence[Token]:
    if len(name) < 2:
        return name
    apart = {token.key for token in name}
    whole = [token.key for token in model if token.key not in apart and len(token.key) > _SHORT]
    for at in range(len(name) - 1) if whole else ():
        both = together(name[at], name[at + 1])
        if any(OSA.normalized_similarity(both.key, key) >= 0.85 for key in whole):
            return (*name[:at], both, *name[at + 2 :])
    return name


def _pairings(worth: list[list[Pair]], row: int, taken: frozenset[int]) -> Iterator[tuple[Pair, ...]]:
    """The ways to pair the tokens that agree at all, leaving any of them alone."""
    if row == len(worth):
        yield ()
        return
    if row not in taken and _settled(worth, row):
        for rest in _pairings(worth, row + 1, taken | {row}):
            yield (worth[row][row], *rest)
        return
    for pair in worth[row]:
        if pair.points > 0 and pair.other not in taken:
            for rest in _pairings(worth, row + 1, taken | {pair.other}):
                yield (pair, *rest)
    yield from _pairings(worth, row + 1, taken)


def _settled(worth: list[list[Pair]], at: int) -> bool:
    """Whether the same word stands in the same place of both and nowhere else: it has no better partner."""
    if at >= len(worth[at]) or worth[at][at].agreement != "same":
        return False
    elsewhere = (*worth[at], *(line[at] for line in worth))
    return sum(pair.agreement == "same" for pair in elsewhere) == 2


def _whole(pairs: tuple[Pair, ...], one: int, other: int, profile: Profile) -> Agreement:
    """A pairing with what is left over: tokens on both sides differ, those on one side are missing."""
    left = [n for n in range(one) if n not in {pair.one for pair in pairs}]
    right = [n for n in range(other) if n not in {pair.other for pair in pairs}]
    rest = [Pair(a, b, "different", profile.name_differs) for a, b in zip(left, right, strict=False)]
    lone = [Pair(a, -1, "missing", profile.name_missing) for a in left[len(right) :]]
    lone += [Pair(-1, b, "missing", profile.name_missing) for b in right[len(left) :]]
    order = [pair.other for pair in pairs]
    extra, own = _own(pairs, left, right, profile)
    swapped = profile.swapped if order != sorted(order) else 0.0
    every = (*pairs, *rest, *lone)
    total = sum(pair.points for pair in every) + extra + swapped
    return Agreement(every, total, own)


def _own(pairs: tuple[Pair, ...], left: list[int], right: list[int], profile: Profile) -> tuple[float, bool]:
    """What the own names add, and whether they are one: paired together, or both paired crosswise."""
    if 0 in left and 0 in right:
        return profile.own_differs, False
    if 0 in left or 0 in right:
        return profile.own_missing, False
    in_place = next((pair for pair in pairs if pair.one == 0 and pair.other == 0), None)
    return (0.0 if in_place else profile.own_moved), in_place is None or in_place.agreement != "faint"


def _pair(a: Token, b: Token, i: int, j: int, shares: Shares, profile: Profile) -> Pair:
    """Two tokens side by side."""
    how, likeness = _likeness(a, b, profile.regional)
    if how == "different":
        return Pair(i, j, how, profile.name_differs)
    share = max(shares.of(_word(a, profile)), shares.of(_word(b, profile)))
    points = log2(_SURE / share)
    if how == "alike":
        points += profile.name_alike
    elif how in ("near", "faint"):
        points = points * likeness - 1.5
    return Pair(i, j, how, max(points, 0.3))


def word(token: Token, regional: bool = True) -> str:
    """What the shares count a token under: its common name, else its key."""
    return (common(token) if regional else "") or token.key


def _word(token: Token, profile: Profile) -> str:
    return word(token, profile.regional)


@lru_cache(maxsize=262144)
def _likeness(a: Token, b: Token, regional: bool) -> tuple[str, float]:
    """`same`, `alike`, `near`, `faint` or `different`; for the middle ones what part of the points is left."""
    if a.key == b.key:
        return "same", 1.0
    if regional:
        told = _named(a, b)
        if told:
            return told, 1.0
    if a.vowels != b.vowels:
        return _across(a, b)
    return _spelt(a, b, regional)


def _spelt(a: Token, b: Token, regional: bool) -> tuple[str, float]:
    """Two tokens in scripts of one kind, by the distance of their keys."""
    one, other = _told_apart_by(a.key, b.key) if regional else (a.key, b.key)
    likeness = OSA.normalized_similarity(one, other)
    length = max(len(one), len(other))
    if regional and (_one_vowel(a, b) or _article(a.key, b.key) or _article(b.key, a.key)):
        return "alike", 1.0
    if likeness >= _NEAR and length >= _SHORT:
        return "near", 0.8
    if likeness >= _FAINT and length >= _SHORT:
        return "faint", 0.45
    if length and min(len(a.key), len(b.key)) == 1 and a.key[:1] == b.key[:1]:
        return "faint", 0.3
    return "different", 0.0


def _one_vowel(a: Token, b: Token) -> bool:
    return a.bones == b.bones and len(a.bones) > 1 and OSA.distance(a.key, b.key) == 1


def _article(one: str, other: str) -> bool:
    """Whether one key is the other with the article written onto it: Eltahir, Tahir."""
    return len(other) >= _SHORT and one in ("al" + other, "il" + other)


def _told_apart_by(one: str, other: str) -> tuple[str, str]:
    """What is left of two names that both begin with Abd, which says nothing."""
    if one.startswith(_SERVANT) and other.startswith(_SERVANT) and min(len(one), len(other)) > _SHORT:
        return one.removeprefix(_SERVANT), other.removeprefix(_SERVANT)
    return one, other


def _named(a: Token, b: Token) -> str:
    """What is known of two names: one name in two spellings, two names, or nothing."""
    one, other = common(a), common(b)
    if one and other:
        return "same" if one == other else "different"
    if a.vowels == b.vowels:
        feminine = a.key + "a" == b.key or b.key + "a" == a.key
    else:
        feminine = a.bones + "a" == b.bones or b.bones + "a" == a.bones
    return "different" if feminine else ""  # Noor and Noura


def _across(a: Token, b: Token) -> tuple[str, float]:
    """Two scripts, one of which writes no short vowels: only the bones can be compared."""
    if a.bones == b.bones:
        return ("alike", 1.0) if len(a.bones) > 1 else ("faint", 0.5)
    if min(len(a.bones), len(b.bones)) >= _SHORT and OSA.distance(a.bones, b.bones) == 1:
        return "near", 0.6
    return "different", 0.0

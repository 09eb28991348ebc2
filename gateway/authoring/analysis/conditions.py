"""What the conditions of a flow tell of its variables, found by trying them out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from gateway.commands import SECRETS, Kind
from gateway.conversation import expression
from gateway.conversation.expression import FACTS, Condition
from gateway.conversation.flow import Flow
from gateway.conversation.states import STRINGS
from gateway.errors import FlowError
from gateway.messages import ChannelName

MOST_TRIED = 4000
"""Combinations of values that are tried for one state; with more than these nothing is said."""

_QUOTED = r"'[^'\\]*'|\"[^\"\\]*\""
_PLAIN = re.compile(rf"(?:\s|{_QUOTED}|[0-9]+|[A-Za-z_]\w*|&&|\|\||[!=<>]=|[!<>()\[\],])*")
_CALLED = re.compile(r"\b(?!in\b)[A-Za-z_]\w*\s*\(")
_STRING = re.compile(_QUOTED)
_WHOLE = re.compile(r"\b[0-9]{1,9}\b")
_ANOTHER = "another value"


@dataclass(frozen=True, slots=True)
class Told:
    """The variables that must have a value where a condition holds, and where it does not."""

    holds: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()


def kinds(flow: Flow) -> Mapping[str, Kind]:
    """The variables of a flow that a condition may speak of."""
    return {each.name: each.kind for each in flow.variables.values() if each.kind not in SECRETS}


def told(text: str, kinds: Mapping[str, Kind]) -> Told:
    """What a condition tells: `number == ''` fails only where `number` has a value."""
    text = _bare(text)
    either, both = _split(text, "||"), _split(text, "&&")
    if len(either) > 1:
        parts = [told(each, kinds) for each in either]
        return Told(_all(each.holds for each in parts), _any(each.fails for each in parts))
    if len(both) > 1:
        parts = [told(each, kinds) for each in both]
        return Told(_any(each.holds for each in parts), _all(each.fails for each in parts))
    inner = text[1:].strip() if text.startswith("!") else ""
    if inner and _bare(inner) != inner and (opposite := told(inner, kinds)).fails:
        return Told(opposite.fails)  # an error in it fails as well, so nothing is told by its failing
    return _tried(text, kinds)


def _tried(text: str, kinds: Mapping[str, Kind]) -> Told:
    """What one comparison tells: if it holds with its only variable unset, it fails only where that is set."""
    try:
        condition = expression.compile(text, kinds)
    except FlowError:
        return Told()
    needs = [name for name, _ in condition.needs]
    if len(needs) != 1 or needs[0] in FACTS:
        return Told()
    return Told(fails=frozenset(needs)) if condition.holds({}) else Told(holds=frozenset(needs))


def guards(text: str, name: str) -> bool:
    """Whether a condition asks if a variable has a value at all: compares it with its zero, or takes its size."""
    zero = r"(?:''|\"\"|0|false|true|\[\])"
    word = rf"\b{re.escape(name)}\b"
    asked = rf"{word}\s*[!=]=\s*{zero}|{zero}\s*[!=]=\s*{word}|size\(\s*{word}|has\(\s*{word}|!\s*{word}"
    return re.search(asked, text) is not None


def same(text: str) -> str:
    """A condition without what makes no difference in it, to compare it with another."""
    return re.sub(rf"({_QUOTED})|\s+", lambda found: found[1] or "", _bare(text))


@dataclass(frozen=True, slots=True)
class Reached:
    """For each condition of a list: the values it holds for at all, and those for which it is the first to hold.

    Both are counts among `tried` combinations; None for a condition too rich to be tried.
    """

    tried: int
    holds: tuple[int | None, ...]
    first: tuple[int | None, ...]


def reached(
    conditions: Sequence[Condition],
    kinds: Mapping[str, Kind],
    known: Mapping[str, frozenset[str]],
    languages: Sequence[str],
) -> Reached | None:
    """Tries every combination of the values that the conditions can tell apart.

    `known` are the only values that some variables can have. None where there are too many combinations.
    """
    plain = [_is_plain(each, kinds) for each in conditions]
    needs = sorted(
        {name for each, simple in zip(conditions, plain, strict=True) if simple for name, _ in each.needs}
    )
    texts = " ".join(each.text for each, simple in zip(conditions, plain, strict=True) if simple)
    values = [_values(name, kinds, known, languages, texts) for name in needs]
    count = prod(len(each) for each in values)
    if count > MOST_TRIED:
        return None
    holds, first = [0] * len(conditions), [0] * len(conditions)
    for combination in product(*values):
        given = dict(zip(needs, combination, strict=True))
        taken = False
        for place, condition in enumerate(conditions):
            if plain[place] and condition.holds(given):
                holds[place] += 1
                first[place] += not taken
                taken = True
    return Reached(
        count,
        tuple(each if simple else None for each, simple in zip(holds, plain, strict=True)),
        tuple(each if simple else None for each, simple in zip(first, plain, strict=True)),
    )


def _is_plain(condition: Condition, kinds: Mapping[str, Kind]) -> bool:
    """Whether a condition only compares variables with each other and with what is written in it."""
    rich = [
        name
        for name, _ in condition.needs
        if name == "now_year" or (name in kinds and kinds[name] in (Kind.AGE, Kind.LIST))
    ]
    text = _STRING.sub("''", condition.text)
    return not rich and _PLAIN.fullmatch(condition.text) is not None and _CALLED.search(text) is None


def _values(
    name: str,
    kinds: Mapping[str, Kind],
    known: Mapping[str, frozenset[str]],
    languages: Sequence[str],
    texts: str,
) -> list[Any]:
    """Values of a variable or fact that stand for all it can have, as far as some texts can tell."""
    written = sorted({each[1:-1] for each in _STRING.findall(texts)})
    facts: dict[str, list[Any]] = {
        "channel": list(map(str, ChannelName)),
        "language": ["", *languages],
        "roles": [[], *([each] for each in written), written],
    }
    if name in facts and name not in kinds:
        return facts[name]
    if name in known:
        return ["", *sorted(known[name])]
    kind = kinds[name]
    if kind in STRINGS:
        return list(dict.fromkeys(("", *written, _ANOTHER)))
    if kind is Kind.BOOLEAN:
        return [False, True]
    numbers = {int(each) for each in _WHOLE.findall(_STRING.sub("", texts))} | {0}
    return sorted({near for each in numbers for near in (each - 1, each, each + 1) if near >= 0})


def _bare(text: str) -> str:
    """A condition without brackets around the whole of it."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the bracket closes that a text begins with; -1 where it does not."""
    for place, depth in _depths(text):
        if depth == 0 and text[place] in ")]}":
            return place
    return -1


def _split(text: str, operator: str) -> list[str]:
    """A condition cut at an operator that stands in no brackets; whole where a `?` stands outside them."""
    cuts = []
    for place, depth in _depths(text):
        if depth == 0 and text[place] == "?":
            return [text]
        if depth == 0 and text.startswith(operator, place):
            cuts.append(place)
    starts = [0, *(cut + len(operator) for cut in cuts)]
    return [text[start:end] for start, end in zip(starts, [*cuts, len(text)], strict=True)]


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Each character outside quotes: its place, and how many brackets are open behind it."""
    depth, quote, skip = 0, "", False
    for place, letter in enumerate(text):
        if quote:
            closes = letter == quote and not skip
            skip = letter == "\\" and not skip
            quote = "" if closes else quote
            continue
        if letter in "'\"":
            quote = letter
            continue
        depth += (letter in "([{") - (letter in ")]}")
        yield place, depth


def _any(sets: Iterator[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _all(sets: Iterator[frozenset[str]]) -> frozenset[str]:
    return frozenset.intersection(*sets)

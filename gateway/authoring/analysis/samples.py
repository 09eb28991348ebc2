"""Sample answers and results for generated conversations: some that are taken, one that is refused.

Where a condition compares a variable with something, samples stand on both sides of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice, product
from typing import Any

from gateway.commands import Kind
from gateway.conversation.answers import parse
from gateway.conversation.expression import FACTS
from gateway.conversation.flow import Choose, Decide, Do, Flow, Variable
from gateway.messages import Rejected

Literals = Mapping[str, frozenset[str | int]]
"""What each variable (and fact) of a flow is compared with in its conditions."""

MOST_RESULTS = 64
"""Combinations of result values that one outcome is tried with."""

_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"|\b([0-9]{1,9})\b")
_LONG_NAME = "ወልደ ገብርኤል ተስፋ ሚካኤል " * 8
_LONG_TEXT = "Woqooyi Galbeed iyo Hargeysa " * 12
_TYPED: Mapping[Kind, tuple[str, ...]] = {
    Kind.AGE: ("35",),
    Kind.MONTH: ("05 2026", "2026"),
    Kind.DATE: ("25/12",),
    Kind.CERTIFICATE_NUMBER: ("5284 0173 9255",),
    Kind.LEG_CODE: ("123455",),
    Kind.HOLDER_CODE: ("830296",),
    Kind.YEAR: ("1990",),
}
_RESULTS: Mapping[Kind, Any] = {
    Kind.MONTH: "2028-11",
    Kind.DATE: "2026-12-25",
    Kind.CODE: "something_else",
    Kind.PLACE: "SO1201",
    Kind.CERTIFICATE_NUMBER: "528401739255",
    Kind.LEG_CODE: "123455",
    Kind.PERSON: "K7R249XM",
    Kind.PHONE: "+252611111111",
    Kind.YEAR: 1990,
    Kind.NUMBER: 4,
    Kind.BOOLEAN: True,
    Kind.AGE: {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"},
}
_LABELS = (
    "Hargeysa",
    "Woqooyi Galbeed",
    "Burco",
    "Boorama",
    "Berbera",
    "Gabiley",
    "Ceerigaabo",
    "Laascaanood",
)
_REFUSED = ("?", "xyzzy", "9" * 9, "x" * 90, "x" * 400, "x" * 5000)


def literals(flow: Flow) -> Literals:
    """What the conditions of a flow compare each variable and fact with."""
    found: dict[str, set[str | int]] = {}
    for state in flow.states.values():
        for condition, _ in state.branches if isinstance(state, Decide) else ():
            values = {
                int(number) if number else one or other
                for one, other, number in _LITERAL.findall(condition.text)
            }
            for name, _ in condition.needs:
                found.setdefault(name, set()).update(values)
    return {name: frozenset(values) for name, values in found.items()}


def facts(known: Literals) -> frozenset[str]:
    """The facts (channel, language, roles, year) that conditions ask for."""
    return frozenset(known) & FACTS.keys()


def typed(variable: Variable, compared: frozenset[str | int], now: datetime) -> tuple[str, ...]:
    """Texts that are taken as an answer, the plainest first; empty where nothing that is known here is."""
    return tuple(
        text
        for text in dict.fromkeys(_candidates(variable, compared))
        if not isinstance(parse(variable, text, now), Rejected)
    )


def refused(variable: Variable, now: datetime) -> str | None:
    """A text that is no answer, or None where everything is."""
    return next((text for text in _REFUSED if isinstance(parse(variable, text, now), Rejected)), None)


def results(flow: Flow, state: Do, outcome: str, known: Literals) -> list[dict[str, Any]]:
    """Values that an outcome may bring, every combination of those that conditions tell apart."""
    saved = dict(state.outcomes[outcome].saves)
    kinds = state.call.outcomes[outcome]
    choices = [_values(flow, kind, saved.get(result, ""), known) for result, kind in kinds.items()]
    return [dict(zip(kinds, values, strict=True)) for values in islice(product(*choices), MOST_RESULTS)]


def _candidates(variable: Variable, compared: frozenset[str | int]) -> Iterator[str]:
    least, most = variable.least, variable.most
    numbers = sorted(each for each in compared if isinstance(each, int))
    words = sorted(each for each in compared if isinstance(each, str) and each)
    match variable.kind:
        case Kind.NUMBER | Kind.YEAR:
            yield from _TYPED.get(variable.kind, ())
            yield from map(str, (least + 1, least, most))
            yield from (str(number + step) for number in numbers for step in (-1, 0, 1))
        case Kind.PIN:
            yield from ("830296174"[:least], "830296174"[:most])
        case Kind.CODE:
            yield from {code: word for word, code in reversed(list(variable.words.items()))}.values()
        case Kind.TEXT:
            yield from ("Hargeysa"[:most], "x" * least, _LONG_TEXT[:most].strip(), *words)
        case Kind.PERSON_NAME:
            yield from ("Asha Ali"[:most], _LONG_NAME[:most].strip(), *words)
        case _:
            yield from (*_TYPED.get(variable.kind, ()), *words)


def _values(flow: Flow, kind: Kind, variable: str, known: Literals) -> list[Any]:
    """Values of one result, told apart only where the variable it is saved in is compared with something."""
    if kind is Kind.LIST:
        return [_list(2), _list(_longest(flow, variable))] if variable else [_list(2)]
    compared = known.get(variable, frozenset())
    usual = _RESULTS.get(kind, "Hargeysa")
    if isinstance(usual, bool):
        return [True, False]
    if isinstance(usual, int):
        numbers = (each for each in sorted(each for each in compared if isinstance(each, int)))
        return list(
            dict.fromkeys([usual, *(n + step for n in numbers for step in (-1, 0, 1) if n + step >= 0)])
        )
    return [usual, *sorted(each for each in compared if isinstance(each, str) and each)]


def _longest(flow: Flow, variable: str) -> int:
    """The most entries that a question shows of a list."""
    most = [
        state.most for state in flow.states.values() if isinstance(state, Choose) and state.source == variable
    ]
    return max(most, default=2)


def _list(entries: int) -> list[dict[str, str]]:
    return [
        {"value": f"SO12{number:02d}", "label": _LABELS[number % len(_LABELS)]} for number in range(entries)
    ]

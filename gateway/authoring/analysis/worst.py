"""The longest that each variable can be as people read it, in Latin letters and in their own.

A value that a command or query gives is as long as what it gives: a place's name, a certificate number. One that
people type is as long as its variable allows. What a policy lists is as long as its longest entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.authoring.project import Project
from gateway.commands import CALLS, SECRETS, Kind
from gateway.conversation.flow import Alphabet, Ask, Choose, Do, Flow, Variable
from gateway.registry.names import initials
from gateway.text.alphabets import measure

_NAMES = {
    "latin": "Abdirahmaan Xuseen Cabdullaahi Maxamuud Tesfaye Bekele ",
    "arabic": "عبدالرحمن محمدالأمين عبدالقادر إبراهيم مصطفى النور ",
    "ethiopic": "ገብረመድኅን ተስፋሚካኤል ወልደጊዮርጊስ ኃይለማርያም ተክለሃይማኖት ",
}
"""Long names of the region, after which longer values are made."""

_INITIALS_OF = 4  # words: own, father's and grandfather's name, one of them of two
_UNKNOWN = 20  # letters of a label or word of which nothing is known
_FIXED: Mapping[Kind, Any] = {
    Kind.AGE: {"raw": "1990"},
    Kind.MONTH: "2028-12",
    Kind.DATE: "2028-12-31",
    Kind.LEG_CODE: "123455",
    Kind.PERSON: "K7R249XM",
    Kind.HOLDER_CODE: "830296",
    Kind.PHONE: "+251911000001",
    Kind.BOOLEAN: False,
}
"""Values of kinds that are always as long."""

_PLACE_NAMES = frozenset(
    {(CALLS["find_places"], "found", "name"), (CALLS["find_places"], "several", "places")}
)
_PEOPLE = frozenset({(CALLS["my_people"], "several", "people")})


class Letters(StrEnum):
    """What the values are written in."""

    LATIN = "latin"
    OWN = "own"  # Arabic or Ethiopic, where the variable allows it: UCS-2 either way


@dataclass(frozen=True, slots=True)
class Facts:
    """What the operator's files say of values.

    `places` are the names of places by the language they are shown in, longest first; `neutral` the longest
    neutral name of a provider; `codes` the longest code of a policy's lists; `digits` of a certificate number.
    """

    places: Mapping[str, tuple[str, ...]]
    neutral: str
    codes: str
    digits: int

    def places_in(self, language: str) -> tuple[str, ...]:
        """The names that a speaker of a language is shown."""
        return self.places.get(language, self.places[""])


def facts(project: Project) -> Facts:
    """What the files of a project say of values."""
    directory = project.bundle.sources.get("directory.yaml")
    organisations = directory.data.get("organisations", {}) if directory else {}
    neutral = [str(each.get("neutral", "")) for each in organisations.values()] if organisations else []
    lists = [codes for policy in project.policies.values() for codes in policy.codes.values()]
    labels = [codes.keys() for policy in project.policies.values() for codes in policy.labels.values()]
    digits = [policy.certificate_random_digits for policy in project.policies.values()]
    return Facts(
        places=_places(project),
        neutral=_longest(neutral) or made(_UNKNOWN, "latin"),
        codes=_longest(code for each in (*lists, *labels) for code in each) or made(_UNKNOWN, "latin"),
        digits=max(digits, default=9) + 3,
    )


def _places(project: Project) -> dict[str, tuple[str, ...]]:
    """The names of all places of the policies' countries, as they are shown in each language; `""`: in none."""
    shown: dict[str, set[str]] = {"": set()}
    for policy in project.policies.values():
        codes = [place.code for place in policy.gazetteer.places]
        for language in ("", *policy.languages):
            shown.setdefault(language, set()).update(policy.gazetteer.labels(codes, language))
    return {
        language: tuple(sorted(names, key=lambda name: (-measure(name)[1], name)))
        for language, names in shown.items()
    }


def made(length: int, alphabet: str) -> str:
    """A text of so many letters that reads like names, in `latin`, `arabic` or `ethiopic`."""
    names = _NAMES[alphabet]
    text = (names * (length // len(names) + 1))[:length]
    return text if not text.endswith(" ") else text[:-1] + names[0]


def values(flow: Flow, letters: Letters, language: str, channel: str, known: Facts) -> dict[str, Any]:
    """Every variable of a flow at its worst, as a session keeps it. Lists come first: labels are found in them."""
    alphabet = _alphabet(letters, language)
    given = _given(flow)
    lists = {
        name: _entries(flow, name, _of(variable, alphabet), language, given.get(name, frozenset()), known)
        for name, variable in flow.variables.items()
        if variable.kind is Kind.LIST
    }
    others = {
        name: _value(flow, variable, _of(variable, alphabet), language, channel, given, lists, known)
        for name, variable in flow.variables.items()
        if variable.kind not in (Kind.LIST, *SECRETS)
    }
    return lists | others


def _alphabet(letters: Letters, language: str) -> str:
    if letters is Letters.LATIN:
        return "latin"
    return "arabic" if language == "ar" else "ethiopic"


def _of(variable: Variable, alphabet: str) -> str:
    return "latin" if variable.alphabet is Alphabet.LATIN else alphabet


def _given(flow: Flow) -> dict[str, frozenset[tuple[Any, str, str]]]:
    """For each variable that nobody types: the results it is saved from, as (call, outcome, result)."""
    found: dict[str, set[tuple[Any, str, str]]] = {}
    for state in flow.states.values():
        if isinstance(state, Do):
            for outcome, each in state.outcomes.items():
                for result, name in each.saves:
                    found.setdefault(name, set()).add((state.call, outcome, result))
    typed = {state.save for state in flow.states.values() if isinstance(state, Ask)}
    typed |= {variable.name for trigger in flow.triggers for variable in trigger.take}
    return {name: frozenset(results) for name, results in found.items() if name not in typed}


def _entries(
    flow: Flow,
    name: str,
    alphabet: str,
    language: str,
    given: frozenset[tuple[Any, str, str]],
    known: Facts,
) -> list[dict[str, str]]:
    """A list as long as any question shows of it."""
    shown = [each.most for each in flow.states.values() if isinstance(each, Choose) and each.source == name]
    count = max(shown, default=0)
    if given and given <= _PEOPLE:
        labels = [initials(" ".join(_NAMES[alphabet].split()[:_INITIALS_OF]))] * count
    elif given and given <= _PLACE_NAMES:
        labels = list(known.places_in(language)[:count])
    else:
        labels = []
    labels += [made(_UNKNOWN, alphabet)] * (count - len(labels))
    return [{"value": f"{name}-{number}", "label": label} for number, label in enumerate(labels)]


def _value(
    flow: Flow,
    variable: Variable,
    alphabet: str,
    language: str,
    channel: str,
    given: Mapping[str, frozenset[tuple[Any, str, str]]],
    lists: Mapping[str, list[dict[str, str]]],
    known: Facts,
) -> Any:
    """The stored value whose reading is the longest."""
    if labels := flow.labels.get(variable.name):
        entries = [entry for source in labels.lists for entry in lists.get(source, ())]
        if entries:
            return entries[0]["value"]
        if labels.fixed:
            return max(labels.fixed, key=lambda code: measure(labels.fixed[code].of(language, channel)[0])[1])
    match variable.kind:
        case Kind.TEXT if (results := given.get(variable.name)) and results <= _PLACE_NAMES:
            names = known.places_in(language)
            return names[0] if names else made(_UNKNOWN, alphabet)
        case Kind.TEXT | Kind.PERSON_NAME:
            return made(variable.most, alphabet)
        case Kind.NUMBER | Kind.YEAR:
            return variable.most
        case Kind.CODE:
            return _longest(variable.words.values()) or known.codes
        case Kind.CERTIFICATE_NUMBER:
            return "5" * known.digits
        case Kind.PLACE:
            return "ET050299"
        case kind:
            return _FIXED[kind]


def notice_value(kind: Kind, labels: Iterable[str], known: Facts) -> str:
    """A notice's placeholder at its worst, ready to be read; `labels` are what a policy shows for its codes."""
    match kind:
        case Kind.CODE:
            return _longest(labels) or known.codes
        case Kind.TEXT | Kind.PLACE:
            return _longest((*known.places_in("")[:1], known.neutral))
        case Kind.PERSON_NAME:
            return made(40, "ethiopic")
        case Kind.CERTIFICATE_NUMBER:
            return "5" * known.digits
        case Kind.NUMBER | Kind.YEAR:
            return "9999"
        case _:
            return str(_FIXED.get(kind, ""))


def _longest(texts: Iterable[str]) -> str:
    """The text that takes the most room, the first by letters of those that take as much."""
    return max(sorted(texts), key=lambda text: measure(text)[1], default="")

"""Who is to be seen first: rules over what is known of a person give a tier, with reasons. Nobody is denied by it.

The rules are data (`flows/screening.yaml`). Here is what they can speak of, and how a tier and the entitlement
classes follow from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from gateway.registry import conditions
from gateway.registry.births import Birth
from gateway.registry.calendars import Calendar
from gateway.registry.conditions import Program


class Tier(StrEnum):
    """How soon somebody is to be seen, the soonest first."""

    IMMEDIATE = "immediate"
    HIGH = "high"
    STANDARD = "standard"


# --- what is known of a person ----------------------------------------------------------------------------

GRADES = ("none", "some", "a_lot", "cannot")
"""Answers to each question of the Washington Group Short Set. From `a_lot` in one domain on, its cut-off, a person
is counted as having a disability (Washington Group on Disability Statistics)."""

DOMAINS = ("see", "hear", "walk", "remember", "care", "speak")
WASHINGTON = tuple(f"wg_{domain}" for domain in DOMAINS)
RESTRICTED = ("trafficking", "detention", "violence", "mental_health", "chronic_illness")
HOUSEHOLD = ("pregnancy", "under_fives", "single_carer")
RELATIONS = ("self", "child", "parent", "other")
"""To who held the phone. The first, for themselves, is what nobody needs to say."""

_TEXT, _NUMBER, _FLAG = cel.Type.STRING, cel.Type.INT, cel.Type.BOOL
_TEXTS = ("sex", "need", "urgent", "return_type", "country_from", "relation", *WASHINGTON)
_NUMBERS = ("people_with", "children_with")
_FLAGS = (*RESTRICTED, *HOUSEHOLD)
FACTS: Mapping[str, cel.Type] = {
    **dict.fromkeys(_TEXTS, _TEXT),
    **dict.fromkeys(("age_min", "age_max", *_NUMBERS), _NUMBER),
    **dict.fromkeys(_FLAGS, _FLAG),
    "details": cel.Type.Map(_TEXT, cel.Type.DYN),
}
"""What every rule may ask. Ages are full years today; `details` are the answers given later, by their names."""

_RECKONED: Mapping[str, Mapping[str, cel.Type]] = {
    "": {},
    "factors": {"factors": _NUMBER},
    "tier": {"tier": _TEXT},
}
_UNSAID = ("", "not_said", "unknown")


def facts_of(record: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What is known of a person from the answers that are kept; what was not said is left out.

    Answers given later may stand beside the first ones or under `details` and `restricted`.
    """
    given: Mapping[str, Any] = record.get("details") or {}
    details = {name: value for name, value in given.items() if value not in _UNSAID}
    said = {**record, **details, **(record.get("restricted") or {})}
    said |= {f"wg_{domain}": said[domain] for domain in DOMAINS if domain in said}
    facts: dict[str, Any] = {"relation": RELATIONS[0], "details": details, **_ages(said.get("age"), today)}
    for names, read in ((_TEXTS, _text), (_NUMBERS, _number), (_FLAGS, _flag)):
        found = {name: read(said[name]) for name in names if name in said}
        facts |= {name: value for name, value in found.items() if value is not None}
    return facts


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value not in _UNSAID else None


def _number(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _flag(value: Any) -> bool | None:
    """Yes or no, or how many there are: of children under five, say."""
    if type(value) is int:
        return value > 0
    if isinstance(value, bool):
        return value
    return {"yes": True, "no": False}.get(value) if isinstance(value, str) else None


def _ages(kept: Any, today: date) -> dict[str, int]:
    """The youngest and the oldest that somebody may be: a birth year alone leaves two ages, and both count."""
    try:
        birth = Birth.from_dict(kept if isinstance(kept, Mapping) else {})
    except KeyError:
        return {}
    # Of an age that was said, the two years tell only that nobody asked for the birthday.
    said = birth.from_year < birth.to_year and birth.calendar == Calendar.GREGORIAN
    if birth.day or said:
        return dict.fromkeys(("age_min", "age_max"), birth.age(today))
    youngest, oldest = today.year - birth.to_year - 1, today.year - birth.from_year
    return {"age_min": max(0, youngest), "age_max": max(0, oldest)}


# --- the rules --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `tier` is what it gives; None for a factor, which is only counted. `why` is its reason by language."""

    id: str
    tier: Tier | None
    when: Program
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The rules, each id once. `version` is a hash of all that decides: a text said otherwise is no new version."""

    rules: tuple[Rule, ...] = ()
    version: str = ""

    def why(self, rule: str, language: str) -> str:
        """The reason that a rule stands for; in English where the language lacks it, the id where the rule is gone."""
        found = next((each.why for each in self.rules if each.id == rule), {})
        return found.get(language) or found.get("en", rule)


@dataclass(frozen=True, slots=True)
class Screening:
    """A tier and why: the ids of the rules that hold, in their order, and the version of all of them."""

    tier: Tier
    reasons: tuple[str, ...]
    version: str


def screen(ruleset: Ruleset, facts: Mapping[str, Any]) -> Screening:
    """The soonest tier that any rule gives. Rules that hold beside it are reasons too, and so is each factor."""
    held = {rule.id for rule in ruleset.rules if rule.tier is None and rule.when.holds(facts)}
    counted = {**facts, "factors": len(held)}
    given = {
        rule.id: rule.tier for rule in ruleset.rules if rule.tier is not None and rule.when.holds(counted)
    }
    reasons = tuple(rule.id for rule in ruleset.rules if rule.id in held or rule.id in given)
    return Screening(soonest(given.values()), reasons, ruleset.version)


def soonest(tiers: Iterable[Tier]) -> Tier:
    """The soonest of some tiers; the standard one where there is none."""
    found = frozenset(tiers)
    return next((tier for tier in Tier if tier in found), Tier.STANDARD)


def condition(text: str, reckoned: str = "") -> Program:
    """A rule's condition over the facts and, if named, one thing that is reckoned from them: `factors`, how many
    factors hold, or the `tier`. Raises `FlowError`.
    """
    return conditions.compile(text, *_environment(reckoned))


@lru_cache(maxsize=len(_RECKONED))
def _environment(reckoned: str) -> tuple[cel.Env, Mapping[str, cel.Type]]:
    types = {**FACTS, **_RECKONED[reckoned]}
    return conditions.environment(types), types


# --- what a holder may be entitled to ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A class that a provider may learn with the holder's code: a letter that says no more than its label."""

    code: str
    when: Program
    label: Mapping[str, str]


def classes(
    entitlements: Sequence[Entitlement], facts: Mapping[str, Any], tier: str
) -> tuple[Entitlement, ...]:
    """The classes that a person is in, in their order. `tier` is the one that holds, a person's word included."""
    known = {**facts, "tier": tier}
    return tuple(each for each in entitlements if each.when.holds(known))

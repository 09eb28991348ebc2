"""What a country has looked at before a certificate is issued, and how soon."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from gateway.conversation.source import Node, words
from gateway.registry.screening import Tier
from referral_engine.deadlines import Span, read_span

DUPLICATES = ("duplicate_likely", "duplicate_possible")
TIER = "tier_"  # before a tier: the flag of everybody who has it
ROUTINE = "routine"
ALWAYS = frozenset({ROUTINE, "other_phone", "phone_lost", "other_full_name", "other_age"})
"""Flags that are not chosen: nothing stands out, another phone asks to speak for a person, answers are to change."""

_LABEL = "flag"
Labels = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """`flags` send a registration to a review where the setting is `flagged`; `within` is the time to decide."""

    flags: frozenset[str] = frozenset({"duplicate_likely", f"{TIER}{Tier.IMMEDIATE}"})
    within: Span = Span(timedelta(days=2), working=True)


def read_reviewing(root: Node, rules: Collection[str], labels: Labels) -> Reviewing:
    """What a policy says under `review_flags` and `review_within`; what it leaves out is as `Reviewing` has it.

    A flag is about duplicates, a tier (`tier_high`) or the id of one of the screening `rules`, and has a label in
    every language: the staff read it. Raises `FlowError` with file and line.
    """
    flags, within = root.get("review_flags"), root.get("review_within")
    known = (*DUPLICATES, *(f"{TIER}{tier}" for tier in Tier), *rules)
    for node in flags.each() if flags else ():
        node.among(known, "flag")
    chosen = frozenset(words(flags)) if flags else Reviewing().flags
    if root.need("review").value != "none":
        _labelled(root, flags or root.need("review"), chosen | ALWAYS, labels)
    return Reviewing(chosen, _span(within) if within else Reviewing().within)


def _labelled(root: Node, place: Node, flags: Collection[str], labels: Labels) -> None:
    for flag in sorted(flags):
        for language in words(root.need("languages")):
            if language not in labels.get(_LABEL, {}).get(flag, {}):
                raise place.fault(
                    f"the flag '{flag}' has no label in '{language}'",
                    hint=f"Write one below labels, {_LABEL}, {flag}: in neutral words, since it is read on a phone",
                )


def _span(node: Node) -> Span:
    try:
        return read_span(node.value, "review_within")
    except ValueError as error:
        raise node.fault(str(error)) from None

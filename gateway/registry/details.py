"""The answers that can wait: in which order they are asked for, and which of them is still missing.

The six questions of the Washington Group Short Set keep their wording, their order and their four grades: the group
asks for that, since answers compare with those of other registers only so. Its introduction speaks of activities and
of health, and neither it nor a question names what is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.registry.screening import DOMAINS, GRADES

NOT_SAID = "not_said"
"""The answer of who would rather not say: kept, counted, never asked for again."""

PLACE = "origin_area"
ORDER = (
    *("nationality", PLACE, "marital"),
    *DOMAINS,
    *("education", "occupation", "route", "time_abroad"),
)
"""What is asked, by the names that `SaveDetail` takes: easy things first, and soon those that say who is seen first."""


def key(name: str) -> str:
    """By which an answer is kept: screening knows the six questions as `wg_see` to `wg_speak`."""
    return f"wg_{name}" if name in DOMAINS else name


def missing(details: Mapping[str, Any]) -> tuple[str, ...]:
    """What has no answer yet among those that are kept, in the order of asking."""
    return tuple(name for name in ORDER if key(name) not in details)


def listed(name: str, codes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The codes that an answer may be, of a policy's lists; a place has none of them but `not_said`."""
    if name == PLACE:
        return (NOT_SAID,)
    return (*GRADES, NOT_SAID) if name in DOMAINS else codes.get(name, ())


def allowed(name: str, answer: str, codes: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether there is such a question, and such an answer to it. Any place may be an origin."""
    return name in ORDER and (answer in listed(name, codes) or (name == PLACE and bool(answer)))

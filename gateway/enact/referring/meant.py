"""Which case a mistyped code means: "did you mean 48213-5?".

`meant(typed, mine)` is for whatever takes a code from a person. Where `short_code.check(typed)` fails, ask it
with `mine(code) -> bool`, which says whether this very sender could answer for that code now: a provider its own
live legs, a caseworker what is open in their area. A command then has an outcome

    "meant": {"code": Kind.LEG_CODE}

and the flow asks "Did you mean {code}?" as a yes or no, a yes leading to the same call with the code that was meant.
Nothing is said of a code that belongs to others: a stranger's slip gets the same answer as if no case were near.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.registry import short_code


def meant(typed: str, mine: Callable[[str], bool]) -> str:
    """The one code, a single slip from what was `typed`, that the sender could answer for; empty where none or several.

    `mine` is asked of about six codes. What is no slip of a code (a valid one, or none at all) means nothing.
    """
    if short_code.check(typed):
        return ""
    found = [code for code in short_code.near(typed) if mine(code)]
    return found[0] if len(found) == 1 else ""

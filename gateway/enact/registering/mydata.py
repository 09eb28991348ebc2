"""What is kept about a person, as they may read it themselves: behind the PIN, and each look on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.commands import MyData, Result
from gateway.commands.kinds import NOT_GIVEN
from gateway.enact.holding.pins import opened
from gateway.enact.work import Work
from gateway.store import audit, consents, people

_SHOWN = frozenset({"full_name", "age", "area"})
_OURS = frozenset({"area_typed", "details_said", "relation"})
"""Of a record what is no answer of its own."""

_NOTHING: tuple[Any, ...] = ("", None, NOT_GIVEN, {}, [])


def my_data(work: Work, command: MyData) -> Result:
    """Name, birth, place, how many other answers, and what was agreed to."""
    person = opened(work, command.person, command.pin)
    if isinstance(person, Result):
        return person
    subject = f"person:{person.id}"
    audit.add(work.tx, subject, "my_data", subject, {"channel": work.party.channel.value}, work.now)
    record = people.record_of(work.vault, person)
    shown = {
        "reference": person.reference,
        "full_name": record["full_name"],
        "born": record["age"],
        "area": work.policy.gazetteer.name(record["area"]),
        "answers": _others(record),
    }
    agreed = {
        purpose: consents.given(work.tx, person.id, purpose) for purpose in ("share", "statistics", "sms")
    }
    return Result("shown", shown | agreed)


def _others(record: Mapping[str, Any]) -> int:
    """How many answers are kept besides those that are shown, those given later among them."""
    own = sum(
        value not in _NOTHING
        for name, value in record.items()
        if name not in _SHOWN | _OURS and not isinstance(value, Mapping)
    )
    later = (value for value in record.values() if isinstance(value, Mapping) and "from" not in value)
    return own + sum(len(answers) for answers in later)

"""Every way out of every state of a flow, and every way in from outside: what generated conversations must cover.

Beside the exits that transcripts are counted by: refused answers, too many of them, entered flows that return, and
triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.authoring.rehearsing import coverage
from gateway.conversation.flow import Enter, Question, Revision

REFUSED, TOO_MANY, RETURNS = "refused answer", "too many wrong answers", "entered flow returns"


@dataclass(frozen=True, slots=True, order=True)
class Exit:
    """One way on: the flow, the state (empty for a way into the flow) and which, in words."""

    flow: str
    state: str
    what: str

    def to_dict(self) -> dict[str, str]:
        """Plain data for reports."""
        return {"flow": self.flow, "state": self.state, "what": self.what}


def named(exit: coverage.Exit) -> Exit:
    """An exit as transcripts are counted by, in words."""
    return Exit(exit.flow, exit.state, f"{exit.kind} {exit.name}".rstrip())


def trigger(number: int) -> str:
    """The words for a trigger, counted from 0 here and from 1 in words."""
    return f"trigger {number + 1}"


def exits(revision: Revision, name: str) -> Iterator[Exit]:
    """All of a flow: its triggers, then state by state."""
    flow = revision.flows[name]
    for number in range(len(flow.triggers)):
        yield Exit(name, "", trigger(number))
    yield from map(named, coverage.exits(revision, (name,)))
    for state in flow.states.values():
        if isinstance(state, Question):
            yield Exit(name, state.name, REFUSED)
            yield Exit(name, state.name, TOO_MANY)
        elif isinstance(state, Enter):
            yield Exit(name, state.name, RETURNS)

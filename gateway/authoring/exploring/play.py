"""Playing generated conversations: what can be done at a place, and what must hold after every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from gateway.authoring.analysis import samples
from gateway.authoring.rehearsing.coverage import Trace, observed
from gateway.authoring.rehearsing.rehearsal import MOST_CALLS, NAMES, NOW, PHONE
from gateway.commands import Call, Result
from gateway.conversation.flow import Ask, Choose, Decide, Do, Flow, Revision
from gateway.conversation.prompt import options
from gateway.conversation.session import Frame, Session, from_json, to_json
from gateway.conversation.step import Step, resume, step
from gateway.messages import ChannelName, Inbound, Opening, Prompt

WRONG = "xyzzy"
"""What is typed where no option, keyword or value is meant."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done: a message, or the outcome of a call. `means` names the trigger it is to reach."""

    text: str = ""
    opening: Opening = Opening.ANSWER
    result: Result | None = None
    means: str = ""

    def __str__(self) -> str:
        if self.result is not None:
            return f"it comes out as {self.result.outcome}"
        if self.opening is Opening.ANSWER:
            return f"say {self.text[:40]}"
        return {Opening.DIALLED: "dial", Opening.CONTACT: "share the phone"}.get(
            self.opening, f"link {self.text}"
        )


DIAL = Act(opening=Opening.DIALLED)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a conversation stands after a step, and how it came there."""

    session: Session
    call: Call | None
    prompt: Prompt | None
    now: datetime = NOW
    before: Spot | None = field(default=None, repr=False)
    act: Act | None = None

    @property
    def path(self) -> list[Spot]:
        """Every spot from the first on, this one last."""
        trail: list[Spot] = []
        spot: Spot | None = self
        while spot is not None:
            trail.append(spot)
            spot = spot.before
        return trail[::-1]

    @property
    def top(self) -> Frame | None:
        """The frame that is asked or awaits a result."""
        return self.session.frames[-1] if self.session.frames else None


class Broken(Exception):
    """Something that must always hold did not: `what` in words, at the spot where it was seen."""

    def __init__(self, what: str, spot: Spot) -> None:
        super().__init__(what)
        self.what, self.spot = what, spot


class Player:
    """Takes steps of a watched revision, and holds every one against what must always hold."""

    def __init__(self, revision: Revision) -> None:
        self.trace = Trace()
        self.revision = observed(revision, self.trace)
        self.steps = 0

    @cached_property
    def literals(self) -> Mapping[str, samples.Literals]:
        """What each flow's conditions compare with."""
        return {name: samples.literals(flow) for name, flow in self.revision.flows.items()}

    @cached_property
    def resume_after(self) -> timedelta:
        """How long after a question it is no longer simply asked again, and a second."""
        return self.revision.settings.resume_after + timedelta(seconds=1)

    def state(self, spot: Spot) -> Choose | Ask | Do | None:
        """What a spot waits at: a question, or a call."""
        if spot.top is None or (spot.call is None and spot.session.offer):
            return None
        state = self.revision.flows[spot.top.flow].states[spot.top.state]
        return state if isinstance(state, Choose | Ask | Do) else None

    def question(self, spot: Spot) -> Choose | Ask | None:
        """The question that a spot stands at."""
        state = self.state(spot)
        return state if isinstance(state, Choose | Ask) else None

    def act(self, spot: Spot, act: Act, mark: str = "") -> Spot:
        """The next spot. Raises `Broken` where the step does not keep what must hold, `FlowError` where it fails."""
        self.trace.states.clear()
        self.trace.exits.clear()
        self.steps += 1
        question = self.question(spot)
        if act.result is not None:
            taken = resume(self.revision, spot.session, act.result, spot.now)
        else:
            taken = step(self.revision, spot.session, inbound(spot.session, act, mark), spot.now)
        after = Spot(taken.session, taken.call, taken.prompt, spot.now, spot, act)
        self._holds(taken, after)
        pin = question is not None and question.secret and self._took(spot)
        if pin and (not taken.masked or f'"{act.text}"'.encode() in to_json(taken.session)):
            raise Broken("a PIN was kept", after)
        return after

    def _took(self, spot: Spot) -> bool:
        """Whether the last step took an answer to the open question a spot stands at."""
        top = spot.top
        return any(
            top and (each.flow, each.state, each.kind) == (top.flow, top.state, "answer")
            for each in self.trace.exits
        )

    def later(self, spot: Spot, wait: timedelta) -> Spot:
        """The same spot after a while."""
        return replace(spot, now=spot.now + wait)

    def acts(self, spot: Spot) -> Iterator[Act]:
        """Everything that leads on from a spot: each answer that is taken, each outcome with its values."""
        state, top = self.state(spot), spot.top
        if top is None or state is None:
            return
        flow = self.revision.flows[top.flow]
        known = self.literals[top.flow]
        if isinstance(state, Do):
            for outcome in state.outcomes:
                for values in samples.results(flow, state, outcome, known):
                    yield Act(result=Result(outcome, values))
            return
        if isinstance(state, Ask):
            compared = known.get(state.save, frozenset())
            for text in samples.typed(state.variable, compared, spot.now):
                yield Act(text)
        else:
            yield from self._choices(state, top, spot.session)
        if state.contact:
            yield Act(opening=Opening.CONTACT)

    def on(self, spot: Spot) -> Spot:
        """From a call on to the next prompt, by the first outcome each time."""
        for _ in range(MOST_CALLS + 1):
            if spot.call is None:
                return spot
            spot = self.act(spot, next(self.acts(spot)))
        raise Broken("call follows call without a question", spot)

    def _choices(self, state: Choose, top: Frame, session: Session) -> Iterator[Act]:
        if entries := top.variables.get(state.source, ()):
            yield Act(str(entries[0]["label"]))  # a list answers to its labels too
        for each in options(state, top, session.language, session.channel):
            yield Act(each.key)

    def _holds(self, taken: Step, after: Spot) -> None:
        """What holds after every step: one thing follows, there is a way on, and nothing changes by being written."""
        if (taken.prompt is None) is (taken.call is None):
            raise Broken("neither a screen nor a call follows", after)
        if from_json(to_json(taken.session)) != taken.session:
            raise Broken("the conversation is not the same when it is written and read again", after)
        if (prompt := taken.prompt) is None:
            return
        if not prompt.text.strip():
            raise Broken("the screen is empty", after)
        keys = [choice.key for choice in prompt.choices]
        if len(keys) != len(set(keys)) or len(keys) > 8:
            raise Broken("two options have one key, or there are more than eight", after)
        if not prompt.closes and not taken.session.offer:
            question = self.question(after)
            if question is None or (isinstance(question, Choose) and not prompt.choices):
                raise Broken("a dead end: nothing can be answered", after)


def inbound(session: Session, act: Act, mark: str = "") -> Inbound:
    """The message of an act, on the channel of a session."""
    contact = PHONE if act.opening is Opening.CONTACT else None
    channel = ChannelName(session.channel)
    return Inbound(channel, "explore", PHONE, act.text, "1", act.opening, contact=contact, mark=mark)


def arguments(call: Call) -> dict[str, Any]:
    """A call's arguments as plain data."""
    return {name: getattr(call, name) for name in type(call).__slots__}


def words(spot: Spot) -> list[str]:
    """How a spot was reached, one act a line."""
    return [
        f"{NAMES[type(each.before.call)]}: {each.act}" if each.before and each.before.call else str(each.act)
        for each in spot.path
        if each.act is not None
    ]


def entered(flow: Flow, flows: Mapping[str, Flow]) -> tuple[Flow, ...]:
    """A flow and all that it enters, directly or not."""
    found, waiting = {flow.name: flow}, [flow]
    while waiting:
        for state in waiting.pop().states.values():
            name = getattr(state, "flow", "")
            if name and name not in found:
                found[name] = flows[name]
                waiting.append(flows[name])
    return tuple(found.values())


def decides_by(trace: Trace, revision: Revision) -> bool:
    """Whether a step came past a condition that asks for more than answers: channel, language, roles or year."""
    return any(
        isinstance(state := revision.flows[flow].states.get(name), Decide) and state.facts
        for flow, name in list(trace.states)
    )


def places(frames: Sequence[Frame]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Where frames stand and what is answered in them."""
    return [(frame.flow, frame.state, frame.variables) for frame in frames]

"""A flow as boxes and arrows: its texts, what its transcripts never took, how many people passed and stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gateway.authoring.project import Project
from gateway.authoring.rehearsing.coverage import ELSE, Exit, Trace
from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    End,
    Enter,
    Flow,
    Question,
    Say,
    State,
    Words,
)

DOOR = "door"
"""The kind of the boxes that say how people come into a flow."""

MOST_WORDS = 6  # of a trigger, shown in its box

Counts = Mapping[str, tuple[int, int]]
"""For each question, as `flow.state`: the conversations that came to it, and those that stopped there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. `missed`: no transcript takes the way that it stands for."""

    text: str
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A state, or a door. `kind` is say, choose, ask, do, decide, enter, end or door; `ends`: the flow ends with it.

    `counts` are the conversations that came to a question and those that stopped there.
    """

    name: str
    kind: str
    title: str
    lines: tuple[Line, ...] = ()
    counts: tuple[int, int] | None = None
    missed: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """All ways from one box to another. `missed`: no transcript takes any of them."""

    source: str
    target: str
    labels: tuple[Line, ...] = ()
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A flow's boxes in the order they are written, the doors first."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way out of a state: where to, what is written on it, and the exit that transcripts cover."""

    go: str
    label: str
    exit: Exit | None = None


def picture(
    project: Project,
    flow: str,
    language: str,
    channel: str = "ussd",
    trace: Trace | None = None,
    counts: Counts | None = None,
) -> Picture:
    """The picture of a flow in a language. Without a `trace` nothing counts as missed."""
    loaded = project.revision.flows[flow]
    painter = _Painter(project, loaded, language, channel, trace, counts or {})
    doors, entries = painter.doors()
    boxes = [painter.box(state) for state in loaded.states.values()]
    arrows = [arrow for state in loaded.states.values() for arrow in painter.arrows(state)]
    return Picture(f"{loaded.title} ({flow})", (*doors, *boxes), (*entries, *arrows))


@dataclass(frozen=True, slots=True)
class _Painter:
    project: Project
    flow: Flow
    language: str
    channel: str
    trace: Trace | None
    counts: Counts

    def box(self, state: State) -> Box:
        """A state's box."""
        place = f"{self.flow.name}.{state.name}"
        return Box(
            name=state.name,
            kind=type(state).__name__.lower(),
            title=state.name,
            lines=tuple(self._lines(state)),
            counts=self.counts.get(place) if isinstance(state, Question) else None,
            missed=self.trace is not None and (self.flow.name, state.name) not in self.trace.states,
            ends=isinstance(state, End) or (isinstance(state, Say) and not state.go),
        )

    def _lines(self, state: State) -> Iterator[Line]:
        match state:
            case Say() | Ask():
                yield Line(self._said(state.text))
            case Choose():
                yield Line(self._said(state.text))
                for way, key, label in self._options(state):
                    yield Line(f"{key} {label}", self._missed(way))
            case Do():
                yield Line(self._value(state, "do"))
                for given in state.given:
                    if not given.variable:
                        plain = {True: "yes", False: "no"}.get(given.literal, given.literal)
                        yield Line(f"{given.argument}: {plain}")
            case Enter():
                yield Line(f"flow {state.flow}")
            case _:
                pass

    def _said(self, words: Words) -> str:
        pieces = words.of(self.language, self.channel)
        return "".join(f"{{{piece}}}" if place % 2 else piece for place, piece in enumerate(pieces))

    def _options(self, state: Choose) -> Iterator[tuple[_Way, str, str]]:
        """The ways of a choice's entries and options, each with its key and what people read.

        The key of an option that stands behind a list depends on how long the list is: its words stand for it.
        """
        if state.source:
            keys = "1" if state.most == 1 else f"1-{state.most}"
            yield _Way(state.go, keys, self._exit(state, "entry")), keys, f"[{state.source}]"
        for number, (code, option) in enumerate(state.options.items(), 1):
            label = self._said(option.label)
            exit = self._exit(state, "option", code)
            if state.source:
                yield _Way(option.go, label, exit), "…", label
            else:
                yield _Way(option.go, str(number), exit), str(number), label

    def _ways(self, state: State) -> Iterator[_Way]:
        match state:
            case Say(go=go) if go:
                yield _Way(go, "")
            case Enter(go=go):
                yield _Way(go, "")
            case Do(outcomes=outcomes):
                for name, outcome in outcomes.items():
                    yield _Way(outcome.go, name, self._exit(state, "outcome", name))
            case Decide(branches=branches, otherwise=otherwise):
                conditions = self._value(state, "decide")
                for number, (_, go) in enumerate(branches, 1):
                    written = str(conditions[number - 1]["if"])
                    yield _Way(go, written, self._exit(state, "branch", str(number)))
                yield _Way(otherwise, ELSE, self._exit(state, "branch", ELSE))
            case Choose() | Ask():
                yield from self._answers(state)
            case _:
                pass

    def _answers(self, state: Choose | Ask) -> Iterator[_Way]:
        if isinstance(state, Choose):
            yield from (way for way, _, _ in self._options(state))
        else:
            yield _Way(state.go, "", self._exit(state, "answer"))
        if state.contact:
            yield _Way(state.go, "phone shared", self._exit(state, "contact"))
        if state.too_many:
            yield _Way(state.too_many, "too many tries")

    def arrows(self, state: State) -> Iterator[Arrow]:
        """The arrows out of a state, one for each state that it leads to."""
        ways = list(self._ways(state))
        unreached = self.trace is not None and (self.flow.name, state.name) not in self.trace.states
        for target in dict.fromkeys(way.go for way in ways):
            there = [way for way in ways if way.go == target]
            missed = unreached or all(way.exit is not None and self._missed(way) for way in there)
            yield Arrow(state.name, target, tuple(self._labels(there)), missed)

    def _labels(self, ways: list[_Way]) -> Iterator[Line]:
        """The labels of ways to one state; keys that follow one another stand together."""
        for (missed, is_key), group in groupby(ways, lambda way: (self._missed(way), way.label.isdigit())):
            labels = [way.label for way in group if way.label]
            if is_key and len(labels) > 1:
                yield Line(_runs([int(label) for label in labels]), missed)
            else:
                yield from (Line(label, missed) for label in labels)

    def doors(self) -> tuple[list[Box], list[Arrow]]:
        """How people come in: by a keyword, a link, another flow, or because the machine itself leads here."""
        ways: dict[str, list[str]] = {}
        if self.flow.role:
            ways.setdefault(self.flow.start, []).append(f"the machine itself: {self.flow.role}")
        for other in self.project.revision.flows.values():
            if any(isinstance(each, Enter) and each.flow == self.flow.name for each in other.states.values()):
                ways.setdefault(self.flow.start, []).append(f"flow {other.name}")
        for trigger in self.flow.triggers:
            shown = [word.upper() for word in trigger.words[:MOST_WORDS]]
            more = ["…"] if len(trigger.words) > MOST_WORDS else []
            link = [f"link {trigger.link}"] if trigger.link else []
            ways.setdefault(trigger.go, []).append(", ".join([*shown, *more, *link]))
        boxes = [
            Box(f"> {go}", DOOR, "", tuple(Line(text) for text in lines))
            for go, lines in sorted(ways.items())
        ]
        return boxes, [Arrow(f"> {go}", go) for go in sorted(ways)]

    def _exit(self, state: State, kind: Any, name: str = "") -> Exit:
        return Exit(self.flow.name, state.name, kind, name)

    def _missed(self, way: _Way) -> bool:
        return self.trace is not None and way.exit is not None and way.exit not in self.trace.exits

    def _value(self, state: State, key: str) -> Any:
        return self.project.state(self.flow.name, state.name).at(key).value


def _runs(numbers: list[int]) -> str:
    """Numbers with those that follow one another as `1-4`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)

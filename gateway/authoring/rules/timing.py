"""Whether people have the time that they need, and how little is lost when a call drops.

Every answer is kept as it is given, but a place in a flow is found again after a while only if something was
answered there that is saved, or a command was carried out. How fast people read and type is policy (`typing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.authoring.analysis import prompts
from gateway.authoring.analysis.pages import cuts
from gateway.authoring.analysis.prompts import Form
from gateway.authoring.findings import Finding, Severity, rule
from gateway.authoring.project import USSD_PREFIX, Project
from gateway.catalogue.policy import Network, Typing
from gateway.commands import Kind
from gateway.conversation.flow import Ask, Choose, Do, Flow, Question, Role, State
from gateway.messages import ChannelName
from gateway.text.screens import Profile

KEYS_A_LETTER = 2.03
"""Presses that one letter takes on twelve keys, on average of English (MacKenzie 2002, multi-tap)."""

USUAL_NAME, USUAL_TEXT = 20, 12
"""Letters of three names, and of a place or a few words: what most people type, not the longest they may."""

MOST_LOST = 1
"""Screens that a dropped call may cost."""

IDLE = rule(
    "time.idle",
    "A screen can be read and answered before the network takes the silence for the end.",
    Severity.WARNING,
)
STRETCH = rule(
    "time.stretch",
    "The questions between two kept answers can be answered within one session of the network.",
    Severity.WARNING,
)
LOSS = rule("time.loss", f"A dropped call costs at most {MOST_LOST} screen.", Severity.WARNING)

_TYPED: Mapping[Kind, int] = {
    Kind.AGE: 2,
    Kind.YEAR: 4,
    Kind.MONTH: 7,
    Kind.DATE: 10,
    Kind.CERTIFICATE_NUMBER: 14,
    Kind.LEG_CODE: 6,
    Kind.HOLDER_CODE: 6,
}
"""Digits that people type for a kind."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One network's patience, and how people of its country type."""

    label: str
    profile: Profile
    idle: int
    session: int
    typing: Typing

    def reading(self, page: str) -> float:
        """Seconds to read a page."""
        return len(page) / self.typing.letters_per_second

    def pressing(self, keys: float) -> float:
        """Seconds to press some keys and then the one that sends."""
        return (keys + 1) * self.typing.seconds_per_key


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that a question takes: all of its screens, and the slowest of them alone."""

    all: float
    slowest: float


Table = Mapping[str, Mapping[str, Mapping[Pace, Spent]]]
"""What the questions of one flow take, by language and state."""


def findings(project: Project) -> Iterator[Finding]:
    """Everything that takes too long, or loses too much."""
    spent = _spent(project, _paces(project))
    for flow in project.revision.flows.values():
        table = spent.get(flow.name, {})
        yield from _idle(project, flow, table)
        if flow.role is not Role.MAIN:  # its answers only find the way
            yield from _losses(project, flow)
            yield from _stretches(project, flow, table)


# --- seconds ----------------------------------------------------------------------------------------------


def _paces(project: Project) -> list[Pace]:
    """Every distinct pace, each with the first network that has it."""
    found: dict[tuple[Network, Typing], Pace] = {}
    for country, policy in sorted(project.policies.items()):
        for code, network in policy.networks.items():
            profile = Profile(septets=network.septets, ucs2=network.ucs2, prefix=USSD_PREFIX)
            label, times = f"{country}/{code}", (network.idle_seconds, network.session_seconds)
            found.setdefault((network, policy.typing), Pace(label, profile, *times, policy.typing))
    return list(found.values())


def _spent(project: Project, paces: list[Pace]) -> Mapping[str, Table]:
    """What the questions of each flow take in every language, their values at their longest."""
    spent: dict[str, dict[str, dict[str, dict[Pace, Spent]]]] = {}
    for cut in project.once(cuts):
        case = cut.case
        if case.form is not Form.ASKED or case.flow == prompts.MACHINE:
            continue
        keys = keys_of(project.revision.flows[case.flow].states[case.state])
        of_flow = spent.setdefault(case.flow, {}).setdefault(case.language, {})
        of_state = of_flow.setdefault(case.state, {})
        for pace in paces:
            *before, last = cut.pages[pace.profile]
            each = [pace.reading(page) + pace.pressing(1) for page in before]
            each.append(pace.reading(last) + pace.pressing(keys))
            old = of_state.get(pace, Spent(0.0, 0.0))
            of_state[pace] = Spent(max(old.all, sum(each)), max(old.slowest, max(each)))
    return spent


def keys_of(state: State) -> float:
    """The keys that people press to answer, without the one that sends."""
    if not isinstance(state, Ask):
        return 1
    variable = state.variable
    match variable.kind:
        case Kind.PERSON_NAME:
            return min(USUAL_NAME, variable.most) * KEYS_A_LETTER
        case Kind.TEXT:
            return min(USUAL_TEXT, variable.most) * KEYS_A_LETTER
        case Kind.CODE:
            return max(map(len, variable.words), default=1) * KEYS_A_LETTER
        case Kind.NUMBER:
            return len(str(variable.most))
        case Kind.PIN:
            return variable.most
        case kind:
            return _TYPED.get(kind, 1)


def _idle(project: Project, flow: Flow, table: Table) -> Iterator[Finding]:
    """One finding a question, for the language and network where it is worst."""
    over: dict[str, tuple[float, Pace, str]] = {}
    for language, states in table.items():
        for state, spent in states.items():
            for pace, each in spent.items():
                missing = each.slowest - pace.idle
                if missing > 0 and (state not in over or missing > over[state][0]):
                    over[state] = missing, pace, language
    for state, (missing, pace, language) in over.items():
        yield IDLE.at(
            prompts.place(project, flow.name, state, language, ChannelName.USSD),
            f"a slow reader needs about {pace.idle + missing:.0f} seconds for one screen of this in '{language}', "
            f"and after {pace.idle} seconds of silence the network hangs up (network {pace.label})",
            "Ask for less typing here, or make the text shorter. Whoever is cut off is asked this again when they "
            "dial again",
        )


# --- what a dropped call costs ----------------------------------------------------------------------------


def _stretches(project: Project, flow: Flow, table: Table) -> Iterator[Finding]:
    """The longest stretch of a flow where nothing is kept, if a session of some network is too short for it."""
    longest: tuple[float, str, Pace, str] | None = None
    for language, states in table.items():
        for pace in sorted(
            {pace for spent in states.values() for pace in spent}, key=lambda each: each.label
        ):
            weights = {state: spent[pace].all for state, spent in states.items()}
            for state, seconds in _unkept(flow, weights).items():
                over = seconds - pace.session
                if over > 0 and (longest is None or over > longest[0]):
                    longest = over, state, pace, language
    if longest:
        over, state, pace, language = longest
        yield STRETCH.at(
            prompts.place(project, flow.name, state, language, ChannelName.USSD),
            f"up to here a slow reader needs about {pace.session + over:.0f} seconds in '{language}' with nothing "
            f"kept, and a session lasts {pace.session} (network {pace.label})",
            "Save an answer earlier in the flow (save:), or make the texts before this shorter",
        )


def _losses(project: Project, flow: Flow) -> Iterator[Finding]:
    """Every question before which more screens can be lost than a dropped call may cost."""
    for state, screens in _unkept(flow, dict.fromkeys(flow.states, 1.0)).items():
        lost = round(screens) - 1
        if lost > MOST_LOST:
            yield LOSS.at(
                prompts.place(project, flow.name, state, flow.language, ChannelName.USSD),
                f"whoever is cut off here and comes back later starts again: the answers of {lost} screens are lost",
                "Save one of the answers before this (save:), so that the place is found again",
            )


def _unkept(flow: Flow, weights: Mapping[str, float]) -> dict[str, float]:
    """For each question that can be met with nothing kept: the heaviest such way to it, itself included.

    A way begins where the flow is entered, or behind a command. A circle is gone through once.
    """
    entered = [flow.start, *(trigger.go for trigger in flow.triggers)]
    entered += [
        go for each in flow.states.values() if _commits(each) for go in prompts.targets(flow, each.name)
    ]
    order, after = _onward(flow, _next(flow, entered))
    heaviest = {name: weights.get(name, 0.0) for name in order}
    for name in order:
        for each in after[name]:
            heaviest[each] = max(heaviest[each], heaviest[name] + weights.get(each, 0.0))
    return heaviest


def _commits(state: State) -> bool:
    """Whether a state is a command: what it did stays done."""
    return isinstance(state, Do) and not state.reads


def _keeps(state: State) -> bool:
    """Whether a state is a question whose answer is kept: from there on the place is found again."""
    return isinstance(state, Question) and bool(state.save) and not state.secret


def _next(flow: Flow, starts: Iterable[str]) -> list[str]:
    """The questions that follow from some states with no command between, in order."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        state = flow.states[name]
        if isinstance(state, Choose | Ask):
            found[name] = None
        elif not _commits(state):
            waiting.extend(prompts.targets(flow, name))
    return list(found)


def _onward(flow: Flow, first: Iterable[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The questions that can be met from some with nothing kept, each behind all that lead to it, and where each
    leads. What would close a circle is left out.
    """
    left: list[str] = []
    after: dict[str, list[str]] = {}
    on_the_way: set[str] = set()

    def visit(name: str) -> None:
        on_the_way.add(name)
        kept = _keeps(flow.states[name])
        follow = [] if kept else _next(flow, prompts.targets(flow, name))
        after[name] = [each for each in follow if each not in on_the_way]
        for each in after[name]:
            if each not in after:
                visit(each)
        on_the_way.remove(name)
        left.append(name)

    for name in first:
        if name not in after:
            visit(name)
    return left[::-1], after

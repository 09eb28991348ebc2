"""What "back" undoes: going back over a question takes its answer away, until it is answered again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.authoring.analysis import paths
from gateway.conversation.flow import Do, Enter, Flow, Question

Names = frozenset[str]


def lost(flow: Flow, doors: Iterable[str]) -> Mapping[str, Names]:
    """For each question the variables whose values may be gone when people come back to it.

    These are its own answer and those of the questions behind it. A question that was surely answered before it is not
    one of them: to be asked that one again forgets all that came after.
    """
    following = {
        name: _following(flow, name) for name, state in flow.states.items() if isinstance(state, Question)
    }
    before = _answered_before(flow, doors)
    gone: dict[str, Names] = {}
    for name, onward in following.items():
        if onward.returns:
            behind = _behind(name, following, before.get(name, frozenset()))
            gone[name] = frozenset(_saved(flow, each) for each in behind) - {""}
    return gone


class _Onward:
    """What may come behind a question before any command: the questions, and whether one can go back at all."""

    __slots__ = ("questions", "returns")

    def __init__(self) -> None:
        self.questions: set[str] = set()
        self.returns = False


def _following(flow: Flow, question: str) -> _Onward:
    """A command that was carried out cannot be gone back past; a question that was given up is passed over."""
    found, met = _Onward(), set[str]()
    waiting = [way.go for way in paths.ways(flow.states[question]) if way.asked]
    while waiting:
        at = waiting.pop()
        if at in met:
            continue
        met.add(at)
        state = flow.states[at]
        if (
            isinstance(state, Question) and at != question
        ):  # asked again, it stands where it stood the first time
            found.questions.add(at)
        found.returns |= isinstance(state, Enter) or bool(found.questions)
        if not isinstance(state, Do) or state.reads:
            waiting += paths.silent(state)
    return found


def _behind(question: str, following: Mapping[str, _Onward], before: Names) -> set[str]:
    """A question and those that may have been answered behind it when one comes back to it."""
    met, waiting = {question}, [question]
    while waiting:
        for each in following[waiting.pop()].questions - before - met:
            met.add(each)
            if following[each].returns:
                waiting.append(each)
    return {each for each in met if following[each].returns}


def _answered_before(flow: Flow, doors: Iterable[str]) -> Mapping[str, Names]:
    """The questions that were answered before each state and since the last command, whichever way one came."""
    found: dict[str, Names] = dict.fromkeys(doors, frozenset())
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        state = flow.states[name]
        acted = isinstance(state, Enter) or (isinstance(state, Do) and not state.reads)
        kept: Names = frozenset() if acted else found[name]  # the flow entered may have commanded something
        for way in paths.ways(state):
            answered = kept | {name} if way.asked else kept
            if way.go in answered:
                continue  # asked again: it stands where it stood the first time
            before = found.get(way.go)
            now = answered if before is None else before & answered
            if now != before:
                found[way.go] = now
                waiting.append(way.go)
    return found


def _saved(flow: Flow, name: str) -> str:
    state = flow.states[name]
    return state.save if isinstance(state, Question) else ""

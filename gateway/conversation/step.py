"""One pure step: a session and what came in make the next session, and a prompt or a call.

Precedence is fixed: STOP, HELP, language, then back, home and more, then keywords, then the open question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.commands import Call, Result
from gateway.conversation import navigation
from gateway.conversation.answers import parse
from gateway.conversation.flow import Ask, Choose, Revision, Role
from gateway.conversation.prompt import KEEP, listed, mark, options, phrase, show
from gateway.conversation.session import Frame, Session, make_frame, maker
from gateway.conversation.walk import CLOSED, PARKED, RESUME, Walk
from gateway.messages import Inbound, Opening, Prompt, Rejected
from gateway.text.clean import fold

__all__ = ["Step", "idle", "resume", "shortcut", "show", "step"]

_FIRST = (Role.STOP, Role.HELP, Role.LANGUAGE)


@dataclass(frozen=True, slots=True)
class Step:
    """What a message led to: a prompt to show, or a call to carry out and `resume` with; never both.

    `masked`: what came in answered a secret question and must not be kept anywhere.
    """

    session: Session
    prompt: Prompt | None
    call: Call | None
    masked: bool = False


_make_step = maker(Step)


def step(revision: Revision, session: Session, inbound: Inbound, now: datetime) -> Step:
    """Moves a session by one message. `inbound.text` is this input alone; `now` is aware UTC.

    Whatever a person types leads to a prompt or a call. Raises `FlowError` only where a flow could not have been
    loaded by this code.
    """
    if inbound.mark and inbound.mark != mark(session):
        return _make_step(session, show(revision, session), None, False)  # a button of an earlier prompt
    walk = Walk(revision, session, now)
    walk.reopen()
    masked = False
    if inbound.opening is Opening.CONTACT:
        call = _contact(walk)
    elif inbound.opening is Opening.ANSWER:
        call, masked = _typed(walk, inbound.text)
    elif inbound.opening is Opening.PRESSED:
        call = _pressed(walk, inbound.text)
    else:
        call = _opened(walk, inbound)
    return _stepped(walk, call, masked)


def resume(revision: Revision, session: Session, result: Result, now: datetime) -> Step:
    """Goes on after a step's call was carried out. Raises `FlowError` for an outcome the call does not have."""
    walk = Walk(revision, session, now)
    return _stepped(walk, walk.resume(result))


def shortcut(revision: Revision, session: Session, segments: Sequence[str], now: datetime) -> Step:
    """A dialled short cut: answers menus with the segments, and stops where an answer would be kept or do something.

    Segments count from the main menu: a question with answers behind it is shown instead.
    """
    walk = Walk(revision, session, now)
    walk.reopen()
    if walk.offer or walk.answered():
        return _stepped(walk, _dialled(walk))
    walk.frames = []
    reached = _stepped(walk, _returned(walk))
    for segment in segments:
        walk = Walk(revision, reached.session, now)
        menu = walk.question
        if reached.call or not isinstance(menu, Choose) or menu.source or menu.save:
            break
        code = menu.answers.get(fold(segment))
        if code is None or _chosen(walk, menu, code) is not None:
            break
        reached = _stepped(walk, None)
    return reached


def idle(session: Session) -> bool:
    """Whether nobody is asked anything."""
    return not session.frames and session.offer not in (RESUME, PARKED)


def _stepped(walk: Walk, call: Call | None, masked: bool = False) -> Step:
    walk.asked_at = walk.now.timestamp()
    session = walk.done()
    return _make_step(session, None if call else show(walk.revision, session), call, masked)


# --- what came in -----------------------------------------------------------------------------------------


def _contact(walk: Walk) -> Call | None:
    """A shared phone, even one that cannot be used, answers a question that wants one; else its own flow is entered."""
    question = walk.question
    if question and question.contact:
        return _answered(walk, question, question.go, {})
    if contact := walk.revision.roles.get(Role.CONTACT):
        return _enter(walk, contact.name, contact.start, {})
    return _dialled(walk)


def _opened(walk: Walk, inbound: Inbound) -> Call | None:
    """A new dialogue, or a deep link."""
    if inbound.opening is Opening.LINK:
        for trigger in walk.revision.links.get(inbound.text, ()):
            if navigation.reaches(trigger, walk.session.roles):
                return _enter(walk, trigger.flow, trigger.go, {})
    return _dialled(walk)


def _dialled(walk: Walk) -> Call | None:
    """The open question again, while it is fresh; later what `_returned` offers."""
    if walk.offer:
        walk.turn()
        return None
    if not walk.frames or walk.stale:
        return _returned(walk)
    walk.turn(*(walk.said if not walk.tries else ()))
    return walk.run()


def _returned(walk: Walk) -> Call | None:
    """Someone comes back after a while, or with nothing open: continue, or start at the main flow."""
    walk.turn()
    if walk.answered():
        walk.offer = RESUME
        return None
    walk.frames = []
    walk.parked = tuple([stack for stack in walk.parked if _stands(walk.revision, stack)])
    if walk.parked:
        walk.offer = PARKED
        return None
    return walk.home()


def _stands(revision: Revision, frames: Sequence[Frame]) -> bool:
    """Whether a revision still has the states that parked frames stand at: another may have been published since."""
    flows = revision.flows
    return all(frame.flow in flows and frame.state in flows[frame.flow].states for frame in frames)


def _typed(walk: Walk, text: str) -> tuple[Call | None, bool]:
    """A text by the fixed precedence, and whether it must be masked."""
    folded, question = fold(text), walk.question
    waiting = question is not None and not walk.stale
    secret = question is not None and question.secret
    found = navigation.find(walk, text, folded, waiting, secret)
    if found and found.trigger.role in _FIRST:
        return _enter(walk, found.trigger.flow, found.trigger.go, found.values), False
    if move := navigation.move(walk, folded):
        return _moved(walk, move), False
    if found and not (walk.frames and walk.flow.mute):
        return _enter(walk, found.trigger.flow, found.trigger.go, found.values), False
    if walk.offer:
        return _offered(walk, folded), secret
    if question and waiting:
        return _answer(walk, question, text, folded), secret
    return _returned(walk), secret


def _pressed(walk: Walk, text: str) -> Call | None:
    """The words of a button under a notice: their flow is entered. They answer no question: it is shown again."""
    found = navigation.find(walk, text, fold(text), False, False)
    if found and (found.trigger.role in _FIRST or not (walk.frames and walk.flow.mute)):
        return _enter(walk, found.trigger.flow, found.trigger.go, found.values)
    return _dialled(walk)


def _enter(walk: Walk, flow: str, state: str, values: dict[str, Any]) -> Call | None:
    walk.offer = ""
    walk.turn()
    walk.open(flow, state, values)
    return walk.run()


def _moved(walk: Walk, move: str) -> Call | None:
    """Back, home or more; back where there is none shows the question again."""
    if move == "more":
        walk.page = min(walk.page + 1, walk.pages - 1)
        return None
    said = walk.said
    walk.turn()
    if move == "home":
        return walk.home()
    if not navigation.back(walk):
        walk.said = said
    return None


# --- answers ----------------------------------------------------------------------------------------------


def _answer(walk: Walk, state: Choose | Ask, text: str, folded: str) -> Call | None:
    if isinstance(state, Ask):
        return _said(walk, state, text, folded)
    if state.source and (entry := _listed(walk, state, folded)):
        return _answered(walk, state, state.go, {state.save: entry} if state.save else {})
    code = state.answers.get(folded)
    if code is None and state.source:
        shown = options(state, walk.frames[-1], walk.spoken, walk.session.channel)
        code = next((each.value for each in shown if each.key == folded), None)
    return _invalid(walk, state) if code is None else _chosen(walk, state, code)


def _said(walk: Walk, state: Ask, text: str, folded: str) -> Call | None:
    """An open answer, or the old one kept."""
    offered = walk.frames[-1].offered
    if folded == KEEP and state.keeps and state.save in offered:
        return _answered(walk, state, state.go, {state.save: offered[state.save]})
    value = parse(state.variable, text, walk.now, walk.calendar)
    return (
        _invalid(walk, state)
        if isinstance(value, Rejected)
        else _answered(walk, state, state.go, {state.save: value})
    )


def _listed(walk: Walk, state: Choose, folded: str) -> str | None:
    """The value of the list's entry that is meant, by key or by label; a label that two entries bear means neither."""
    entries = listed(state, walk.frames[-1])
    meant = {each.value for each in entries if each.key == folded} or {
        each.value for each in entries if fold(each.label) == folded
    }
    return meant.pop() if len(meant) == 1 else None


def _chosen(walk: Walk, state: Choose, code: str) -> Call | None:
    """Takes a fixed option. Beside a list its code is not saved: the variable is for the list's entries."""
    saves = state.save and not state.source
    return _answered(walk, state, state.options[code].go, {state.save: code} if saves else {})


def _answered(walk: Walk, state: Choose | Ask, go: str, values: dict[str, Any]) -> Call | None:
    """Keeps an answer and goes on. A secret one is not kept: it goes to its call within this step."""
    top = walk.frames[-1]
    walk.turn()
    if state.secret:
        walk.secret, values = values, {}
    variables = {**top.variables, **values} if values else top.variables
    offered = {name: old for name, old in top.offered.items() if name != state.save} if top.offered else {}
    history = (*top.history, state.name)
    walk.frames[-1] = make_frame(top.flow, go, variables, history, offered, top.interlude)
    return walk.run()


def _invalid(walk: Walk, state: Choose | Ask) -> Call | None:
    """Asks again with the reason above, until the tries are spent."""
    tries, spent = walk.tries + 1, walk.tries >= state.retries
    if spent and state.too_many:
        walk.turn()
        walk.put(state.too_many)
        return walk.run()
    if spent:
        walk.turn(phrase(walk.revision, walk.spoken, walk.session.channel, "too_many"))
        walk.offer = CLOSED
        return None
    walk.turn(navigation.complaint(walk, state))
    walk.tries = tries
    return None


def _offered(walk: Walk, folded: str) -> Call | None:
    """The answer to "continue or start again?"."""
    answer = walk.revision.offers.get(folded)
    if answer is None:
        tries = walk.tries + 1
        walk.turn(phrase(walk.revision, walk.spoken, walk.session.channel, "invalid_choice"))
        walk.tries = tries
        return None
    offer, walk.offer = walk.offer, ""
    walk.turn()
    if offer == PARKED:
        first, walk.parked = walk.parked[0], walk.parked[1:]
        walk.frames = list(first) if answer == "continue" else []
    if answer == "continue":
        return walk.run()
    return walk.home()

"""What a message can mean besides an answer: a keyword, or back, home and more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.commands import Kind
from gateway.conversation.answers import take
from gateway.conversation.flow import Ask, Audience, Choose, Role, Trigger
from gateway.conversation.prompt import (
    BACK,
    BACK_WHERE_ZERO_ANSWERS,
    MORE,
    can_go_back,
    filled,
    phrase,
)
from gateway.conversation.session import Frame
from gateway.conversation.walk import Walk
from gateway.text.clean import clean, fold

_LONGEST = 80  # characters in which a keyword is looked for behind or within a number
_CODES = (Kind.LEG_CODE, Kind.CERTIFICATE_NUMBER, Kind.CODE)
_PARTING = str.maketrans(",;", "  ")
_GLUED = re.compile(r"(\D*[^\W\d_])[\W_]*([0-9].*)")  # ACCEPT482135, ACCEPT:48213-5
_NUMBER_FIRST = re.compile(r"[\W_]*([0-9][\W\d_]*?)[\W_]*([^\W\d_].*)")  # 482135 ACCEPT


@dataclass(frozen=True, slots=True)
class Found:
    """A trigger whose words a message began with, and what the words behind it gave."""

    trigger: Trigger
    values: dict[str, Any]


def reaches(trigger: Trigger, roles: tuple[str, ...]) -> bool:
    """Whether a trigger is meant for people with these roles."""
    return trigger.audience is Audience.ANYONE or trigger.audience in roles


def find(walk: Walk, text: str, folded: str, waiting: bool, secret: bool) -> Found | None:
    """The trigger a text means, the longest keyword first.

    While a question is `waiting`, words behind the keyword that do not parse make the text an answer; otherwise
    the flow is entered with what parsed. STOP is entered whatever follows it, unless the answer is `secret`.
    """
    revision, roles = walk.revision, walk.session.roles
    if found := _reached(revision.keywords.get(folded, ()), roles):
        return Found(found, {})
    if text.isalnum() and (text.isalpha() or text.isdecimal()):
        return None
    cleaned = clean(text)
    words = cleaned.split(" ")
    for count in range(min(revision.longest, len(words) - 1), 0, -1):
        trigger = _reached(revision.keywords.get(fold(" ".join(words[:count])), ()), roles)
        if trigger:
            values, complete = _behind(walk, trigger, words[count:])
            if complete or (trigger.role is Role.STOP and not secret):
                return Found(trigger, values)
            if not waiting:
                return _out_of_order(walk, cleaned, waiting) or Found(trigger, values)
    return _out_of_order(walk, cleaned, waiting)


def _out_of_order(walk: Walk, cleaned: str, waiting: bool) -> Found | None:
    """The trigger of a code that stands before its keyword or runs into it: of codes alone, names may hold keywords."""
    turned = _turned(cleaned, walk.revision.longest) if len(cleaned) <= _LONGEST else ()
    for keyword, rest in turned:
        trigger = _reached(walk.revision.keywords.get(fold(keyword), ()), walk.session.roles)
        if trigger and trigger.take and trigger.take[0].kind in _CODES:
            values, complete = _behind(walk, trigger, rest)
            if values and (complete or not waiting):
                return Found(trigger, values)
    return None


def _behind(walk: Walk, trigger: Trigger, words: list[str]) -> tuple[dict[str, Any], bool]:
    """What the words behind a keyword give, and whether all were taken. Behind a code a comma parts words."""
    if trigger.take and trigger.take[0].kind in _CODES:
        words = " ".join(words).translate(_PARTING).split()
    return take(trigger.take, words, walk.now, walk.calendar)


def _turned(cleaned: str, longest: int) -> Iterator[tuple[str, list[str]]]:
    """What may be a keyword in such a text, and the words behind it if it stood in front."""
    if glued := _GLUED.fullmatch(cleaned):
        yield glued[1], glued[2].split()
    if turned := _NUMBER_FIRST.fullmatch(cleaned):
        words = turned[2].split()
        for count in range(min(longest, len(words)), 0, -1):
            yield " ".join(words[:count]), [*turned[1].split(), *words[count:]]


def _reached(triggers: tuple[Trigger, ...], roles: tuple[str, ...]) -> Trigger | None:
    return next((each for each in triggers if reaches(each, roles)), None)


def move(walk: Walk, folded: str) -> str:
    """The move a text means, or nothing: a word in any language, or a key while it is on the screen."""
    word = walk.revision.moves.get(folded, "")
    if word and (word == "home" or walk.frames or walk.offer):
        return word
    if folded == MORE and walk.page + 1 < walk.pages:
        return "more"
    question = walk.question
    key = BACK_WHERE_ZERO_ANSWERS if question and question.zero else BACK
    return "back" if question and folded == key and can_go_back(walk.frames) else ""


def back(walk: Walk) -> bool:
    """Returns to the last question; its answer is offered there, and no longer counts. False where there is none."""
    if walk.offer or not can_go_back(walk.frames):
        return False
    while not walk.frames[-1].history:
        walk.frames.pop()
    top = walk.frames[-1]
    state = walk.flow.states[top.history[-1]]
    variables, offered = dict(top.variables), dict(top.offered)
    if isinstance(state, Choose | Ask) and state.save in variables:
        offered[state.save] = variables.pop(state.save)
    walk.frames[-1] = Frame(top.flow, state.name, variables, top.history[:-1], offered, top.interlude)
    return True


def complaint(walk: Walk, state: Choose | Ask) -> str:
    """Why an answer was not taken."""
    channel = walk.session.channel
    if state.invalid is None:
        return phrase(walk.revision, walk.spoken, channel, "invalid_choice")
    at = walk.now.timestamp()
    return filled(state.invalid, walk.flow, walk.frames[-1].variables, walk.spoken, channel, at=at)

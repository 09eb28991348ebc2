"""What a session shows: always the same prompt for the same session."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gateway.conversation import squeeze
from gateway.conversation.answers import at_length, shown
from gateway.conversation.flow import Ask, Choose, Flow, Long, Revision, Words
from gateway.conversation.session import Frame, Session, maker
from gateway.conversation.wording import LATIN
from gateway.messages import ChannelName, Choice, Prompt

BACK, BACK_WHERE_ZERO_ANSWERS, MORE, KEEP = "0", "99", "9", "1"
"""Keys. Where an answer may be the number 0, Back is 99; `keep` stands alone on an open question."""

_make_prompt = maker(Prompt)
_OFFERS = (("1", "continue"), ("2", "start_again"))


def mark(session: Session) -> str:
    """Eight hexadecimal digits that tell the prompt of a session from those before it."""
    top = session.frames[-1] if session.frames else Frame("", "")
    shown = f"{session.asked_at} {session.offer} {session.page} {top.flow} {top.state}"
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


def show(revision: Revision, session: Session) -> Prompt:
    """The prompt that a session stands at. Nothing changes by showing it."""
    if session.offer in ("resume", "parked"):
        return _offer(revision, session)
    if session.frames and session.offer != "closed":
        top = session.frames[-1]
        state = revision.flows[top.flow].states[top.state]
        if isinstance(state, Choose | Ask):
            return _question(revision, session, top, state)
    language = spoken(revision, session.language, session.latin)
    said = _stacked(*session.said) or phrase(revision, language, session.channel, "nothing_more")
    text, tight = squeeze.both(said)
    return Prompt(
        text,
        language or next(iter(revision.languages)),
        more=phrase(revision, language, session.channel, "more"),
        closes=True,
        page=session.page,
        mark=_pressed(session),
        tight=tight,
    )


def _offer(revision: Revision, session: Session) -> Prompt:
    language, channel = spoken(revision, session.language, session.latin), session.channel
    text, tight = squeeze.both(_stacked(*session.said, phrase(revision, language, channel, session.offer)))
    return Prompt(
        text,
        language or next(iter(revision.languages)),
        tuple([Choice(key, phrase(revision, language, channel, name), name) for key, name in _OFFERS]),
        more=phrase(revision, language, channel, "more"),
        page=session.page,
        mark=_pressed(session),
        tight=tight,
    )


def _pressed(session: Session) -> str:
    """The mark, where there are buttons to carry it."""
    return mark(session) if session.channel == ChannelName.TELEGRAM else ""


def _question(revision: Revision, session: Session, frame: Frame, state: Choose | Ask) -> Prompt:
    flow, channel = revision.flows[frame.flow], session.channel
    language = spoken(revision, session.language, session.latin)
    before, choices = "", options(state, frame, language, channel) if isinstance(state, Choose) else ()
    if state.save in frame.offered and not (isinstance(state, Ask) and at_length(state.variable)):
        old = frame.offered[state.save]
        if answer := labelled(flow, frame.variables, state.save, old, language, channel, session.asked_at):
            before = phrase(revision, language, channel, "before", answer)
            if state.keeps:
                choices = (Choice(KEEP, phrase(revision, language, channel, "keep", answer), "keep"),)
    wants_contact = state.contact and channel == ChannelName.TELEGRAM
    asked = filled(state.text, flow, frame.variables, language, channel, state.long, session.asked_at)
    text, tight = squeeze.both(_stacked(*session.said, asked, before))
    return _make_prompt(
        text,
        language or flow.language,
        choices,
        phrase(revision, language, channel, "back") if can_go_back(session.frames) else "",
        phrase(revision, language, channel, "more"),
        state.zero,
        False,
        session.page,
        wants_contact,
        phrase(revision, language, channel, "share_phone") if wants_contact else "",
        _pressed(session),
        tight,
    )


def spoken(revision: Revision, language: str, latin: bool = False) -> str:
    """The language to speak: the chosen one, or else the country's; where that is empty too, each flow's own.

    On a phone with Latin letters only it is the language's variant in them, if there is one.
    """
    language = language or revision.settings.language
    if latin and (variant := f"{language}{LATIN}") in revision.variants:
        return variant
    return language


def listed(state: Choose, frame: Frame) -> list[Choice]:
    """The entries of the list that a choice is made from, at most as many as the flow declares."""
    entries = frame.variables.get(state.source, ())[: state.most]
    return [Choice(str(key), str(each["label"]), str(each["value"])) for key, each in enumerate(entries, 1)]


def options(state: Choose, frame: Frame, language: str, channel: str) -> tuple[Choice, ...]:
    """What is offered: the entries of the list, then the fixed options; keys run from 1."""
    fixed = state.choices.get((language, channel)) or state.choices["", ChannelName.SMS]
    if not state.source:
        return fixed
    entries = listed(state, frame)
    numbered = enumerate(fixed, len(entries) + 1)
    return (*entries, *[Choice(str(key), each.label, each.value) for key, each in numbered])


def can_go_back(frames: tuple[Frame, ...] | list[Frame]) -> bool:
    """Whether a question can be returned to, in this flow or in the one that entered it."""
    for frame in reversed(frames):
        if frame.history:
            return True
        if frame.interlude:
            return False
    return False


def phrase(revision: Revision, language: str, channel: str, name: str, answer: str = "") -> str:
    """One of the machine's own phrases."""
    pieces = revision.phrases[name].of(language, channel)
    return pieces[0] if len(pieces) == 1 else answer.join(pieces[::2])


def filled(
    words: Words,
    flow: Flow,
    variables: Mapping[str, Any],
    language: str,
    channel: str,
    long: Long = Long.NOTHING,
    at: float = 0.0,
) -> str:
    """A text with its placeholders filled from variables; an unset one leaves nothing. `at`: when (POSIX seconds).

    For USSD the values bear marks that say what may become of them where the screen is too small (`squeeze`).
    """
    pieces = words.of(language, channel)
    if len(pieces) == 1:
        return pieces[0]
    parts = list(pieces)
    for place in range(1, len(parts), 2):
        name = parts[place]
        parts[place] = labelled(flow, variables, name, variables.get(name), language, channel, at)
        if long and channel == ChannelName.USSD:
            parts[place] = squeeze.marked(parts[place], long)
    return "".join(parts)


def labelled(
    flow: Flow,
    variables: Mapping[str, Any],
    name: str,
    value: Any,
    language: str,
    channel: str,
    at: float = 0.0,
) -> str:
    """A variable's value as people read it: the label it was chosen by, where there is one."""
    if value is None:
        return ""
    if known := flow.labels.get(name):
        if value in known.fixed:
            return known.fixed[value].of(language, channel)[0]
        for source in known.lists:
            for entry in variables.get(source, ()):
                if entry["value"] == value:
                    return str(entry["label"])
    return shown(flow.variables[name].kind, value, at)


def _stacked(*lines: str) -> str:
    return "\n".join([line for line in lines if line])

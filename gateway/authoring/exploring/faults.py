"""What may befall somebody at a question. Each is done to a spot, and what must still hold is looked at.

The call drops, hours pass, a message comes twice, STOP, HELP, another language, a step back, wrong answers, another
channel, a turned page, the main menu, a shared phone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.authoring.exploring.play import (
    DIAL,
    WRONG,
    Act,
    Broken,
    Player,
    Spot,
    arguments,
    decides_by,
    places,
)
from gateway.authoring.rehearsing.rehearsal import MOST_CALLS, NAMES
from gateway.commands import StartMessages
from gateway.conversation.flow import Choose, Do, Role, Trigger
from gateway.conversation.prompt import MORE
from gateway.conversation.session import Session
from gateway.messages import ChannelName, Opening

Fault = Callable[[Player, Spot], Iterator[Broken]]
"""Done to a question; gives what did not hold."""

_MOST_INTERLUDE = 300  # spots of an interlude that are looked at for the way back
_MOMENT = timedelta(seconds=5)


def dropped(player: Player, spot: Spot) -> Iterator[Broken]:
    """The call drops and the person dials again: the same question stands there."""
    after = player.act(player.later(spot, _MOMENT), DIAL)
    yield from _same_question(spot, after, "after a dropped call")


def expired(player: Player, spot: Spot) -> Iterator[Broken]:
    """Hours later: what was answered is offered, and going on finds it; after starting again it is offered too."""
    later = player.later(spot, player.resume_after)
    offered = player.on(player.act(later, DIAL))
    if offered.session.offer != "resume":
        if _answers(player, spot):
            yield Broken("hours later the answers are not offered any more", offered)
        return
    if player.act(offered, Act(WRONG)).session.offer != "resume":
        yield Broken("a wrong answer takes the offer to go on away", offered)
    yield from _same_question(spot, player.act(offered, Act("1")), "after going on hours later")
    anew = player.on(player.act(offered, Act("2")))
    again = player.on(player.act(player.later(anew, player.resume_after), DIAL))
    if again.session.offer != "parked":
        yield Broken("what was set aside is not offered later", again)
        return
    yield from _same_question(spot, player.act(again, Act("1")), "after going on with what was set aside")


def delivered_twice(player: Player, spot: Spot) -> Iterator[Broken]:
    """One button pressed twice counts once; and a step that is taken twice comes out alike."""
    later = player.later(spot, _MOMENT)
    act = next(player.acts(later))
    mark = spot.prompt.mark if spot.prompt else ""
    once = player.act(later, act, mark)
    again = player.act(later, act, mark)
    if (once.session, once.call, once.prompt) != (again.session, again.call, again.prompt):
        yield Broken("the same message comes out differently when it is taken twice", again)
    if mark and isinstance(player.question(spot), Choose):
        after = player.on(once)
        twice = player.act(after, act, mark)
        if twice.session != after.session or twice.call:
            yield Broken("a button that is pressed twice counts twice", twice)


def stopped(player: Player, spot: Spot) -> Iterator[Broken]:
    """STOP closes the dialogue; the next call stands at the same question, and so does START."""
    opened = _by_role(player, spot, Role.STOP)
    if opened is None:
        return
    for closed in _outcomes(player, opened):
        if closed.prompt is None or not closed.prompt.closes:
            yield Broken("STOP does not end the dialogue", closed)
            continue
        yield from _same_question(spot, player.act(closed, DIAL), "after STOP and a new call")
        if word := _start_word(player):
            started = player.on(player.act(closed, Act(word)))
            yield from _same_place(spot, started, "after STOP and START")


def helped(player: Player, spot: Spot) -> Iterator[Broken]:
    """HELP comes back to the question."""
    yield from _returns(player, spot, Role.HELP, "after HELP")


def other_language(player: Player, spot: Spot) -> Iterator[Broken]:
    """Another language is chosen, each in turn: the same question, in that language."""
    opened = _by_role(player, spot, Role.LANGUAGE)
    if opened is None:
        return
    for act in player.acts(opened):
        after = _back_at(player, spot, player.on(player.act(opened, act)))
        if after is None:
            yield Broken("after another language was chosen nobody comes back to the question", opened)
            return


def stepped_back(player: Player, spot: Spot) -> Iterator[Broken]:
    """Back shows the question before with its answer; the same answers again lead to where one was."""
    word = min((word for word, move in player.revision.moves.items() if move == "back"), default="")
    if not spot.prompt or not spot.prompt.back or not word:
        return
    back = player.act(spot, Act(word))
    top = back.top
    if top is None or player.question(back) is None:
        yield Broken("Back leads to no question", back)
        return
    again = _repeated(player, spot, back)
    if again is not None and places(again.session.frames) != places(spot.session.frames):
        yield Broken("after Back the same answers lead elsewhere", again)


def other_channel(player: Player, spot: Spot) -> Iterator[Broken]:
    """The conversation goes on by another channel: the same question."""
    for channel in ChannelName:
        moved = replace(spot, session=replace(spot.session, channel=channel.value))
        after = player.act(player.later(moved, _MOMENT), DIAL)
        yield from _same_question(spot, after, f"on {channel.value}, begun on {spot.session.channel},")


def turned(player: Player, spot: Spot) -> Iterator[Broken]:
    """The pages of a long screen are turned: the same question, and it is answered from the last as from the first."""
    here = replace(spot, session=replace(spot.session, pages=3))
    for page in (1, 2):
        here = player.act(here, Act(MORE))
        yield from _same_place(spot, here, "after a page was turned")
        if here.session.page != page:
            yield Broken("no page is turned", here)
    act = next(player.acts(spot))
    first, last = player.act(spot, act), player.act(here, act)
    if places(first.session.frames) != places(last.session.frames):
        yield Broken("an answer from the last page leads elsewhere", last)


def went_home(player: Player, spot: Spot) -> Iterator[Broken]:
    """The person goes to the main menu: what was answered is set aside, and offered later."""
    word = min((word for word, move in player.revision.moves.items() if move == "home"), default="")
    if not word or not _answers(player, spot):
        return
    home = player.on(player.act(spot, Act(word)))
    again = player.on(player.act(player.later(home, player.resume_after), DIAL))
    if again.session.offer != "parked":
        yield Broken("what was set aside for the main menu is not offered later", again)
        return
    yield from _same_question(spot, player.act(again, Act("1")), "after the main menu")


def shared(player: Player, spot: Spot) -> Iterator[Broken]:
    """A phone is shared though nobody asked: the question comes back."""
    question, contact = player.question(spot), player.revision.roles.get(Role.CONTACT)
    open_here = {frame.flow for frame in spot.session.frames}
    if contact is None or contact.name in open_here or (question and question.contact):
        return
    opened = player.on(player.act(spot, Act(opening=Opening.CONTACT)))
    if _back_at(player, spot, opened) is None:
        yield Broken("after a phone was shared nobody comes back to the question", opened)


def wrong_to_the_cap(player: Player, spot: Spot, text: str) -> None:
    """Wrong answers up to the last: each is told and the question asked again, then there is a way out.

    Raises `Broken` for the first that does not hold.
    """
    question = player.question(spot)
    assert question is not None
    here = spot
    for _ in range(question.retries):
        here = player.act(here, Act(text))
        for broken in _same_question(spot, here, "after a wrong answer"):
            raise broken
        if not here.session.said:
            raise Broken("a wrong answer is not told", here)
    out = player.act(here, Act(text))
    if question.too_many:
        assert spot.top is not None
        if (spot.top.flow, question.too_many) not in player.trace.states:
            raise Broken("too many wrong answers lead elsewhere", out)
        return
    if out.prompt is None or not out.prompt.closes:
        raise Broken("too many wrong answers do not end the dialogue", out)
    for broken in _same_question(spot, player.act(out, DIAL), "after too many wrong answers and a new call"):
        raise broken


def same_on_every_channel(player: Player, spot: Spot) -> Iterator[Broken]:
    """The same answers do the same on every channel, unless the flow itself asks which channel it is."""
    for act in player.acts(spot):
        if act.text:
            done = [_done(player, spot, act, channel) for channel in ChannelName]
            told = [each for each in done if each is not None]
            if any(each != told[0] for each in told):
                yield Broken(f"the answer {act} does not do the same on every channel", spot)


ALL: tuple[Fault, ...] = (
    dropped,
    expired,
    delivered_twice,
    stopped,
    helped,
    other_language,
    stepped_back,
    other_channel,
    turned,
    went_home,
    shared,
)


# --- what is compared -------------------------------------------------------------------------------------


def _same_place(spot: Spot, after: Spot, when: str) -> Iterator[Broken]:
    if places(after.session.frames) != places(spot.session.frames):
        yield Broken(f"{when} the question or an answer is lost", after)


def _same_question(spot: Spot, after: Spot, when: str) -> Iterator[Broken]:
    if places(after.session.frames) != places(spot.session.frames):
        yield Broken(f"{when} the question or an answer is lost", after)
    elif after.prompt is None or after.prompt.closes:
        yield Broken(f"{when} the question is not asked", after)
    elif spot.prompt and [each.value for each in after.prompt.choices] != [
        each.value for each in spot.prompt.choices
    ]:
        yield Broken(f"{when} other options are offered", after)


def _answers(player: Player, spot: Spot) -> bool:
    """Whether something was answered that must not be lost; what the main flow keeps only finds the way."""
    flows = player.revision.flows
    return any(
        flows[frame.flow].role is not Role.MAIN
        and not flows[frame.flow].answered.isdisjoint((*frame.variables, *frame.offered))
        for frame in spot.session.frames
    )


# --- interludes -------------------------------------------------------------------------------------------


def _by_role(player: Player, spot: Spot, role: Role) -> Spot | None:
    """Enters the flow of a role by its first word; None where there is no such flow or it is open already."""
    flow = player.revision.roles.get(role)
    if flow is None or any(frame.flow == flow.name for frame in spot.session.frames):
        return None
    if (word := _word(flow.triggers, spot.session)) is None:
        return None
    later = player.later(spot, _MOMENT)
    opened = player.act(later, Act(word))
    return opened if opened.call and role is Role.STOP else player.on(opened)


def _word(triggers: tuple[Trigger, ...], session: Session) -> str | None:
    for trigger in triggers:
        if trigger.words and (trigger.audience == "anyone" or trigger.audience in session.roles):
            return trigger.words[0]
    return None


def _outcomes(player: Player, spot: Spot) -> Iterator[Spot]:
    """Every prompt that the outcomes of the open call lead to."""
    if spot.call is None:
        yield spot
        return
    for act in player.acts(spot):
        yield player.on(player.act(spot, act))


def _start_word(player: Player) -> str:
    """The word that undoes STOP."""
    for flow in player.revision.flows.values():
        for trigger in flow.triggers:
            state = flow.states[trigger.go]
            if isinstance(state, Do) and state.call is StartMessages and trigger.words:
                return trigger.words[0]
    return ""


def _returns(player: Player, spot: Spot, role: Role, when: str) -> Iterator[Broken]:
    opened = _by_role(player, spot, role)
    if opened is None:
        return
    after = _back_at(player, spot, opened)
    if after is None:
        yield Broken(f"{when} nobody comes back to the question", opened)
    else:
        yield from _same_question(spot, after, when)


def _back_at(player: Player, spot: Spot, start: Spot) -> Spot | None:
    """The first place, from `start` on, where the conversation stands as at `spot` again."""
    wanted, waiting, seen = places(spot.session.frames), deque([start]), 0
    while waiting and seen < _MOST_INTERLUDE:
        here = waiting.popleft()
        seen += 1
        if here.call is None and not here.session.offer and places(here.session.frames) == wanted:
            return here
        waiting.extend(player.act(here, act) for act in player.acts(here))
    return None


# --- repeated and compared paths --------------------------------------------------------------------------


def _repeated(player: Player, spot: Spot, back: Spot) -> Spot | None:
    """The last acts of a spot's path once more, from where Back led; None where they began elsewhere."""
    top, trail = back.top, spot.path
    assert top is not None
    begins = [
        number
        for number, each in enumerate(trail[:-1])
        if each.call is None and each.top and (each.top.flow, each.top.state) == (top.flow, top.state)
    ]
    if not begins:
        return None
    here = back
    for each in trail[begins[-1] + 1 :]:
        assert each.act is not None
        here = player.act(here, each.act)
    return here


Done = tuple[Any, ...]


def _done(player: Player, spot: Spot, act: Act, channel: ChannelName) -> Done | None:
    """What an answer does on a channel: calls, arguments, where it stands; None where the flow asks for the channel."""
    here = player.act(replace(spot, session=replace(spot.session, channel=channel.value)), act)
    told: list[Any] = []
    for _ in range(MOST_CALLS + 1):
        if decides_by(player.trace, player.revision):
            return None
        if here.call is None:
            break
        told.append((NAMES[type(here.call)], sorted(arguments(here.call).items(), key=str)))
        here = player.act(here, next(player.acts(here)))
    return (*told, places(here.session.frames))

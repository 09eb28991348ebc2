"""Generated conversations: every exit of every flow by the shortest way, and at every question what may befall it.

The engine itself takes every step. Conversations that stand alike are one: the same states, the same things known of
what may still be read, and the same values where a condition asks for them. So a flow is explored whole, not every
history of it, nor every history of the flows that it enters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.authoring.analysis import samples
from gateway.authoring.analysis.needed import needed
from gateway.authoring.exploring import exits, faults, screens
from gateway.authoring.exploring.exits import Exit
from gateway.authoring.exploring.play import (
    DIAL,
    WRONG,
    Act,
    Broken,
    Player,
    Spot,
    entered,
    words,
)
from gateway.authoring.rehearsing.rehearsal import NOW
from gateway.conversation.flow import Ask, Audience, Enter, Flow, Revision, Role, Trigger
from gateway.conversation.session import Frame, Session
from gateway.conversation.step import show
from gateway.errors import FlowError
from gateway.messages import ChannelName, Opening
from gateway.text.screens import Profile

MOST_SPOTS = 20_000
"""Places of one flow that are looked at. No shipped flow comes near; past it the rest is reported as not covered."""


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """Something that must hold and did not: where, what, and the way there."""

    flow: str
    state: str
    what: str
    path: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for reports."""
        return {"flow": self.flow, "state": self.state, "what": self.what, "path": list(self.path)}


@dataclass(slots=True)
class Explored:
    """What was found of some flows. `unreachable` are exits that no conversation takes."""

    exits: list[Exit] = field(default_factory=list)
    covered: set[Exit] = field(default_factory=set)
    failed: list[Failure] = field(default_factory=list)
    steps: int = 0

    @property
    def unreachable(self) -> list[Exit]:
        """The exits that were never taken."""
        return [each for each in self.exits if each not in self.covered]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "exits": len(self.exits),
            "covered": len(self.covered & set(self.exits)),
            "failed": [each.to_dict() for each in self.failed],
            "unreachable": [each.to_dict() for each in self.unreachable],
            "steps": self.steps,
        }


def explore(
    revision: Revision, profiles: Iterable[tuple[str, Profile]], chosen: Sequence[str] = ()
) -> Explored:
    """Explores the flows of some names, or all. `profiles` are the USSD screens that everything must fit."""
    found, shown = Explored(), tuple(profiles)
    for name in chosen or revision.flows:
        _Search(Player(revision), revision.flows[name], found, shown).run()
    return found


class _Search:
    """The exploration of one flow."""

    def __init__(
        self, player: Player, flow: Flow, found: Explored, profiles: tuple[tuple[str, Profile], ...]
    ) -> None:
        self.player, self.flow, self.found, self.profiles = player, flow, found, profiles
        family = entered(flow, player.revision.flows)
        self.known = {each.name: player.literals[each.name] for each in family}
        self.facts = frozenset().union(*map(samples.facts, self.known.values()))
        self.needed = needed(flow)
        self.questions: dict[str, Spot] = {}
        self.ends: dict[tuple[str, ...], Spot] = {}
        self.seen: dict[Any, Spot] = {}
        self.leads: dict[Any, set[Any]] = {}
        self.entering = [state for state in flow.states.values() if isinstance(state, Enter)]

    def run(self) -> None:
        """Covers the flow's exits, then injects at each of its questions."""
        self.found.exits.extend(exits.exits(self.player.revision, self.flow.name))
        queue: deque[Spot] = deque()
        for start, act in self._roots():
            self._reach(start, act, queue)
        while queue and len(self.seen) < MOST_SPOTS:
            spot = queue.popleft()
            for act in self.player.acts(spot):
                self._reach(spot, act, queue)
        self._ends_are_near()
        for spot in self.questions.values():
            self._inject(spot)
        for spot in (*self.questions.values(), *self.ends.values()):
            self._try(spot, screens.everywhere(self.player, spot, self.profiles))
        self.found.steps += self.player.steps

    # --- ways in ------------------------------------------------------------------------------------------

    def _roots(self) -> Iterator[tuple[Spot, Act]]:
        """Fresh conversations, and what enters the flow from outside."""
        for session, now in self._fresh():
            spot = Spot(session, None, None, now)
            for number, trigger in enumerate(self.flow.triggers):
                aimed = spot if trigger.audience is Audience.ANYONE else _with_role(spot, trigger.audience)
                what = exits.trigger(number)
                for text in self._openings(trigger):
                    yield aimed, Act(text, means=what)
                if trigger.link:
                    yield aimed, Act(trigger.link, Opening.LINK, means=what)
            if self.flow.role is Role.CONTACT:
                yield spot, Act(opening=Opening.CONTACT)
            elif self.flow.role is Role.MAIN:
                yield spot, DIAL
            placed = replace(session, frames=(Frame(self.flow.name, self.flow.start),))
            yield replace(spot, session=replace(placed, asked_at=now.timestamp())), DIAL

    def _fresh(self) -> Iterator[tuple[Session, datetime]]:
        """Sessions that nothing was said in, one for each fact that the flow's conditions tell apart."""
        revision, channels = self.player.revision, [ChannelName.SMS]
        roles: list[tuple[str, ...]] = [()]
        languages = [revision.settings.language or self.flow.language]
        if "channel" in self.facts:
            channels = list(ChannelName)
        if "roles" in self.facts:
            audiences = [each.value for each in Audience if each is not Audience.ANYONE]
            roles += [(each,) for each in dict.fromkeys((*audiences, *self._compared("roles")))]
        if "language" in self.facts:
            languages = [*dict.fromkeys((*languages, *self._compared("language", revision.languages))), ""]
        years = [each for each in self._compared("now_year") if isinstance(each, int)] if self.facts else []
        moments = [NOW, *(NOW.replace(year=year + step) for year in years for step in (-1, 0, 1))]
        for language in languages:
            for channel in channels:
                for role in roles:
                    for now in moments:
                        yield Session(revision.id, language, role, channel.value), now

    def _compared(self, fact: str, among: Iterable[str] = ()) -> list[Any]:
        found = frozenset().union(*(known.get(fact, frozenset()) for known in self.known.values()))
        return sorted(found & frozenset(among) if among else found, key=str)

    def _openings(self, trigger: Trigger) -> Iterator[str]:
        """The trigger's words: each alone, and the first with what may follow it."""
        yield from trigger.words
        texts = [trigger.words[0]] if trigger.words else []
        for variable in trigger.take:
            compared = self.known[self.flow.name].get(variable.name, frozenset())
            taken = samples.typed(variable, compared, NOW)
            texts = [f"{text} {value}" for text in texts for value in taken]
            yield from texts

    # --- the search ---------------------------------------------------------------------------------------

    def _reach(self, spot: Spot, act: Act, queue: deque[Spot]) -> None:
        """Takes a step and notes what it covers; a place met for the first time is looked at later."""
        before = self._key(spot)
        try:
            after = self.player.act(spot, act)
            self._cover(spot, after)
            self._keeps_answers(spot, after)
        except (Broken, FlowError) as error:
            self._fail(error, spot, act)
            return
        key = self._key(after)
        self.leads.setdefault(before, set()).add(key)
        if key not in self.seen:
            self.seen[key] = after
            queue.append(after)
            self._note(after)

    def _note(self, spot: Spot) -> None:
        """Keeps the first way to each question of the flow, and to each of its ends."""
        top = spot.top
        if top is not None and top.flow == self.flow.name and self.player.question(spot):
            self.questions.setdefault(top.state, spot)
        elif spot.prompt and spot.prompt.closes:
            said = {state for flow, state in self.player.trace.states if flow == self.flow.name}
            self.ends.setdefault(tuple(sorted(said)), spot)

    def _key(self, spot: Spot) -> Any:
        session = spot.session
        named = self._compared("language", self.player.revision.languages)
        language = session.language if not session.language or session.language in named else "any"
        frames = tuple(self._frame_key(frame) for frame in session.frames)
        return language, session.channel, session.roles, session.offer, spot.call is None, spot.now, frames

    def _frame_key(self, frame: Frame) -> Any:
        """A flow that was entered is explored by itself: here it is enough where it stands."""
        if frame.flow != self.flow.name:
            return frame.flow, frame.state
        needed = self.needed[frame.state]
        known = {name: value for name, value in frame.variables.items() if name in needed}
        compared = self.known[frame.flow]
        values = tuple(sorted((name, repr(value)) for name, value in known.items() if name in compared))
        lists = tuple(sorted((name, len(value)) for name, value in known.items() if isinstance(value, list)))
        return frame.flow, frame.state, frozenset(known), values, lists

    # --- what a step covers and must keep -----------------------------------------------------------------

    def _cover(self, before: Spot, after: Spot) -> None:
        """Notes the exits of this flow that the last step took."""
        trace, flow, means = self.player.trace, self.flow, after.act.means if after.act else ""
        taken = {exits.named(each) for each in trace.exits if each.flow == flow.name}
        if means:
            number = int(means.rpartition(" ")[2]) - 1
            if (flow.name, flow.triggers[number].go) not in trace.states:
                raise Broken(f"the way in '{after.act}' leads elsewhere", after)
            taken.add(Exit(flow.name, "", means))
        open_at = {(frame.flow, frame.state) for frame in before.session.frames[:-1]} | trace.states
        taken |= {
            Exit(flow.name, state.name, exits.RETURNS)
            for state in self.entering
            if (flow.name, state.name) in open_at and (flow.name, state.go) in trace.states
        }
        self.found.covered |= taken

    def _keeps_answers(self, before: Spot, after: Spot) -> None:
        """What was answered in a flow that stays open is still known."""
        for old, new in zip(before.session.frames, after.session.frames, strict=False):
            if old.flow == new.flow and not old.variables.keys() <= new.variables.keys():
                raise Broken("an answer was lost", after)

    def _ends_are_near(self) -> None:
        """From every place that was found an end can be reached."""
        sources: dict[Any, set[Any]] = {}
        for key, following in self.leads.items():
            for each in following:
                sources.setdefault(each, set()).add(key)
        ending = [key for key, spot in self.seen.items() if spot.prompt and spot.prompt.closes]
        reached = set(ending)
        while ending:
            for key in sources.get(ending.pop(), ()):
                if key not in reached:
                    reached.add(key)
                    ending.append(key)
        lost = [spot for key, spot in self.seen.items() if key not in reached and self.player.state(spot)]
        if lost:
            self._fail(Broken("no end can be reached from here", lost[0]), lost[0])

    # --- injections ---------------------------------------------------------------------------------------

    def _inject(self, spot: Spot) -> None:
        """Everything that may befall somebody at a question, on every channel."""
        self._wrong_answers(spot)
        for channel in ChannelName:
            session = replace(spot.session, channel=channel.value)
            here = replace(spot, session=session, prompt=show(self.player.revision, session))
            for fault in faults.ALL:
                self._try(here, fault(self.player, here))
        self._try(spot, faults.same_on_every_channel(self.player, spot))

    def _wrong_answers(self, spot: Spot) -> None:
        """Covers the refused answer and too many of them."""
        question, top = self.player.question(spot), spot.top
        assert question is not None and top is not None
        text = samples.refused(question.variable, NOW) if isinstance(question, Ask) else WRONG
        if text is None:
            return
        try:
            faults.wrong_to_the_cap(self.player, spot, text)
            for what in (exits.REFUSED, exits.TOO_MANY):
                self.found.covered.add(Exit(top.flow, top.state, what))
        except (Broken, FlowError) as error:
            self._fail(error, spot)

    def _try(self, spot: Spot, problems: Iterator[Broken]) -> None:
        try:
            for broken in problems:
                self._fail(broken, spot)
        except (Broken, FlowError) as error:
            self._fail(error, spot)

    def _fail(self, error: Broken | FlowError, spot: Spot, act: Act | None = None) -> None:
        broken = error.spot if isinstance(error, Broken) else spot
        what = error.what if isinstance(error, Broken) else error.problem
        path = words(broken) + ([str(act)] if act and isinstance(error, FlowError) else [])
        flow, state = (spot.top.flow, spot.top.state) if spot.top else (self.flow.name, "")
        if all((each.flow, each.state, each.what) != (flow, state, what) for each in self.found.failed):
            self.found.failed.append(Failure(flow, state, what, tuple(path)))


def _with_role(spot: Spot, audience: Audience) -> Spot:
    return replace(spot, session=replace(spot.session, roles=(audience.value,)))

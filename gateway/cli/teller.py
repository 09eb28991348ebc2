"""How a story is told through the simulated phones: conversations held by what the flow files say."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from redis import Redis

from gateway import settings
from gateway.catalogue.files import read_folder
from gateway.cli.phones import Calling, Person, StoryFailed, World, flat
from gateway.cli.words import Words, pattern

AGE = 35
MOST_SCREENS = 40
COUNT_SECONDS = 5.0

Answers = dict[str, str]

REGISTRATION: Answers = {
    "consent": "yes",
    "relation": "self",
    "area": "Addis Ababa",
    "confirm": "yes",
    "sex": "f",
    "age": str(AGE),
    "confirm_age": "yes",
    "country": "SA",
    "return_month": "05 2026",
    "return_type": "assisted",
    "people_with": "2",
    "children_with": "1",
    "need": "shelter",
    "urgent": "no",
    "statistics": "yes",
    "sms": "yes",
}
"""What is answered in each state of the registration: an option's code, or what is typed."""


def say(line: str) -> None:
    """One line of the story."""
    print(line, flush=True)


class Teller(ABC):
    """Who tells it, in which words."""

    def __init__(self, url: str, redis: Redis, *, say: Callable[[str], None] = say) -> None:
        known = settings.read()
        self.words = Words(read_folder(known.flows_dir or Path(str(files("flows")))))
        self.world = World(url, say)
        self.redis = redis

    @abstractmethod
    def tell(self) -> None:
        """All of it. Raises `StoryFailed` at the first step that does not happen."""

    def converse(self, person: Person, flow: str, answers: Answers, until: str) -> dict[str, str]:
        """Answers whatever is asked until a state has spoken; returns what its text names."""
        for _ in range(MOST_SCREENS):
            screen = self._screen(person)
            if found := self._pattern(person, flow, until).search(flat(screen)):
                return found.groupdict()
            self._answer(person, flow, answers, screen)
        raise StoryFailed(f"{person.name} never came to {flow}/{until}")

    def _answer(self, person: Person, flow: str, answers: Answers, screen: str) -> None:
        asked = [state for state in answers if self._pattern(person, flow, state).search(flat(screen))]
        if not asked:
            raise StoryFailed(f"{person.name} does not know what to answer in {flow}")
        state = max(asked, key=lambda each: len(self.words.text(flow, each, person.language, person.channel)))
        if self.words.is_choice(flow, state, answers[state]):
            self.pick(person, flow, state, answers[state])
        else:
            person.write(answers[state])

    def pick(self, person: Person, flow: str, state: str, code: str) -> None:
        """Chooses an option of a state by its code."""
        person.pick(self.words.label(flow, state, code, person.language, person.channel))

    def expect(self, person: Person, screen: str, flow: str, state: str) -> None:
        """Raises `StoryFailed` where a screen is not what a state says."""
        said = self._pattern(person, flow, state).search(flat(screen))
        demand(said is not None, f"{person.name} should read what {flow}/{state} says")

    def _pattern(self, person: Person, flow: str, state: str) -> re.Pattern[str]:
        return pattern(self.words.text(flow, state, person.language, person.channel))

    def _screen(self, person: Person) -> str:
        if isinstance(person, Calling):
            return person.screen
        return str(person.messages()[person.seen - 1]["body"])

    def jobs_done(self) -> int:
        """How many jobs RQ's workers have done, by RQ's own count, once none is at work: it counts what ended."""
        deadline = time.monotonic() + COUNT_SECONDS
        while time.monotonic() < deadline:
            workers = [self.redis.hgetall(key) for key in self.redis.smembers("rq:workers")]
            if all(worker.get(b"state") != b"busy" for worker in workers):
                return sum(int(worker.get(b"successful_job_count", 0)) for worker in workers)
            time.sleep(0.02)
        raise StoryFailed("RQ's worker never came to rest")

    def until(self, person: Person, screen: str, flow: str, state: str) -> None:
        """Waits until somebody reads what a state says, where notices may come before it."""
        if not self._pattern(person, flow, state).search(flat(screen)):
            person.hear(self._pattern(person, flow, state), f"what {flow}/{state} says")

    def notice(self, person: Person, name: str, what: str) -> re.Match[str]:
        """Waits until somebody reads a notice; returns what it names."""
        return person.hear(self.words.notice(name, person.language), what)


def demand(happened: bool, otherwise: str) -> None:
    """Raises `StoryFailed` where something did not happen."""
    if not happened:
        raise StoryFailed(otherwise)


def chapter(title: str) -> None:
    """Begins a chapter."""
    say(f"\n── {title}\n")

"""The story of three returnees, played through the simulated phones: `gateway demo --story`.

Every line passes the real doors, the database, RQ and a worker. A step that does not happen ends the story with
its name and a non-zero exit.
"""

from __future__ import annotations

import re
import sys
import time
from importlib.resources import files
from pathlib import Path

from redis import Redis

from gateway import settings
from gateway.catalogue.files import read_folder
from gateway.cli.phones import Calling, Chatting, Person, StoryFailed, Texting, World, flat
from gateway.cli.words import Words, pattern
from gateway.simulator.cast import RETURNEES
from gateway.simulator.wiring import SERVICE_CODE

ALMAZ, XASAN, TIGIST = RETURNEES
CLINIC, SHELTER = "+251911000001", "+251911000002"
CASEWORKER = 700000001
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

REQUEST: Answers = {"share": "yes", "need": "shelter", "area": "Addis Ababa", "confirm": "yes"}


class Story:
    """Who tells it, in which words."""

    def __init__(self, url: str, redis: Redis) -> None:
        known = settings.read()
        self.words = Words(read_folder(known.flows_dir or Path(str(files("flows")))))
        self.world = World(url, _print)
        self.redis = redis

    def tell(self) -> None:
        """All of it. Raises `StoryFailed` at the first step that does not happen."""
        number = self.almaz_registers()
        self.a_clinic_checks(number)
        code = self.almaz_asks_for_help()
        self.the_request_travels(code)
        self.the_provider_answers(code)
        self.xasan_registers_by_sms()
        self.tigist_goes_on_in_a_chat()

    def almaz_registers(self) -> str:
        """English, USSD, with a call that is cut off. Returns the certificate number."""
        _chapter(
            "Almaz registers on a basic phone, in English. Her call is cut off; she dials again and goes on."
        )
        almaz = self.almaz = Calling(self.world, "Almaz", "en", ALMAZ.number)
        almaz.dial(SERVICE_CODE)
        self._pick(almaz, "language", "pick", "en")
        self._pick(almaz, "main", "menu", "register")
        answers = REGISTRATION | {"name": "Almaz Tesfaye Bekele"}
        self._converse(almaz, "registration", answers, until="country")
        almaz.hang_up()
        almaz.dial(SERVICE_CODE)
        self._expect(almaz, almaz.screen, "registration", "country")
        return self._converse(almaz, "registration", answers, until="issued")["certificate_number"]

    def a_clinic_checks(self, number: str) -> None:
        """A registered provider verifies the certificate by SMS."""
        _chapter("A clinic checks her certificate by SMS.")
        clinic = Texting(self.world, "Clinic", "am", CLINIC)
        born = time.gmtime().tm_year - AGE
        screen = clinic.write(f"{self.words.keyword('verify')} {number} {born}")
        self._expect(clinic, screen, "verify", "valid")

    def almaz_asks_for_help(self) -> str:
        """By USSD again. Returns the request's code."""
        _chapter("Almaz dials again and asks for a place to stay.")
        self.jobs = self._jobs()
        self.almaz.dial(SERVICE_CODE)
        self._pick(self.almaz, "main", "menu", "services")
        return self._converse(self.almaz, "services", REQUEST, until="sent")["code"].rstrip(".")

    def the_request_travels(self, code: str) -> None:
        """Through the outbox, RQ and a worker to the provider's phone and the caseworker's chat."""
        _chapter(
            "The request travels through the queue to the provider's phone and the caseworker's Telegram."
        )
        self.shelter = Texting(self.world, "Shelter", "en", SHELTER)
        self.caseworker = Chatting(self.world, "Caseworker", "en", CASEWORKER)
        for person, notice in ((self.shelter, "leg_offered"), (self.caseworker, "leg_offered_staff")):
            heard = person.hear(self.words.notice(notice, person.language), "the request")
            _demand(heard["code"] == code, f"{person.name} reads another code than the person")
        done = self._jobs() - self.jobs
        _demand(done > 0, "the request did not pass through RQ")
        _print(f"    (jobs that RQ's worker did for it: {done})")

    def the_provider_answers(self, code: str) -> None:
        """ACCEPT, ARRIVED and DONE by SMS; the person hears of it by SMS."""
        _chapter("The provider accepts by SMS, and Almaz hears of it. She arrives, and is helped.")
        steps = (
            (f"ACCEPT {code}", "accepted", "leg_accepted_person"),
            (f"ARRIVED {code}", "has_arrived", ""),
            (f"DONE {code} HELPED", "completed", "leg_completed_person"),
        )
        for text, state, notice in steps:
            self._expect(self.shelter, self.shelter.write(text), "replies", state)
            if notice:
                self.almaz.hear(self.words.notice(notice, "en"), f"what became of {text.split()[0]}")

    def xasan_registers_by_sms(self) -> None:
        """Somali, SMS alone: registration, then where his help is."""
        _chapter("Xasan registers in Somali by SMS alone, and asks where his help is.")
        xasan = Texting(self.world, "Xasan", "so", XASAN.number)
        xasan.write(self.words.keyword("registration", 2))
        self._pick(xasan, "language", "pick", "so")
        answers = REGISTRATION | {
            "name": "Xasan Nuur Cabdi",
            "area": "Jijiga",
            "sex": "m",
            "people_with": "0",
        }
        self._converse(xasan, "registration", answers, until="issued")
        self._expect(xasan, xasan.write(self.words.keyword("status", 1)), "status", "nothing")

    def tigist_goes_on_in_a_chat(self) -> None:
        """Amharic: begun on the phone, continued in Telegram once the number is shared."""
        _chapter("Tigist begins in Amharic on a phone, shares her number in Telegram, and goes on there.")
        phone = Calling(self.world, "Tigist", "am", TIGIST.number)
        phone.dial(SERVICE_CODE)
        self._pick(phone, "language", "pick", "am")
        self._pick(phone, "main", "menu", "register")
        answers = REGISTRATION | {"name": "ትዕግስት ተስፋዬ በቀለ"}
        self._converse(phone, "registration", answers, until="age")
        phone.hang_up()
        chat = Chatting(self.world, "Tigist", "am", TIGIST.telegram)
        chat.write("/start")
        self._pick(chat, "language", "pick", "am")
        screen = chat.share_contact()
        self._expect(chat, screen, "main", "bound")
        self._converse(chat, "registration", answers, until="issued")

    # --- how a conversation is held -----------------------------------------------------------------------

    def _converse(self, person: Person, flow: str, answers: Answers, until: str) -> dict[str, str]:
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
            self._pick(person, flow, state, answers[state])
        else:
            person.write(answers[state])

    def _pick(self, person: Person, flow: str, state: str, code: str) -> None:
        person.pick(self.words.label(flow, state, code, person.language, person.channel))

    def _expect(self, person: Person, screen: str, flow: str, state: str) -> None:
        said = self._pattern(person, flow, state).search(flat(screen))
        _demand(said is not None, f"{person.name} should read what {flow}/{state} says")

    def _pattern(self, person: Person, flow: str, state: str) -> re.Pattern[str]:
        return pattern(self.words.text(flow, state, person.language, person.channel))

    def _screen(self, person: Person) -> str:
        if isinstance(person, Calling):
            return person.screen
        return str(person.messages()[person.seen - 1]["body"])

    def _jobs(self) -> int:
        """How many jobs RQ's workers have done, by RQ's own count, once none is at work: it counts what ended."""
        deadline = time.monotonic() + COUNT_SECONDS
        while time.monotonic() < deadline:
            workers = [self.redis.hgetall(key) for key in self.redis.smembers("rq:workers")]
            if all(worker.get(b"state") != b"busy" for worker in workers):
                return sum(int(worker.get(b"successful_job_count", 0)) for worker in workers)
            time.sleep(0.02)
        raise StoryFailed("RQ's worker never came to rest")


def _demand(happened: bool, otherwise: str) -> None:
    if not happened:
        raise StoryFailed(otherwise)


def _chapter(title: str) -> None:
    _print(f"\n── {title}\n")


def _print(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """`python -m gateway.cli.story URL`: exits 0 only if all of it happened."""
    began = time.monotonic()
    with Redis.from_url(settings.read().redis_url) as redis:
        try:
            Story(sys.argv[1], redis).tell()
        except StoryFailed as error:
            sys.exit(f"\nThe story failed: {error}")
    _print(f"\nAll of it happened, in {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()

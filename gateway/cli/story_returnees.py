"""The story of three returnees in three languages, on three channels: `gateway demo --story`."""

from __future__ import annotations

import time

from gateway.cli.phones import Calling, Chatting, Texting
from gateway.cli.teller import AGE, REGISTRATION, Answers, Teller, chapter, demand, say
from gateway.simulator.cast import RETURNEES
from gateway.simulator.wiring import SERVICE_CODE

ALMAZ, XASAN, TIGIST = RETURNEES
CLINIC, SHELTER = "+251911000001", "+251911000002"
CASEWORKER = 700000001

REQUEST: Answers = {"share": "yes", "need": "shelter", "area": "Addis Ababa", "confirm": "yes"}


class ThreeReturnees(Teller):
    """Registration, a certificate that is checked, a request that is answered."""

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
        chapter(
            "Almaz registers on a basic phone, in English. Her call is cut off; she dials again and goes on."
        )
        almaz = self.almaz = Calling(self.world, "Almaz", "en", ALMAZ.number)
        almaz.dial(SERVICE_CODE)
        self.pick(almaz, "language", "pick", "en")
        self.pick(almaz, "main", "menu", "register")
        answers = REGISTRATION | {"name": "Almaz Tesfaye Bekele"}
        self.converse(almaz, "registration", answers, until="country")
        almaz.hang_up()
        almaz.dial(SERVICE_CODE)
        self.expect(almaz, almaz.screen, "registration", "country")
        return self.converse(almaz, "registration", answers, until="issued")["certificate_number"]

    def a_clinic_checks(self, number: str) -> None:
        """A registered provider verifies the certificate by SMS."""
        chapter("A clinic checks her certificate by SMS.")
        clinic = Texting(self.world, "Clinic", "am", CLINIC)
        born = time.gmtime().tm_year - AGE
        screen = clinic.write(f"{self.words.keyword('verify')} {number} {born}")
        self.expect(clinic, screen, "verify", "valid")

    def almaz_asks_for_help(self) -> str:
        """By USSD again. Returns the request's code."""
        chapter("Almaz dials again and asks for a place to stay.")
        self.jobs = self.jobs_done()
        self.almaz.dial(SERVICE_CODE)
        self.pick(self.almaz, "main", "menu", "services")
        return self.converse(self.almaz, "services", REQUEST, until="sent")["code"].rstrip(".")

    def the_request_travels(self, code: str) -> None:
        """Through the outbox, RQ and a worker to the provider's phone and the caseworker's chat."""
        chapter(
            "The request travels through the queue to the provider's phone and the caseworker's Telegram."
        )
        self.shelter = Texting(self.world, "Shelter", "en", SHELTER)
        self.caseworker = Chatting(self.world, "Caseworker", "en", CASEWORKER)
        for person, notice in ((self.shelter, "leg_offered"), (self.caseworker, "leg_offered_staff")):
            heard = person.hear(self.words.notice(notice, person.language), "the request")
            demand(heard["code"] == code, f"{person.name} reads another code than the person")
        done = self.jobs_done() - self.jobs
        demand(done > 0, "the request did not pass through RQ")
        say(f"    (jobs that RQ's worker did for it: {done})")

    def the_provider_answers(self, code: str) -> None:
        """ACCEPT, ARRIVED and DONE by SMS; the person hears of it by SMS."""
        chapter("The provider accepts by SMS, and Almaz hears of it. She arrives, and is helped.")
        steps = (
            (f"ACCEPT {code}", "accepted", "leg_accepted_person"),
            (f"ARRIVED {code}", "has_arrived", ""),
            (f"DONE {code} HELPED", "completed", "leg_completed_person"),
        )
        for text, state, notice in steps:
            self.expect(self.shelter, self.shelter.write(text), "replies", state)
            if notice:
                self.almaz.hear(self.words.notice(notice, "en"), f"what became of {text.split()[0]}")

    def xasan_registers_by_sms(self) -> None:
        """Somali, SMS alone: registration, then where his help is."""
        chapter("Xasan registers in Somali by SMS alone, and asks where his help is.")
        xasan = Texting(self.world, "Xasan", "so", XASAN.number)
        xasan.write(self.words.keyword("registration", 2))
        self.pick(xasan, "language", "pick", "so")
        answers = REGISTRATION | {
            "name": "Xasan Nuur Cabdi",
            "area": "Jijiga",
            "sex": "m",
            "people_with": "0",
        }
        self.converse(xasan, "registration", answers, until="issued")
        self.expect(xasan, xasan.write(self.words.keyword("status", 1)), "status", "nothing")

    def tigist_goes_on_in_a_chat(self) -> None:
        """Amharic: begun on the phone, continued in Telegram once the number is shared."""
        chapter("Tigist begins in Amharic on a phone, shares her number in Telegram, and goes on there.")
        phone = Calling(self.world, "Tigist", "am", TIGIST.number)
        phone.dial(SERVICE_CODE)
        self.pick(phone, "language", "pick", "am")
        self.pick(phone, "main", "menu", "register")
        answers = REGISTRATION | {"name": "ትዕግስት ተስፋዬ በቀለ"}
        self.converse(phone, "registration", answers, until="age")
        phone.hang_up()
        chat = Chatting(self.world, "Tigist", "am", TIGIST.telegram)
        chat.write("/start")
        self.pick(chat, "language", "pick", "am")
        screen = chat.share_contact()
        self.expect(chat, screen, "main", "bound")
        self.converse(chat, "registration", answers, until="issued")

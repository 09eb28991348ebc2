"""The story of one request that is declined, sent on, accepted, attended, disputed and reopened: on three channels.

`gateway demo --story dispute`.
"""

from __future__ import annotations

import time

from gateway.cli.phones import Calling, Chatting, Texting
from gateway.cli.teller import AGE, REGISTRATION, Answers, Teller, chapter, demand
from gateway.simulator.cast import RETURNEES
from gateway.simulator.wiring import SERVICE_CODE

ALMAZ = RETURNEES[0]
FIRST, SECOND, THIRD = "+251911000002", "+251911000004", "+251911000005"
CASEWORKER = 700000001

REQUEST: Answers = {"share": "yes", "need": "work", "area": "Addis Ababa", "confirm": "yes"}


class Dispute(Teller):
    """Almaz asks for work. Three places are asked, one after the other, and she hears of every step."""

    def tell(self) -> None:
        """All of it. Raises `StoryFailed` at the first step that does not happen."""
        self.first = Texting(self.world, "First place", "en", FIRST)
        self.second = Texting(self.world, "Second place", "om", SECOND)
        self.third = Texting(self.world, "Third place", "am", THIRD)
        self.caseworker = Chatting(self.world, "Caseworker", "en", CASEWORKER)
        number = self.almaz_asks()
        code = self.the_first_place_declines()
        self.the_second_accepts(code)
        self.she_goes_there(code, number)
        self.it_did_not_help(code)
        self.a_caseworker_sends_it_on(code)

    def almaz_asks(self) -> str:
        """USSD: she registers and asks for work. Returns the certificate number."""
        chapter("Almaz registers on a basic phone and asks for work. (USSD)")
        almaz = self.almaz = Calling(self.world, "Almaz", "en", ALMAZ.number)
        almaz.dial(SERVICE_CODE)
        self.pick(almaz, "language", "pick", "en")
        self.pick(almaz, "main", "menu", "register")
        answers = REGISTRATION | {"name": "Almaz Tesfaye Bekele", "need": "work"}
        number = self.converse(almaz, "registration", answers, until="issued")["certificate_number"]
        almaz.dial(SERVICE_CODE)
        self.pick(almaz, "main", "menu", "services")
        self.code = self.converse(almaz, "services", REQUEST, until="sent")["code"].rstrip(".")
        return number

    def the_first_place_declines(self) -> str:
        """SMS: it is full; the request goes on by itself. Returns the code of the second attempt."""
        chapter("The first place is full. The request goes on by itself, and Almaz hears of it. (SMS)")
        heard = self.notice(self.first, "leg_offered", "the request")
        demand(heard["code"] == self.code, "the first place reads another code than the person")
        self.expect(self.first, self.first.write(f"DECLINE {self.code} FULL"), "replies", "declined")
        self.notice(self.almaz, "leg_declined_person", "that another place is looked for")
        return self.notice(self.second, "leg_offered", "the request")["code"]

    def the_second_accepts(self, code: str) -> None:
        """SMS, in another language: it accepts and names a day."""
        chapter("The second place accepts and names a day. (SMS, in Afaan Oromo)")
        keyword = self.words.keyword_of("replies", "accept", 5)
        self.expect(self.second, self.second.write(f"{keyword} {code}"), "replies", "accepted")
        self.notice(self.almaz, "leg_accepted_person", "that it was accepted")
        day = time.strftime("%d/%m", time.gmtime(time.time() + 3 * 86_400))
        self.expect(self.second, self.second.write(f"DATE {code} {day}"), "replies", "scheduled")
        self.notice(self.almaz, "leg_scheduled_person", "on which day she is expected")

    def she_goes_there(self, code: str, number: str) -> None:
        """A check of her certificate there counts as her arrival."""
        chapter("She goes there. That her certificate is checked counts as her arrival. (SMS)")
        screen = self.second.write(f"V {number} {time.gmtime().tm_year - AGE}")
        self.expect(self.second, screen, "verify", "valid")
        self.expect(self.second, self.second.write(f"DONE {code} HELPED"), "replies", "completed")
        self.notice(self.almaz, "leg_completed_person", "whether she was helped")

    def it_did_not_help(self, code: str) -> None:
        """Telegram: she shares her number, and says that it did not help."""
        chapter("Almaz opens Telegram on a friend's phone, shares her number, and says that it did not help.")
        chat = self.chat = Chatting(self.world, "Almaz", "en", ALMAZ.telegram)
        chat.write("/start")
        self.pick(chat, "language", "pick", "en")
        self.expect(chat, chat.share_contact(), "main", "bound")
        chat.write(f"{self.words.keyword('feedback')} {code}")
        self.pick(chat, "feedback", "helped", "no")
        screen = str(chat.messages()[chat.seen - 1]["body"])
        self.expect(chat, screen, "feedback", "disputed")

    def a_caseworker_sends_it_on(self, code: str) -> None:
        """Telegram: the staff decide; a third place is asked, and she hears of that too."""
        chapter("A caseworker reads that, looks who else could help, and sends it on. (Telegram)")
        heard = self.notice(self.caseworker, "referral_disputed_staff", "the dispute")
        demand(heard["code"] == code, "the caseworker reads another code")
        self.caseworker.write(f"{self.words.keyword_of('caseworker', 'who_can')} {code}")
        self.until(self.caseworker, self.caseworker.pick("Centre Eight"), "caseworker", "rebooked")
        self.notice(self.chat, "leg_declined_person", "that another place is looked for")
        again = self.notice(self.third, "leg_offered", "the request")["code"]
        demand(again != code, "a new attempt has a new code")
        self.expect(self.third, self.third.write(f"ACCEPT {again}"), "replies", "accepted")
        self.notice(self.chat, "leg_accepted_person", "that it was accepted")
        self.chat.write(self.words.keyword("status"))

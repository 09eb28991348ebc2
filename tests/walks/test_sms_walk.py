"""SMS phones through the real door, and the answers as the worker's code sends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import orjson
from doors import text_message
from sqlalchemy import select
from town import HEALTH_IN_JIJIGA, Town

from gateway.enact.certifying.certificates import REVOKED, SUSPENDED
from gateway.registry import certificate_number
from gateway.registry.certificate_number import grouped
from gateway.store import certificates
from gateway.store.inbox import BODY
from gateway.store.tables import inbox, outbox, people, verifications

XASAN = "+252634123402"
STRANGER = "+251911777001"
BORN = datetime.now(UTC).year - 35


def test_a_registration_in_somali(town: Town) -> None:
    """With words and numbers mixed, each message gets one answer, and the certificate's number holds."""
    xasan = town.texter(XASAN)
    town.said(xasan.write("diiwaangeli"), "language/pick")
    town.said(xasan.write("Soomaali"), "registration/consent", "so")
    typed = {
        "relation": "naftayda",
        "name": "Xasan Nuur Cabdi",
        "area": "Jijiga",
        "confirm": "haa",
        "sex": "lab",
        "age": "٣٥",
        "confirm_age": "haa",
        "country": "kenya",
        "return_month": "05 2026",
        "return_type": "Keligay",
        "people_with": "2",
        "children_with": "1",
        "need": "HOY",
        "urgent": "maya",
        "statistics": "haa",
        "sms": "haa",
    }
    screen = xasan.write("Haa")
    screen = town.answers(xasan.write, screen, "registration", typed, language="so", channel="sms")
    issued = town.said(screen, "registration/issued", "so")
    assert certificate_number.check(certificate_number.read(issued["certificate_number"]) or "")
    town.said(xasan.write("XAALAD"), "status/nothing", "so")
    assert len(town.to(XASAN)) == town.count(inbox) == 3 + len(typed) + 1
    assert town.count(people) == 1


def test_help_in_the_middle_of_a_question(town: Town) -> None:
    """HELP is answered, and then the question stands where it stood."""
    xasan = town.texter(XASAN)
    xasan.writes("REG", "1", "1", "1")
    town.said(xasan.write("help"), "help/words")
    town.said(xasan.write("no"), "registration/name")
    town.said(xasan.write("Xasan Nuur"), "registration/area")


def test_a_keyword_in_the_middle_of_a_question(town: Town) -> None:
    """A keyword's flow speaks first, and the open question follows in the same message until it is answered."""
    xasan = town.texter(XASAN)
    xasan.writes("REG", "1", "1", "1")
    for keyword, says in (("STATUS", "status/nothing"), ("CERTIFICATE", "certificate/nobody")):
        screen = xasan.write(keyword)
        town.said(screen, says)
        town.said(screen, "registration/name")
    town.said(xasan.write("Status Nuur Cali"), "registration/area")  # a name that begins like a keyword


def test_the_words_to_stop_and_to_start_again(town: Town) -> None:
    """STOP ends what is sent unasked and nothing else: answers still come. START undoes it."""
    town.registers(XASAN, "so")
    code = town.asks_for_health(XASAN, "so")
    provider, xasan = town.texter(HEALTH_IN_JIJIGA), town.texter(XASAN)
    town.said(xasan.write("JOOJI"), "stop/stopped", "so")
    before = len(town.to(XASAN))
    town.said(provider.write(f"ACCEPT {code}"), "replies/accepted", "so")
    assert len(town.to(XASAN)) == before
    town.said(xasan.write("XAALAD"), "status/accepted", "so")
    town.said(xasan.write("bilow"), "start/started", "so")
    provider.writes(f"ARRIVED {code}", f"DONE {code} HELPED")
    town.heard(XASAN, "leg_completed_person", "so")


def test_a_message_delivered_three_times(town: Town) -> None:
    """All at once, and again later: it is kept once and answered once."""

    def deliver(_: int) -> int:
        return text_message(town.client.application.test_client(), XASAN, "REG", "the same")

    with ThreadPoolExecutor(3) as carrier:
        assert list(carrier.map(deliver, range(3))) == [200] * 3
    town.deliver()
    assert town.texter(XASAN).write("REG", "the same") == ""
    assert town.count(inbox) == town.count(outbox) == len(town.to(XASAN)) == 1


def test_a_sender_that_is_no_phone(town: Town) -> None:
    """A name, a short code: kept once for people to read, and not answered, since there is nobody to answer."""
    senders = ["MTN", "8161", "جهة"]
    for sender in [*senders, *senders]:
        assert text_message(town.client, sender, "Your bundle is used up", f"from {sender}") == 200
    town.deliver()
    assert town.sent == []
    with town.runtime.database.reading() as tx:
        rows = tx.execute(select(inbox.c.state, inbox.c.body).order_by(inbox.c.id)).all()
    kept = [orjson.loads(town.runtime.vault.open_alone(row.body, BODY)) for row in rows]
    assert {row.state for row in rows} == {"refused"}
    assert kept == [{"from": sender, "text": "Your bundle is used up"} for sender in senders]


# --- a certificate is checked -----------------------------------------------------------------------------


def swapped(number: str) -> str:
    """The number with two neighbours the wrong way round."""
    at = next(at for at in range(2, 9) if number[at] != number[at + 1])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def nobodys(not_this: str) -> str:
    """A number that nobody has."""
    bodies = ("204081630", "816032640")
    return next(n for body in bodies if (n := certificate_number.compose(not_this[0], body)) != not_this)


def test_a_certificate_that_holds(town: Town) -> None:
    """However it is typed, a provider reads VALID and the last month; each check is written down."""
    number = town.registers(XASAN)
    provider = town.texter(HEALTH_IN_JIJIGA)
    arabic = number.translate({48 + digit: 0x660 + digit for digit in range(10)})
    for typed in (
        f"V {number} {BORN}",
        f"v {grouped(number)} {BORN}",
        f"Verify {grouped(number).replace(' ', '-')}  {BORN - 1}",
        f"HUBI {arabic} {BORN}",
    ):
        assert town.said(provider.write(typed), "verify/valid", "so")["valid_to"]
    assert town.count(verifications, outcome="valid", miss=False) == 4


def test_every_way_not_to_hold_answers_alike(town: Town) -> None:
    """Unknown, another's year, suspended and revoked: the same bytes, each a miss."""
    number = town.registers(XASAN)
    provider = town.texter(HEALTH_IN_JIJIGA)
    answers = [provider.write(f"V {number} {BORN - 20}"), provider.write(f"V {nobodys(number)} {BORN}")]
    for status in (SUSPENDED, REVOKED):
        with town.runtime.database.transaction() as tx:
            certificates.set_status(tx, 1, status)
        answers.append(provider.write(f"V {number} {BORN}"))
    town.said(answers[0], "verify/not_valid", "so")
    assert set(answers) == {answers[0]}
    assert town.count(verifications, miss=True) == 4


def test_a_mistyped_number_is_asked_again(town: Town) -> None:
    """It is no miss; the number alone is asked again and the year is kept."""
    number = town.registers(XASAN)
    provider = town.texter(HEALTH_IN_JIJIGA)
    screen = provider.write(f"V {swapped(number)} {BORN}")
    town.said(screen, "verify/mistyped", "so")
    town.said(screen, "verify/number", "so")
    town.said(provider.write(number), "verify/valid", "so")
    assert town.count(verifications, miss=True) == 0


def test_a_check_without_a_year_is_asked_for_it(town: Town) -> None:
    """The number alone is not enough."""
    number = town.registers(XASAN)
    provider = town.texter(HEALTH_IN_JIJIGA)
    town.said(provider.write(f"V {number}"), "verify/birth_year", "so")
    town.said(provider.write(str(BORN)), "verify/valid", "so")


def test_a_stranger_learns_nothing(town: Town) -> None:
    """A phone of no provider reads the same whether a number holds, is unknown or is mistyped."""
    number = town.registers(XASAN)
    stranger = town.texter(STRANGER)
    answers = {stranger.write(f"V {each} {BORN}") for each in (number, nobodys(number), swapped(number))}
    (answer,) = answers
    town.said(answer, "verify/not_a_provider", "am")  # nobody has chosen: the country's language
    assert town.count(verifications) == 0


def test_registering_asks_for_consent_to_text_this_phone(town: Town) -> None:
    """Who says no hears nothing unasked, and their own questions are answered."""
    town.registers(XASAN, sms="2")
    code = town.asks_for_health(XASAN)
    before = len(town.to(XASAN))
    town.texter(HEALTH_IN_JIJIGA).write(f"ACCEPT {code}")
    assert len(town.to(XASAN)) == before
    town.said(town.texter(XASAN).write("STATUS"), "status/accepted")

"""The words that people are told to send work in seven languages and on every channel, whatever was asked before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.conversation.flow import Revision
from gateway.conversation.session import Frame, Session
from gateway.conversation.step import step
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Opening

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LANGUAGES = ("en", "so", "am", "om", "ti", "ar", "sw")
WORDS = {
    "status": ("STATUS", "XAALAD", "ሁኔታ", "HAALA", "ኩነታት", "حالة", "HALI"),
    "who": ("WHO", "YAA", "ማን", "EENYU", "መን", "من", "NANI"),
    "mydata": ("MYDATA", "XOGTAYDA", "መረጃዬ", "RAGAA KOO", "ሓበሬታይ", "بياناتي", "TAARIFA ZANGU"),
    "stop": ("STOP", "JOOJI", "አቁም", "DHAABI", "ኣቁም", "توقف", "ACHA"),
    "start": ("START", "BILOW", "ጀምር", "JALQABI", "ጀምሩ", "ابدأ", "ANZA"),
    "help": ("HELP", "CAAWIMAAD", "እርዳታ", "GARGAARSA", "ሓገዝ", "مساعدة", "MSAADA"),
    "help, to be called": (
        "CALL ME",
        "I SOO WAC",
        "ይደውሉልኝ",
        "NAAF BILBILAA",
        "ደውሉለይ",
        "اتصل بي",
        "NIPIGIE",
    ),
}
"""What each language's speakers send, by the flow that it leads to."""

STANDS = {"nothing open": (), "a question open": (Frame("registration", "consent"),)}


@pytest.mark.parametrize("channel", list(ChannelName), ids=str)
@pytest.mark.parametrize("stands", STANDS)
def test_the_words_of_seven_languages(revision: Revision, channel: ChannelName, stands: str) -> None:
    """Each in every conversation's language, in any case: nobody has to know which one is spoken."""
    for flow, words in WORDS.items():
        for word in (*words, *(each.lower() for each in words)):
            for language in LANGUAGES:
                session = Session(
                    revision.id,
                    language,
                    channel=channel.value,
                    frames=STANDS[stands],
                    asked_at=NOW.timestamp(),
                )
                phone = Address(AddressKind.PHONE, "+252611111111")
                inbound = Inbound(channel, "any", phone, word, "1", Opening.ANSWER)
                made = step(revision, session, inbound, NOW)
                assert made.session.frames[-1].flow == flow.split(",")[0], (word, language)
                called = type(made.call).__name__ if made.call else ""
                assert called == ("RequestCallback" if "called" in flow else called), (word, language)

"""A provider with the holder before them, by SMS and USSD, and a provider who only guesses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from town import HEALTH_IN_JIJIGA, SHELTER_IN_ADDIS, Town

from gateway.enact.certifying import certificates as path
from gateway.enact.desk import desk
from gateway.enact.timers import fire_due
from gateway.registry import certificate_number
from gateway.store.inbox import BODY
from gateway.store.tables import conversations, inbox

HODAN = "+251911234567"
BORN = datetime.now(UTC).year - 35
UNKNOWN = certificate_number.compose("5", "102938475")


def revoked(town: Town, status: str) -> None:
    with town.runtime.database.transaction() as tx:
        path.change_status(desk(town.runtime, tx), 1, status, "staff:1", "test")


def kept(town: Town) -> str:
    """Everything that was kept of what came in."""
    vault, found = town.runtime.vault, []
    with town.runtime.database.reading() as tx:
        statement = select(inbox.c.body, conversations.c.key).join(
            conversations, conversations.c.id == inbox.c.conversation_id
        )
        for body, key in tx.execute(statement):
            found.append(orjson.loads(vault.open_key(key).open(body, BODY))["text"])
    return "\n".join(found)


def test_the_holder_reads_the_numbers_out(town: Town) -> None:
    """By SMS: the digits go to the holder, who said nothing about messages; the provider answers with them alone."""
    number = town.registers(HODAN, sms="2")
    provider = town.texter(HEALTH_IN_JIJIGA)
    town.said(provider.write(f"VH {number}"), "verify/code", "so")
    fire_due(town.runtime)
    town.deliver()
    code = town.heard(HODAN, "holder_code", "en")["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert town.said(provider.write(wrong), "verify/wrong", "so")["tries_left"] == "2"
    screen = provider.write(code)
    town.said(screen, "verify/holder", "so")
    assert "Abdi N A" in screen
    assert town.said(provider.write(f"V {number} {BORN}"), "verify/valid", "so")
    assert code not in kept(town) and wrong not in kept(town)
    assert re.search(r"^\*+$", kept(town), re.MULTILINE)


def test_nothing_is_learnt_without_the_holder(town: Town) -> None:
    """By USSD: a number that is right, unknown, suspended or revoked is answered in the same bytes."""
    number = town.registers(HODAN)
    provider = town.caller(SHELTER_IN_ADDIS)

    def asks(*typed: Any) -> list[str]:
        provider.dial()
        return [provider.say(str(each)) for each in typed]

    wrong = ["000000"] * 3  # then the dialogue ends
    heard = [asks("VH", number, *wrong), asks("VH", UNKNOWN, *wrong)]
    checked = [asks("V", number, BORN - 20), asks("V", UNKNOWN, BORN)]
    for status in (path.SUSPENDED, path.REVOKED):
        revoked(town, status)
        heard.append(asks("VH", number, *wrong))
        checked.append(asks("V", number, BORN))
    assert all(each == heard[0] for each in heard)
    assert all(each == checked[0] for each in checked)

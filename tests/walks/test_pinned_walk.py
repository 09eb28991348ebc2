"""A publication in the middle of conversations, through the real doors."""

from __future__ import annotations

import pytest
from doors import Caller
from edited import edited
from sqlalchemy import select
from town import Town

from gateway.store.tables import conversations

PHONE = "+251911234510"
SEX = "Are you female or male?"
_SPOKEN = select(conversations.c.revision).where(conversations.c.session.is_not(None))


def asked_their_sex(town: Town) -> tuple[Caller, str]:
    """Somebody who registers in English, as far as the question female or male; and its screen."""
    caller = town.caller(PHONE)
    caller.dial()
    screen = ""
    for answer in ("1", "1", "1", "1", "Abdi Nur Ali", "Jijiga", "1"):
        screen = caller.say(answer)
    assert SEX in screen
    return caller, screen


def republished(town: Town, *changes: tuple[str, str]) -> str:
    """Publishes the registration with these changes; returns the revision's name."""
    runtime = town.runtime
    bundle = edited(town.flows, "registration/flow.yaml", *changes)
    assert runtime.catalogue.publish(bundle, "tests", "", runtime.now())
    return bundle.id


def stands_on(town: Town) -> str:
    with town.runtime.database.reading() as tx:
        return str(tx.execute(_SPOKEN).scalar_one())


def test_an_unchanged_question_moves(town: Town) -> None:
    """What was reworded further on is read by whoever was asked before it; nothing typed is lost."""
    caller, _ = asked_their_sex(town)
    newer = republished(town, ("May we count your answers", "May we number your answers"))
    assert "\n1 Female" in caller.dial()
    assert stands_on(town) == newer
    screen = caller.say("1")
    for answer in ("35", "1", "1", "05 2026", "2", "0", "1", "2"):
        screen = caller.say(answer)
    assert "May we number your answers" in screen
    assert "END You are registered" in [caller.say(answer) for answer in ("1", "1")][-1]


def test_a_changed_question_is_finished_where_it_began(town: Town) -> None:
    """Who reads the old question answers the old question; the next one who comes reads the new one."""
    caller, _ = asked_their_sex(town)
    older = stands_on(town)
    newer = republished(town, (SEX, "Man or woman?"))
    assert SEX in caller.dial()
    assert stands_on(town) == older
    screen = caller.say("1")
    assert SEX not in screen
    assert stands_on(town) == older
    assert "Man or woman?" in caller.say("BACK")  # the question after it is the same in both: there it moved
    assert stands_on(town) == newer


def test_swapped_keys_never_take_an_answer_for_another(town: Town) -> None:
    """Key 1 was Female on the screen that the caller reads; the newer flow has Male there."""
    caller, _ = asked_their_sex(town)
    republished(
        town,
        (
            "      f: {label: Female}\n      m: {label: Male}\n",
            "      m: {label: Male}\n      f: {label: Female}\n",
        ),
    )
    caller.say("1")
    assert "Before: Female" in caller.say("BACK")


@pytest.mark.parametrize("word", ["MENU", "STOP"])
def test_what_is_entered_from_a_held_question(town: Town, word: str) -> None:
    """A global word is answered from a question that stays behind, and the question waits."""
    caller, _ = asked_their_sex(town)
    republished(town, (SEX, "Man or woman?"))
    assert caller.say(word).startswith(("CON ", "END "))
    assert caller.dial().startswith("CON ")


def test_what_was_put_off_is_finished_where_it_began(town: Town) -> None:
    """Its question is gone from the newer revision: it is offered all the same, asked as it was, and then left."""
    caller, _ = asked_their_sex(town)
    caller.say("MENU")
    assert caller.say("5").startswith("END ")  # nothing is open any more
    older = stands_on(town)
    newer = edited(
        town.flows,
        "registration/flow.yaml",
        ("  sex:\n    choose:", "  gender:\n    choose:"),
        ("go: sex}", "go: gender}"),
    )
    for path in [path for path in newer.texts if path.startswith("registration/text.")]:
        newer = edited(newer, path, ("  sex:\n", "  gender:\n"))
    assert town.runtime.catalogue.publish(newer, "tests", "", town.runtime.now())
    caller.dial()
    assert SEX in caller.say("1")
    assert stands_on(town) == older
    answers = ("1", "35", "1", "1", "05 2026", "2", "0", "1", "2", "1", "1")
    last = [caller.say(answer) for answer in answers][-1]
    assert last.startswith("END You are registered")
    caller.dial()
    assert stands_on(town) == newer.id

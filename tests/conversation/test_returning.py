"""Dropped dialogues, old questions, deep links, shared phones, dialled short cuts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.commands import BindPhone, ReferralStatus, RequestCallback
from gateway.conversation.flow import Settings
from gateway.messages import ChannelName

MENU = "What do you need? | 1 Register | 2 My help | 3 About us"
OFFER = "You were not done. | 1 Continue | 2 Start again"
NAME = "Your full name? | 0 Back"


def test_a_dial_with_nothing_open_shows_the_menu(caller):
    """The main flow."""
    assert caller.dials() == MENU


def test_a_dropped_dialogue_resumes_at_its_question(caller):
    """Nothing is changed by it, whichever page was shown."""
    caller.says("REG", "yes")
    caller.saw(pages=3)
    caller.types("more")
    caller.waits(minutes=59)
    frames = caller.session.frames
    assert caller.dials() == NAME
    assert (caller.session.frames, caller.session.page) == (frames, 0)


def test_a_dial_does_not_repeat_a_complaint(caller):
    """The tries start anew."""
    caller.says("REG", "yes", "12")
    assert caller.dials() == NAME
    assert caller.session.tries == 0


def test_an_old_question_is_offered_on_a_dial(caller):
    """Continue asks it again."""
    caller.says("REG", "yes")
    caller.waits(hours=1)
    assert caller.dials() == OFFER
    assert caller.dials() == OFFER
    assert caller.types("1") == NAME


def test_starting_again_parks_the_answers(caller):
    """They are not destroyed: they are offered when the menu is done."""
    caller.says("REG", "yes")
    caller.waits(days=3)
    caller.dials()
    assert caller.types("2") == MENU
    assert caller.types("3") == "We help."
    assert caller.dials() == "Something is left open. | 1 Continue | 2 Start again"
    assert caller.types("haa") == NAME


def test_an_offer_takes_only_its_answers(caller):
    """Anything else repeats it with the reason."""
    caller.says("REG", "yes")
    caller.waits(days=3)
    caller.dials()
    assert caller.types("what") == f"Please choose a number. / {OFFER}"
    assert caller.types("Sii wad") == NAME


def test_a_text_after_a_while_is_not_taken_for_the_answer(person):
    """The offer comes first."""
    person.says("REG", "yes")
    person.waits(days=1)
    assert person.types("Nuur Xuseen") == OFFER
    assert "full_name" not in person.session.frames[-1].variables


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("HELP", f"We can help. / {NAME}"), ("MENU", MENU), ("MINE", "Your PIN?")],
)
def test_a_keyword_comes_before_the_offer(person, typed, expected):
    """Whoever knows what they want gets it."""
    person.says("REG", "yes")
    person.waits(days=1)
    assert person.types(typed) == expected


def test_a_keyword_answers_an_offer_that_stands(person):
    """It opens above the old question."""
    person.says("REG", "yes")
    person.waits(days=1)
    person.types("hi")
    assert person.types("HELP") == f"We can help. / {NAME}"


def test_an_old_menu_without_answers_is_simply_opened_anew(caller):
    """Nobody is asked whether to continue a menu."""
    caller.dials()
    caller.waits(days=1)
    assert caller.dials() == MENU


def test_after_how_long_is_policy(meet):
    """`Settings.resume_after`."""
    person = meet()
    person.revision = replace(person.revision, settings=Settings(timedelta(days=2)))
    person.says("REG", "yes")
    person.waits(days=1)
    assert person.types("Nuur Xuseen").startswith("Hello")


def test_a_deep_link_enters_its_flow(meet):
    """The payload is the trigger's link."""
    assert meet(channel=ChannelName.TELEGRAM).follows("reg").startswith("We keep your details.")


@pytest.mark.parametrize("payload", ["", "unknown", "REG"])
def test_a_link_without_a_meaning_is_like_a_dial(meet, payload):
    """The menu, or the question that stands open."""
    person = meet(channel=ChannelName.TELEGRAM)
    assert person.follows(payload) == MENU
    person.says("REG", "yes")
    assert person.follows(payload) == NAME


def test_a_shared_phone_enters_the_flow_for_it(meet):
    """And the question that was open comes back."""
    person = meet(channel=ChannelName.TELEGRAM)
    person.says("REG", "yes")
    assert person.shares() == f"Thank you for your number. / {NAME}"
    assert person.calls == [BindPhone()]


def test_a_shared_phone_answers_the_question_that_wants_one(meet):
    """It goes on where the state says."""
    person = meet(channel=ChannelName.TELEGRAM)
    person.types("DANGER")
    assert (person.last.prompt.wants_contact, person.last.prompt.contact_label) == (True, "Share my number")
    person.shares()
    assert person.calls == [RequestCallback(reason="danger")]


def test_only_telegram_offers_to_share_a_phone(person):
    """The others know it."""
    person.types("DANGER")
    assert not person.last.prompt.wants_contact


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ((), MENU),
        (("1",), "We keep your details. Agree? | 1 Yes | 2 No | 0 Back"),
        (("1", "1", "Nuur Xuseen"), "We keep your details. Agree? | 1 Yes | 2 No | 0 Back"),
        (("2",), MENU),
        (("3",), "We help."),
        (("3", "1"), "We help."),
        (("7", "1"), MENU),
        (("STOP",), MENU),
        (("Register",), "We keep your details. Agree? | 1 Yes | 2 No | 0 Back"),
    ],
    ids=[
        "none",
        "a menu",
        "an answer to be kept",
        "a call",
        "a say",
        "past the end",
        "invalid",
        "keyword",
        "label",
    ],
)
def test_a_short_cut_walks_menus_and_stops_before_any_effect(caller, segments, expected):
    """It asks at the first screen that would keep an answer or do something."""
    assert caller.dials_on(*segments) == expected
    assert caller.calls == []


def test_a_short_cut_walks_from_the_menu_even_while_a_menu_is_open(caller):
    """Segments count from the top."""
    caller.says("hi", "1")
    assert caller.dials_on("3") == "We help."


def test_a_short_cut_does_not_walk_over_an_open_question(caller):
    """Answers behind it: it is asked again, or offered when it is old."""
    caller.says("REG", "yes")
    assert caller.dials_on("1", "2") == NAME
    caller.waits(days=1)
    assert caller.dials_on("1", "2") == OFFER


def test_a_menu_that_begins_with_a_call_is_carried_out(publish, meet, world):
    """The short cut then has nothing to walk on; the call comes first."""
    main = world["main"]
    main["start"] = "status"
    person = meet(publish(main, world["registration"]))
    assert person.dials_on("1") == "Nothing yet."
    assert person.calls == [ReferralStatus()]

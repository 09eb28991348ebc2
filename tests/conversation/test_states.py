"""What each kind of state does to the person it meets."""

from __future__ import annotations

import pytest

from gateway.commands import AnswerLeg, FindPlaces, OpenRegistration, Result, VerifyCertificate
from gateway.conversation.session import Session
from gateway.conversation.step import idle, show
from gateway.errors import FlowError
from gateway.messages import ChannelName

AT_PLACE = ("REG", "yes", "Nuur Xuseen", "35")


def test_a_first_message_opens_the_main_flow_and_is_no_answer(person):
    """Whoever writes anything is asked what they need; `1` is not yet an answer to it."""
    assert person.types("1") == "What do you need? | 1 Register | 2 My help | 3 About us"


def test_choose_goes_where_its_option_leads_and_enter_opens_the_other_flow(person):
    """A menu without `save` leads on; back returns to it."""
    assert person.says("hello", "1") == "We keep your details. Agree? | 1 Yes | 2 No | 0 Back"


def test_ask_saves_what_was_parsed_and_text_fills_its_placeholder(person):
    """A name is echoed as typed, white space folded."""
    assert person.says("REG", "yes", "Nuur   Xuseen").startswith("Hello Nuur Xuseen. Your age?")


@pytest.mark.parametrize(
    ("children", "expected"),
    [("4", "Which place?"), ("5", "A large family. / Which place?")],
    ids=["condition false", "condition true"],
)
def test_decide_takes_the_first_branch_that_holds(person, children, expected):
    """A say on the way stands above the next question."""
    assert person.says(*AT_PLACE, children).startswith(expected)


def test_do_issues_its_call_with_the_answers_and_saves_the_results(person):
    """Arguments are variables by name; a result is there for the next text."""
    assert person.says(*AT_PLACE, "0", "awd", "1") == "You live in Awdal. May we share this? | 1 Yes | 2 No"
    assert person.calls == [FindPlaces(typed="awd"), OpenRegistration(full_name="Nuur Xuseen", area="SO11")]


def test_a_literal_argument_is_passed_and_an_optional_unset_one_left_out(provider):
    """`{value: …}` is a literal; what nobody said takes the call's own default."""
    provider.types("DECLINE 123456")
    assert provider.calls == [AnswerLeg(code="123456", answer="decline")]


def test_choose_from_a_list_numbers_its_entries_before_the_fixed_options(person):
    """The fixed option is not saved into the list's variable, and its number follows the list."""
    assert person.says(*AT_PLACE, "0", "awd") == "Which one? | 1 Awdal | 2 Bari | 3 None of these | 0 Back"
    assert person.types("3").startswith("Which place?")
    assert "area" not in person.session.frames[-1].variables


@pytest.mark.parametrize("typed", ["2", "bari", "BARI", "٢"])
def test_an_entry_is_meant_by_key_or_label(person, typed):
    """In any script and case."""
    assert person.says(*AT_PLACE, "0", "x", typed).startswith("You live in Bari.")


def test_a_label_borne_by_two_entries_means_neither(person):
    """Two people with the same initials: only the number tells them apart."""
    person.results["FindPlaces"] = Result("several", {"places": [{"value": v, "label": "A N"} for v in "xy"]})
    assert person.says(*AT_PLACE, "0", "x", "A N").startswith("Please choose a number.")


def test_a_list_longer_than_declared_is_cut(person):
    """`most` bounds what is shown, and so the numbers."""
    entries = [{"value": f"p{n}", "label": f"Place {n}"} for n in range(9)]
    person.results["FindPlaces"] = Result("several", {"places": entries})
    assert person.says(*AT_PLACE, "0", "x").count("Place") == 4


def test_enter_returns_and_goes_on_and_what_was_said_stands_above(person):
    """The end of the entered flow, the text on the way, and the menu it came from, in one prompt."""
    screen = person.says("hi", "1", "yes", "Nuur Xuseen", "35", "0", "awd", "1", "2")
    assert screen == (
        "Registered: K7R2 49XM, Yes. / Thank you. / What do you need? | 1 Register | 2 My help | 3 About us"
    )


def test_end_with_nothing_below_closes(person):
    """Nobody is asked anything any more, and the text can be shown again."""
    assert person.says("REG", "no") == "As you wish."
    assert person.closed
    assert idle(person.session)
    assert show(person.revision, person.session) == person.last.prompt


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (ChannelName.USSD, "We help."),
        (ChannelName.SMS, "We help."),
        (ChannelName.TELEGRAM, "We help people who"),
    ],
)
def test_a_text_may_differ_by_channel(meet, channel, expected):
    """`rich` is Telegram's, `text` stands for the rest."""
    assert meet(channel=channel).says("hi", "3").startswith(expected)


def test_results_show_as_people_read_them(person):
    """A certificate number in groups of four, a month as month and year, a leg code with its dash."""
    assert person.says("MINE", "4711") == "5123 4567 8901 to 03/2028"
    person.results["ReferralStatus"] = Result("one", {"stage": "sent", "code": "123456"})
    assert person.says("hi", "2") == "Your code: 12345-6"


def test_an_outcome_that_the_call_does_not_have_is_an_error(person):
    """A programmer's mistake, never a person's."""
    person.results["MyPeople"] = Result("unheard_of", {})
    with pytest.raises(FlowError, match="unheard_of"):
        person.types("MINE")


def test_a_session_shows_the_same_prompt_again(person):
    """`show` changes nothing: a late hop gets the current screen."""
    for text in ("hi", "1", "nonsense", "yes"):
        person.types(text)
        assert show(person.revision, person.session) == person.last.prompt


def test_language_of_the_session_is_spoken_and_falls_back_to_the_base_language(person):
    """Where the translation is missing, the base text stands; choices keep their numbers."""
    assert person.says("REG", "LANG somali") == "Xogtaada waan haynaa. Ma oggoshahay? | 1 Haa | 2 Maya"
    assert person.session.language == "so"
    assert person.last.prompt.language == "so"
    assert person.says("1", "Nuur Xuseen").startswith("Hello Nuur Xuseen.")


def test_a_call_is_verified_by_the_provider_flow_with_its_own_question(provider):
    """A number without a year asks for the year: what was taken behind the keyword is not asked again."""
    assert provider.types("V 5123 4567 8901") == "Birth year?"
    provider.types("1990")
    assert provider.calls == [VerifyCertificate(number="512345678901", birth_year=1990)]


def test_an_empty_session_is_idle():
    """Nothing open, nothing offered."""
    assert idle(Session("r1"))

"""Back, home, more; tries and their cap."""

from __future__ import annotations

import pytest

from gateway.conversation.session import Frame, from_json, park, to_json
from gateway.conversation.step import step

MENU = "What do you need? | 1 Register | 2 My help | 3 About us"


def test_back_takes_the_answer_away_and_offers_it(person):
    """Conditions do not see it any more; 1 keeps it."""
    person.says("REG", "yes", "Nuur Xuseen")
    assert person.types("99") == "Your full name? / Before: Nuur Xuseen | 1 Keep Nuur Xuseen | 0 Back"
    top = person.session.frames[-1]
    assert (dict(top.variables), dict(top.offered)) == ({"consent": "yes"}, {"full_name": "Nuur Xuseen"})
    assert person.types("1").startswith("Hello Nuur Xuseen.")
    assert not person.session.frames[-1].offered


def test_a_new_answer_replaces_the_offered_one(person):
    """What was offered is gone."""
    assert person.says("REG", "yes", "Nuur Xuseen", "back", "Noor Hussen").startswith("Hello Noor Hussen.")


def test_a_number_is_offered_but_1_is_an_answer(person):
    """Where 1 may be meant there is no key to keep the old answer."""
    person.says("REG", "yes", "Nuur Xuseen", "35", "7", "back")
    assert person.screen == "How many children? / Before: 7 | 99 Back"
    person.types("1")
    assert person.session.frames[-1].variables["children"] == 1


@pytest.mark.parametrize("answer", ["0", "٠", "፭"], ids=["zero", "Arabic-Indic zero", "Ethiopic five"])
def test_zero_answers_a_number(person, answer):
    """There Back is 99."""
    assert person.says("REG", "yes", "Nuur Xuseen", "35", answer).startswith(
        ("Which place?", "A large family.")
    )


def test_back_through_several_questions_and_out_to_the_caller(person):
    """Before the first question of an entered flow comes the menu that entered it."""
    person.says("hi", "1", "yes", "Nuur Xuseen")
    assert person.says("back", "back").startswith("We keep your details.")
    assert person.types("0") == MENU
    assert person.types("0").startswith("Please choose a number.")


def test_back_is_blocked_past_a_commit_point(person):
    """The registration is opened: no question before it can be reached; after it, again."""
    person.says("hi", "1", "yes", "Nuur Xuseen", "35", "0", "x", "1")
    assert person.screen == "You live in Awdal. May we share this? | 1 Yes | 2 No"
    assert person.types("back") == person.screen


def test_a_query_is_no_commit_point(person):
    """It only read."""
    assert person.says("REG", "yes", "Nuur Xuseen", "35", "0", "x", "back").startswith("Which place?")


def test_a_question_met_again_is_a_way_back_to_it(person):
    """The history holds no question twice, so that it stays small however often one goes round."""
    person.says("REG", "yes", "Nuur Xuseen", "35", "0")
    for _ in range(4):
        assert person.says("x", "3").startswith("Which place?")
    assert person.session.frames[-1].history == ("consent", "name", "age", "children")


def test_home_parks_what_was_answered(person):
    """The main menu opens, and the registration is offered when nothing else is open."""
    assert person.says("REG", "yes", "MENU") == MENU
    assert [[frame.state for frame in stack] for stack in person.session.parked] == [["name"]]
    assert person.types("3") == "We help."
    assert person.types("hi") == "Something is left open. | 1 Continue | 2 Start again"
    assert person.types("1") == "Your full name? | 0 Back"
    assert person.session.parked == ()


def test_home_forgets_where_nothing_was_answered(person):
    """There is nothing to come back to."""
    person.says("REG", "HOME")
    assert person.session.parked == ()


def test_starting_again_drops_what_was_parked(person):
    """Whoever says so twice is not asked a third time."""
    assert person.says("REG", "yes", "MENU", "3", "hi", "2") == MENU
    assert person.session.parked == ()


def test_parked_answers_outlive_the_next_parking(person):
    """What was parked first is offered after what was parked last; to start again drops only what was offered."""
    person.says("REG", "yes", "Nuur Xuseen", "MENU", "REG", "yes", "MENU", "3", "hi")
    assert [stack[-1].state for stack in person.session.parked] == ["name", "age"]
    assert person.types("2") == MENU
    assert person.says("3", "hi").startswith("Something is left open.")
    assert person.types("1") == "Hello Nuur Xuseen. Your age? | 99 Back"


def test_of_too_many_parked_the_one_with_the_fewest_answers_goes():
    """Three are kept; the newest stands in front."""
    stacks = [(Frame("f", str(count), dict.fromkeys("abcd"[:count])),) for count in (2, 1, 3, 2)]
    parked = ()
    for stack in stacks:
        parked = park(parked, stack)
    assert [stack[0].state for stack in parked] == ["2", "3", "2"]


@pytest.mark.parametrize("word", ["9", "more", "NEXT", "٩"])
def test_more_shows_the_next_page_and_changes_nothing_else(person, word):
    """The key 9 and the words; past the last page the last stays."""
    person.says("REG", "yes")
    person.saw(pages=3)
    before = person.last.prompt
    person.types(word)
    assert (person.last.prompt.page, person.last.prompt.text) == (1, before.text)
    person.types("more")
    person.types("more")
    assert person.last.prompt.page == 2


def test_nine_is_an_answer_on_the_last_page(person):
    """A key means what the screen says."""
    person.says("REG", "yes", "Nuur Xuseen", "35")
    person.saw(pages=2)
    person.types("9")
    assert person.last.prompt.page == 1
    person.types("9")
    assert person.session.frames[-1].variables["children"] == 9


def test_the_next_question_begins_on_its_first_page(person):
    """Pages belong to a prompt."""
    person.saw(pages=2)
    person.says("REG", "yes")
    person.saw(pages=2)
    person.says("more", "Nuur Xuseen")
    assert (person.session.page, person.session.pages) == (0, 1)


def test_an_invalid_answer_asks_again_with_the_reason_and_the_choices(person):
    """Three times by default; then the dialogue closes and the question stays."""
    person.types("REG")
    for _ in range(3):
        assert (
            person.types("maybe") == "Please choose a number. / We keep your details. Agree? | 1 Yes | 2 No"
        )
    assert person.types("maybe") == "Please try again later."
    assert person.closed
    assert person.types("yes") == "Your full name? | 0 Back"


def test_tries_spent_lead_where_the_flow_says(person):
    """`too_many` goes on without an answer."""
    assert person.says("REG", "yes", "1 2", "3 4") == "How many children? | 99 Back"
    assert "full_name" not in person.session.frames[-1].variables


def test_tries_count_each_question_anew(person):
    """A valid answer forgives."""
    person.says("REG", "maybe", "maybe", "yes", "123")
    assert person.session.tries == 1


def test_a_step_changes_nothing_it_was_given(person):
    """Pure: the same session and message give the same step, twice."""
    person.says("REG", "yes")
    before = to_json(person.session)
    session = from_json(before)
    first = step(person.revision, session, person.inbound("Nuur Xuseen"), person.now)
    second = step(person.revision, session, person.inbound("Nuur Xuseen"), person.now)
    assert first == second
    assert to_json(session) == before

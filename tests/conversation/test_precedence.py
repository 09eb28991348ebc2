"""STOP, HELP, language, back/home/more, keywords, the question: in this order, always."""

from __future__ import annotations

import pytest

from gateway.commands import SetLanguage, StopMessages

QUESTION = "Your full name?"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("STOP", "No more messages."),
        ("jooji", "No more messages."),
        ("stop, please do", "No more messages."),
        ("Help", f"We can help. / {QUESTION} | 0 Back"),
        ("LANG Somali", "Magacaaga oo buuxa? | 0 Dib u noqo"),
        ("back", "We keep your details. Agree? / Before: Yes | 1 Yes | 2 No"),
        ("0", "We keep your details. Agree? / Before: Yes | 1 Yes | 2 No"),
        ("ተመለስ", "We keep your details. Agree? / Before: Yes | 1 Yes | 2 No"),
        ("menu", "What do you need? | 1 Register | 2 My help | 3 About us"),
        ("DANGER", "Are you in danger now? | 1 Yes | 2 No"),
        ("V 512345678901", "Please type your name in letters. / Your full name? | 0 Back"),
        ("Help Mohamed", "Hello Help Mohamed. Your age? | 99 Back"),
        ("Nuur Xuseen", "Hello Nuur Xuseen. Your age? | 99 Back"),
    ],
    ids=[
        "stop",
        "stop in another language",
        "stop, whatever follows",
        "help",
        "language",
        "back",
        "back's key",
        "back in another language",
        "home",
        "keyword",
        "a keyword for others is an answer",
        "a keyword with words behind it is an answer",
        "answer",
    ],
)
def test_what_a_text_means_at_an_open_question(person, typed, expected):
    """The same question, and everything that may be typed at it."""
    person.says("REG", "yes")
    assert person.types(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("STOP", "No more messages."),
        ("HELP", "We can help. / Are you in danger now?"),
        ("LANG somali", "Are you in danger now?"),
        ("MENU", "What do you need?"),
        ("REG", "Please choose a number. / Are you in danger now?"),
    ],
)
def test_a_muted_flow_hears_no_keyword_but_stop_and_help(person, typed, expected):
    """Whoever says they are in danger is not thrown into a registration."""
    person.types("DANGER")
    assert person.types(typed).startswith(expected)


def test_stop_closes_the_dialogue_and_keeps_the_question(person):
    """The question stands at the next contact."""
    person.says("REG", "yes", "STOP")
    assert person.closed
    assert person.calls == [StopMessages()]
    assert person.types("Nuur Xuseen").startswith("Hello Nuur Xuseen.")


def test_after_stop_a_dial_asks_the_question_alone(caller):
    """What was said at the end of the last dialogue does not stand above it."""
    caller.says("REG", "yes", "STOP")
    assert caller.dials() == "Your full name? | 0 Back"


def test_the_language_is_asked_where_it_is_not_given(person):
    """An interlude with a question of its own, then the question it came from, in the new language."""
    assert person.says("REG", "LANG") == "Language? | 1 English | 2 Soomaali"
    assert person.types("2") == "Xogtaada waan haynaa. Ma oggoshahay? | 1 Haa | 2 Maya"
    assert person.calls == [SetLanguage(language="so")]


@pytest.mark.parametrize(
    ("typed", "variables"),
    [
        ("V 5123 4567 8901 1990", {"number": "512345678901", "born": 1990}),
        ("v 5123-4567-8901 ፲፱፻፺", {"number": "512345678901", "born": 1990}),
        ("check ٥١٢٣٤٥٦٧٨٩٠١", {"number": "512345678901"}),
        ("V", {}),
        ("DECLINE 123 456 no room", {"leg": "123456", "detail": "full"}),
        ("DECLINE 123456", {"leg": "123456"}),
        ("DECLINE 123456 because I must", {"leg": "123456"}),
        ("DECLINE please", {}),
    ],
    ids=[
        "groups",
        "other numerals",
        "one of two",
        "none",
        "several words",
        "code alone",
        "partly parsed",
        "nothing parsed",
    ],
)
def test_what_follows_a_keyword_fills_its_variables(provider, typed, variables):
    """Each takes as many words as it needs; with no question open, what parsed is enough."""
    taken = provider.first(typed)
    assert dict(taken.session.frames[-1].variables) == variables


def test_a_keyword_of_several_words_is_matched_whole(person):
    """The longest keyword first; white space and case do not matter."""
    assert person.types("Sign  me UP").startswith("We keep your details.")


@pytest.mark.parametrize(
    ("roles", "expected"),
    [((), "What do you need?"), (("staff",), "What do you need?"), (("provider",), "Birth year?")],
    ids=["anyone", "staff", "provider"],
)
def test_keywords_reach_their_audience_alone(meet, roles, expected):
    """For anyone else they are no keyword."""
    assert meet(meet().revision, meet().channel, *roles).types("V 512345678901").startswith(expected)


def test_of_two_flows_with_one_word_the_narrower_audience_has_it(publish, meet):
    """A provider's phone that is also a returnee's: the provider's word first."""

    def flow(name: str, audience: str) -> dict[str, object]:
        states = {"said": {"say": f"For {audience}.", "end": True}}
        return {
            "flow": name,
            "language": "en",
            "audience": audience,
            "triggers": [{"words": ["DONE"]}],
            "states": states,
        }

    revision = publish(flow("a", "anyone"), flow("b", "staff"), flow("c", "provider"))
    channel = meet().channel
    assert meet(revision, channel).types("DONE") == "For anyone."
    assert meet(revision, channel, "staff").types("DONE") == "For staff."
    assert meet(revision, channel, "staff", "provider").types("DONE") == "For provider."


def test_an_interlude_gives_way_to_the_question_it_interrupted(person):
    """Its text stands above the question; nothing answered is lost."""
    person.says("REG", "yes", "Nuur Xuseen")
    assert person.types("MINE") == "Your PIN?"
    assert person.types("4711") == "5123 4567 8901 to 03/2028 / Hello Nuur Xuseen. Your age? | 99 Back"


def test_back_does_not_leave_an_interlude(person):
    """The question below is reached by ending the interlude, not by undoing answers under it."""
    person.says("REG", "yes", "DANGER")
    assert person.types("back") == "Are you in danger now? | 1 Yes | 2 No"


def test_a_flow_that_is_open_starts_anew_and_offers_the_old_answers(person):
    """A second REG does not stack, nor does it throw away what was answered."""
    person.says("REG", "yes", "Nuur Xuseen")
    assert person.types("REG") == "We keep your details. Agree? / Before: Yes | 1 Yes | 2 No"
    assert len(person.session.frames) == 1
    assert person.types("1") == "Your full name? / Before: Nuur Xuseen | 1 Keep Nuur Xuseen | 0 Back"
    assert person.types("1").startswith("Hello Nuur Xuseen.")


def test_a_flow_restarted_below_an_interlude_comes_to_the_top(person):
    """The interlude above keeps its place and its answers."""
    person.says("MINE", "REG", "yes", "MINE")
    assert [frame.flow for frame in person.session.frames] == ["registration", "certificate"]
    assert [frame.interlude for frame in person.session.frames] == [False, True]
    assert person.types("4711").endswith("Your full name? | 0 Back")


def test_at_most_five_frames_are_open_and_the_oldest_interlude_goes(publish, meet):
    """The bottom, where the conversation began, stays."""
    states = {"a": {"choose": "A?", "options": {"x": {"label": "X", "go": "a"}}}}
    flows = [
        {"flow": name, "language": "en", "triggers": [{"words": [name]}], "states": states}
        for name in ("one", "two", "three", "four", "five", "six")
    ]
    person = meet(publish(*flows))
    person.says("one", "two", "three", "four", "five", "six")
    assert [frame.flow for frame in person.session.frames] == ["one", "three", "four", "five", "six"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("HELP", f"We can help. / {QUESTION} | 0 Back"),
        ("Nuur Xuseen", f"{QUESTION} | 0 Back"),
        ("V 512345678901", f"{QUESTION} | 0 Back"),
    ],
    ids=["a keyword", "no keyword", "a keyword of a role they lost"],
)
def test_a_button_under_a_notice_answers_no_question(person, words, expected):
    """Its words are a keyword or nothing, however late it is pressed: never somebody's name."""
    person.says("REG", "yes")
    assert person.presses(words) == expected

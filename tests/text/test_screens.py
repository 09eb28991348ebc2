"""Fitting a prompt to a screen."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.messages import Choice, Prompt
from gateway.text.alphabets import Alphabet, measure
from gateway.text.screens import Profile, fit

USSD = Profile(prefix=4)
UNLIMITED = Profile(septets=None, ucs2=None)
CHAT = Profile(septets=4096, ucs2=4096, options="buttons")


def prompt(
    text: str, *labels: str, back: str = "", more: str = "More", zero_is_answer: bool = False
) -> Prompt:
    choices = tuple(Choice(str(key), label, label.lower()) for key, label in enumerate(labels, 1))
    return Prompt(text, "en", choices, back=back, more=more, zero_is_answer=zero_is_answer)


def test_one_page_is_text_options_and_back() -> None:
    """A short prompt is one page: the question, an option a line without a dot, Back last."""
    assert fit(prompt("Sex?", "Woman", "Man", back="Back"), USSD) == ("Sex?\n1 Woman\n2 Man\n0 Back",)


def test_back_moves_where_nought_is_an_answer() -> None:
    """A question that 0 may answer shows Back as 99."""
    assert fit(prompt("How many children?", back="Back", zero_is_answer=True), USSD) == (
        "How many children?\n99 Back",
    )


def test_arabic_lines_begin_with_the_bare_key() -> None:
    """Right to left, a key is followed by a space only."""
    assert fit(prompt("هل توافق؟", "نعم", "لا", back="رجوع"), USSD) == ("هل توافق؟\n1 نعم\n2 لا\n0 رجوع",)


def test_pages_are_cut_between_options() -> None:
    """An option that does not fit opens the next page; keys go on; More stands on all pages but the last."""
    labels = [
        "Medical help",
        "Somewhere safe to sleep",
        "Legal advice",
        "Training and work",
        "Money to start",
        "Find my family",
        "Another service",
    ]
    pages = fit(prompt("Which help do you need most?", *labels, back="Back"), USSD)
    assert pages == (
        (
            "Which help do you need most?\n1 Medical help\n2 Somewhere safe to sleep\n3 Legal advice\n"
            "4 Training and work\n5 Money to start\n6 Find my family\n9 More\n0 Back"
        ),
        "7 Another service\n0 Back",
    )


@pytest.mark.parametrize(
    ("length", "pages"),
    [
        pytest.param(156, 1, id="156 septets and CON"),
        pytest.param(157, 2, id="157 septets and CON"),
    ],
)
def test_the_prefix_counts(length: int, pages: int) -> None:
    """The four septets of the door's prefix are part of the 160."""
    assert len(fit(prompt("ab " * 52 + "c" * (length - 156)), USSD)) == pages


def test_each_page_has_its_own_alphabet() -> None:
    """One Amharic label shortens only the page that it stands on."""
    pages = fit(prompt("q" * 100, "English", "አማርኛ", "Somali"), USSD)
    assert [measure(page)[0] for page in pages] == [Alphabet.GSM7, Alphabet.UCS2]


def test_a_long_text_is_cut_between_words() -> None:
    """The text goes first, over as many pages as it needs, and the options follow."""
    pages = fit(prompt("word " * 70, "Yes", "No"), USSD)
    assert len(pages) == 3
    assert all(page.endswith("word\n9 More") for page in pages[:-1])
    assert pages[-1].endswith("word\n1 Yes\n2 No")


def test_a_cut_never_parts_a_letter_from_its_marks() -> None:
    """A word longer than a page is cut, but not before a combining mark, nor inside an emoji."""
    pages = fit(prompt("e\u0323\u0301" * 60 + "😀" * 60), USSD)
    assert all(unicodedata.category(page[0])[0] != "M" for page in pages)
    assert all(page.encode("utf-8") for page in pages)


def test_a_label_longer_than_a_page_ends_in_two_dots() -> None:
    """Nothing is lost silently: a label cut short says so, and keeps its key."""
    pages = fit(prompt("Where?", "A" * 300, "Berbera", back="Back"), USSD)
    assert pages[0] == "Where?\n9 More\n0 Back"
    assert pages[1].startswith("1 AAA") and pages[1].split("\n")[0].endswith("A..")
    assert pages[2] == "2 Berbera\n0 Back"


def test_an_unlimited_profile_has_one_page() -> None:
    """What is cut elsewhere, or not at all, is one page."""
    assert len(fit(prompt("word " * 2000, *("ሀ" * 90 for _ in range(30))), UNLIMITED)) == 1


def test_buttons_are_not_part_of_the_text() -> None:
    """A chat shows options as buttons: its text is the question, in pages of at most 4,096 characters."""
    assert fit(prompt("Sex?", "Woman", "Man", back="Back"), CHAT) == ("Sex?",)
    pages = fit(prompt("word " * 2000, "Yes", back="Back"), CHAT)
    assert [len(page) for page in pages] == [4094, 4094, 1809]


def test_a_foot_too_large_keeps_its_keys() -> None:
    """Labels of More and Back that would fill the screen are left out; their keys stay."""
    pages = fit(prompt("word " * 60, back="b" * 150, more="m" * 150), USSD)
    assert all(page.endswith("\n9\n0") for page in pages[:-1])
    assert pages[-1].endswith("\n0")


@pytest.mark.parametrize("limits", [(10, 70, 0), (160, 15, 0), (160, 70, 60)], ids=str)
def test_a_profile_too_small_is_refused(limits: tuple[int, int, int]) -> None:
    """A page that could not show one option with its keys is an operator's mistake, said at once."""
    with pytest.raises(ValueError, match="at least 16 units"):
        Profile(*limits)


words = st.text(st.sampled_from("abcdeyz'€{ñ"), min_size=1, max_size=12)
foreign = st.text(st.sampled_from("ሀለሐመ\u135e😀نعم\u0651"), min_size=1, max_size=12)
labels = st.lists(st.one_of(words, foreign), min_size=1, max_size=4).map(" ".join)
texts = st.lists(st.one_of(words, foreign, st.just("x" * 90)), max_size=60).map(" ".join)
profiles = st.builds(
    Profile,
    septets=st.integers(60, 200),
    ucs2=st.integers(24, 90).map(lambda units: min(units, 60)),
    prefix=st.sampled_from([0, 4]),
)
prompts = st.builds(
    lambda text, labels, back, more, zero: prompt(text, *labels, back=back, more=more, zero_is_answer=zero),
    texts,
    st.lists(labels, max_size=12),
    st.sampled_from(["", "Back", "ተመለስ"]),
    st.sampled_from(["", "More", "ተጨማሪ"]),
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(prompts, profiles)
def test_pages_fit_and_lose_nothing(asked: Prompt, profile: Profile) -> None:
    """Every page fits with its prefix; text and options are all there, once, in order; navigation is right."""
    pages = fit(asked, profile)
    back = ("99 " if asked.zero_is_answer else "0 ") + asked.back
    body: list[str] = []
    for number, page in enumerate(pages, 1):
        alphabet, units = measure(page)
        limit = profile.septets if alphabet is Alphabet.GSM7 else profile.ucs2
        assert limit is not None and units + profile.prefix <= limit
        lines = page.split("\n")
        if asked.back:
            assert lines.pop() in (back, back.split()[0])
        if number < len(pages):
            assert lines.pop() in (f"9 {asked.more}", "9")
        assert lines or len(pages) == 1
        body += lines
    kept = len(asked.choices)
    shown, options = "".join(body[: len(body) - kept]), body[len(body) - kept :]
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", asked.text)
    for option, choice in zip(options, asked.choices, strict=True):
        whole = f"{choice.key} {choice.label}"
        assert option == whole or (option.endswith("..") and whole.startswith(option[:-2]))

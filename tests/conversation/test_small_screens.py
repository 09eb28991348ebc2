"""Values that give way where a screen is too small, and languages in Latin letters for phones that draw no others."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.conversation import load, squeeze
from gateway.conversation.flow import Alphabet, Long, Revision
from gateway.conversation.prompt import show
from gateway.conversation.session import Frame, Session
from gateway.conversation.source import FlowSource, Source
from gateway.errors import FlowError
from gateway.messages import ChannelName, Prompt
from gateway.text.screens import Profile, fit

SCREEN = Profile(prefix=4)
FLOW: dict[str, Any] = {
    "flow": "f",
    "language": "en",
    "role": "main",
    "variables": {
        "name": {"type": "person_name", "max": 60},
        "typed": {"type": "text", "alphabet": "latin"},
    },
    "states": {
        "ask": {"ask": "Your name?", "save": "name", "go": "confirm"},
        "confirm": {
            "choose": "We write to {name}, as you told us the last time you were here with us. Is it right?",
            "options": {"yes": {"label": "Yes", "go": "ask"}, "no": {"label": "No", "go": "ask"}},
        },
    },
}
TIGIST = "ትዕግስት ተስፋዬ በቀለ ወልደማርያም"


@pytest.fixture
def made(phrases: dict[str, Any]) -> Callable[..., Revision]:
    """A revision of the flow above with its question's `long`, and translations as given."""

    def make(long: str = "", **texts: Any) -> Revision:
        flow = deepcopy(FLOW)
        if long:
            flow["states"]["confirm"]["long"] = long
        sources = tuple(
            Source(f"f/text.{tag}.yaml", {"language": tag.replace("_", "-"), "states": states})
            for tag, states in texts.items()
        )
        return load.revision(
            "r", [FlowSource(Source("f/flow.yaml", flow), sources)], Source("phrases.yaml", phrases)
        )

    return make


def asked(revision: Revision, name: str, channel: ChannelName = ChannelName.USSD, **session: Any) -> Prompt:
    frames = (Frame("f", "confirm", {"name": name}),)
    return show(revision, Session("r", "en", (), channel.value, frames, **session))


def test_what_fits_stays_whole(made: Callable[..., Revision]) -> None:
    """A value gives way only where it has to: a Latin name leaves the screen at 160 letters."""
    (page,) = fit(asked(made("leave_out"), "Abdi Nur Ali"), SCREEN)
    assert "Abdi Nur Ali" in page


@pytest.mark.parametrize(
    ("long", "first", "pages"),
    [
        ("", "We write to ትዕግስት ተስፋዬ በቀለ", 2),
        ("leave_out", "We write to, as you told us the last time you were here", 1),
        ("own_page", "We write to", 3),
    ],
)
def test_a_name_that_halves_the_screen(
    made: Callable[..., Revision], long: str, first: str, pages: int
) -> None:
    """One Ethiopic name makes a Latin screen hold 66 letters: what then happens is what the state says."""
    shown = fit(asked(made(long), TIGIST), SCREEN)
    assert len(shown) == pages
    assert shown[0].startswith(first)
    assert all(SCREEN.holds(page) for page in shown)
    assert ("ትዕግስት" in "".join(shown)) is (long != "leave_out")


def test_a_truncated_name(made: Callable[..., Revision]) -> None:
    """Twelve letters of it are left: enough to know oneself by."""
    pages = fit(asked(made("truncate"), "Maxamed-Cabdiraxmaan " * 5), SCREEN)
    assert pages[0].startswith("We write to Maxamed-Ca.., as")


def test_an_own_page_holds_the_value_alone(made: Callable[..., Revision]) -> None:
    """The text around it keeps its alphabet and its room."""
    pages = fit(asked(made("own_page"), TIGIST), SCREEN)
    assert pages[1].startswith(TIGIST + "\n9 ")
    assert pages[2].startswith("as you told us the last time you were here with us. Is it right?\n1 Yes")


def test_other_channels_have_room(made: Callable[..., Revision]) -> None:
    """By SMS and Telegram a text is whole, and nothing of the marks is left in it."""
    for channel in (ChannelName.SMS, ChannelName.TELEGRAM):
        prompt = asked(made("leave_out"), TIGIST, channel)
        assert TIGIST in prompt.text
        assert prompt.tight == ""


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.sampled_from([each for each in Long if each])
)
def test_marks_never_reach_a_person(value: str, long: Long) -> None:
    """Whatever a value is, the text around it comes back, and no control character but a page's border."""
    text, tight = squeeze.both(f"a {squeeze.marked(value, long)} b")
    assert text == f"a {value} b"
    assert not {"\x01", "\x02", "\x03", "\x04"} & set(text + tight)


def test_ways_and_alphabets_are_checked(made: Callable[..., Revision]) -> None:
    """A way that does not exist is refused; a variable says which letters its values have."""
    with pytest.raises(FlowError, match="unknown way 'shorten'"):
        made("shorten")
    variables = made().flows["f"].variables
    assert [variables[name].alphabet for name in ("name", "typed")] == [Alphabet.ANY, Alphabet.LATIN]


def test_ethiopic_is_romanised(made: Callable[..., Revision]) -> None:
    """A phone that draws Latin letters only reads Amharic in them; every other phone reads it as it is."""
    revision = made(am={"confirm": {"choose": "{name}፣ ትክክል ነው?", "options": {"yes": "አዎ", "no": "አይ"}}})
    assert revision.variants == {"am-Latn"}
    assert asked(revision, "Abdi", latin=True).text.startswith("We write to Abdi, as")
    session = Session("r", "am", (), "ussd", (Frame("f", "confirm", {"name": "Abdi"}),))
    assert show(revision, session).text == "Abdi፣ ትክክል ነው?"
    spoken = show(revision, replace(session, latin=True))
    assert (spoken.text, [each.label for each in spoken.choices]) == ("Abdi, tkkl new?", ["awo", "ay"])


def test_a_variant_written_by_hand_comes_first(made: Callable[..., Revision]) -> None:
    """Who knows how people write it may say so, state by state."""
    am = {"confirm": {"choose": "{name}፣ ትክክል ነው?"}}
    revision = made(am=am, am_Latn={"confirm": {"choose": "{name}, tikikil new?"}})
    session = Session("r", "am", (), "ussd", (Frame("f", "confirm", {"name": "Abdi"}),), latin=True)
    assert show(revision, session).text == "Abdi, tikikil new?"


def test_every_fault_at_once(phrases: dict[str, Any]) -> None:
    """For a check, faults are collected, and what is sound is read all the same."""
    flow = deepcopy(FLOW)
    flow["states"]["ask"]["go"] = "confrm"
    flow["states"]["broken"] = {"do": "register_persn"}
    flow["variables"]["age"] = {"type": "agee"}
    faults: list[FlowError] = []
    sources = [FlowSource(Source("f/flow.yaml", flow))]
    revision = load.revision("r", sources, Source("phrases.yaml", phrases), faults=faults)
    assert [each.hint for each in faults] == [
        "Did you mean 'age'?",
        "Did you mean 'confirm'?",
        "Did you mean 'register_person'?",
    ]
    assert set(revision.flows["f"].states) == {"ask", "confirm", "broken"}


def test_romanised_words_open_flows(phrases: dict[str, Any]) -> None:
    """Who reads a keyword in Latin letters may type it so; a word that means something else already stays that."""
    help_flow = {
        "flow": "h",
        "language": "en",
        "triggers": [{"words": ["እርዳታ"]}],
        "states": {"e": {"end": True}},
    }
    other = {
        "flow": "o",
        "language": "en",
        "triggers": [{"words": ["erdata"]}],
        "states": {"e": {"end": True}},
    }
    sources = [FlowSource(Source(f"{each['flow']}.yaml", each)) for each in (deepcopy(FLOW), help_flow)]
    alone = load.revision("r", sources, Source("phrases.yaml", phrases))
    assert [each.flow for each in alone.keywords["erdata"]] == ["h"]
    both = load.revision(
        "r", [*sources, FlowSource(Source("o.yaml", other))], Source("phrases.yaml", phrases)
    )
    assert [each.flow for each in both.keywords["erdata"]] == ["o"]

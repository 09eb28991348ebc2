"""Whatever anybody types, in whatever order, on whatever channel: a prompt or a call, and never an error."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.commands import CALLS, Kind, Result
from gateway.conversation.session import Frame, Session, from_json, to_json
from gateway.messages import ChannelName

WORDS = (
    *(
        "REG",
        "MINE",
        "STOP",
        "HELP",
        "LANG",
        "LANG so",
        "DANGER",
        "MENU",
        "BACK",
        "MORE",
        "V",
        "V 512345678901 1990",
    ),
    *(
        "DECLINE 123456 FULL",
        "DECLINE 1 2",
        "yes",
        "no",
        "0",
        "1",
        "2",
        "3",
        "9",
        "99",
        "35",
        "4711",
        "5123 4567 8901",
    ),
    *("Nuur Xuseen", "ሰላም ተስፋዬ", "فاطمة", "፴፭", "", "\x00", "\ud800", "{name}", "'; drop", "*1*2#"),
)
CANARY = "864209"
typed = st.one_of(st.sampled_from(WORDS), st.text(max_size=40))
acts = st.one_of(
    st.tuples(st.just("types"), typed),
    st.tuples(st.just("types"), typed),
    st.tuples(st.sampled_from(["dials", "shares"])),
    st.tuples(st.just("follows"), st.sampled_from(["reg", "", "x"])),
    st.tuples(st.just("dials_on"), typed, typed),
    st.tuples(st.just("waits"), st.sampled_from([0, 1, 90, 5000])),
    st.tuples(st.just("saw"), st.integers(1, 4)),
)
VALUES: dict[Kind, Any] = {
    Kind.NUMBER: 3,
    Kind.LIST: [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}],
    Kind.MONTH: "2028-03",
    Kind.CERTIFICATE_NUMBER: "512345678901",
    Kind.LEG_CODE: "123456",
}


class AnyResult(dict[str, Result]):
    """Every call comes out in a way that hypothesis chooses."""

    def __init__(self, draw: Any, calls: dict[str, Any]) -> None:
        super().__init__()
        self.draw, self.calls = draw, calls

    def __getitem__(self, name: str) -> Result:
        outcomes = self.calls[name].outcomes
        outcome = self.draw(st.sampled_from(sorted(outcomes)))
        values = {key: VALUES.get(kind, "x") for key, kind in outcomes[outcome].items()}
        if Kind.LIST in outcomes[outcome].values() and self.draw(st.booleans()):
            values = {key: [] for key in values}
        return Result(outcome, values)


@settings(deadline=None, max_examples=150)
@given(
    st.data(),
    st.lists(acts, max_size=20),
    st.sampled_from(list(ChannelName)),
    st.sampled_from([(), ("provider",), ("staff", "provider")]),
)
def test_whatever_is_typed(meet, data, script, channel, roles):
    """`Person` holds every session against its JSON, and every step against "a prompt or a call"."""
    person = meet(meet().revision, channel, *roles)
    person.results = AnyResult(data.draw, {call.__name__: call for call in CALLS.values()})
    for act, *arguments in script:
        if act == "waits":
            person.waits(minutes=arguments[0])
        elif act == "saw":
            person.saw(*arguments)
        else:
            getattr(person, act)(*arguments)
            prompt = person.last.prompt
            assert prompt.text
            assert len({choice.key for choice in prompt.choices}) == len(prompt.choices) <= 8
            assert prompt.page < max(person.session.pages, 1)
            assert len(person.session.frames) <= 5
            if prompt.text.endswith("Your PIN?"):
                person.types(CANARY)
                assert CANARY.encode() not in to_json(person.session)


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.text(st.characters(codec="utf-8"), max_size=9)
variables = st.dictionaries(names, json, max_size=3)
frames = st.builds(
    Frame, names, names, variables, st.lists(names, max_size=3).map(tuple), variables, st.booleans()
)
few_frames = st.lists(frames, max_size=3).map(tuple)
sessions = st.builds(
    Session,
    names,
    names,
    st.lists(names, max_size=2).map(tuple),
    names,
    few_frames,
    st.integers(0, 9),
    st.integers(1, 9),
    st.integers(0, 9),
    names,
    names,
    st.lists(few_frames, max_size=3).map(tuple),
    st.lists(names, max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(sessions)
def test_a_session_comes_back_as_it_was(session):
    """Equal, frozen, of the same classes."""
    read = from_json(to_json(session))
    assert read == session
    assert type(read) is Session
    assert all(type(frame) is Frame for frame in (*read.frames, *sum(read.parked, ())))
    with pytest.raises(AttributeError):
        read.page = 1


def test_a_session_of_another_version_is_read():
    """A field it lacks takes its default; one it has too many is passed over."""
    older = b'["r","so",["staff"],"sms",[["f","s",{},["q"]]]]'
    expected = Session("r", "so", ("staff",), "sms", (Frame("f", "s", {}, ("q",)),))
    assert from_json(older) == expected
    newer = to_json(expected)[:-1] + b',"new"]'
    assert from_json(newer) == expected


@pytest.mark.parametrize("broken", [b"", b"[]", b"{}", b"3", b'["r","so",3]', b"\xff"])
def test_what_is_no_session_is_refused(broken):
    """With an ordinary error."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(broken)


def test_time_is_compared_aware(person):
    """`asked_at` is the moment itself, in whatever zone it was told."""
    person.types("hi")
    assert datetime.fromtimestamp(person.session.asked_at, UTC) == person.now


def test_a_revision_is_frozen_all_through(person):
    """Nothing of a published flow can be set."""
    for flow in person.revision.flows.values():
        for each in (flow, *flow.states.values(), *flow.variables.values(), *flow.triggers):
            assert is_dataclass(each)
            with pytest.raises(AttributeError):
                setattr(each, fields(each)[0].name, "changed")

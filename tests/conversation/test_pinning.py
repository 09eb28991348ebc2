"""An open question moves to a newer revision where nobody could tell, and else is finished where it began."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from gateway.conversation.pinning import MOVES, Fit, Hold, fit, movable

States = dict[str, dict[str, Any]]
Change = Callable[[States], None]


def reworded_elsewhere(states: States) -> None:
    states["age"]["ask"] = "How old are you, {full_name}?"
    states["refused"]["say"] = "All right."


def a_question_more_ahead(states: States) -> None:
    states["name"]["go"] = "nickname"
    states["nickname"] = {"ask": "What do people call you?", "save": "typed", "go": "age"}


def another_synonym(states: States) -> None:
    states["consent"]["options"]["yes"]["synonyms"] = ["ok", "sure"]


def reworded(states: States) -> None:
    states["name"]["ask"] = "What is your full name?"


def leads_elsewhere(states: States) -> None:
    states["name"]["go"] = "children"


def fewer_tries(states: States) -> None:
    states["name"]["retries"] = 0


def another_complaint(states: States) -> None:
    states["name"]["invalid"] = "Letters only, please."


def wants_what_was_never_asked(states: States) -> None:
    states["consent"]["options"]["yes"]["go"] = "earlier"
    states["earlier"] = {"ask": "Which place?", "save": "area_name", "go": "name"}
    states["done"]["say"] = "Registered in {area_name}: {reference}."


@pytest.fixture
def changed(world, publish):
    """The world with the states of its registration changed."""

    def changed(change: Change) -> Any:
        change(world["registration"]["states"])
        return publish(*world.values())

    return changed


@pytest.mark.parametrize(
    "change", [reworded_elsewhere, a_question_more_ahead, another_synonym], ids=lambda each: each.__name__
)
def test_an_unchanged_question_moves(caller, changed, change):
    """What changed elsewhere reaches whoever stands at a question that reads and leads as before."""
    if change is a_question_more_ahead:
        caller.says("REG")
    else:
        caller.says("REG", "yes")
    new = changed(change)
    assert movable(caller.revision, new, caller.session)
    assert fit(caller.revision, new, caller.session) == MOVES


@pytest.mark.parametrize(
    ("change", "hold", "state"),
    [
        (reworded, Hold.CHANGED, "name"),
        (leads_elsewhere, Hold.CHANGED, "name"),
        (fewer_tries, Hold.CHANGED, "name"),
        (another_complaint, Hold.CHANGED, "name"),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_changed_question_stays(caller, changed, change, hold, state):
    """Where it reads, leads or is gone back to otherwise, it is finished where it began; the reason is said."""
    caller.says("REG", "yes")
    new = changed(change)
    assert fit(caller.revision, new, caller.session) == Fit(hold, "registration", state)
    assert not movable(caller.revision, new, caller.session)


def test_a_state_that_is_gone_holds(caller, changed):
    """Whether it is the open question, or one that back would lead to and that asks nothing any more."""

    def renamed(states: States) -> None:
        states["years"] = states.pop("age")
        states["name"]["go"] = "years"

    caller.says("REG", "yes", "Hodan Cali Nuur")
    assert fit(caller.revision, changed(renamed), caller.session) == Fit(Hold.GONE, "registration", "age")
    caller.types("35")

    def asks_no_more(states: States) -> None:
        states["name"]["go"] = "age"
        states["age"] = {"say": "Hello.", "go": "children"}

    assert fit(caller.revision, changed(asks_no_more), caller.session) == Fit(
        Hold.GONE, "registration", "age"
    )


def test_what_would_be_unset_is_named(caller, changed):
    """A variable that the newer flow asks for further up and uses further down keeps a session where it is."""
    caller.says("REG", "yes")
    new = changed(wants_what_was_never_asked)
    assert fit(caller.revision, new, caller.session) == Fit(
        Hold.UNSET, "registration", "name", ("area_name",)
    )


def test_who_was_not_there_yet_moves(caller, changed):
    """The same change holds nobody who stands before the new question."""
    caller.says("REG")
    caller.types("maybe")
    new = changed(lambda states: wants_what_was_never_asked(states) or restored(states))
    assert movable(caller.revision, new, caller.session)


def restored(states: States) -> None:
    """The option leads to `name` as it did, and the new question stands behind it."""
    states["consent"]["options"]["yes"]["go"] = "name"
    states["name"] |= {"go": "earlier", "too_many": "earlier"}
    states["earlier"]["go"] = "age"


@pytest.mark.parametrize("declared", [{"type": "text"}, None], ids=["another kind", "not declared any more"])
def test_an_answer_that_would_read_otherwise_stays(caller, world, publish, declared):
    """Answers keep the meaning they were given in."""
    caller.says("REG", "yes", "Hodan Cali Nuur")
    registration = world["registration"]
    if declared is None:
        registration["variables"].pop("consent")
        registration["states"]["consent"].pop("save")
        registration["states"]["many"]["decide"][0]["if"] = "children > 4"
        registration["states"]["done"]["say"] = "Registered: {reference}."
    else:
        registration["variables"]["consent"] = declared
    held = fit(caller.revision, publish(*world.values()), caller.session)
    assert held.hold in (Hold.RETYPED, Hold.GONE)
    assert not movable(caller.revision, publish(*world.values()), caller.session)


ORDER: dict[str, Any] = {
    "flow": "order",
    "language": "en",
    "triggers": [{"words": ["ORDER"]}],
    "variables": {"size": {"type": "code"}, "count": {"type": "number"}},
    "states": {
        "size": {
            "choose": "Which size?",
            "save": "size",
            "options": {"s": {"label": "Small"}, "l": {"label": "Large"}},
            "go": "count",
        },
        "count": {"ask": "How many?", "save": "count", "go": "done"},
        "done": {"say": "{count} of {size}.", "end": True},
    },
}


def test_a_code_whose_option_is_gone_stays(meet, publish):
    """A stored code without its label would be shown as a bare code; an option that nobody chose may go."""
    person = meet(publish(ORDER))
    person.says("ORDER", "Large")
    newer = deepcopy(ORDER)
    del newer["states"]["size"]["options"]["s"]
    assert movable(person.revision, publish(newer), person.session)
    newer["states"]["size"]["options"] = {"s": {"label": "Small"}}
    held = fit(person.revision, publish(newer), person.session)
    assert held == Fit(Hold.RETYPED, "order", "count", ("size",))


def test_another_language_changed(caller, world, publish):
    """Only what this person reads counts: the English text may change under somebody who reads Somali."""
    caller.says("LANG so", "REG")
    world["registration"]["states"]["consent"]["choose"] = "We hold your details. Agree?"
    new = publish(*world.values())
    assert movable(caller.revision, new, caller.session)
    caller.says("LANG en", "REG")
    assert not movable(caller.revision, new, caller.session)


def test_a_word_that_came_to_mean_another_option(caller, world, publish):
    """What somebody has in mind to type still means what it meant."""
    caller.says("REG")
    options = world["registration"]["states"]["consent"]["options"]
    options["yes"]["synonyms"], options["no"]["synonyms"] = [], ["ok"]
    assert fit(caller.revision, publish(*world.values()), caller.session).hold is Hold.CHANGED


def test_a_changed_question_below_an_interlude_stays(caller, world, publish):
    """Every open question counts, not only the one on top."""
    caller.says("REG", "yes", "DANGER")
    assert caller.screen.startswith("Are you in danger now?")
    world["registration"]["states"]["name"]["ask"] = "What is your name?"
    assert fit(caller.revision, publish(*world.values()), caller.session) == Fit(
        Hold.CHANGED, "registration", "name"
    )


def test_what_waits_to_be_offered_may_read_otherwise(caller, world, publish):
    """A parked question is asked anew; only one that is gone, or whose answers changed their kind, holds."""
    caller.says("REG", "yes", "Hodan Cali Nuur", "MENU")
    assert caller.session.parked
    world["registration"]["states"]["age"]["ask"] = "How old are you?"
    assert movable(caller.revision, publish(*world.values()), caller.session)
    world["registration"]["variables"]["consent"]["type"] = "text"
    held = fit(caller.revision, publish(*world.values()), caller.session)
    assert (held.hold, held.variables) == (Hold.RETYPED, ("consent",))


def test_an_old_guard_holds_nobody(provider, world, publish):
    """A condition that reads an unset variable as before wants nothing new."""
    provider.says("V")
    assert provider.screen.startswith("Which number?")
    world["verify"]["states"]["valid"]["say"] = "Valid."
    assert movable(provider.revision, publish(*world.values()), provider.session)

"""What waits for the staff: who hears of it, who decides, and what a decision does."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from gateway.catalogue.reviewing import Reviewing
from gateway.commands import (
    AnswerReview,
    ChoosePin,
    CorrectAnswers,
    MyPeople,
    RecordConsent,
    RequestPhoneChange,
    Result,
    StopMessages,
)
from gateway.enact import timers
from gateway.enact.casework import reviews
from gateway.messages import Address, AddressKind
from gateway.registry import short_code
from gateway.store import people as people_store
from gateway.store.reviews import APPROVED, ASKED, OPEN, REJECTED
from gateway.store.tables import audit, certificates, conversations, people
from gateway.store.tables import reviews as reviews_table
from gateway.store.tables import timers as timers_table

from .conftest import ABEBE, CASEWORKER, CHAT, CLINIC, FAR_CASEWORKER, HODAN, SUPERVISOR, World

NAMES = (
    "Hodan Cali Nuur, Tesfaye Girma Lemma, Zeynab Osman Farah, Bekele Alemu Worku, Deeqa Warsame Jama, "
    "Lemlem Haile Kidane, Mustafa Idris Bakr, Fadumo Cilmi Geedi"
).split(", ")


def pending(world: World, who: Address = HODAN, name: str = NAMES[0], **changes: Any) -> str:
    """Registers somebody whom the staff must look at; returns the review's code."""
    world.policy(review="all")
    world.consent(who, "register")
    reference = world.draft(who, name)
    world.consent(who, "sms", person=reference)
    assert world.call(who, world.answers(reference, name, **changes)).outcome == "under_review"
    return str(world.rows(reviews_table)[-1].code)


def say(
    world: World, code: str, word: str, detail: str = "", who: Address = CASEWORKER, **party: Any
) -> Result:
    """What one of the staff says of a code."""
    return world.call(who, AnswerReview(code, word, detail), **party)


def speaks(world: World, language: str) -> None:
    """Everybody has chosen a language."""
    with world.database.transaction() as tx:
        tx.execute(update(conversations).values(language=language))


def stand(world: World) -> tuple[str, str, int]:
    """How the newest review, the newest person and the certificates stand."""
    return world.rows(reviews_table)[-1].state, world.rows(people)[-1].status, len(world.rows(certificates))


# --- which registrations wait -----------------------------------------------------------------------------


WAITS: tuple[tuple[str, str, Mapping[str, str], list[str] | None], ...] = (
    ("none", "tier_immediate", {"urgent": "yes"}, None),
    ("flagged", "tier_immediate", {"urgent": "yes"}, ["tier_immediate"]),
    ("flagged", "tier_immediate", {}, None),
    ("flagged", "sent_back", {"return_type": "forced"}, ["sent_back"]),
    ("flagged", "duplicate_likely", {"urgent": "yes"}, None),
    ("all", "tier_immediate", {}, ["routine"]),
    ("all", "tier_immediate", {"urgent": "yes"}, ["tier_immediate"]),
)
"""The setting, the flag that the policy names, the answers, and the flags that the staff read where it waits."""


def test_what_waits_is_the_countrys_decision(world: World) -> None:
    """By the setting and the flags that the policy names: a tier, a rule that holds; the staff are shown no other."""
    for place, (setting, flag, changes, shown) in enumerate(WAITS):
        world.policy(review=setting, reviewing=Reviewing(frozenset({flag})))
        who = Address(AddressKind.PHONE, f"+25191155{place:04}")
        before = len(world.rows(reviews_table))
        reference = world.draft(who, NAMES[place])
        outcome = world.call(who, world.answers(reference, NAMES[place], **changes)).outcome
        assert outcome == ("registered" if shown is None else "under_review"), WAITS[place]
        assert [row.flags for row in world.rows(reviews_table)][before:] == ([] if shown is None else [shown])


def test_somebody_who_seems_registered_already_waits(world: World) -> None:
    """By default: the same answers from another phone are looked at, and the first registration stands."""
    world.register(HODAN, NAMES[0])
    reference = world.draft(ABEBE, NAMES[0])
    assert world.call(ABEBE, world.answers(reference, NAMES[0])).outcome == "under_review"
    assert world.rows(reviews_table)[0].flags == ["duplicate_likely"]
    assert stand(world) == (OPEN, "pending", 1)


def test_registering_again_meanwhile(world: World) -> None:
    """It is under review still; nobody is told again, and there is one review, also of ten at once."""
    world.policy(review="all")
    reference = world.draft(HODAN)
    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(lambda _: world.call(HODAN, world.answers(reference)), range(10)))
    assert {result.outcome for result in results} == {"under_review"}
    assert len(world.rows(reviews_table)) == 1
    assert world.told(CASEWORKER) == ["review_staff"]


# --- who hears of it, and what ----------------------------------------------------------------------------


def test_the_notice_is_a_code_and_nothing_else(world: World) -> None:
    """The staff of the area read neither name nor reference; the code is nobody else's."""
    code = pending(world)
    ((_, text),) = world.messages(CASEWORKER)
    assert text == "A decision waits: {0}. Please answer OPEN {0}.".format(short_code.shown(code))
    assert world.told(FAR_CASEWORKER) == world.told(SUPERVISOR) == []


def test_opening_tells_why_in_the_readers_language(world: World) -> None:
    """Neutral labels, in the language of whoever asks; nothing changes by it."""
    code = pending(world, urgent="yes")
    assert say(world, code, "open").values == {"flags": "to be seen first"}
    assert say(world, code, "open", language="sw").values == {"flags": "uangaliwe kwanza"}
    assert stand(world) == (OPEN, "pending", 0)


def test_to_anyone_else_there_is_no_such_code(world: World) -> None:
    """Exactly as for a code that was never given, in another area, to a provider, to the person themselves."""
    code = pending(world)
    never = next(six for six in map(short_code.compose, ("10001", "10002")) if six != code)
    mistyped = code[:5] + str((int(code[5]) + 1) % 10)
    for who in (FAR_CASEWORKER, CLINIC, HODAN):
        for word in ("open", "approve"):
            assert (
                say(world, code, word, who=who) == say(world, never, word, who=who) == Result("unknown", {})
            )
            assert say(world, mistyped, word, who=who).outcome == "mistyped"
    assert stand(world) == (OPEN, "pending", 0)


def test_every_answer_is_on_record(world: World) -> None:
    """Who, what and how it came out, in codes; also what changed nothing, and a stranger's try."""
    code = pending(world)
    for who, detail in ((HODAN, ""), (CASEWORKER, "nonsense"), (CASEWORKER, "test")):
        say(world, code, "reject", detail, who)
    rows = [row for row in world.rows(audit) if row.action == "answer_review.reject"]
    assert [(row.actor.split(":")[0], row.detail["outcome"], row.detail["detail"]) for row in rows] == [
        ("address", "unknown", ""),
        ("staff", "needs_detail", ""),
        ("staff", "recorded", "test"),
    ]


# --- the decision -----------------------------------------------------------------------------------------

BROUGHT: Mapping[str, tuple[tuple[str, str], ...]] = {
    OPEN: (),
    ASKED: (("ask", "area"),),
    APPROVED: (("approve", ""),),
    REJECTED: (("reject", "duplicate"),),
}
"""What the caseworker says to bring a review to each state."""

TABLE: Mapping[str, tuple[tuple[str, str, Address, str, str], ...]] = {
    OPEN: (
        ("open", "", CASEWORKER, "opened", OPEN),
        ("approve", "", CASEWORKER, "recorded", APPROVED),
        ("reject", "", CASEWORKER, "needs_detail", OPEN),
        ("reject", "full", CASEWORKER, "needs_detail", OPEN),
        ("reject", "duplicate", CASEWORKER, "recorded", REJECTED),
        ("ask", "", CASEWORKER, "needs_detail", OPEN),
        ("ask", "area", CASEWORKER, "recorded", ASKED),
        ("nonsense", "", CASEWORKER, "opened", OPEN),
    ),
    ASKED: (
        ("open", "", CASEWORKER, "opened", ASKED),
        ("approve", "", SUPERVISOR, "recorded", APPROVED),
        ("reject", "other", CASEWORKER, "recorded", REJECTED),
        ("ask", "area", CASEWORKER, "repeated", ASKED),
        ("ask", "full_name", CASEWORKER, "recorded", ASKED),
    ),
    APPROVED: (
        ("open", "", CASEWORKER, "refused", APPROVED),
        ("approve", "", CASEWORKER, "repeated", APPROVED),
        ("approve", "", SUPERVISOR, "refused", APPROVED),
        ("reject", "duplicate", SUPERVISOR, "refused", APPROVED),
        ("reject", "", CASEWORKER, "refused", APPROVED),
        ("ask", "area", CASEWORKER, "refused", APPROVED),
    ),
    REJECTED: (
        ("open", "", CASEWORKER, "refused", REJECTED),
        ("approve", "", CASEWORKER, "refused", REJECTED),
        ("approve", "", SUPERVISOR, "recorded", APPROVED),
        ("reject", "duplicate", CASEWORKER, "repeated", REJECTED),
        ("reject", "test", CASEWORKER, "refused", REJECTED),
        ("reject", "duplicate", SUPERVISOR, "refused", REJECTED),
        ("ask", "area", CASEWORKER, "refused", REJECTED),
    ),
}
"""In every state, each word and detail by whom: what comes of it, and where the review stands then."""

STATUS = {OPEN: "pending", ASKED: "pending", APPROVED: "registered", REJECTED: "rejected"}


@pytest.mark.parametrize("state", sorted(TABLE))
def test_every_word_in_every_state(world: World, state: str) -> None:
    """The first decision holds; a repeat changes nothing; a second reviewer is told that it is decided."""
    issued = 0
    for step, (word, detail, who, outcome, after) in enumerate(TABLE[state]):
        code = pending(world, Address(AddressKind.PHONE, f"+25191155{step:04}"), NAMES[step])
        for before in BROUGHT[state]:
            assert say(world, code, *before).outcome == "recorded"
        result = say(world, code, word, detail, who)
        issued += after == APPROVED
        assert (result.outcome, *stand(world)) == (outcome, after, STATUS[after], issued), (
            word,
            detail,
            outcome,
        )
        assert result.values.get("stage", after) == after


def test_approving_issues_the_certificate_and_tells_the_person(world: World) -> None:
    """In the person's language, without number or name: those stand behind the PIN. Twice is once."""
    code = pending(world)
    speaks(world, "so")
    for _ in range(2):
        say(world, code, "approve")
    assert stand(world) == (APPROVED, "registered", 1)
    assert world.messages(HODAN) == [
        ("certificate_issued", "Kaarkaagu waa diyaar. Si aad u aragto, dir KAAR.")
    ]
    assert world.call(HODAN, world.answers(world.rows(people)[0].reference)).outcome == "registered_already"


@pytest.mark.parametrize("silent", ["no to SMS", "STOP"])
def test_who_wants_no_messages_gets_none(world: World, silent: str) -> None:
    """By SMS nobody is told who did not agree to it, or who sent STOP, whatever was decided."""
    for place, (word, detail) in enumerate((("approve", ""), ("reject", "test"), ("ask", "age"))):
        who = Address(AddressKind.PHONE, f"+25191155{place:04}")
        code = pending(world, who, NAMES[place])
        if silent == "STOP":
            world.call(who, StopMessages())
        else:
            world.call(who, RecordConsent("sms", False, world.rows(people)[-1].reference))
        assert say(world, code, word, detail).outcome == "recorded"
        assert world.told(who) == []


def test_who_was_rejected_may_register_again(world: World) -> None:
    """The rejected record counts as none: it holds nothing back, and is found as a likeness."""
    code = pending(world, CHAT)
    say(world, code, "reject", "false_details")
    assert world.told(CHAT) == ["registration_rejected_person"]
    first = world.rows(people)[0].reference
    assert world.call(CHAT, world.answers(first)).outcome == "no_consent"
    world.policy(review="flagged")
    world.consent(CHAT, "register")
    again = world.draft(CHAT, NAMES[0])
    assert again != first
    assert world.call(CHAT, world.answers(again)).outcome == "under_review"
    assert say(world, world.rows(reviews_table)[-1].code, "approve").outcome == "recorded"
    assert [row.status for row in world.rows(people)] == ["rejected", "registered"]


def test_asking_again_and_the_answer(world: World) -> None:
    """The person is asked in words that tell nothing; once they answered, whoever asked hears of it, once."""
    code = pending(world)
    speaks(world, "en")
    say(world, code, "ask", "full_name", SUPERVISOR)
    (asked,) = world.messages(HODAN)
    assert asked == (
        "registration_ask_person",
        "Please look at your registration again. To do so, send CORRECT.",
    )
    reference = world.rows(people)[0].reference
    world.call(HODAN, ChoosePin(reference, "2580"))
    for _ in range(2):
        assert world.call(HODAN, CorrectAnswers(reference, "2580", full_name=NAMES[1])).outcome == "corrected"
    assert world.told(SUPERVISOR) == ["review_answered_staff"]
    assert stand(world)[0] == OPEN
    assert say(world, code, "approve").outcome == "recorded"


def test_ten_decide_at_once(world: World) -> None:
    """One of them does; the others hear that it is decided, and there is one certificate."""
    code = pending(world)
    both = [("approve", ""), ("reject", "test")] * 5
    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(lambda word: say(world, code, *word).outcome, both))
    assert results.count("recorded") == 1
    assert stand(world) in ((APPROVED, "registered", 1), (REJECTED, "rejected", 0))


@pytest.mark.parametrize("fate", ["merged", "died"])
def test_nobody_is_registered_who_no_longer_can_be(world: World, fate: str) -> None:
    """A record that became another's meanwhile, or whose person died, gets no certificate; it can be rejected."""
    code = pending(world)
    with world.database.transaction() as tx:
        if fate == "died":
            people_store.set_died(tx, 1, world.now)
        else:
            people_store.set_status(tx, 1, people_store.MERGED, world.now)
    assert say(world, code, "approve").outcome == "refused"
    assert say(world, code, "reject", "duplicate").outcome == "recorded"
    assert world.rows(certificates) == []


def test_a_change_of_phone_is_decided_alike(world: World) -> None:
    """The staff read why in neutral words; approved, the new phone speaks for the person, and hears of it."""
    world.consent(HODAN, "register")
    reference, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=reference)
    assert world.call(ABEBE, RequestPhoneChange(reference)).outcome == "requested"
    code = world.rows(reviews_table)[0].code
    assert say(world, code, "open").values == {"flags": "another phone asks for it"}
    assert say(world, code, "ask", "age").outcome == "refused"
    assert world.call(ABEBE, MyPeople()).outcome == "none"
    assert say(world, code, "approve").outcome == "recorded"
    assert world.call(ABEBE, MyPeople()).values == {"person": reference}
    assert world.told(ABEBE) == ["change_made_person"]
    assert say(world, code, "approve").outcome == "repeated"


@pytest.mark.parametrize(
    ("word", "detail", "name", "told"),
    [("approve", "", NAMES[1], "change_made_person"), ("reject", "other", NAMES[0], "change_refused_person")],
    ids=["made", "refused"],
)
def test_a_correction_is_decided_alike(world: World, word: str, detail: str, name: str, told: str) -> None:
    """What a certificate vouches for changes once somebody of the staff said so; the person stays registered."""
    reference, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=reference)
    world.call(HODAN, ChoosePin(reference, "2580"))
    asked = world.call(HODAN, CorrectAnswers(reference, "2580", full_name=NAMES[1]))
    assert asked.outcome == "under_review"
    code = world.rows(reviews_table)[0].code
    assert say(world, code, word, detail).outcome == "recorded"
    with world.database.transaction() as tx:
        assert people_store.record_of(world.vault, people_store.by_id(tx, 1))["full_name"] == name
    assert world.told(HODAN) == [told]
    assert world.rows(people)[0].status == "registered"


# --- reminding --------------------------------------------------------------------------------------------


def test_nothing_waits_unseen(world: World) -> None:
    """Half of two working days: the staff of the area are reminded. All of it: the supervisors hear. No more then."""
    code = pending(world)
    _tick(world, hours=23)
    assert world.told(CASEWORKER) == ["review_staff"]
    _tick(world, hours=2)
    assert world.told(CASEWORKER) == ["review_staff", "review_reminder_staff"]
    assert world.told(SUPERVISOR) == []
    _tick(world, hours=24)
    _tick(world, days=30)
    assert world.messages(SUPERVISOR)[0][1].startswith(f"Still no decision: {short_code.shown(code)}.")
    assert (len(world.told(CASEWORKER)), len(world.told(SUPERVISOR))) == (2, 1)


@pytest.mark.parametrize(("word", "detail"), [("approve", ""), ("reject", "other")])
def test_what_is_decided_is_left_in_peace(world: World, word: str, detail: str) -> None:
    """No timer is left, and none does anything that fires late."""
    code = pending(world)
    say(world, code, word, detail)
    assert {row.state for row in world.rows(timers_table) if row.kind.startswith("review")} == {"void"}
    with world.database.transaction() as tx:
        for late in (reviews.remind, reviews.overdue):
            late(world.work(tx, HODAN), 1)
    assert world.told(CASEWORKER) == ["review_staff"]


def test_a_person_who_does_not_answer(world: World) -> None:
    """The time runs anew from the question; whoever asked is reminded, not all of the area."""
    code = pending(world)
    _tick(world, hours=20)
    say(world, code, "ask", "age", SUPERVISOR)
    _tick(world, hours=20)
    assert world.told(CASEWORKER) == ["review_staff"]
    _tick(world, hours=6)
    assert world.told(SUPERVISOR) == ["review_reminder_staff"]


def _tick(world: World, **span: float) -> None:
    world.pass_time(**span)
    timers.fire_due(world.runtime, {reviews.REMIND: reviews.remind, reviews.OVERDUE: reviews.overdue})

"""Whose case a referral is: given by area and load, taken, handed over, and never left with somebody who is gone."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gateway.commands import (
    AddNote,
    AnswerCase,
    AnswerHelp,
    AnswerLeg,
    ComeBack,
    GiveCase,
    GoAway,
    MyCases,
    RebookReferral,
    RequestCallback,
    RequestReferral,
    ShowCase,
    TeamLoad,
    WithdrawReferral,
)
from gateway.enact.assigning import caseload
from gateway.enact.casework import handover
from gateway.enact.casework.caseload_view import loads
from gateway.enact.helping.directory import load
from gateway.enact.notices.notify import covers
from gateway.enact.timers import fire_due
from gateway.messages import Address, AddressKind
from gateway.store import staff as store
from gateway.store.tables import audit, legs, referrals, staff, timers

from .conftest import ABEBE, CHAT, CLINIC, DIRECTORY, HODAN, OTHER_CLINIC, World

ABDI, BIRKE, CALI, BOSS = (Address(AddressKind.PHONE, f"+25191100008{number}") for number in range(4))
TEAM: dict[str, dict[str, Any]] = {
    "abdi": {"role": "caseworker", "language": "en", "areas": ["ET14"], "phones": [ABDI.value]},
    "birke": {"role": "caseworker", "language": "en", "areas": ["ET14", "ET05"], "phones": [BIRKE.value]},
    "cali": {"role": "caseworker", "language": "en", "areas": ["ET05"], "phones": [CALI.value]},
    "boss": {"role": "supervisor", "language": "en", "areas": [], "phones": [BOSS.value]},
}
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What asks nothing of a database that the other tests do not ask."""

WHO = {"abdi": ABDI, "birke": BIRKE, "cali": CALI, "boss": BOSS}


def employ(world: World, team: Mapping[str, Mapping[str, Any]] = TEAM) -> None:
    """The directory of the tests, with these people as its staff and with room for many."""
    directory = deepcopy(DIRECTORY)
    for organisation in directory["organisations"].values():
        for service in organisation["services"]:
            service["capacity"] = 99
    load(world.runtime, directory | {"staff": dict(team)})


@pytest.fixture
def team(world: World) -> World:
    """Two caseworkers for the area of the tests, one elsewhere, a supervisor."""
    world.policy(review="none")
    employ(world)
    return world


def register(world: World, who: Address, needs: tuple[str, ...] = ("health",), **answers: Any) -> list[str]:
    """Somebody registers and asks for help; the codes."""
    person, _ = world.register(who, **answers)
    return [world.refer(who, person, need) for need in needs]


def holder(world: World, referral: int = 0) -> str | None:
    """The code of whose case it is."""
    codes = {row.id: row.code for row in world.rows(staff)}
    return codes.get(world.rows(referrals)[referral].staff_id)


def away(world: World) -> set[str]:
    """Who is on leave."""
    return {row.code for row in world.rows(staff) if row.away_until is not None}


def acts(world: World) -> list[tuple[str, str, str]]:
    """Every change of hands: how, from whom, to whom."""
    return [
        (row.action, row.detail["from"], row.detail["to"])
        for row in world.rows(audit)
        if row.action.startswith("case.") and "to" in row.detail
    ]


# --- assignment -------------------------------------------------------------------------------------------


def test_a_request_is_given_to_whoever_has_least(team: World) -> None:
    """Among those of the area; of equals to the one who was given a case longest ago."""
    register(team, HODAN, ("health", "shelter"))
    register(team, ABEBE)
    assert [holder(team, each) for each in range(3)] == ["abdi", "birke", "abdi"]
    assert acts(team) == [("case.assigned", "", who) for who in ("abdi", "birke", "abdi")]
    assert team.told(ABDI).count("leg_offered_staff") == 2
    assert (team.told(BIRKE).count("leg_offered_staff"), team.told(CALI), team.told(BOSS)) == (1, [], [])


@one_database
def test_an_emergency_is_told_to_all_of_the_area(team: World) -> None:
    """It is somebody's, but nobody may miss it, until one says that it is theirs."""
    (code,) = register(team, HODAN, urgent="yes", children_with=0)
    assert team.rows(referrals)[0].priority == "emergency"
    assert holder(team) == "abdi"
    assert "leg_offered_staff" in team.told(BIRKE)
    assert team.call(BIRKE, AnswerCase(code, "take")).outcome == "recorded"
    before = len(team.told(ABDI))
    team.answer(CLINIC, code, "accept")
    assert (team.told(BIRKE)[-1], len(team.told(ABDI))) == ("leg_accepted_staff", before)


def test_where_nobody_covers_the_area_the_supervisors_have_it(team: World) -> None:
    """As long as nobody does: the first one who is employed there gets it, and is told."""
    employ(team, {"cali": TEAM["cali"], "boss": TEAM["boss"]})
    register(team, HODAN)
    assert (holder(team), team.told(BOSS)) == (None, ["leg_offered_staff"])
    employ(team)
    assert holder(team) == "abdi"
    assert team.told(ABDI) == ["case_given_staff"]


@one_database
def test_taking_makes_it_ones_own_word(team: World) -> None:
    """Also of a case that was given; a colleague may still take it, and whoever had it hears of that."""
    (code,) = register(team, HODAN)
    assert team.rows(referrals)[0].taken_at is None
    assert team.call(ABDI, AnswerCase(code, "take")).outcome == "recorded"
    assert team.rows(referrals)[0].taken_at == team.now
    assert team.call(ABDI, AnswerCase(code, "take")).outcome == "repeated"
    assert team.call(BIRKE, AnswerCase(code, "take")).outcome == "recorded"
    assert (holder(team), team.told(ABDI)[-1]) == ("birke", "case_gone_staff")


# --- handing over -----------------------------------------------------------------------------------------


@one_database
@pytest.mark.parametrize(
    ("who", "to", "outcome", "after"),
    [
        ("abdi", "birke", "given", "birke"),
        ("abdi", "BIR", "given", "birke"),
        ("abdi", "", "whom", "abdi"),
        ("abdi", "nobody_known", "whom", "abdi"),
        ("abdi", "abdi", "repeated", "abdi"),
        ("abdi", "cali", "elsewhere", "abdi"),
        ("birke", "birke", "not_yours", "abdi"),
        ("boss", "birke", "given", "birke"),
        ("boss", "boss", "given", "boss"),
        ("cali", "cali", "unknown", "abdi"),
    ],
    ids=str,
)
def test_giving_a_case(team: World, who: str, to: str, outcome: str, after: str) -> None:
    """One's own to a colleague of the area; a supervisor gives anyone's; elsewhere the code does not exist."""
    (code,) = register(team, HODAN)
    result = team.call(WHO[who], GiveCase(code, to))
    assert (result.outcome, holder(team)) == (outcome, after)
    if outcome == "whom":
        assert result.values["colleagues"] == [{"value": "birke", "label": "birke"}]
    if outcome == "given" and after != who:
        assert team.told(WHO[after])[-1] == "case_given_staff"
        assert team.told(ABDI).count("case_gone_staff") == (who != "abdi")
    assert [row.detail["outcome"] for row in team.rows(audit) if row.action == "give_case"] == [outcome]


@one_database
def test_nobody_is_given_more_than_enough_while_others_have_room(team: World) -> None:
    """A supervisor may burden them all the same."""
    team.policy(most_cases=1)
    health, shelter = register(team, HODAN, ("health", "shelter"))
    (third,) = register(team, ABEBE)
    assert [holder(team, each) for each in range(3)] == ["abdi", "birke", "abdi"]
    team.call(ABDI, AnswerCase(third, "revoke"))
    team.call(ABDI, AnswerCase(health, "revoke"))
    (fourth,) = register(team, CHAT)
    assert holder(team, 3) == "abdi"
    assert team.call(BIRKE, GiveCase(shelter, "abdi")).outcome == "given"  # nobody has room
    team.call(ABDI, AnswerCase(fourth, "take"))
    assert team.call(ABDI, GiveCase(fourth, "birke")).outcome == "given"
    team.call(BIRKE, AnswerCase(fourth, "take"))
    assert holder(team, 1) == "abdi"


@one_database
def test_a_full_colleague_is_refused_by_a_colleague(team: World) -> None:
    """While another of the area has room."""
    employ(team, TEAM | {"dawit": TEAM["abdi"] | {"phones": ["+251911000085"]}})
    team.policy(most_cases=1)
    (first,) = register(team, HODAN)
    (second,) = register(team, ABEBE)
    assert (holder(team, 0), holder(team, 1)) == ("abdi", "birke")
    assert team.call(ABDI, GiveCase(first, "birke")).outcome == "full"
    assert team.call(BOSS, GiveCase(first, "birke")).outcome == "given"
    assert team.call(ABDI, AnswerCase(second, "take")).outcome == "recorded"


@one_database
def test_a_closed_case_is_not_given(team: World) -> None:
    """Nothing is left to hand over; a slip in the code is said first."""
    (code,) = register(team, HODAN)
    team.call(HODAN, WithdrawReferral())
    assert team.call(ABDI, GiveCase(code, "birke")).outcome == "refused"
    assert team.call(ABDI, GiveCase("100000", "birke")).outcome == "mistyped"


def test_all_cases_at_once(team: World) -> None:
    """The colleague is told once; what lies outside their areas stays."""
    register(team, HODAN, ("health", "shelter"))
    register(team, ABEBE, ("health", "shelter"))
    with team.database.transaction() as tx:
        work = team.work(tx, BOSS)
        abdi, birke = (handover.named(work, name) for name in ("abdi", "birke"))
        assert abdi is not None and birke is not None
        assert handover.give_all(work, abdi, birke, "command-line") == (2, 0)
        with pytest.raises(ValueError, match="already"):
            handover.give_all(work, birke, birke, "command-line")
    assert {holder(team, each) for each in range(4)} == {"birke"}
    assert team.told(BIRKE).count("cases_given_staff") == 1
    assert "2" in team.messages(BIRKE)[-1][1]


# --- leave ------------------------------------------------------------------------------------------------


def test_leave_gives_on_what_cannot_wait(team: World) -> None:
    """The rest stays, and what is told of it goes to whoever stands in."""
    register(team, HODAN, urgent="yes", children_with=0)
    register(team, ABEBE)
    (normal,) = register(team, CHAT)
    assert [holder(team, each) for each in range(3)] == ["abdi", "birke", "abdi"]
    result = team.call(ABDI, GoAway("2026-03-20"))
    assert (result.outcome, result.values["given"]) == ("away", 1)
    assert [holder(team, each) for each in range(3)] == ["birke", "birke", "abdi"]
    assert "case_given_staff" in team.told(BIRKE)
    before = team.told(ABDI)
    team.answer(CLINIC, normal, "accept")
    team.answer(OTHER_CLINIC, normal, "accept")
    assert team.told(ABDI) == before
    assert "leg_accepted_staff" in team.told(BIRKE)


def test_nobody_on_leave_gets_new_cases(team: World) -> None:
    """What nobody could take meanwhile is theirs when the day comes, without a word of theirs."""
    team.call(ABDI, GoAway("2026-03-20"))
    team.call(BIRKE, GoAway("2026-03-25"))
    register(team, HODAN)
    assert (holder(team), team.told(BOSS)) == (None, ["leg_offered_staff"])
    team.pass_time(days=9)  # to the 19th
    fire_due(team.runtime)
    assert holder(team) is None
    team.pass_time(days=1)
    fire_due(team.runtime)
    assert (holder(team), away(team)) == ("abdi", {"birke"})
    assert "staff.back" in [row.action for row in team.rows(audit) if row.actor == "worker:timers"]


@one_database
def test_where_no_caseworker_is_left_a_supervisor_gets_what_cannot_wait(team: World) -> None:
    """And where no supervisor is either, it stays: somebody is rung all the same."""
    employ(team, {"abdi": TEAM["abdi"], "boss": TEAM["boss"]})
    (code,) = register(team, HODAN, urgent="yes", children_with=0)
    assert team.call(ABDI, GoAway("2026-03-20")).values["given"] == 1
    assert holder(team) == "boss"
    assert team.call(BOSS, GoAway("2026-03-20")).values["given"] == 0
    assert holder(team) == "boss"
    team.answer(CLINIC, code, "accept")
    assert "leg_accepted_staff" in team.told(BOSS) + team.told(ABDI)


@one_database
@pytest.mark.parametrize(
    ("until", "outcome"),
    [
        ("", "needs_day"),
        ("2026-03-10", "unfit"),
        ("2026-03-09", "unfit"),
        ("2026-03-11", "away"),
        ("2027-03-11", "away"),
        ("2027-03-12", "unfit"),
        ("2099-12-25", "unfit"),
    ],
    ids=str,
)
def test_the_day_of_a_leave_is_within_a_year(team: World, until: str, outcome: str) -> None:
    """Today is none: a leave begins now and ends on the morning of its day."""
    assert team.call(ABDI, GoAway(until)).outcome == outcome


@one_database
def test_back_before_the_day(team: World) -> None:
    """Said twice it changes nothing; a leave that was made longer does not end on the first day."""
    team.call(ABDI, GoAway("2026-03-12"))
    team.call(ABDI, GoAway("2026-03-20"))
    team.pass_time(days=5)
    fire_due(team.runtime)
    assert away(team) == {"abdi"}
    assert [team.call(ABDI, ComeBack()).outcome for _ in range(2)] == ["back", "repeated"]
    assert [team.call(HODAN, each).outcome for each in (ComeBack(), GoAway("2026-03-20"))] == ["unknown"] * 2


# --- who left ---------------------------------------------------------------------------------------------


def test_the_cases_of_whoever_left_go_to_others(team: World) -> None:
    """In one message; also where only the areas changed."""
    for who in (HODAN, ABEBE):
        register(team, who, ("health", "shelter"))
    assert [holder(team, each) for each in range(4)] == ["abdi", "birke", "abdi", "birke"]
    employ(team, {name: entry for name, entry in TEAM.items() if name != "abdi"})
    assert {holder(team, each) for each in range(4)} == {"birke"}
    assert team.told(BIRKE)[-1] == "cases_given_staff"
    employ(team, TEAM | {"birke": TEAM["birke"] | {"areas": ["ET05"]}})
    assert {holder(team, each) for each in range(4)} == {"abdi"}


def test_a_case_that_opens_again_finds_somebody(team: World) -> None:
    """Whoever had it may have left while it was closed."""
    team.consent(HODAN, "sms")
    (code,) = register(team, HODAN)
    for word, detail in (("accept", ""), ("arrived", ""), ("done", "helped")):
        team.answer(CLINIC, code, word, detail)
    team.call(HODAN, AnswerHelp(code, "yes"))
    assert team.rows(referrals)[0].state == "served"
    employ(team, {name: entry for name, entry in TEAM.items() if name != "abdi"})
    assert team.rows(referrals)[0].state == "served"
    assert team.call(HODAN, AnswerHelp(code, "no")).outcome == "disputed"
    assert (team.rows(referrals)[0].state, holder(team)) == ("open", "birke")


# --- what they see ----------------------------------------------------------------------------------------


def test_my_cases_are_shown_worst_first(team: World) -> None:
    """Late ones, then those where the person was not helped, then what waits; a few on each page."""
    employ(team, {"abdi": TEAM["abdi"], "boss": TEAM["boss"]})
    codes = register(team, HODAN, ("health", "shelter")) + register(team, ABEBE, ("health",))
    for word, detail in (("accept", ""), ("noshow", "")):
        team.answer(CLINIC, codes[2], word, detail)
        team.answer(OTHER_CLINIC, codes[2], word, detail)
    team.answer(OTHER_CLINIC, codes[1], "accept")
    team.pass_time(days=2)
    result = team.call(ABDI, MyCases())
    assert [each["value"] for each in result.values["cases"]] == [codes[0], codes[2], codes[1]]
    labels = [each["label"] for each in result.values["cases"]]
    assert (labels[0][:2], labels[1][:2], result.values["next"]) == ("! ", codes[2][:2], 0)
    assert [team.call(who, MyCases()).outcome for who in (BOSS, HODAN)] == ["none", "unknown"]


def test_who_waits_for_a_call_stands_at_the_top(team: World) -> None:
    """Danger before help, both before any request; to colleagues elsewhere nobody waits, and taken it is one's own."""
    (code,) = register(team, HODAN)
    help_, danger = (
        str(team.call(who, RequestCallback(reason)).values["code"])
        for who, reason in ((HODAN, "help"), (ABEBE, "danger"))
    )
    shown = team.call(ABDI, MyCases()).values["cases"]
    assert [each["value"] for each in shown] == [danger, help_, code]
    assert shown[0]["label"].endswith("VERY URGENT")
    assert team.call(ABDI, ShowCase(danger)).values["next"] == "call"
    assert [team.call(CALI, ShowCase(each)).outcome for each in (help_, code)] == ["unknown", "unknown"]
    team.call(BIRKE, AnswerCase(danger, "take"))
    assert [each["value"] for each in team.call(ABDI, MyCases()).values["cases"]] == [help_, code]
    assert team.call(BIRKE, MyCases()).values["cases"][0]["value"] == danger
    team.call(BIRKE, AnswerCase(danger, "close"))
    assert team.call(BIRKE, ShowCase(danger)).outcome == "unknown"


@one_database
def test_cases_come_in_pages(team: World) -> None:
    """The last page leads to the first; a page that is no more is the first."""
    employ(team, {"abdi": TEAM["abdi"], "boss": TEAM["boss"]})
    for who in (HODAN, ABEBE, CHAT):
        register(team, who, ("health", "shelter"))
    first, second, beyond = (team.call(ABDI, MyCases(page)).values for page in (0, 1, 7))
    assert (len(first["cases"]), first["next"]) == (3, 1)
    assert (len(second["cases"]), second["next"]) == (3, 0)
    assert beyond == first


@one_database
def test_one_case_says_what_comes_next(team: World) -> None:
    """The provider's answer, the first visit, the caseworker; and nothing to somebody elsewhere."""
    (code,) = register(team, HODAN)
    assert team.call(ABDI, ShowCase(code)).values["next"] == "answer"
    team.answer(CLINIC, code, "accept")
    assert team.call(ABDI, ShowCase(code)).values["next"] in ("visit", "question")
    team.answer(CLINIC, code, "noshow")
    shown = team.call(BIRKE, ShowCase(code)).values
    assert (shown["next"], shown["stage"]) == ("act", "did not come")
    assert team.call(CALI, ShowCase(code)).outcome == "unknown"
    assert team.call(ABDI, ShowCase("100000")).outcome == "mistyped"


def test_a_supervisor_sees_counts_only(team: World) -> None:
    """Open and late ones of everyone, who is away, and what is nobody's."""
    register(team, HODAN, ("health", "shelter"))
    team.pass_time(days=2)
    team.call(BIRKE, GoAway("2026-03-20"))
    result = team.call(BOSS, TeamLoad())
    assert result.values["team"] == "abdi 1/1, birke* 1/1, cali 0/0"
    assert [team.call(who, TeamLoad()).outcome for who in (ABDI, HODAN)] == ["refused", "unknown"]
    with team.database.reading() as tx:
        (first, second, _) = loads(team.work(tx, BOSS))
    assert (first.code, first.open, first.late, first.oldest_days, first.full) == ("abdi", 1, 1, 2, False)
    assert second.away_until is not None


# --- never an orphan --------------------------------------------------------------------------------------

_NAMES = st.sampled_from(sorted(WHO))
_ACTS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([HODAN, ABEBE, CHAT]), st.sampled_from(["health", "shelter"])),
    st.tuples(st.sampled_from(["take", "rebook", "revoke"]), _NAMES, st.integers(0, 5)),
    st.tuples(st.just("give"), _NAMES, _NAMES),
    st.tuples(st.sampled_from(["away", "back"]), _NAMES, st.integers(1, 4)),
    st.tuples(st.just("employ"), st.sets(_NAMES), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("served"), st.integers(0, 5), st.booleans()),
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(happened=st.lists(_ACTS, max_size=14))
def test_no_case_is_ever_an_orphan(
    team: World, asking: dict[Address, str], happened: list[tuple[str, Any, Any]]
) -> None:
    """Whatever happens, an open case is with somebody who works here and covers its area, unless nobody here does."""
    _begin_anew(team)
    codes: list[str] = []
    for act in happened:
        _do(team, asking, codes, act)
        _nobody_is_left_behind(team)


@pytest.fixture
def asking(team: World) -> dict[Address, str]:
    """Three who may ask for help: their references."""
    people = {who: team.register(who)[0] for who in (HODAN, ABEBE, CHAT)}
    for who, person in people.items():
        team.consent(who, "share", person=person)
    return people


def _begin_anew(world: World) -> None:
    """Every request is over, and everyone is back."""
    with world.database.transaction() as tx:
        tx.execute(update(legs).values(state="revoked", closed_at=world.now))
        tx.execute(update(referrals).values(state="closed", closed_at=world.now))
        tx.execute(update(timers).values(state="void"))
        tx.execute(update(staff).values(away_until=None))
    employ(world)


def _do(world: World, people: Mapping[Address, str], codes: list[str], act: tuple[str, Any, Any]) -> None:
    what, one, two = act
    match what:
        case "ask":
            result = world.call(one, RequestReferral(people[one], two, "ET14"))
            codes += [str(result.values["code"])] if result.outcome == "requested" else []
        case "employ":
            areas = {} if two else {"areas": ["ET05"]}
            employ(world, {name: TEAM[name] | (areas if name == "birke" else {}) for name in sorted(one)})
        case "wait":
            world.pass_time(days=one)
            while fire_due(world.runtime):
                pass
        case "served":
            _serve(world, people, codes[one % len(codes)] if codes else "100000", "yes" if two else "no")
        case _:
            _say(world, WHO[one], what, codes, two)


def _say(world: World, who: Address, what: str, codes: list[str], two: Any) -> None:
    """One of the staff says something."""
    number = two if isinstance(two, int) else -1
    code = codes[number % len(codes)] if codes else "100000"
    world.call(
        who,
        {
            "take": AnswerCase(code, "take"),
            "revoke": AnswerCase(code, "revoke"),
            "rebook": RebookReferral(code),
            "give": GiveCase(code, str(two)),
            "away": GoAway(f"{world.now.date() + timedelta(days=number)}"),
            "back": ComeBack(),
        }[what],
    )


def _serve(world: World, people: Mapping[Address, str], code: str, helped: str) -> None:
    """Its provider helps, and the person says whether."""
    for provider in (CLINIC, OTHER_CLINIC):
        for word, detail in (("accept", ""), ("arrived", ""), ("done", "helped")):
            world.call(provider, AnswerLeg(code, word, detail))
    for who in people:
        world.call(who, AnswerHelp(code, helped))


def _nobody_is_left_behind(world: World) -> None:
    with world.database.reading() as tx:
        work = world.work(tx, BOSS)
        active = {each.id: each for each in store.active(tx)}
        for row in world.rows(referrals):
            if row.state == "open" and row.staff_id is not None:
                assert row.staff_id in active
                assert covers(work, active[row.staff_id], row.area)
            elif row.state == "open":
                assert caseload.candidates(work, row.area) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_waits_for_each_other(team: World, asking: dict[Address, str]) -> None:
    """Requests, hand-overs, leaves and a new directory at once: all of them end, and no case is lost on the way."""

    def busy(who: Address, staff_code: str, other: str) -> None:
        for need in ("health", "shelter"):
            code = str(team.call(who, RequestReferral(asking[who], need, "ET14")).values["code"])
            team.call(WHO[staff_code], GoAway("2026-03-20"))
            team.call(WHO[other], GiveCase(code, staff_code))
            employ(team)
            team.call(WHO[staff_code], ComeBack())
            team.call(WHO[staff_code], AnswerCase(code, "take"))

    pairs = [("abdi", "birke"), ("birke", "boss"), ("boss", "abdi")]
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(busy, who, *pair) for who, pair in zip(asking, pairs, strict=True)]
        for each in running:
            each.result()  # or the database's word that two waited for each other
    _nobody_is_left_behind(team)


# --- notes ------------------------------------------------------------------------------------------------


@one_database
@pytest.mark.parametrize(
    ("who", "text", "outcome"),
    [
        (ABDI, "called twice", "noted"),
        (BIRKE, "called twice", "noted"),
        (BOSS, "called twice", "noted"),
        (ABDI, "", "needs_text"),
        (CALI, "called twice", "unknown"),
        (HODAN, "called twice", "unknown"),
        (CLINIC, "called twice", "unknown"),
    ],
    ids=["holder", "colleague", "supervisor", "empty", "elsewhere", "person", "provider"],
)
def test_only_the_staff_of_the_area_write_notes(team: World, who: Address, text: str, outcome: str) -> None:
    """To anyone else the code does not exist."""
    (code,) = register(team, HODAN)
    assert team.call(who, AddNote(code, text)).outcome == outcome
    assert team.call(who, AddNote("100000", text)).outcome == "mistyped"

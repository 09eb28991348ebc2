"""Screening: the shipped rules put people in order, each rule as it says, and what is unknown harms nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows
from gateway.catalogue.files import Bundle, read_file
from gateway.catalogue.screening import Rules, read_rules
from gateway.conversation.source import Node, Source
from gateway.errors import FlowError
from gateway.registry.births import Birth, parse_age
from gateway.registry.calendars import Calendar
from gateway.registry.screening import FACTS, GRADES, WASHINGTON, Tier, classes, condition, facts_of, screen

ROOT = Path(flows.__file__).parent
TODAY = date(2026, 3, 10)
LANGUAGES = ("am", "om", "en", "so", "ti", "ar", "sw")
POLICY = read_file(ROOT / "policies" / "et.yaml").data
CODES = {code for listed in POLICY["codes"].values() for code in listed} | set(POLICY["services"])

IMMEDIATE, HIGH, STANDARD = Tier.IMMEDIATE, Tier.HIGH, Tier.STANDARD


def rules_of(source: Source) -> Rules:
    named = Node.of(Source("policies/et.yaml", "screening.yaml"))
    return read_rules(Bundle({}, {"screening.yaml": source}), named, LANGUAGES, CODES)


SHIPPED = rules_of(read_file(ROOT / "screening.yaml"))


def aged(typed: str, calendar: Calendar = Calendar.GREGORIAN, today: date = TODAY) -> dict[str, Any]:
    birth = parse_age(typed, today, calendar)
    assert isinstance(birth, Birth)
    return birth.to_dict()


NOBODY: dict[str, Any] = {
    "sex": "m",
    "age": aged("35"),
    "country_from": "SA",
    "return_month": "2026-02",
    "return_type": "spontaneous",
    "people_with": 0,
    "children_with": 0,
    "need": "work",
    "urgent": "no",
}
"""Someone of whom no rule holds."""


def screened(**answers: Any) -> tuple[Tier, set[str]]:
    found = screen(SHIPPED.ruleset, facts_of(NOBODY | answers, TODAY))
    return found.tier, set(found.reasons)


# --- each shipped rule ------------------------------------------------------------------------------------

FAMILY = {"people_with": 3, "children_with": 2}
DECIDES = [
    ("danger", {"urgent": "yes"}, IMMEDIATE, {"danger"}),
    ("child-alone", {"age": aged("15")}, IMMEDIATE, {"child_alone", "child"}),
    (
        "child-with-children",
        {"age": aged("16"), "people_with": 2, "children_with": 2},
        IMMEDIATE,
        {"child_alone", "child"},
    ),
    ("child-with-a-neighbour", {"age": aged("5"), "relation": "other"}, IMMEDIATE, {"child_alone", "child"}),
    ("child-by-birthday", {"age": aged("11/03/2008")}, IMMEDIATE, {"child_alone", "child"}),
    ("child-perhaps", {"age": aged("2008")}, IMMEDIATE, {"child_alone", "child"}),
    ("child-hijri", {"age": aged("1430")}, IMMEDIATE, {"child_alone", "child"}),
    ("child-ethiopian", {"age": aged("2002", Calendar.ETHIOPIAN)}, IMMEDIATE, {"child_alone", "child"}),
    *((f"disability-{each}", {each: "a_lot"}, HIGH, {"disability"}) for each in WASHINGTON),
    *(
        (f"disability-late-{each[3:]}", {"details": {each[3:]: "cannot"}}, HIGH, {"disability"})
        for each in WASHINGTON
    ),
    ("pregnant", {"restricted": {"pregnancy": "yes"}}, HIGH, {"pregnant"}),
    ("single-carer", {"single_carer": "yes", "under_fives": 2}, HIGH, {"carer_of_under_fives"}),
    (
        "two-factors",
        {"return_type": "forced", "need": "shelter"},
        HIGH,
        {"two_factors", "sent_back", "basic_need"},
    ),
    (
        "many-and-alone",
        {"people_with": 3, "children_with": 3},
        HIGH,
        {"two_factors", "many_children", "lone_adult"},
    ),
    (
        "danger-beside-others",
        {"urgent": "yes", "wg_see": "cannot", "return_type": "forced"},
        IMMEDIATE,
        {"danger", "disability", "sent_back"},
    ),
]
MISSES = [
    ("nobody", {}, set()),
    ("not-urgent", {"urgent": ""}, set()),
    ("grown-up", {"age": aged("18")}, set()),
    ("grown-up-today", {"age": aged("10/03/2008")}, set()),
    ("grown-up-by-year", {"age": aged("2007")}, set()),
    ("child-in-a-family", {"age": aged("15"), **FAMILY}, {"child"}),
    ("child-registered-by-a-parent", {"age": aged("5"), "relation": "child"}, {"child"}),
    *((f"some-difficulty-{each}", {each: "some"}, set()) for each in WASHINGTON),
    ("some-difficulty-everywhere", dict.fromkeys(WASHINGTON, "some"), set()),
    ("not-pregnant", {"pregnancy": "no"}, set()),
    ("carer-of-older", {"single_carer": "yes", "under_fives": 0}, set()),
    ("under-fives-and-two-carers", {"single_carer": "no", "under_fives": 1}, set()),
    ("a-family", FAMILY, set()),
]
FACTORS = [
    ("child", {"age": aged("15"), **FAMILY}),
    ("older", {"age": aged("60")}),
    ("older", {"age": aged("1966")}),
    ("sent_back", {"return_type": "forced"}),
    ("many_children", {"people_with": 4, "children_with": 3}),
    ("lone_adult", {"people_with": 1, "children_with": 1}),
    ("basic_need", {"need": "food"}),
    ("basic_need", {"need": "shelter"}),
    ("trafficked", {"restricted": {"trafficking": "yes"}}),
    ("detained", {"restricted": {"detention": "yes"}}),
    ("harmed", {"restricted": {"violence": "yes"}}),
    ("mental_health", {"restricted": {"mental_health": True}}),
    ("chronic_illness", {"restricted": {"chronic_illness": "yes"}}),
]
NOT_FACTORS = [
    ("older", {"age": aged("59")}),
    ("older", {"age": aged("1967")}),
    ("sent_back", {"return_type": "assisted"}),
    ("many_children", {"people_with": 4, "children_with": 2}),
    ("lone_adult", {"people_with": 3, "children_with": 2}),
    ("basic_need", {"need": "legal"}),
    ("trafficked", {"restricted": {"trafficking": "no"}}),
    ("detained", {"restricted": {"detention": "not_said"}}),
    ("harmed", {"restricted": {"violence": False}}),
    ("mental_health", {"restricted": {"mental_health": ""}}),
    ("chronic_illness", {"restricted": {}}),
]


@pytest.mark.parametrize(
    ("answers", "tier", "reasons"), [case[1:] for case in DECIDES], ids=[case[0] for case in DECIDES]
)
def test_a_rule_decides(answers: dict[str, Any], tier: Tier, reasons: set[str]) -> None:
    """With nothing else to go by, each rule that gives a tier gives it, and is the reason."""
    assert screened(**answers) == (tier, reasons)


@pytest.mark.parametrize(
    ("answers", "reasons"), [case[1:] for case in MISSES], ids=[case[0] for case in MISSES]
)
def test_a_near_miss_is_standard(answers: dict[str, Any], reasons: set[str]) -> None:
    """What nearly makes a rule hold does not."""
    assert screened(**answers) == (STANDARD, reasons)


@pytest.mark.parametrize(
    ("rule", "answers"), FACTORS, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(FACTORS)]
)
def test_a_factor_alone_gives_no_tier_and_tips_another(rule: str, answers: dict[str, Any]) -> None:
    """One factor is a reason and no more; beside one other it makes the tier high."""
    assert screened(**answers) == (STANDARD, {rule})
    beside = {"restricted": {"detention": "yes", "trafficking": "yes"} | answers.get("restricted", {})}
    if rule not in ("detained", "trafficked"):
        beside["restricted"].pop("trafficking")
    assert screened(**(answers | beside))[0] is HIGH


@pytest.mark.parametrize(
    ("rule", "answers"), NOT_FACTORS, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(NOT_FACTORS)]
)
def test_a_near_miss_is_no_factor(rule: str, answers: dict[str, Any]) -> None:
    """What is nearly a factor is none."""
    assert rule not in screened(**answers)[1]


def test_every_shipped_rule_has_its_cases() -> None:
    """The tables above leave no rule out."""
    decided = {reason for *_, reasons in DECIDES for reason in reasons} | {rule for rule, _ in FACTORS}
    assert {rule.id for rule in SHIPPED.ruleset.rules} == decided


# --- what is unknown, and what makes it worse --------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"age": {}, "details": None, "restricted": None},
        {"age": "35", "people_with": "2", "need": 3, "sex": None},
        {"age": None, "people_with": -1, "children_with": True, "pregnancy": "perhaps"},
        {
            "details": {"marital": "not_said"},
            "wg_see": "not_said",
            "return_type": "unknown",
            "need": ["food"],
        },
    ],
    ids=["nothing", "empty", "other-types", "impossible", "not-said"],
)
def test_what_is_unknown_is_left_out(record: dict[str, Any]) -> None:
    """Nobody is put anywhere by what was not said, nor refused."""
    assert facts_of(record, TODAY) == {"relation": "self", "details": {}}
    assert screen(SHIPPED.ruleset, facts_of(record, TODAY)).tier is STANDARD


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        ("urgent == 'yes' || age_max < 18", {"urgent": "yes"}, True),
        ("age_max < 18 || urgent == 'yes'", {"urgent": "yes"}, True),
        ("age_max < 18", {}, False),
        ("!(age_max < 18)", {}, False),
        ("age_max < 18 && urgent == 'yes'", {"urgent": "yes"}, False),
        ("details.marital == 'widowed'", {"details": {"marital": "widowed"}}, True),
        ("details.marital == 'widowed'", {"details": {}}, False),
    ],
)
def test_an_unknown_part_does_not_hold(text: str, known: dict[str, Any], holds: bool) -> None:
    """Neither does its opposite; what is known beside it still counts."""
    assert condition(text).holds(known) is holds


@pytest.mark.parametrize(
    ("typed", "calendar", "ages"),
    [
        ("17", Calendar.GREGORIAN, (17, 17)),
        ("2008", Calendar.GREGORIAN, (17, 18)),
        ("2026", Calendar.GREGORIAN, (0, 0)),
        ("10/03/2008", Calendar.GREGORIAN, (18, 18)),
        ("11/03/2008", Calendar.GREGORIAN, (17, 17)),
        ("2000", Calendar.ETHIOPIAN, (17, 19)),
        ("1430", Calendar.GREGORIAN, (16, 18)),
    ],
)
def test_a_birth_year_leaves_two_ages(typed: str, calendar: Calendar, ages: tuple[int, int]) -> None:
    """An age that was said is that age, a birthday the exact one; a year counts as the younger and the older."""
    facts = facts_of({"age": aged(typed, calendar)}, TODAY)
    assert (facts["age_min"], facts["age_max"]) == ages


def test_children_grow_up() -> None:
    """A replay in later years reckons with the age of its own day."""
    record = NOBODY | {"age": aged("11/03/2008")}
    assert screen(SHIPPED.ruleset, facts_of(record, TODAY)).tier is IMMEDIATE
    assert screen(SHIPPED.ruleset, facts_of(record, TODAY.replace(day=11))).tier is STANDARD


RISKS: dict[str, tuple[Any, ...]] = {
    "urgent": ("no", "yes"),
    "return_type": ("assisted", "forced"),
    "need": ("work", "shelter"),
    "children_with": (0, 1, 2, 3),
    **dict.fromkeys(WASHINGTON, GRADES),
    **dict.fromkeys(
        ("trafficking", "detention", "violence", "mental_health", "chronic_illness"), ("no", "yes")
    ),
    **dict.fromkeys(("pregnancy", "single_carer"), ("no", "yes")),
    "under_fives": (0, 1),
}
"""What makes it worse, from the least to the most. Nobody is with more people than children here: some adult is."""
SOME_RISKS = st.fixed_dictionaries({}, optional={name: st.sampled_from(each) for name, each in RISKS.items()})


@given(said=SOME_RISKS, worse=st.sampled_from(sorted(RISKS)), age=st.integers(0, 100))
def test_a_risk_more_never_lowers_the_tier(said: dict[str, Any], worse: str, age: int) -> None:
    """Whatever is known, one thing worse, or one thing more to worry about, puts nobody further back."""
    record = {"age": aged(str(age)), "people_with": 5, **said}
    at = RISKS[worse].index(said[worse]) if worse in said else -1
    worsened = record | {worse: RISKS[worse][min(at + 1, len(RISKS[worse]) - 1)]}
    before, after = (screen(SHIPPED.ruleset, facts_of(each, TODAY)) for each in (record, worsened))
    order = list(Tier)
    assert order.index(after.tier) <= order.index(before.tier)
    assert set(before.reasons) <= set(after.reasons)


# --- entitlement classes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "tier", "letters"),
    [
        ({}, STANDARD, "A"),
        ({"age": aged("15")}, IMMEDIATE, "CP"),
        (FAMILY, STANDARD, "AF"),
        (FAMILY, HIGH, "AFP"),
        ({"age": {}}, STANDARD, ""),
    ],
    ids=["adult", "child", "family", "family-first", "age-unknown"],
)
def test_entitlement_classes(answers: dict[str, Any], tier: Tier, letters: str) -> None:
    """Letters for adult, child, family and priority; of an age that is unknown neither of the first two."""
    found = classes(SHIPPED.entitlements, facts_of(NOBODY | answers, TODAY), tier)
    assert "".join(each.code for each in found) == letters


def test_labels_and_reasons_are_there_to_read() -> None:
    """Each class in every language; each reason in the staff's; of a rule that is gone its id is left."""
    assert all(set(each.label) == set(LANGUAGES) for each in SHIPPED.entitlements)
    assert all(rule.why["en"] for rule in SHIPPED.ruleset.rules)
    assert SHIPPED.ruleset.why("danger", "so") == SHIPPED.ruleset.why("danger", "en") != "danger"
    assert SHIPPED.ruleset.why("long_gone", "en") == "long_gone"


# --- reading the file -------------------------------------------------------------------------------------

GOOD = """\
rules:
  first:
    tier: immediate
    if: urgent == 'yes'
    why: {en: Why}
  second:
    factor: true
    if: age_min < 18
    why: {en: Why}
entitlements:
  A:
    if: tier == 'high'
    label: {am: a, om: a, en: a, so: a, ti: a, ar: a, sw: a}
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Rules]:
    def written(old: str = "", new: str = "") -> Rules:
        assert old in GOOD
        (tmp_path / "screening.yaml").write_text(GOOD.replace(old, new, 1) if old else GOOD, "utf-8")
        return rules_of(read_file(tmp_path / "screening.yaml"))

    return written


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("urgent ==", "urgnt ==", 4, "unknown fact 'urgnt'. Did you mean 'urgent'?"),
        ("age_min < 18", "factors > 1", 8, "unknown fact 'factors'"),
        ("tier == 'high'", "factors > 1", 12, "unknown fact 'factors'"),
        ("age_min < 18", "tier == 'high'", 8, "unknown fact 'tier'"),
        ("age_min < 18", "age_min < '18'", 8, "no matching overload"),
        ("age_min < 18", "age_min", 8, "not true or false"),
        ("age_min < 18", "sex == 'f' && (", 8, "Syntax error"),
        ("'yes'", "'yess'", 4, "unknown code 'yess'. Did you mean 'yes'?"),
        ("== 'yes'", '== "a_lo"', 4, "unknown code 'a_lo'. Did you mean 'a_lot'?"),
        ("    why: {en: Why}\n  second", "  second", 2, "'why' is missing"),
        ("{en: Why}", "{so: Sabab}", 5, "'en' is missing"),
        ("{en: Why}", "{en: ''}", 5, "expected text"),
        ("{en: Why}", "{en: Why, xx: Why}", 5, "unknown key 'xx'"),
        (", sw: a", "", 13, "'sw' is missing"),
        ("  second:", "  first:", 6, "the key 'first' stands here a second time"),
        ("  second:", "  Second one:", 6, "the id 'Second one' is not"),
        ("    factor: true\n", "", 6, "gives a tier or is a factor"),
        ("factor: true", "factor: false", 6, "gives a tier or is a factor"),
        ("factor: true", "factor: true\n    tier: high", 6, "gives a tier or is a factor"),
        ("factor: true", "factor: 1", 7, "expected true or false"),
        ("tier: immediate", "tier: standard", 3, "unknown tier 'standard'"),
        ("tier: immediate", "tire: immediate", 3, "unknown key 'tire'. Did you mean 'tier'?"),
        ("  A:", "  Adult:", 11, "'Adult' is not a capital letter"),
        ("entitlements:", "entitled:", 10, "unknown key 'entitled'. Did you mean 'entitlements'?"),
        ("rules:", "rule:", 1, "unknown key 'rule'"),
        (GOOD, "rules: []", 1, "expected 'key: value' pairs"),
    ],
)
def test_a_faulty_file_says_where(
    read: Callable[..., Rules], old: str, new: str, line: int, problem: str
) -> None:
    """File and line, what is wrong, and the nearest word that is right."""
    with pytest.raises(FlowError) as caught:
        read(old, new)
    assert problem in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("screening.yaml", line)


def test_the_version_is_of_what_decides(read: Callable[..., Rules]) -> None:
    """A reason said otherwise is the same rules; another condition, tier or order is not."""
    version = read().ruleset.version
    assert len(version) == 64
    assert read("{en: Why}", "{en: Because}").ruleset.version == version
    for old, new in (("< 18", "< 19"), ("immediate", "high"), ("second:", "third:")):
        assert read(old, new).ruleset.version != version


def test_the_guide_names_every_fact() -> None:
    """Whoever writes a rule finds what it may ask, and nothing that it may not."""
    guide = (Path(__file__).parents[2] / "docs" / "operators.md").read_text("utf-8")
    table = guide.split("| Fact |")[1].split("\n\n")[0]
    first = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert set(re.findall(r"`(\w+)`", " ".join(first))) == set(FACTS)


def test_a_policy_names_its_rules() -> None:
    """A file that is not there is refused; a policy of before there were rules has none, and everybody is standard."""
    named = Node.of(Source("policies/et.yaml", "rules.yaml"))
    with pytest.raises(FlowError, match=r"there is no file rules\.yaml"):
        read_rules(Bundle({}, {}), named, LANGUAGES, CODES)
    none = read_rules(Bundle({}, {}), None, LANGUAGES, CODES)
    assert screen(none.ruleset, facts_of(NOBODY | {"urgent": "yes"}, TODAY)).tier is STANDARD

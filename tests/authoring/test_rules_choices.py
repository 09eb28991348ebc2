"""Conditions that never count, words that mean two things, keys that are taken, codes that nothing lists."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest
from planted import MAIN, PHRASES, caught, flow, found

import flows
from gateway.authoring.analysis import conditions
from gateway.authoring.analysis.conditions import Told
from gateway.commands import Kind
from gateway.conversation import expression

END = "  z: {end: true}\n"
NAMES = "variables: {n: {type: number}, c: {type: code}, t: {type: text}}\n"
ASKED = "  a: {ask: How many?, save: n, go: b}\n"


def decided(*branches: str) -> dict[str, str]:
    """A flow that decides on a number and a code, a line a branch."""
    lines = "".join(f"      - {branch}\n" for branch in branches)
    return flow(
        NAMES + "states:\n" + ASKED + "  b:\n    choose: Which?\n    save: c\n"
        "    options: {x: {label: One}, y: {label: Two}}\n    go: d\n  d:\n    decide:\n" + lines + END
    )


def labelled(label: str, more: str = "") -> dict[str, str]:
    """A flow with an option of some label, on a line of its own."""
    return flow(
        f"states:\n  a:\n    choose: Which?\n    options:\n      x: {{label: {label}, go: z}}   # <-\n"
        f"      y: {{label: Other, go: z}}\n{more}" + END
    )


STOP = {
    "g/flow.yaml": "flow: g\nlanguage: en\nrole: stop\ntriggers: [{words: [HALT, ENOUGH NOW]}]\n"
    "states: {a: {say: Done., end: true}}\n"
}
WORK = {
    "g/flow.yaml": "flow: g\nlanguage: en\ntriggers: [{words: [WORK]}]\nstates: {a: {say: Work., end: true}}\n"
}
SEVEN = ", ".join(f"o{number}: {{label: Label {letter}, go: z}}" for number, letter in enumerate("ABCDEFG"))

PLANTED = [
    ("choices.shadowed", decided("{if: n > 2, go: z}", "{if: n  >2, go: z}   # <-", "{else: z}")),
    ("choices.shadowed", decided("{if: n > 2, go: z}", "{if: n > 5, go: z}   # <-", "{else: z}")),
    (
        "choices.shadowed",
        decided("{if: c == 'x', go: z}", "{if: c == 'x' && n > 1, go: z}   # <-", "{else: z}"),
    ),
    ("choices.constant", decided("{if: c == 'zebra', go: z}   # <-", "{else: z}")),
    ("choices.constant", decided("{if: n >= 0, go: z}   # <-", "{else: z}")),
    ("choices.constant", decided("{if: n > 2 && n < 2, go: z}   # <-", "{else: z}")),
    ("choices.global", labelled("Back")),
    ("choices.global", labelled("Halt") | STOP),
    ("choices.global", labelled("Halt the pain") | STOP),
    (
        "choices.global",
        {
            "phrases.yaml": PHRASES.replace('  "no": ["NO", MAYA]', '  "no": ["NO", WORK]   # <-'),
            **WORK,
        },
    ),
    ("choices.keyword", labelled("Work") | WORK),
    ("choices.many", flow("states:\n  a:\n    choose: Which?\n    options: {" + SEVEN + "}   # <-\n" + END)),
    ("choices.key", labelled('"00"')),
    ("choices.key", labelled('"2"')),
    ("choices.key", flow('triggers:\n  - {words: ["98"]}   # <-\nstates: {a: {end: true}}\n')),
    ("choices.key", {"phrases.yaml": PHRASES.replace("[BACK]", '[BACK, "0"]   # <-')}),
    (
        "types.values",
        flow(
            "variables: {c: {type: code, values: {x: [EX], y: [WHY]}}}\nstates:\n  a:\n    choose: Which?\n"
            "    save: c\n    options:\n      x: {label: One}\n      zz: {label: Two}   # <-\n    go: z\n"
            + END
        ),
    ),
    (
        "types.codes",
        flow(
            "states:\n  a:\n    do: set_language\n    with: {language: {value: xx}}   # <-\n"
            "    on: {set: {go: z}}\n" + END
        ),
    ),
]


@pytest.mark.parametrize(("rule", "files"), PLANTED, ids=[rule for rule, _ in PLANTED])
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, rule: str, files: dict[str, str]):
    """One invalid file a rule, or more."""
    caught(tmp_path, rule, files)


def test_an_option_that_no_policy_lists(tmp_path: Path):
    """What people choose is given to a call that knows the policies' codes alone."""
    policies = Path(flows.__path__[0]) / "policies"
    (tmp_path / "policies").mkdir()
    for name in ("et.yaml", "places.csv", "aliases.csv", "woredas.csv"):
        copy(policies / name, tmp_path / "policies" / name)
    copy(policies.parent / "screening.yaml", tmp_path)
    files = flow(
        "variables: {need: {type: code}, area: {type: place}, t: {type: text}, l: {type: list}}\nstates:\n"
        "  a:\n    choose: What?\n    save: need\n    options:\n      health: {label: Health}\n"
        "      helth: {label: Doctor}   # <-\n    go: b\n  b: {ask: Where?, save: t, go: c}\n  c:\n"
        "    do: find_places\n    with: {typed: t}\n"
        "    on: {found: {save: {place: area}, go: d}, several: {go: b}, none: {go: b}}\n"
        "  d:\n    do: find_service\n    with: {need: need, area: area}\n    on: {available: {go: z}, none: {go: z}}\n"
        + END
    )
    finding = caught(tmp_path, "types.codes", files)
    assert "'helth' is given on as 'need'" in finding.problem and "health" in finding.hint


@pytest.mark.parametrize(
    "files",
    [
        decided("{if: n > 5, go: z}", "{if: n > 2, go: z}", "{else: z}"),
        decided("{if: c == 'x', go: z}", "{if: c == 'y' || n == 0, go: z}", "{else: z}"),
        decided("{if: channel == 'ussd', go: z}", "{if: language == 'en', go: z}", "{else: z}"),
        decided("{if: \"'staff' in roles\", go: z}", "{if: \"'provider' in roles\", go: z}", "{else: z}"),
        labelled("Working hours") | WORK,
    ],
)
def test_what_is_right_is_not_found(tmp_path: Path, files: dict[str, str]):
    """The narrower condition first, other values, a label that only begins like a keyword."""
    assert found(tmp_path, files) == []


def test_a_keyword_may_be_an_option_that_leads_to_the_same_flow(tmp_path: Path):
    """In a menu, word and option mean one thing."""
    files = {
        **flow("triggers: [{words: [BEGIN]}]\nstates: {a: {say: Hello, end: true}}\n"),
        "main/flow.yaml": MAIN,
    }
    assert found(tmp_path, files) == []


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ("t == ''", "", "t"),
        ("t != ''", "t", ""),
        ("n > 3", "n", ""),
        ("n < 3", "", "n"),
        ("t == '' || n == 0", "", "nt"),
        ("t != '' && n > 0", "nt", ""),
        ("(t != '' && n > 0) || t == 'a'", "t", ""),
        ("!(t == '' || n == 0)", "nt", ""),
        ("t != '' ? n > 0 : false", "", ""),
        ("t == 'a || b'", "t", ""),
        ("n > 3 || t == 'x'", "", ""),
        ("language == ''", "", ""),
        ("l.size() == 0", "", "l"),
        ("age.from > 1990", "a", ""),
        ("!(age.from > 1990)", "a", ""),
        ("t ==", "", ""),
    ],
)
def test_what_a_condition_tells_of_its_variables(text: str, holds: str, fails: str):
    """Found by trying it with the variable unset. `a` stands for age."""
    kinds = {"t": Kind.TEXT, "n": Kind.NUMBER, "l": Kind.LIST, "age": Kind.AGE}
    named = {"a": "age"}
    wanted = [frozenset(named.get(each, each) for each in names) for names in (holds, fails)]
    assert conditions.told(text, kinds) == Told(*wanted)


def test_conditions_too_rich_to_be_tried_are_left_alone():
    """Nothing is said of what cannot be tried out."""
    kinds = {"t": Kind.TEXT}
    rich = expression.compile("t.startsWith('a')", kinds)
    reached = conditions.reached([rich], kinds, {}, ["en"])
    assert reached and reached.holds == (None,)
    many = {f"v{number}": Kind.TEXT for number in range(12)}
    long = expression.compile(" && ".join(f"{name} == '{name}'" for name in many), many)
    assert conditions.reached([long], many, {}, ["en"]) is None

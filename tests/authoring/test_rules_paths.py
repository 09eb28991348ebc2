"""Every path ends, and nothing is used before it is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted import caught, flow, found

END = "  z: {end: true}\n"
NAMES = "variables: {v: {type: text}, n: {type: number}, c: {type: leg_code}, l: {type: list}, s: {type: place}}\n"
FIND = """\
  find:
    do: find_places
    with: {typed: v}
    on: {found: {save: {place: s}, go: told}, several: {save: {places: l}, go: which}, none: {go: told}}
"""

PLANTED = [
    (
        "ends.unreachable",
        flow("states:\n  a: {say: Hello, end: true}\n  b: {say: Alone, end: true}   # <-\n"),
    ),
    (
        "ends.unreachable",
        {"g/flow.yaml": "flow: g   # <-\nlanguage: en\nstates: {a: {say: Hello, end: true}}\n"},
    ),
    (
        "ends.dead",
        flow(
            "states:\n  a: {choose: Go on?, options: {x: {label: Sure, go: b}, y: {label: Stay, go: z}}}\n"
            "  b: {choose: Again?, options: {x: {label: Sure, go: b}}}   # <-\n" + END
        ),
    ),
    (
        "ends.retry",
        flow(
            NAMES + "states:\n  a:\n    ask: What?\n    save: v\n    too_many: again   # <-\n    go: z\n"
            "  again: {say: Once more., go: a}\n" + END
        ),
    ),
    (
        "ends.cap",
        flow(NAMES + "states:\n  a:\n    ask: What?\n    save: v\n    retries: 50   # <-\n    go: z\n" + END),
    ),
    (
        "known.placeholder",
        flow(NAMES + 'states:\n  a: {ask: What?, save: v, go: b}\n  b: {say: "So {n}", end: true}   # <-\n'),
    ),
    (
        "known.argument",
        flow(
            NAMES
            + "states:\n  a: {say: Hello, go: b}\n  b:\n    do: find_places\n    with: {typed: v}   # <-\n"
            "    on: {found: {go: z}, several: {go: z}, none: {go: z}}\n" + END
        ),
    ),
    (
        "known.list",
        flow(NAMES + "states:\n  a:\n    choose: Which?\n    from: l   # <-\n    most: 3\n    go: z\n" + END),
    ),
    (
        "known.taken",
        flow(
            "triggers: [{words: [BACKOUT], take: [c], go: b}]\n"
            + NAMES
            + "states:\n  a: {say: Hello, end: true}\n"
            "  b:\n    do: answer_case\n    with: {answer: {value: take}, code: c}   # <-\n"
            "    on: {recorded: {go: z}, repeated: {go: z}, refused: {go: z}, needs_detail: {go: z}, meant: {go: z},"
            " mistyped: {go: z}, unknown: {go: z}}\n" + END
        ),
    ),
    (
        "known.condition",
        flow(
            NAMES + "states:\n  a:\n    decide:\n      - {if: n > 17, go: b}   # <-\n      - {else: z}\n"
            "  b: {ask: How many?, save: n, go: z}\n" + END
        ),
    ),
]


@pytest.mark.parametrize(("rule", "files"), PLANTED, ids=[f"{rule}" for rule, _ in PLANTED])
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, rule: str, files: dict[str, str]):
    """One invalid flow a rule."""
    caught(tmp_path, rule, files)


def test_a_number_that_was_never_given_counts_as_zero(tmp_path: Path):
    """`known.zero` warns of it: nobody is harmed, but somebody should know."""
    passing = "".join(
        f"      {name}: {name}\n"
        for name in (
            "reference",
            "full_name",
            "sex",
            "age",
            "country_from",
            "return_month",
            "return_type",
            "area",
        )
    )
    files = flow(
        "variables: {reference: {type: person}, full_name: {type: person_name}, sex: {type: code}, age: {type: age},"
        " country_from: {type: code}, return_month: {type: month}, return_type: {type: code}, area: {type: place},"
        " n: {type: number}, need: {type: code}, urgent: {type: code}}\nstates:\n  a:\n    do: register_person\n"
        f"    with:\n{passing}      people_with: n   # <-\n      children_with: {{value: 0}}\n      need: need\n"
        "      urgent: urgent\n    on: {registered: {go: z}, registered_already: {go: z}, under_review: {go: z}, "
        "no_consent: {go: z}}\n" + END
    )
    assert caught(tmp_path, "known.zero", files).severity == "warning"


KNOWN = [
    (
        "a failed call saves nothing",
        '{ask: What?, save: v, go: find}\n  told: {say: "{s}", go: which}\n' + FIND,
        "  which: {choose: Which?, options: {x: {label: One, go: z}}}\n",
        ["s"],
    ),
    (
        "saved by every outcome that leads there",
        "{ask: What?, save: v, go: find}\n  told: {say: Well., go: z}\n" + FIND,
        '  which: {choose: "Which, {v}?", from: l, most: 3, go: z}\n',
        [],
    ),
    (
        "an option beside a list saves nothing",
        "{ask: What?, save: v, go: find}\n  told: {say: Well., go: z}\n" + FIND,
        (
            "  which:\n    choose: Which?\n    from: l\n    most: 3\n    save: s\n"
            "    options: {x: {label: None, go: y}}\n"
            '    go: y\n  y: {say: "{s}", end: true}\n'
        ),
        ["s"],
    ),
    (
        "given up after too many tries",
        '{ask: What?, save: v, too_many: y, go: y}\n  y: {say: "{v}", end: true}\n',
        "",
        ["v"],
    ),
    (
        "a shared phone answers and saves nothing",
        '{ask: What?, save: v, contact: true, go: y}\n  y: {say: "{v}", end: true}\n',
        "",
        ["v"],
    ),
    (
        "gone back to, its own answer is gone",
        '{ask: What?, save: v, go: b}\n  b: {ask: "{v}? Again.", save: v, go: y}\n  y: {ask: "{v}!", save: n, go: z}\n',
        "",
        ["v"],
    ),
    (
        "gone back over a later question that saves the same",
        (
            '{ask: What?, save: v, go: b}\n  b: {ask: "{v}?", save: n, go: c}\n  c: {ask: Again?, save: v, go: d}\n'
            "  d: {ask: And?, save: n, go: z}\n"
        ),
        "",
        ["v"],
    ),
    (
        "asked again by a way round, which forgets what came between",
        '{ask: What?, save: v, go: b}\n  b: {choose: "{v}?", options: {x: {label: Right, go: z}, ',
        "y: {label: Wrong, go: a}}}\n",
        [],
    ),
    (
        "decided on before",
        (
            "{decide: [{if: \"v == ''\", go: ask}, {else: y}]}\n  ask: {ask: What?, save: v, go: y}\n"
            '  y: {say: "{v}", end: true}\n'
        ),
        "",
        [],
    ),
    (
        "decided on in two halves",
        '{decide: [{if: "v == \'\' || n == 0", go: z}, {else: y}]}\n  y: {say: "{v} {n}", end: true}\n',
        "",
        [],
    ),
    (
        "an entered flow gives nothing back",
        '{enter: g, go: y}\n  y: {say: "{v}", end: true}\n',
        "",
        ["v"],
    ),
]


@pytest.mark.parametrize(
    ("states", "more", "unknown"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN]
)
def test_what_is_known(tmp_path: Path, states: str, more: str, unknown: list[str]):
    """A variable counts as known only where every way to a place gave it a value that back cannot take away."""
    other = (
        "flow: g\nlanguage: en\nvariables: {v: {type: text}}\nstates:\n  a: {ask: What?, save: v, go: z}\n"
    )
    files = {**flow(NAMES + "states:\n  a: " + states + more + END), "g/flow.yaml": other + END}
    findings = [each for each in found(tmp_path, files) if each.rule == "known.placeholder"]
    assert [each.problem.split("}")[0].strip("{") for each in findings] == unknown
    assert not [each for each in found(tmp_path, files) if each.rule in ("unknown.state", "shape")]


def test_a_command_cannot_be_gone_back_past(tmp_path: Path):
    """So what was answered before it stays known, and the same without the command does not."""
    states = (
        'states:\n  a: {ask: What?, save: v, go: b}\n  b: {ask: "{v}?", save: n, go: MID}\n'
        "  mid: {do: start_messages, on: {started: {go: c}}}\n"
        "  c: {ask: Again?, save: v, go: d}\n  d: {ask: And?, save: n, go: z}\n" + END
    )
    with_command, without = (
        flow(NAMES + states.replace("MID", "mid")),
        flow(NAMES + states.replace("MID", "c")),
    )
    assert "known.placeholder" not in {each.rule for each in found(tmp_path, with_command)}
    assert "known.placeholder" in {each.rule for each in found(tmp_path, without)}


def test_a_condition_that_asks_whether_there_is_a_value_is_no_warning(tmp_path: Path):
    """`n == 0` is how a flow finds out."""
    files = flow(
        NAMES
        + "states:\n  a: {decide: [{if: n == 0, go: b}, {else: z}]}\n  b: {ask: What?, save: n, go: z}\n"
        + END
    )
    assert found(tmp_path, files) == []


def test_a_keyword_that_brings_a_value_is_no_error_but_a_warning(tmp_path: Path):
    """People may send the keyword alone; the hint says how to meet it."""
    (rule, files) = next(row for row in PLANTED if row[0] == "known.taken")
    finding = caught(tmp_path, rule, files)
    assert finding.severity == "warning" and "decide on c first" in finding.hint


def test_all_states_that_nobody_gets_out_of_are_one_finding(tmp_path: Path):
    """At the first of them."""
    files = flow(
        "states:\n  a: {choose: One?, options: {x: {label: Sure, go: b}}}\n"
        "  b: {choose: Two?, options: {x: {label: Sure, go: a}}}\n"
    )
    dead = [each for each in found(tmp_path, files) if each.rule == "ends.dead"]
    assert [(each.file, each.line) for each in dead] == [("f/flow.yaml", 4), ("main/flow.yaml", 6)]
    assert "a, b" in dead[0].problem

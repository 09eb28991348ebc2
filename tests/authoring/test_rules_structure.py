"""What the loader refuses is found under a stable rule, at its line, and the rest of the files is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted import MAIN, PHRASES, caught, flow, found

from gateway.authoring.check import check_folder
from gateway.authoring.findings import Severity

NOTICE = """\
notice: n
audience: person
handling: resend
placeholders: {code: leg_code}
text: {en: "Request {code} was closed."}
"""
BUTTON = 'buttons:\n  b: {{send: "{}", label: {{en: {}}}}}   # <-\n'
POLICY = """\
country: ET
language: en
languages: [en]
phone_region: ET
resume_after_minutes: 60
expiry_days: 30
retries: 3
certificate: {register_digit: 6, random_digits: 9, valid_months: 24}
pin: {length: 4, tries_per_day: 5}
verification: {misses_per_phone: 20, misses_all: 300}
outbox: {}
codes: {}
services: {}
review: nobody   # <-
"""
ASKS = (
    "variables: {v: {type: text}, n: {type: number}, l: {type: list}, p: {type: pin}, who: {type: person}}\n"
)
END = "  z: {end: true}\n"

PLANTED = [
    ("yaml", flow("states:\n  a: {say: Hello\n  b: {end: true}   # <-\n")),
    ("shape", flow("states:\n  a: {say: Hello, end: false}   # <-\n")),
    ("name.twice", {"g/flow.yaml": "flow: f   # <-\nlanguage: en\nstates: {a: {say: Hello, end: true}}\n"}),
    ("name.form", flow("variables:\n  roles: {type: text}   # <-\nstates: {a: {end: true}}\n")),
    ("text.braces", flow('states:\n  a: {say: "Hello {a + b}", end: true}   # <-\n')),
    ("types.variable", flow("variables:\n  v: {type: place, max: 3}   # <-\nstates: {a: {end: true}}\n")),
    (
        "types.answer",
        flow("variables: {v: {type: place}}\nstates:\n  a: {ask: Where?, save: v, go: z}   # <-\n" + END),
    ),
    (
        "types.taken",
        flow(
            "triggers:\n  - {words: [W], take: [v]}   # <-\nvariables: {v: {type: pin}}\nstates: {a: {end: true}}\n"
        ),
    ),
    ("types.list", flow(ASKS + "states:\n  a: {choose: Which?, from: v, most: 2, go: z}   # <-\n" + END)),
    (
        "types.argument",
        flow(
            ASKS
            + "states:\n  a: {ask: How many?, save: n, go: b}\n  b:\n    do: find_places\n    with: {typed: n}   # <-\n"
            + "    on: {found: {go: z}, several: {go: z}, none: {go: z}}\n"
            + END
        ),
    ),
    (
        "types.result",
        flow(
            ASKS
            + "states:\n  a:\n    do: my_people\n    on:\n      none: {go: z}\n"
            + "      one: {save: {person: n}, go: z}   # <-\n      several: {go: z}\n"
            + END
        ),
    ),
    (
        "types.outcomes",
        flow("states:\n  a:\n    do: my_people\n    on: {none: {go: z}, one: {go: z}}   # <-\n" + END),
    ),
    (
        "types.condition",
        flow(
            ASKS
            + "states:\n  a:\n    decide:\n      - {if: n > 'two', go: z}   # <-\n      - {else: z}\n"
            + END
        ),
    ),
    (
        "choices.else",
        flow(ASKS + "states:\n  a:\n    decide:\n      - {if: n > 2, go: z}   # <-\n" + END),
    ),
    ("choices.count", flow("states:\n  a: {choose: Which?, go: z}   # <-\n" + END)),
    (
        "choices.order",
        flow(
            'states:\n  a:\n    choose: Right?\n    options:   # <-\n      "no": {label: Wrong, go: z}\n'
            '      "yes": {label: Right, go: z}\n' + END
        ),
    ),
    (
        "choices.duplicate",
        flow(
            "states:\n  a:\n    choose: Which?\n    options:\n      x: {label: Food, go: z}\n"
            "      y: {label: Other, synonyms: [food], go: z}   # <-\n" + END
        ),
    ),
    (
        "choices.trigger",
        flow(
            "triggers:\n  - {words: [W]}\n  - {words: [w], go: z}   # <-\nstates:\n  a: {end: true}\n" + END
        ),
    ),
    ("ends.circle", flow("states:\n  a: {say: One, go: b}   # <-\n  b: {say: Two, go: a}\n")),
    ("ends.mutual", flow("states:\n  a: {enter: main, go: z}   # <-\n" + END)),
    ("ends.nowhere", flow("states:\n  a: {say: Hello}   # <-\n")),
    (
        "secret.path",
        flow(ASKS + "states:\n  a: {ask: PIN?, save: p, go: z}   # <-\n" + END),
    ),
    ("unknown.key", flow("states:\n  a: {say: Hello, ende: true, go: z}   # <-\n" + END)),
    ("unknown.state", flow("states:\n  a: {say: Hello, go: zz}   # <-\n" + END)),
    ("unknown.variable", flow(ASKS + "states:\n  a: {ask: What?, save: vv, go: z}   # <-\n" + END)),
    ("unknown.placeholder", flow(ASKS + 'states:\n  a: {say: "Hello {vv}", end: true}   # <-\n')),
    (
        "unknown.option",
        {
            "phrases.yaml": PHRASES.replace("{en: English}", "{en: English, so: Soomaali}"),
            **flow("states:\n  a: {choose: Which?, options: {x: {label: Food, go: z}}}\n" + END),
            "f/text.so.yaml": "language: so\nreviewed_by: A\nstates:\n  a: {options: {y: Cunto}}   # <-\n",
        },
    ),
    ("unknown.flow", flow("states:\n  a: {enter: ff, go: z}   # <-\n" + END)),
    ("unknown.call", flow("states:\n  a: {do: my_poeple, on: {}}   # <-\n")),
    (
        "unknown.argument",
        flow("states:\n  a: {do: start_messages, with: {who: v}, on: {started: {go: z}}}   # <-\n" + END),
    ),
    (
        "unknown.outcome",
        flow("states:\n  a:\n    do: start_messages\n    on: {begun: {go: z}}   # <-\n" + END),
    ),
    (
        "unknown.result",
        flow(
            ASKS + "states:\n  a: {do: start_messages, on: {started: {save: {x: v}, go: z}}}   # <-\n" + END
        ),
    ),
    ("unknown.language", {"f/flow.yaml": "flow: f\nlanguage: eng   # <-\nstates: {a: {end: true}}\n"}),
    ("unknown.type", flow("variables:\n  v: {type: txt}   # <-\nstates: {a: {end: true}}\n")),
    (
        "unknown.alphabet",
        flow("variables:\n  v: {type: text, alphabet: greek}   # <-\nstates: {a: {end: true}}\n"),
    ),
    ("unknown.way", flow("states:\n  a: {say: Hello, end: true, long: cut}   # <-\n")),
    ("unknown.role", flow("role: helper   # <-\nstates: {a: {end: true}}\n")),
    ("unknown.audience", flow("audience: everyone   # <-\nstates: {a: {end: true}}\n")),
    ("unknown.kind", {"notices/n.yaml": NOTICE.replace("leg_code}", "leg_cod}   # <-")}),
    ("unknown.handling", {"notices/n.yaml": NOTICE.replace("resend", "resent   # <-")}),
    ("notice.button", {"notices/n.yaml": NOTICE + BUTTON.format("FOOD {code}", "Y" * 21)}),
    ("notice.words", {"notices/n.yaml": NOTICE + BUTTON.format("FOOD {code}", "Yes")}),
    ("unknown.review", {"policies/et.yaml": POLICY}),
]


def test_the_files_that_faults_are_planted_in_are_healthy(tmp_path: Path):
    """So that each row fails for its own fault alone."""
    assert found(tmp_path, {"notices/n.yaml": NOTICE}) == []


@pytest.mark.parametrize(("rule", "files"), PLANTED, ids=[rule for rule, _ in PLANTED])
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, rule: str, files: dict[str, str]):
    """One invalid file a rule."""
    assert caught(tmp_path, rule, files).severity is Severity.ERROR


def test_a_wrong_name_is_answered_with_the_nearest_one(tmp_path: Path):
    """The hint says what was probably meant."""
    files = flow(
        "variables: {full_name: {type: text}}\nstates:\n  a: {ask: Name?, save: fullname, go: a}   # <-\n"
    )
    assert "Did you mean 'full_name'?" in str(caught(tmp_path, "unknown.variable", files))


def test_all_faults_are_told_at_once(tmp_path: Path):
    """A fault in one state hides none in another, nor in another file."""
    files = {
        **flow("states:\n  a: {say: Hello, go: bb}\n  b: {say: Hello, end: false}\n"),
        "main/flow.yaml": MAIN.replace("go: over}}}", "go: ovr}}}"),
    }
    findings = [(each.rule, each.file, each.line) for each in found(tmp_path, files)]
    assert ("unknown.state", "f/flow.yaml", 4) in findings
    assert ("shape", "f/flow.yaml", 5) in findings
    assert ("unknown.state", "main/flow.yaml", 5) in findings


def test_a_folder_without_phrases_is_one_finding(tmp_path: Path):
    """Nothing can be said of the rest."""
    found(tmp_path, {})
    (tmp_path / "phrases.yaml").unlink()
    (only,) = check_folder(tmp_path)
    assert only.rule == "shape" and "phrases.yaml" in only.problem

"""Translations are there, up to date, with the same variables, in the letters of their language, and looked over."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted import PHRASES, caught, flow, found

from gateway.authoring.texts import digest

LANGUAGES = "{en: English, so: Soomaali, am: አማርኛ, ar: العربية}"
SAID = PHRASES.replace("{en: English}", LANGUAGES)
FLOW = flow(
    "variables: {n: {type: number}}\nstates:\n  a: {ask: How many?, save: n, go: b}\n"
    '  b: {say: "So {n}.", end: true}\n'
)


def translated(language: str, said: str) -> dict[str, str]:
    """The flow's second text in a language, on a line of its own."""
    return {
        "phrases.yaml": SAID,
        **FLOW,
        f"f/text.{language}.yaml": f"language: {language}\nreviewed_by: A. Reader\nstates:\n  b:\n    say: {said}\n",
    }


STALE = "text,language,of\nb.say,so," + digest("It was another text, {n}.") + "\n"
CURRENT = "text,language,of\nb.say,so," + digest("So {n}.") + "\n"
NOTICE = """\
notice: n
audience: person
handling: resend
placeholders: {code: leg_code}
reviewed_by: {so: ""}   # <-
text:
  en: "Request {code} was closed."
  so: "Codsiga {code} waa la xiray."
"""

PLANTED = [
    (
        "translations.absent",
        {"phrases.yaml": SAID, "f/flow.yaml": FLOW["f/flow.yaml"].replace("flow: f", "flow: f   # <-", 1)},
    ),
    (
        "translations.missing",
        {
            **translated("so", '"Waa {n}."'),
            **flow("states:\n  a: {say: Hello, go: b}   # <-\n  b: {say: So., end: true}\n"),
        },
    ),
    ("translations.missing", {"phrases.yaml": SAID.replace("{en: Back}", "{en: Back}   # <-")}),
    ("translations.stale", {**translated("so", '"Waa {n}."   # <-'), "f/translated.csv": STALE}),
    ("translations.placeholders", translated("so", "Waa imisa?   # <-")),
    (
        "translations.placeholders",
        {
            "phrases.yaml": SAID,
            "notices/n.yaml": NOTICE.replace("   # <-", "").replace(
                '{code} waa la xiray."', 'waa la xiray."   # <-'
            ),
        },
    ),
    ("translations.letters", translated("so", '"Waa {n} ብር."   # <-')),
    ("translations.letters", translated("am", '"ብር {n} واحد።"   # <-')),
    ("translations.letters", translated("am", '"ብር {n}\\u200f።"   # <-')),
    ("translations.quotes", translated("so", '"Waa ‘{n}’."   # <-')),
    ("translations.brackets", translated("ar", '"{n}) عدد"   # <-')),
    ("translations.brackets", translated("ar", '"{n} عدد (12)"   # <-')),
    (
        "translations.unreviewed",
        {
            **translated("so", '"Waa {n}."'),
            "f/text.so.yaml": 'language: so\nreviewed_by: ""   # <-\nstates:\n  b: {say: "Waa {n}."}\n',
        },
    ),
    (
        "translations.unreviewed",
        {"phrases.yaml": SAID, "notices/n.yaml": NOTICE},
    ),
    (
        "translations.unreviewed",
        {"phrases.yaml": SAID + 'reviewed_by: {am: A. Reader, so: ""}   # <-\n'},
    ),
]


@pytest.mark.parametrize(("rule", "files"), PLANTED, ids=[rule for rule, _ in PLANTED])
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, rule: str, files: dict[str, str]):
    """One invalid file a rule, or more."""
    caught(tmp_path, rule, files)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("so", "\"Waa 'kan' {n}.\""),
        ("am", '"ACCEPT {n} “ይላኩ”። 12)"'),
        ("ar", '"ارسل STATUS {n}"'),
    ],
)
def test_what_is_written_rightly_is_not_found(tmp_path: Path, language: str, said: str):
    """Straight quotes, words to be typed in Latin letters, brackets where one writes from left to right."""
    rules = {
        each.rule
        for each in found(tmp_path, translated(language, said))
        if each.file == f"f/text.{language}.yaml"
    }
    assert rules == set()


def test_a_translation_that_is_up_to_date_is_not_stale(tmp_path: Path):
    """It was made from the base text as it stands."""
    files = {**translated("so", '"Waa {n}."'), "f/translated.csv": CURRENT}
    assert "translations.stale" not in {each.rule for each in found(tmp_path, files)}


def test_a_language_that_a_flow_lacks_altogether_is_one_finding(tmp_path: Path):
    """Not one a text."""
    files = translated("so", '"Waa {n}."')
    missing = [
        each
        for each in found(tmp_path, files)
        if each.rule in ("translations.absent", "translations.missing") and each.file == "f/flow.yaml"
    ]
    assert sorted(each.hint for each in missing if each.line == 1) == [
        "Make the file f/text.am.yaml",
        "Make the file f/text.ar.yaml",
    ]
    assert [each.line for each in missing if each.line > 1] == [5]


def test_the_question_for_the_language_stands_in_all_letters(tmp_path: Path):
    """Nobody has chosen one yet."""
    files = {
        "phrases.yaml": SAID,
        "f/flow.yaml": "flow: f\nlanguage: en\nrole: language\nstates: {a: {say: Language / ቋንቋ, end: true}}\n",
    }
    assert "translations.letters" not in {each.rule for each in found(tmp_path, files)}

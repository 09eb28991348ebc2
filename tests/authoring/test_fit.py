"""Every screen and message at its longest: what does not fit is found where it stands."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from desk import PHRASES
from flawed import SHIPPED, flawed, found, here

from gateway.authoring.analysis import prompts, worst
from gateway.authoring.analysis.prompts import Case, Form
from gateway.authoring.analysis.worst import Letters
from gateway.authoring.findings import Severity
from gateway.authoring.project import Project
from gateway.authoring.rules import fit, privacy, timing
from gateway.authoring.rules.fit import findings, worst_screens
from gateway.catalogue.files import Bundle
from gateway.messages import ChannelName
from gateway.text import gsm7
from gateway.text.alphabets import measure

HEAD = """\
flow: order
language: en
triggers: [{words: [ORDER], go: start}]
variables:
  full_name: {type: person_name, max: 60}
  number: {type: certificate_number}
  size: {type: code}
  people: {type: list}
  person: {type: person}
  places: {type: list}
  area: {type: place}
  area_name: {type: text}
  typed: {type: text, max: 20}
states:
"""
OVER = "  over: {end: true}\n"
SENTENCE = "This is one of the sentences that nobody wants to read on a small screen. "


def order(states: str) -> str:
    """A flow of some states."""
    return HEAD + states + OVER


def ask(text: str, more: str = "") -> str:
    """A question for a name."""
    return f'  start:\n    ask: "{text}"  # here\n    save: full_name\n    go: over\n{more}'


def shown(project: Project, state: str, form: Form, letters: Letters = Letters.LATIN) -> Case:
    """One prompt of the flow `order` on USSD in English."""
    return next(
        each
        for each in prompts.cases(project, ChannelName.USSD)
        if (each.flow, each.state, each.language, each.form, each.letters)
        == ("order", state, "en", form, letters)
    )


# --- rules ------------------------------------------------------------------------------------------------


def test_a_question_of_too_many_screens(tmp_path: Path) -> None:
    """Nobody turns six pages to answer one question."""
    project = flawed(tmp_path, order=order(ask(SENTENCE * 10)))
    assert found(project, findings, "fit.pages") == [here(project, "order")]


def test_a_question_that_is_long_at_once(tmp_path: Path) -> None:
    """Four pages before the first answer are told, though they are not forbidden."""
    states = f'  start:\n    choose: "{SENTENCE * 6}"  # here\n    options: {{a: {{label: A, go: over}}}}\n'
    amharic = 'language: am\nreviewed_by: ""\nstates: {start: {choose: የትኛው?}}\n'
    project = flawed(tmp_path, order=order(states), order__am=amharic)
    assert found(project, findings, "fit.turns") == [here(project, "order")]
    assert found(project, findings, "fit.pages") == []


def test_what_is_said_before_counts(tmp_path: Path) -> None:
    """A short question below a long text is as long as both."""
    states = f'  start: {{say: "{SENTENCE * 5}", go: name}}\n'
    states += f'  name:\n    ask: "{SENTENCE}"  # here\n    save: full_name\n    go: over\n'
    project = flawed(tmp_path, order=order(states))
    assert found(project, findings, "fit.turns") == [here(project, "order")]


def test_a_translation_is_found_in_its_own_file(tmp_path: Path) -> None:
    """Ethiopic has less than half the room: only the translation is too long."""
    amharic = (
        f'language: am\nreviewed_by: ""\nstates:\n  start:\n    ask: "{"እባክዎ ስምዎን ይጻፉ። " * 20}"  # here\n'
    )
    project = flawed(tmp_path, order=order(ask("Your name?")), order__am=amharic)
    assert found(project, findings, "fit.turns") == [here(project, "order__am")]


def test_last_words_of_two_screens(tmp_path: Path) -> None:
    """What closes the dialogue is read on one screen, or perhaps never."""
    project = flawed(tmp_path, order=order(f'  start: {{say: "{SENTENCE * 3}", end: true}}  # here\n'))
    assert found(project, findings, "fit.last") == [here(project, "order")]


def test_a_label_that_is_cut(tmp_path: Path) -> None:
    """A label longer than a page ends in two dots, and nobody knows what it means."""
    states = "  start:\n    choose: Which?\n    save: size\n    go: over\n    options:\n"
    states += f'      a: {{label: Small}}\n      b: {{label: "{SENTENCE * 3}"}}  # here\n'
    project = flawed(tmp_path, order=order(states))
    assert found(project, findings, "fit.label") == [here(project, "order")]


def test_a_word_for_back_that_is_left_out(tmp_path: Path) -> None:
    """Where Back is so long that only its key is shown, the phrase is told, once a language."""
    long = PHRASES.replace(
        "  back: {en: Back, am: ተመለስ}   # short",
        f'  back:\n    en: "{SENTENCE}"  # here\n    so: Dib\n    am: ተመለስ',
    )
    project = flawed(tmp_path, order=order(ask(SENTENCE * 3)), phrases__=long)
    assert found(project, findings, "fit.label") == [here(project, "phrases__")]


CONTAGIOUS = order(
    "  start: {ask: Name?, save: full_name, go: thanks}\n"
    "  thanks:\n"
    '    say: "Thank you, {full_name}. We noted all of this, and somebody calls you."  # here\n'
    "    go: over\n"
)


def test_a_foreign_name_that_breaks_a_screen(tmp_path: Path) -> None:
    """One Ethiopic name moves an English screen to UCS-2, where it takes two pages."""
    project = flawed(tmp_path, order=CONTAGIOUS)
    assert found(project, findings, "fit.contagion") == [here(project, "order")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max: 60}", "max: 60, alphabet: latin}"),
        ("    go: over\n", "    go: over\n    long: leave_out\n"),
        ("max: 60}", "max: 10}"),
    ],
    ids=["alphabet", "long", "short"],
)
def test_a_foreign_name_that_does_no_harm(tmp_path: Path, old: str, new: str) -> None:
    """A declared alphabet, a policy for long values, or a value that is never long mends it."""
    flow = CONTAGIOUS.replace(" We noted all of this, and", "") if "10" in new else CONTAGIOUS
    assert old in flow
    project = flawed(tmp_path, order=flow.replace(old, new, 1))
    assert found(project, findings, "fit.contagion") == []


def test_an_sms_of_too_many_parts(tmp_path: Path) -> None:
    """What is asked for by SMS is paid for by the part."""
    states = f'  start:\n    ask:\n      ussd: Your name?\n      text: "{SENTENCE * 9}"  # here\n'
    states += "    save: full_name\n    go: over\n"
    project = flawed(tmp_path, order=order(states))
    assert found(project, findings, "fit.sms") == [here(project, "order")]


def test_what_an_sms_costs(tmp_path: Path) -> None:
    """Where the policy names a price, the finding names the cost."""
    policy = (SHIPPED / "policies/et.yaml").read_text("utf-8").replace("# sms: {price", "sms: {price")
    states = ask(SENTENCE * 9)
    priced = flawed(tmp_path / "priced", order=order(states), policies__et=policy)
    plain = flawed(tmp_path / "plain", order=order(states))
    said = [next(each.problem for each in findings(one) if each.rule == "fit.sms") for one in (priced, plain)]
    assert "13 parts (0.1027 USD) in 'en'" in said[0]  # one Ethiopic name: 67 letters a part
    assert "13 parts in 'en'" in said[1]


NOTICE = """\
notice: told
audience: provider
handling: resend
placeholders: {{code: leg_code, priority: code, place: text}}
reviewed_by: {{so: ""}}
text:
  en: "Request {{code}}."
  so: "{text}"  # here
"""


def test_a_notice_of_too_many_parts(tmp_path: Path) -> None:
    """Labels and names are reckoned at their longest: two parts of text and a long priority make three."""
    text = "x" * 290 + " {code} {priority}"
    project = flawed(tmp_path, notices__told=NOTICE.format(text=text))
    assert found(project, findings, "fit.notice") == [here(project, "notices__told")]
    fits = flawed(tmp_path, notices__told=NOTICE.format(text="x" * 290))
    assert found(fits, findings, "fit.notice") == []


def test_phones_without_ethiopic_are_checked_too(tmp_path: Path) -> None:
    """Where a network draws Latin letters only, the variant in them is measured."""
    policy = (SHIPPED / "policies/et.yaml").read_text("utf-8")
    policy = policy.replace('"63601": {septets: 160,', '"63601": {scripts: [Latn], septets: 160,', 1)
    project = flawed(tmp_path, order=order(ask("Your name?")), policies__et=policy)
    assert {each.language for each in worst_screens(project)} == {"en", "so", "am", "am-Latn"}
    plain = flawed(tmp_path / "plain", order=order(ask("Your name?")))
    assert {each.language for each in worst_screens(plain)} == {"en", "so", "am"}


# --- the worst case ---------------------------------------------------------------------------------------


def test_a_question_asked_again_bears_all(tmp_path: Path) -> None:
    """What was wrong, the question, and the old answer at its longest, with the key that keeps it."""
    project = flawed(tmp_path, order=order(ask("Your name?", "    invalid: In letters please.\n")))
    prompt = shown(project, "start", Form.AGAIN).prompt
    complaint, question, before = prompt.text.split("\n")
    assert (complaint, question) == ("In letters please.", "Your name?")
    assert before.startswith("Before: ") and len(before) == len("Before: ") + 60
    assert prompt.choices[0].label.startswith("Keep ") and prompt.back == "Back"


def test_what_an_entered_flow_says_last_stands_above(tmp_path: Path) -> None:
    """The question behind `enter` is shown below the last words of the flow that was entered."""
    inner = "flow: inner\nlanguage: en\nstates:\n  only: {say: All of this was said., end: true}\n"
    states = "  start: {enter: inner, go: name}\n  name: {ask: Your name?, save: full_name, go: over}\n"
    project = flawed(tmp_path, order=order(states), inner=inner)
    assert shown(project, "name", Form.ASKED).prompt.text == "All of this was said.\nYour name?"


def test_lists_are_as_long_as_they_are_shown(tmp_path: Path) -> None:
    """Places bear the longest names there are, people their initials, at most as many as the question says."""
    states = (
        "  start:\n    do: my_people\n    on:\n      none: {go: over}\n      one: {save: {person: person}, go: over}\n"
        "      several: {save: {people: people}, go: who}\n"
        "  who: {choose: Who?, from: people, most: 3, save: person, go: typed}\n"
        "  typed: {ask: Where?, save: typed, go: find}\n"
        "  find:\n    do: find_places\n    with: {typed: typed}\n    on:\n"
        "      found: {save: {place: area, name: area_name}, go: named}\n"
        "      several: {save: {places: places}, go: where}\n      none: {go: over}\n"
        "  where: {choose: Where?, from: places, most: 2, save: area, go: named}\n"
        "  named: {choose: '{area_name} or {area}?', save: size, options: {a: {label: A}}, go: over}\n"
    )
    project = flawed(tmp_path, order=order(states))
    names = worst.facts(project).places_in("en")
    assert [each.label for each in shown(project, "who", Form.ASKED).prompt.choices] == ["A X C M"] * 3
    assert [each.label for each in shown(project, "where", Form.ASKED).prompt.choices] == list(names[:2])
    assert shown(project, "named", Form.ASKED).prompt.text.endswith(f"or {names[0]}?")


@pytest.mark.parametrize("alphabet", ["latin", "arabic", "ethiopic"])
@pytest.mark.parametrize("length", [1, 2, 13, 60, 300])
def test_made_values_are_as_long_as_asked(alphabet: str, length: int) -> None:
    """A made value has its length exactly, and is of its alphabet."""
    text = worst.made(length, alphabet)
    assert len(text) == measure(text)[1] == length == len(text.strip())
    assert (gsm7.septets(text) is None) is (alphabet != "latin")


def test_codes_are_read_by_their_longest_label(tmp_path: Path) -> None:
    """A code is shown by its label: the longest of them counts, in each language."""
    states = (
        "  start:\n    choose: Which?\n    save: size\n    go: sure\n    options:\n"
        "      s: {label: Small}\n      l: {label: Very large indeed}\n"
        "  sure: {ask: '{size}. Your name?', save: full_name, go: over}\n"
    )
    project = flawed(tmp_path, order=order(states))
    assert shown(project, "sure", Form.ASKED).prompt.text == "Very large indeed. Your name?"


# --- the shipped flows ------------------------------------------------------------------------------------


def test_the_shipped_flows_fit(project: Project) -> None:
    """What ships has no error of these rules."""
    assert [str(each) for each in findings(project) if each.severity is Severity.ERROR] == []


def test_worst_screens_cover_everything(project: Project) -> None:
    """Each flow and language has its fullest screen, and each of them fits."""
    screens = worst_screens(project)
    assert {(each.flow, each.language) for each in screens if each.flow} == {
        (flow, language) for flow in project.revision.flows for language in project.languages
    }
    assert all(0 < each.units <= each.limit and each.pages for each in screens)


def test_findings_are_the_same_each_time(shipped: Bundle) -> None:
    """Nothing depends on the order of a set."""
    once, again = (Project.read(shipped) for _ in range(2))
    for rules in (fit, timing, privacy):
        assert list(rules.findings(once)) == list(rules.findings(again))


def test_the_check_is_quick(shipped: Bundle) -> None:
    """Fit, time and privacy of all flows in all languages take less than two and a half seconds of one core."""
    project = Project.read(shipped)
    started = process_time()
    for rules in (fit, timing, privacy):
        list(rules.findings(project))
    assert process_time() - started < 2.5

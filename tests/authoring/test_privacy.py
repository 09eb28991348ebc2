"""What is pushed tells nothing of a person, secrets are asked as secrets, and no text names a key of the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from flawed import SHIPPED, flawed, found, here

from gateway.authoring.findings import RULES, Severity
from gateway.authoring.project import Project
from gateway.authoring.rules import privacy
from gateway.authoring.rules.privacy import findings
from gateway.catalogue.files import read_folder

NOTICE = """\
notice: told
audience: {audience}
handling: resend
placeholders: {{{placeholders}}}
reviewed_by: {{}}
text:
  en: "Request."
  {line}
"""


def notice(line: str = "", audience: str = "person", placeholders: str = "code: leg_code") -> str:
    """A notice with one more line in its text."""
    return NOTICE.format(audience=audience, placeholders=placeholders, line=line)


SECRETIVE = """\
flow: secretive
language: en
triggers: [{words: [OPEN], go: ask}]
variables:
  answer: {type: text}
  password: {type: text}
states:
"""

MASKED = """\
flow: masked
language: en
triggers: [{words: [MINE], go: ask}]
variables:
  who: {type: person}
  pin: {type: pin}
states:
  ask: {ask: Enter your PIN, save: pin, go: choose}
  choose:
    do: choose_pin
    with: {person: who, pin: pin}
    on: {chosen: {go: over}, weak: {go: over}, exists: {go: over}}
  over: {end: true}
"""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The clinic expects you."),
        ("so", "Caafimaadkaaga waa muhiim."),
        ("am", "ስለጤናዎ እንነግርዎታለን።"),
        ("om", "Fayyaa keessan."),
        ("ti", "ብዛዕባ ጥዕናኹም።"),
        ("ar", "بخصوص الصحة"),
        ("sw", "Kuhusu afya yako."),
    ],
)
def test_a_sensitive_word_is_found_in_every_language(tmp_path: Path, language: str, text: str) -> None:
    """A word of health is found with the endings and articles that each language writes together with it."""
    text = notice().replace('en: "Request."', f"{language}: '{text}'  # here")
    phrases = (SHIPPED / "phrases.yaml").read_text("utf-8")
    project = flawed(tmp_path, notices__told=text, phrases__=phrases)
    assert found(project, findings, "privacy.word") == [here(project, "notices__told")]


@pytest.mark.parametrize(
    "text", ["You can pick up the package.", "Manage your agenda.", "It is still open.", "Send HELP."]
)
def test_words_that_only_look_sensitive_are_left_alone(tmp_path: Path, text: str) -> None:
    """`age` is not found in package, nor `ill` in still."""
    project = flawed(tmp_path, notices__told=notice().replace("Request.", text))
    assert found(project, findings, "privacy.word") == []


def test_a_channels_own_text_is_checked_too(tmp_path: Path) -> None:
    """The form of a notice for one channel is pushed like the others."""
    text = notice('so: {text: "Codsi.", sms: "Isbitaalka."}  # here')
    project = flawed(tmp_path, notices__told=text)
    assert found(project, findings, "privacy.word") == [here(project, "notices__told")]


def test_labels_that_notices_show_are_checked(tmp_path: Path) -> None:
    """What a policy shows for a code stands in the message too."""
    policy = (SHIPPED / "policies/et.yaml").read_text("utf-8")
    policy = policy.replace("urgent: {en: URGENT,", "urgent: {en: IN DANGER,  # here\n      ", 1)
    told = notice(placeholders="priority: code")
    project = flawed(tmp_path, notices__told=told, policies__et=policy)
    assert found(project, findings, "privacy.word") == [here(project, "policies__et")]


def test_neutral_names_are_checked(tmp_path: Path) -> None:
    """A provider's neutral name must be neutral in whatever language it is."""
    directory = "organisations:\n  a:\n    neutral: Isbitaal Hargeysa  # here\n    name: A\n"
    project = flawed(tmp_path, directory__=directory)
    assert found(project, findings, "privacy.word") == [here(project, "directory__")]


@pytest.mark.parametrize(
    ("audience", "placeholder"),
    [
        ("person", "who: person_name"),
        ("provider", "number: certificate_number"),
        ("provider", "reference: person"),
        ("staff", "phone: phone"),
        ("person", "full_name: text"),
    ],
)
def test_nothing_of_a_person_is_pushed(tmp_path: Path, audience: str, placeholder: str) -> None:
    """No kind that tells of a person fills a notice, not even as a text by another name."""
    text = notice(audience=audience).replace("{code: leg_code}", f"\n  {placeholder}  # here")
    project = flawed(tmp_path, notices__told=text)
    assert found(project, findings, "privacy.placeholder") == [here(project, "notices__told")]


@pytest.mark.parametrize(
    "placeholder", ["reference: person", "area_name: text", "day: date", "code: leg_code"]
)
def test_staff_may_be_sent_what_opens_nothing(tmp_path: Path, placeholder: str) -> None:
    """A reference, a place and a day tell staff what to look at."""
    project = flawed(tmp_path, notices__told=notice(audience="staff", placeholders=placeholder))
    assert found(project, findings, "privacy.placeholder") == []


@pytest.mark.parametrize("link", ["https://example.org/1", "www.example.org", "gateway.et", "t.me/gateway"])
def test_no_link_is_pushed(tmp_path: Path, link: str) -> None:
    """A link opens without a login, for whoever holds the phone."""
    project = flawed(tmp_path, notices__told=notice(f"so: 'Eeg {link}'  # here"))
    assert found(project, findings, "privacy.link") == [here(project, "notices__told")]


def test_a_pin_is_asked_as_a_pin(tmp_path: Path) -> None:
    """A question for a PIN whose answer would be kept in the open."""
    flow = SECRETIVE + "  ask: {ask: Enter your PIN, save: answer, go: over}  # here\n  over: {end: true}\n"
    project = flawed(tmp_path, secretive=flow)
    assert found(project, findings, "privacy.secret") == [here(project, "secretive")]


def test_a_pin_is_a_pin_in_every_language(tmp_path: Path) -> None:
    """A translation that asks for a PIN is found where the base text does not say so."""
    flow = SECRETIVE + "  ask: {ask: The four numbers?, save: answer, go: over}\n  over: {end: true}\n"
    amharic = 'language: am\nreviewed_by: ""\nstates:\n  ask:\n    ask: ፒን ያስገቡ  # here\n'
    project = flawed(tmp_path, secretive=flow, secretive__am=amharic)
    assert found(project, findings, "privacy.secret") == [here(project, "secretive__am")]


def test_a_variable_called_password_is_a_secret(tmp_path: Path) -> None:
    """What bears the name of a secret and is asked for is one."""
    flow = SECRETIVE + "  ask: {ask: And now?, save: password, go: over}  # here\n  over: {end: true}\n"
    project = flawed(tmp_path, secretive=flow)
    assert found(project, findings, "privacy.secret") == [here(project, "secretive")]


def test_a_pin_that_is_masked_is_fine(tmp_path: Path) -> None:
    """A variable of the type pin is masked wherever it passes."""
    assert found(flawed(tmp_path, secretive=MASKED), findings, "privacy.secret") == []


@pytest.mark.parametrize(
    ("label", "caught"),
    [
        ("98 for more", True),
        ("Press 00", True),
        ("٩٨ للمزيد", True),
        ("Open 10:00", False),
        ("In 1998", False),
    ],
)
def test_no_text_names_a_key_of_the_network(tmp_path: Path, label: str, caught: bool) -> None:
    """98 and 00 turn pages on the network: they never reach us. Times and years are something else."""
    flow = SECRETIVE + (
        "  ask:\n    choose: Which?\n    options:\n"
        f'      a: {{label: "{label}", go: over}}  # here\n  over: {{end: true}}\n'
    )
    project = flawed(tmp_path, secretive=flow)
    assert found(project, findings, "privacy.key") == ([here(project, "secretive")] if caught else [])


def test_a_language_without_words_is_told(tmp_path: Path) -> None:
    """Where there is nothing to look for, the check does not pass in silence."""
    listed = (SHIPPED / "policies/sensitive.csv").read_text("utf-8")
    flawed(tmp_path)
    kept = [line for line in listed.split("\n") if not line.startswith("am,")]
    (tmp_path / "policies/sensitive.csv").write_text("\n".join(kept), "utf-8")
    told = list(findings(Project.read(read_folder(tmp_path))))
    assert [(each.rule, each.file, "'am'" in each.problem) for each in told] == [
        ("privacy.list", "policies/sensitive.csv", True)
    ]
    (tmp_path / "policies/sensitive.csv").unlink()
    project = Project.read(read_folder(tmp_path))
    assert found(project, findings, "privacy.list") == [("policies/sensitive.csv", 0)] * 3


def test_the_list_speaks_every_language(project: Project) -> None:
    """Each language has words for what must not be pushed, and for secrets."""
    words = list(privacy._words(project.bundle.texts[privacy.SENSITIVE]))
    for about in ("identity", "history", "health", "violence", "detention", "child", "secret"):
        spoken = {word.language for word in words if word.about == about}
        assert spoken >= {"en", "am", "om", "ti", "so", "ar", "sw"}, about


def test_the_shipped_files_tell_nothing(project: Project) -> None:
    """What ships has no error of these rules."""
    assert [str(each) for each in findings(project) if each.severity is Severity.ERROR] == []


def test_rules_are_described() -> None:
    """Every rule says in one sentence what it looks for."""
    assert {each for each in RULES if each.startswith("privacy.")} == {
        f"privacy.{each}" for each in ("word", "placeholder", "link", "secret", "key", "list")
    }

"""Buttons under notices: what the loader refuses, what is sent, and that translators and operators see them."""

from __future__ import annotations

from typing import Any

import pytest
from edited import edited

from gateway.authoring.project import Project
from gateway.authoring.revising.compare import compare
from gateway.authoring.texts import texts
from gateway.authoring.translating import merge
from gateway.authoring.translating.rows import Answer, rows
from gateway.catalogue.buttons import LONGEST_LABEL, MOST_DATA
from gateway.catalogue.files import Bundle
from gateway.catalogue.notices import Notice, read_notice
from gateway.catalogue.published import Published
from gateway.conversation.source import Source
from gateway.errors import FlowError
from gateway.messages import ChannelName, Choice

OFFERED = "notices/leg_offered.yaml"


def notice(audience: str = "provider", **buttons: Any) -> Source:
    """A notice of a code and a place in two languages, with these buttons."""
    data = {
        "notice": "told",
        "audience": audience,
        "handling": "resend",
        "placeholders": {"code": "leg_code", "place": "text"},
        "text": {"en": "Request {code} at {place}.", "so": "Codsi {code}, {place}."},
        "buttons": buttons,
    }
    return Source("notices/told.yaml", data, {("buttons",): (7, 1), ("buttons", "it", "send"): (8, 11)})


def button(send: str, label: Any = None) -> dict[str, Any]:
    return {"send": send, "label": label or {"en": "Yes", "so": "Haa"}}


@pytest.mark.parametrize(
    ("audience", "faulty", "rule"),
    [
        ("provider", button("HOORAY {code}"), "notice.words"),
        ("provider", button("TAKE {code}"), "notice.words"),
        ("person", button("ACCEPT {code}"), "notice.words"),
        ("staff", button("ACCEPT {code}"), "notice.words"),
        ("provider", button("ACCEPT {code} {code}"), "notice.words"),
        ("provider", button("DECLINE {code} BORED"), "notice.words"),
        ("provider", button("{code}"), "notice.words"),
        ("provider", button("ACCEPT {cade}"), "unknown.placeholder"),
        ("provider", button("ACCEPT {place}"), "notice.button"),
        ("provider", button("ACCEPT " + "x" * 58), "notice.button"),
        ("provider", button("ACCEPT {code}", {"en": "Yes"}), "shape"),
        ("provider", button("ACCEPT {code}", {"en": "Yes", "so": "Haa", "am": "አዎ"}), "unknown.key"),
        ("provider", button("ACCEPT {code}", {"en": "Yes", "so": "x" * 21}), "notice.button"),
        ("provider", button("ACCEPT {code}") | {"go": "menu"}, "unknown.key"),
        ("provider", {"send": "ACCEPT {code}"}, "shape"),
        ("provider", "ACCEPT {code}", "shape"),
    ],
    ids=lambda each: str(each)[:60] if isinstance(each, dict) else None,
)
def test_what_the_loader_refuses(assembled: Published, audience: str, faulty: Any, rule: str) -> None:
    """Words that lead nowhere for those who read it, more than the code, too long, or not in every language."""
    with pytest.raises(FlowError) as fault:
        read_notice(notice(audience, it=faulty), assembled.revision)
    assert (fault.value.file, fault.value.rule) == ("notices/told.yaml", rule)
    assert fault.value.line in (7, 8)


def test_how_many(assembled: Published) -> None:
    """At most six: they stand one below the other."""
    seven: dict[str, Any] = {f"b{number}": button("ACCEPT {code}") for number in range(7)}
    assert len(read_notice(notice(**dict(list(seven.items())[:6])), assembled.revision).buttons) == 6
    with pytest.raises(FlowError, match="1 to 6 buttons"):
        read_notice(notice(**seven), assembled.revision)


def test_only_a_chat_has_buttons(assembled: Published) -> None:
    """In the language of the text, the first one where there is no other; the code as the text shows it."""
    read = read_notice(notice(it=button("ACCEPT {code}")), assembled.revision)
    values = {"code": "48213-5", "place": "Centre One"}
    assert read.keyboard("so", ChannelName.TELEGRAM, values) == (Choice("ACCEPT 48213-5", "Haa", "it"),)
    assert read.keyboard("ti", ChannelName.TELEGRAM, values)[0].label == "Yes"
    assert read.keyboard("so", ChannelName.SMS, values) == ()
    assert read.say("so", ChannelName.SMS, values) == "Codsi 48213-5, Centre One."


def test_those_that_ship(assembled: Published) -> None:
    """Who must act can press it: every notice that says what to answer with a code has a button for it."""
    lacking = {
        (each.name, word)
        for each in assembled.notices.values()
        for word in ("ACCEPT", "DECLINE", "DONE", "ARRIVED", "NOSHOW", "TAKE", "REBOOK", "CLOSE", "OPEN")
        if f"{word} {{code}}" in each.texts["en", "text"] and not _sends(each, f"{word} {{code}}")
    }
    assert lacking == set()
    for each in assembled.notices.values():
        for pressed in each.buttons:
            assert len(pressed.send.encode()) <= MOST_DATA
            assert max(map(len, pressed.labels.values())) <= LONGEST_LABEL


def _sends(each: Notice, words: str) -> bool:
    return any(pressed.send == words for pressed in each.buttons)


@pytest.fixture(scope="module")
def project(shipped: Bundle) -> Project:
    return Project.read(shipped)


def test_translators_see_them(project: Project) -> None:
    """A label is handed out with the letters it may have, and comes back to its place."""
    (row,) = [each for each in rows(project, "so") if each.name == "notices.leg_offered.buttons.accept"]
    assert (row.base, row.translation, row.limit) == ("Accept", "Aqbal", LONGEST_LABEL)
    merged = merge.merge(project, "so", [Answer(row.name, "Accept", "Waan yeelnay", 1)], "so.csv")
    assert "so: Waan yeelnay" in merged.files[OFFERED]
    assert merged.files[OFFERED].replace("Waan yeelnay", "Aqbal") == project.bundle.texts[OFFERED]


def test_a_label_is_looked_through_for_sensitive_words(shipped: Bundle) -> None:
    """What stands on a button is pushed as well."""
    from gateway.authoring.rules import privacy

    changed = Project.read(edited(shipped, OFFERED, ("en: Accept,", "en: Clinic,")))
    found = {(each.file, each.rule) for each in privacy.findings(changed)}
    assert (OFFERED, "privacy.word") in found
    assert any(each.kind == "button" for each in texts(changed))


def test_what_changes_is_told(project: Project, shipped: Bundle) -> None:
    """An operator who compares two revisions reads of buttons that came, went, and send something else."""
    accept, decline, got = (f'{{send: "{word} {{code}}"' for word in ("ACCEPT", "DECLINE", "GOT"))
    after = edited(
        shipped,
        OFFERED,
        (f"{accept}, label: {{en: Accept", f"{accept}, label: {{en: We do"),
        (decline, got),
        (f"  got: {got}", f"  seen: {got}"),
    )
    told = [each for each in compare(project, Project.read(after)) if each.where == "notices.leg_offered"]
    assert [(each.kind, each.said) for each in told] == [
        ("button", "the button accept is labelled otherwise"),
        ("button", "the button decline sends: 'DECLINE {code}' -> 'GOT {code}'"),
        ("button", "the button got is taken away"),
        ("button", "the button seen is added"),
    ]

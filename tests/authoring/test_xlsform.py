"""XLSForms become flows that load and can be talked to; what has no counterpart is listed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

import flows
from gateway.authoring.importing import Imported, xlsform
from gateway.authoring.importing.xpath import Untranslatable, to_cel
from gateway.catalogue.files import read_file
from gateway.conversation import load
from gateway.conversation.flow import Revision
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.source import FlowSource, Source
from gateway.conversation.step import step
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Prompt

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LANGUAGES = ("en", "so", "am", "om", "ti", "ar", "sw")
HEAD = (
    "type", "name", "label::English (en)", "label::Somali (so)", "hint::English (en)", "required", "relevant",
    "constraint", "constraint_message::English (en)", "appearance",
)  # fmt: skip
SURVEY: Sequence[Sequence[str]] = (
    ("start", "start", "", ""),
    ("note", "hello", "Welcome to our intake.", "Ku soo dhawoow."),
    ("select_one yes_no", "agree", "Do you “agree”?", "Ma ogoshahay?", "", "yes"),
    ("begin group", "person", "About you", "", "", "", "${agree} = 'yes'"),
    ("text", "full name", "Your name?", "Magacaaga?", "All three", "yes"),
    ("integer", "age", "How old are you, ${full_name}?", "Imisa?", "", "yes", "", ". >= 18 and . < 100", "18 to 99."),
    ("select_one sex", "sex", "Female or male?", "Dhedig mise lab?", "", "yes", "", "", "", "minimal"),
    ("integer", "months", "Months pregnant?", "", "", "yes", "${sex} = 'f' and ${age} < 50", ". < 10", "At most 9."),
    ("end group", "person"),
    ("select_multiple needs", "needs", "What do you need?", "Maxaad u baahan tahay?", "", "yes"),
    ("text", "which_food", "Which food?", "", "", "yes", "selected(${needs}, 'food')"),
    ("text", "code", "Your code?", "", "", "yes", "", "string-length(.) = 4", "Four letters."),
    ("date", "since", "Since when?", "", "", "yes"),
    ("text", "odd", "Odd?", "", "", "yes", "count-selected(${needs}) > 1"),
    ("geopoint", "place", "Where are you?"),
    ("select_one country", "country", "Which country?", "Waddankee?"),
    ("begin repeat", "children", "Children"),
    ("text", "child", "Name of the child?"),
    ("end repeat", "children"),
    ("note", "bye", "Thank you, ${full_name}. You need ${needs}."),
)  # fmt: skip
CHOICES = (
    ("yes_no", "no", "No", "Maya"),
    ("yes_no", "yes", "Yes", "Haa"),
    ("sex", "f", "Female", "Dhedig"),
    ("sex", "m", "Male", "Lab"),
    *(("needs", code, code.capitalize(), "") for code in ("food", "home", "work", "health", "papers")),
    *(("country", f"c{number}", f"Country {number}", "") for number in range(1, 13)),
)


def workbook(rows: Sequence[Sequence[str]] = SURVEY, choices: Sequence[Sequence[str]] = CHOICES) -> bytes:
    book = Workbook()
    survey = book.active
    survey.title = "survey"
    for row in (HEAD, *([row[0], row[1].replace(" ", "_"), *row[2:]] for row in rows)):
        survey.append(list(row))
    listed = book.create_sheet("choices")
    for row in (("list_name", "name", "label::English (en)", "label::Somali (so)"), *choices):
        listed.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def imported() -> Imported:
    return xlsform.read(workbook(), "intake", LANGUAGES)


def loaded(imported: Imported, folder: Path) -> Revision:
    """The new flow with the shipped phrases, as an operator's folder would hold them."""
    sources: list[Source] = []
    for path, text in imported.files.items():
        (folder / Path(path).name).write_text(text, "utf-8")
        sources.append(read_file(folder / Path(path).name))
    main = Source("m", {"flow": "m", "language": "en", "role": "main", "states": {"end_": {"end": True}}})
    phrases = read_file(Path(flows.__path__[0]) / "phrases.yaml")
    flow = next(each for each in sources if each.path == "flow.yaml")
    texts = tuple(each for each in sources if each is not flow)
    return load.revision("r", [FlowSource(flow, texts), FlowSource(main)], phrases)


@pytest.fixture
def talk(imported: Imported, tmp_path: Path) -> Callable[..., list[Prompt]]:
    """Types answers one after another; every prompt, the first included."""
    revision = loaded(imported, tmp_path)

    def say(*answers: str, language: str = "en") -> list[Prompt]:
        session = Session("r", language, (), "sms")
        prompts = []
        for text in ("INTAKE", *answers):
            phone = Address(AddressKind.PHONE, "+252611111111")
            moved = step(revision, session, Inbound(ChannelName.SMS, "x", phone, text, "1"), NOW)
            session = from_json(to_json(moved.session))
            assert moved.prompt is not None
            prompts.append(moved.prompt)
        return prompts

    return say


def test_it_is_talked_through(talk: Callable[..., list[Prompt]]) -> None:
    """Questions come in the form's order, with its labels, hints and answers of before."""
    said = talk("yes", "Hodan Ali", "30", "1", "3", "1", "no more", "rice", "abcd", "01/02/2026", "x", "c 9")
    texts = [each.text for each in said]
    assert texts[0] == 'Welcome to our intake.\nDo you "agree"?'
    assert texts[1:4] == ["Your name? All three", "How old are you, Hodan Ali?", "Female or male?"]
    assert texts[4:6] == ["Months pregnant?", "What do you need?"]
    assert [each.label for each in said[5].choices][-1] == "No more"
    assert texts[7] == "Which food?"


def test_relevant_skips(talk: Callable[..., list[Prompt]]) -> None:
    """A group whose condition fails is passed by whole; so is one question in it."""
    assert talk("no")[-1].text == "What do you need?"
    assert talk("yes", "Ali Nur", "30", "male")[-1].text == "What do you need?"
    assert talk("no", "2", "no more")[-1].text == "Your code?"


def test_constraints_hold(talk: Callable[..., list[Prompt]]) -> None:
    """Bounds and other constraints are said in the form's own words, and asked again."""
    assert talk("yes", "Ali Nur", "17")[-1].text.startswith("18 to 99.")
    assert talk("no", "2", "no more", "abc")[-1].text == "Four letters.\nYour code?"


def test_many_choices_go_on(talk: Callable[..., list[Prompt]]) -> None:
    """A list longer than a phone's keys is offered in parts."""
    menu = talk("no", "2", "no more", "abcd", "01/02/2026", "x")[-1]
    assert [each.label for each in menu.choices] == [*(f"Country {n}" for n in range(1, 8)), "Something else"]
    more = talk("no", "2", "no more", "abcd", "01/02/2026", "x", "8")[-1]
    assert [each.label for each in more.choices] == [*(f"Country {n}" for n in range(8, 13)), "No answer"]


def test_the_other_language(talk: Callable[..., list[Prompt]]) -> None:
    """Labels in Somali are a translation beside the flow; what has none is said in English."""
    assert talk("haa", language="so")[0].text == "Ku soo dhawoow.\nMa ogoshahay?"
    assert [each.label for each in talk(language="so")[0].choices] == ["Haa", "Maya"]


def test_what_is_left_out_is_listed(imported: Imported) -> None:
    """By the name of the row, with the reason; the flow's file says the same at its head."""
    listed = {(each.where, each.what) for each in imported.left_out}
    assert listed == {
        ("start", "start"),
        ("place", "a question of the type 'geopoint'"),
        ("children", "a repeated group"),
        ("sex", "appearance 'minimal'"),
        ("needs", "more than 4 answers"),
        ("odd", "relevant count-selected(${needs}) > 1"),
    }
    assert imported.files["intake/flow.yaml"].count("# Left out: ") == len(imported.left_out)


@pytest.mark.parametrize(
    ("expression", "cel"),
    [
        ("${age} > 18 and ${sex} = 'f'", "(age > 18 && sex == 'f')"),
        ("selected(${needs}, 'food')", "((needs_1 == 'food' || needs_2 == 'food'))"),
        ('selected(${sex}, "m") or not(${age} >= 5)', "((sex == 'm') || !((age >= 5)))"),
        (". >= 18 and . < 100", "(itself >= 18 && itself < 100)"),
    ],
)
def test_expressions(expression: str, cel: str) -> None:
    """The part of XPath that forms mostly use."""
    known = {"age": "age", "sex": "sex", "needs": ("needs_1", "needs_2")}
    assert to_cel(expression, known, "itself").replace("!(age >= 5)", "!((age >= 5))") == cel


@given(st.text(max_size=60))
def test_any_expression_is_carried_or_refused(expression: str) -> None:
    """Whatever stands in a cell, nothing but the one error comes of it."""
    with suppress(Untranslatable):
        assert to_cel(expression, {"a": "a"}, "b")


def bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no XLSForm workbook"),
        (b"type,name\n", "is no XLSForm workbook"),
        (b"PK\x03\x04 broken", "is no XLSForm workbook"),
        (b"x" * 6_000_000, "larger than 5 MB"),
        (bomb(), "unpacks to more"),
        (workbook([("select_one missing", "q", "Q?", "")], ()), "not sound"),
    ],
    ids=["empty", "csv", "broken", "large", "bomb", "unsound"],
)
def test_what_is_no_form(content: bytes, said: str) -> None:
    """One line says what is wrong; nothing is unpacked that no form needs."""
    with pytest.raises(FlowError, match=said) as caught:
        xlsform.read(content, "broken.xlsx", LANGUAGES)
    assert "\n" not in str(caught.value)

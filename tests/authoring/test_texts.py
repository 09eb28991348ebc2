"""Every text that is translated is found once, with its translations and how they stand to the base text."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import lay_out, look

import flows
from gateway.authoring.texts import Standing, Text, digest, texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def by_name(folder: Path) -> dict[str, Text]:
    return {text.name: text for text in texts(look(folder))}


def test_every_text_is_found(folder: Path) -> None:
    """Questions, options, their other words, errors, messages, notices and phrases each have a name."""
    assert [name for name in by_name(folder) if not name.startswith("phrases.")] == [
        "main.name.ask",
        "main.name.invalid",
        "main.sex.choose",
        "main.sex.options.f",
        "main.sex.options.f.synonyms",
        "main.sex.options.m",
        "main.thanks.say",
        "main.thanks.say.ussd",
        "main.sure.choose",
        "main.sure.options.yes",
        "main.sure.options.no",
        "main.over.say",
        "notices.leg_offered.text",
    ]
    assert "phrases.back" in by_name(folder)


def test_names_are_unique_in_the_shipped_files() -> None:
    """No two texts of the shipped flows share a name."""
    found = [text.name for text in texts(look(Path(flows.__path__[0])))]
    assert len(found) == len(set(found)) > 200


def test_translations_and_places(folder: Path) -> None:
    """A text knows where it stands, and where each of its translations does."""
    name = by_name(folder)["main.name.ask"]
    assert (name.file, name.base, name.kind, name.state) == (
        "main/flow.yaml",
        "Your full name?",
        "ask",
        "name",
    )
    assert name.translations == {"so": "Magacaaga oo buuxa?", "am": "ሙሉ ስምዎ?"}
    assert name.place.place[0] == 11
    assert (name.places["so"].source.path, name.places["so"].place[0]) == ("main/text.so.yaml", 7)


def test_other_words_are_one_text(folder: Path) -> None:
    """The synonyms of an option stand in one text; a language may do without."""
    synonyms = by_name(folder)["main.sex.options.f.synonyms"]
    assert synonyms.base == "woman | girl"
    assert synonyms.translations == {"am": "ሴትዮ | እመቤት"}
    assert synonyms.standing("so") is Standing.COVERED


def test_a_text_for_all_channels_covers_each(folder: Path) -> None:
    """Where a translation has one text for all channels, none is missing for a phone's own."""
    short = by_name(folder)["main.thanks.say.ussd"]
    assert short.standing("am") is Standing.COVERED
    assert short.translations["so"] == "Mahadsanid. Mar kale soo garaac."


def test_standing(folder: Path) -> None:
    """A translation is missing, of unknown origin, current, or made from a text that has changed since."""
    assert by_name(folder)["main.sure.choose"].standing("so") is Standing.MISSING
    assert by_name(folder)["main.over.say"].standing("so") is Standing.UNMARKED
    marks = folder / "main" / "translated.csv"
    marks.write_text(f"text,language,of\nover.say,so,{digest('Good bye.')}\nover.say,am,{digest('Bye.')}\n")
    over = by_name(folder)["main.over.say"]
    assert (over.standing("so"), over.standing("am")) == (Standing.CURRENT, Standing.CHANGED)


def test_a_half_written_mark_is_no_mark(folder: Path) -> None:
    """A row of `translated.csv` that lacks a column says nothing."""
    (folder / "main" / "translated.csv").write_text("text,language,of\nover.say,so\n")
    assert by_name(folder)["main.over.say"].standing("so") is Standing.UNMARKED


def test_broken_texts_do_not_stop_the_others(folder: Path) -> None:
    """A text of the wrong shape is left out (the check names it), the others are found."""
    path = folder / "main" / "text.so.yaml"
    path.write_text(
        path.read_text("utf-8").replace('invalid: "Fadlan magacaaga qor."', "invalid: 7"), "utf-8"
    )
    found = by_name(folder)
    assert "so" not in found["main.name.invalid"].translations
    assert "so" in found["main.name.ask"].translations


def test_notices_and_phrases(folder: Path) -> None:
    """Notices and phrases have their translations beside the base text."""
    found = by_name(folder)
    assert found["notices.leg_offered.text"].translations == {"so": "Codsi {code}."}
    assert found["notices.leg_offered.text"].standing("am") is Standing.MISSING
    assert found["phrases.back"].standing("so") is Standing.MISSING
    assert found["phrases.back"].language_base == "en"

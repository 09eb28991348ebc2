"""Texts go out to translators and come back: nothing else changes, nothing wrong gets in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from click.testing import CliRunner, Result
from desk import contents, lay_out, look

import flows
from gateway.authoring.texts import Standing, texts
from gateway.authoring.translating import po, table
from gateway.authoring.translating.merge import merge
from gateway.authoring.translating.rows import rows
from gateway.cli import gateway
from gateway.errors import FlowError

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "flows")


@pytest.fixture
def run(folder: Path) -> Run:
    """A `gateway flows` command on the folder."""

    def command(name: str, *words: str | Path) -> Result:
        given = ["flows", name, *map(str, words), "--folder", str(folder)]
        return CliRunner().invoke(gateway, given, catch_exceptions=True)

    return command


def exported(run: Run, folder: Path, language: str, shape: str = "po") -> Path:
    path = folder.parent / f"{language}.{shape}"
    assert run("export", "--lang", language, "--out", path).exit_code == 0
    return path


def translated(path: Path, name: str, text: str, **changes: str) -> None:
    """Fills in one text of a PO file as an editor does."""
    file = polib.pofile(str(path))
    entry = next(each for each in file if each.msgctxt == name)
    entry.msgstr = text
    for key, value in changes.items():
        setattr(entry, key, value)
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    file.save()


# --- out and back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["po", "csv"])
@pytest.mark.parametrize("language", ["so", "am"])
def test_out_and_back_changes_nothing(run: Run, folder: Path, language: str, shape: str) -> None:
    """What comes back as it went out changes no byte of any file."""
    assert run("mark", language).exit_code == 0
    before = contents(folder)
    result = run("import", exported(run, folder, language, shape))
    assert (result.exit_code, contents(folder)) == (0, before), result.output


def test_the_shipped_files_stay_as_they_are() -> None:
    """The shipped texts of each language go out and back unchanged, as PO and as CSV."""
    project = look(Path(flows.__path__[0]))
    for language in project.languages[1:]:
        found = rows(project, language)
        for back in (
            po.read(po.write(found, language), "x.po"),
            table.read(table.write(found), "x.csv"),
        ):
            done = merge(project, *back, "x")
            yaml = [name for name in done.files if name.endswith(".yaml")]
            assert (back[0], len(back[1]), done.taken, yaml) == (language, len(found), [], [])
            assert not done.findings


# --- taking -----------------------------------------------------------------------------------------------


def test_a_changed_text_changes_one_line(run: Run, folder: Path) -> None:
    """A new translation takes the place of the old one; comments, order and quotes around it stay."""
    before = contents(folder)
    path = exported(run, folder, "so")
    translated(path, "main.name.ask", "Magacaaga: oo dhan?")
    result = run("import", path)
    assert "taken: main.name.ask" in result.output and result.exit_code == 0
    after = contents(folder)
    old = before.pop("main/text.so.yaml").decode()
    assert after.pop("main/text.so.yaml").decode() == old.replace(
        "ask: Magacaaga oo buuxa?   # three names", 'ask: "Magacaaga: oo dhan?"   # three names'
    )
    after.pop("main/translated.csv")
    assert after == before


def test_new_texts_stand_where_the_base_has_them(run: Run, folder: Path) -> None:
    """Translations that were missing are put in, in the order of the flow, with the comments left in place."""
    path = exported(run, folder, "so")
    translated(path, "main.sure.choose", "Ma sax baa?")
    translated(path, "main.sure.options.no", "Maya")
    translated(path, "main.sure.options.yes", "Haa")
    translated(path, "phrases.back", "Dib u noqo")
    assert run("import", path).exit_code == 0
    text = (folder / "main" / "text.so.yaml").read_text("utf-8")
    assert text.endswith(
        '  thanks: {say: {text: "Mahadsanid.", ussd: "Mahadsanid. Mar kale soo garaac."}}\n'
        "  sure:\n"
        "    choose: Ma sax baa?\n"
        '    options: {"yes": Haa, "no": Maya}\n'
        "\n  # the end\n"
        '  over: {say: "Nabad gelyo."}\n'
    )
    phrases = (folder / "phrases.yaml").read_text("utf-8")
    assert "  back: {en: Back, so: Dib u noqo, am: ተመለስ}   # short\n" in phrases


def test_a_form_for_one_channel_joins_the_others(run: Run, folder: Path) -> None:
    """Other words for an option, or a phone's own text, make room for themselves beside what was there."""
    (folder / "main" / "text.so.yaml").write_text(
        'language: so\nreviewed_by: ""\nstates:\n  thanks: {say: {ussd: "Hore."}}\n'
    )
    path = exported(run, folder, "so")
    translated(path, "main.thanks.say", "Mahadsanid.")
    assert run("import", path).exit_code == 0
    assert (
        'thanks: {say: {text: Mahadsanid., ussd: "Hore."}}' in (folder / "main" / "text.so.yaml").read_text()
    )


def test_other_words_come_back_as_a_list(run: Run, folder: Path) -> None:
    """The synonyms of an option are one text for the translator, and a list in the file."""
    path = exported(run, folder, "am")
    translated(path, "main.sex.options.f.synonyms", "ሴትዮ | እመቤት | ወይዘሮ")
    assert run("import", path).exit_code == 0
    assert "f: {label: ሴት, synonyms: [ሴትዮ, እመቤት, ወይዘሮ]}" in (folder / "main" / "text.am.yaml").read_text(
        "utf-8"
    )


def test_a_language_without_a_file_gets_one(run: Run, folder: Path) -> None:
    """The first translation of a flow makes its file, marked as reviewed by nobody."""
    (folder / "main" / "text.so.yaml").unlink()
    path = exported(run, folder, "so")
    translated(path, "main.name.ask", "Magacaaga?")
    translated(path, "main.over.say", "Nabad gelyo.")
    assert run("import", path).exit_code == 0
    assert (folder / "main" / "text.so.yaml").read_text("utf-8") == (
        'language: so\nreviewed_by: ""\nstates:\n'
        "  name:\n    ask: Magacaaga?\n"
        '  over: {say: "Nabad gelyo."}\n'
    )


def test_a_latin_variant_has_its_own_file(run: Run, folder: Path) -> None:
    """Amharic in Latin letters goes into a file of its own."""
    path = exported(run, folder, "am-Latn")
    translated(path, "main.over.say", "Dehna yihunu.")
    assert run("import", path).exit_code == 0
    made = (folder / "main" / "text.am-Latn.yaml").read_text()
    assert made.startswith("language: am-Latn\n") and "Dehna yihunu." in made


def test_line_ends_stay(run: Run, folder: Path) -> None:
    """A file written on Windows keeps its line ends."""
    path = folder / "main" / "text.so.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    out = exported(run, folder, "so")
    translated(out, "main.over.say", "Nabad.")
    assert run("import", out).exit_code == 0
    written = path.read_bytes()
    assert b"Nabad." in written and written.count(b"\r\n") == written.count(b"\n")


# --- refusing and warning ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Codsi.", "{code} is missing"),
        ("Codsi {code} {full_name}.", "{full_name} is not in the base text"),
        ("Codsi {code} {}.", "a brace stands alone"),
    ],
)
def test_wrong_placeholders_are_refused(run: Run, folder: Path, text: str, problem: str) -> None:
    """A translation that lost, gained or broke a placeholder is not put in, and a finding says which line."""
    before = contents(folder)
    path = exported(run, folder, "so")
    translated(path, "notices.leg_offered.text", text)
    result = run("import", path, "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["refused"], told["taken"]) == (1, ["notices.leg_offered.text"], [])
    (finding,) = told["findings"]
    assert finding["rule"] == "import.placeholders" and problem in finding["problem"]
    lines = path.read_text("utf-8").splitlines()
    assert 'msgctxt "notices.leg_offered.text"' in lines[finding["line"] - 1]
    assert contents(folder) == before


def test_long_texts_are_taken_with_a_warning(run: Run, folder: Path) -> None:
    """A text over its room is put in, and the translator is told by how much."""
    path = exported(run, folder, "am")
    translated(path, "main.over.say", "ሀ" * 67)
    result = run("import", path)
    assert result.exit_code == 0
    assert "warning: am.po:" in result.output and "takes 67 letters, 66 have room" in result.output
    assert "ሀ" * 67 in (folder / "main" / "text.am.yaml").read_text("utf-8")


def test_a_text_that_is_gone_is_left_out(run: Run, folder: Path) -> None:
    """What belongs to no text any more is named and left out."""
    path = exported(run, folder, "so")
    flow = folder / "main" / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("    invalid: Please type your name.\n", ""), "utf-8")
    somali = folder / "main" / "text.so.yaml"
    somali.write_text(
        somali.read_text("utf-8").replace('    invalid: "Fadlan magacaaga qor."\n', ""), "utf-8"
    )
    result = run("import", path)
    assert "there is no text 'main.name.invalid' any more" in result.output and result.exit_code == 0


def test_what_breaks_the_flow_is_said(run: Run, folder: Path) -> None:
    """One label for two options is said at once, with the file to mend, though both texts were taken."""
    path = exported(run, folder, "so")
    translated(path, "main.sex.options.m", "Dheddig")
    result = run("import", path)
    assert result.exit_code == 1 and "now to mend: main/" in result.output


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.po", 'msgid ""\nmsgstr "Language: fr\\n"\n', "the language 'fr' is not among ours"),
        ("x.po", 'msgid ""\nmsgstr ""\n', "does not say its language"),
        ("x.po", "nonsense\n", "not a PO file"),
        ("x.csv", "text,base\n", "the column 'language' is missing"),
        ("x.csv", "text,language,base,translation\na,so,b,c\na,am,b,c\n", "the same language"),
    ],
)
def test_files_that_cannot_be_read(run: Run, folder: Path, name: str, text: str, problem: str) -> None:
    """A file that is not ours is refused in plain words, and nothing changes."""
    path = folder.parent / name
    path.write_text(text)
    before = contents(folder)
    result = run("import", path)
    assert isinstance(result.exception, FlowError) and problem in str(result.exception)
    assert str(result.exception).startswith(name)
    assert contents(folder) == before


# --- up to date -------------------------------------------------------------------------------------------


def standing(folder: Path, name: str, language: str) -> Standing:
    return next(text for text in texts(look(folder)) if text.name == name).standing(language)


def test_what_is_taken_is_up_to_date(run: Run, folder: Path) -> None:
    """A translation of the base text as it is now counts as current, and is not handed out as fuzzy again."""
    path = exported(run, folder, "so")
    translated(path, "main.over.say", "Nabad.")
    run("import", path)
    assert standing(folder, "main.over.say", "so") is Standing.CURRENT
    entry = next(
        each for each in polib.pofile(str(exported(run, folder, "so"))) if each.msgctxt == "main.over.say"
    )
    assert not entry.fuzzy


def test_a_base_text_that_changed_meanwhile(run: Run, folder: Path) -> None:
    """A translation of an older base text is put in, but does not count as current; the operator is told."""
    path = exported(run, folder, "so")
    flow = folder / "main" / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("Good bye.", "Good bye for now."), "utf-8")
    translated(path, "main.over.say", "Nabad.")
    result = run("import", path)
    assert "has changed since it was handed out" in result.output and result.exit_code == 0
    assert standing(folder, "main.over.say", "so") is Standing.CHANGED


def test_stale_texts_are_fuzzy_with_the_old_base(run: Run, folder: Path) -> None:
    """Where the base text changed, the translator sees the text that was translated, and keeps his comments."""
    run("mark", "so")
    path = exported(run, folder, "so")
    translated(path, "main.over.say", "Nabad gelyo.", tcomment="asked my aunt")
    flow = folder / "main" / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("Good bye.", "Good bye for now."), "utf-8")
    entry = next(
        each for each in polib.pofile(str(exported(run, folder, "so"))) if each.msgctxt == "main.over.say"
    )
    assert entry.fuzzy and entry.previous_msgid == "Good bye." and entry.tcomment == "asked my aunt"


def test_fuzzy_guesses_are_left(run: Run, folder: Path) -> None:
    """What a translator marked as needing work is not spoken to people."""
    before = contents(folder)
    path = exported(run, folder, "so")
    file = polib.pofile(str(path))
    entry = next(each for each in file if each.msgctxt == "main.sure.choose")
    entry.msgstr, entry.flags = "Ma?", ["fuzzy"]
    file.save()
    result = run("import", path)
    assert "needing work: main.sure.choose" in result.output and contents(folder) == before


def test_a_row_nobody_touched_is_not_up_to_date(run: Run, folder: Path) -> None:
    """A spreadsheet that comes back as it went out says nothing about texts that were to be looked at."""
    run("import", exported(run, folder, "so", "csv"))
    assert standing(folder, "main.over.say", "so") is Standing.UNMARKED


def test_marking(run: Run, folder: Path) -> None:
    """`mark` says that translations are up to date, of the flows that are named or of all."""
    assert "1 translations into so" in run("mark", "so", "notices").output
    assert standing(folder, "main.over.say", "so") is Standing.UNMARKED
    run("mark", "so")
    assert standing(folder, "main.over.say", "so") is Standing.CURRENT
    table_of_main = (folder / "main" / "translated.csv").read_text()
    assert table_of_main.startswith("text,language,of\nname.ask,so,")
    assert "did you mean 'main'" in run("mark", "so", "mian").output.lower()


# --- what translators see ---------------------------------------------------------------------------------


def test_a_po_entry(run: Run, folder: Path) -> None:
    """An entry names its text, its place and its room: a screen less Back and the longest name."""
    file = polib.pofile(str(exported(run, folder, "so")))
    assert file.metadata["Language"] == "so" and file.metadata["Plural-Forms"].startswith("nplurals=2")
    entry = next(each for each in file if each.msgctxt == "main.sex.choose")
    assert entry.msgid == "{full_name}, are you female or male?"
    assert entry.occurrences == [("main/flow.yaml", "16")]
    # 156 septets less "\n1 Dheddig", "\n1 Lab" and "\n0 Back", and 40 for the longest name
    assert entry.comment == "a question with options; at most 93 letters beside the {…}"


def test_room_depends_on_the_alphabet(folder: Path) -> None:
    """An Ethiopic closing line has 66 letters, a Latin one 156."""
    project = look(folder)
    room = {lang: {row.name: row.limit for row in rows(project, lang)} for lang in ("so", "am", "am-Latn")}
    assert [room[language]["main.over.say"] for language in room] == [156, 66, 156]


def test_no_cell_is_a_formula(run: Run, folder: Path) -> None:
    """A text that a spreadsheet would run stands behind an apostrophe, and comes back without it."""
    somali = folder / "main" / "text.so.yaml"
    somali.write_text(somali.read_text("utf-8").replace("Nabad gelyo.", "=HYPERLINK(1)"), "utf-8")
    before = contents(folder)
    path = exported(run, folder, "so", "csv")
    cells = [cell for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    run("import", path)
    assert contents(folder)["main/text.so.yaml"] == before["main/text.so.yaml"]


def test_a_table_saved_with_semicolons(run: Run, folder: Path) -> None:
    """Some spreadsheets part columns by semicolons and drop the mark at the beginning; both are read."""
    path = exported(run, folder, "so", "csv")
    found = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    for row in found:
        if row[0] == "main.over.say":
            row[3] = "Nabad, saaxiib."
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(found)
    path.write_text(out.getvalue(), "utf-8")
    assert "taken: main.over.say" in run("import", path).output
    assert 'over: {say: "Nabad, saaxiib."}' in (folder / "main" / "text.so.yaml").read_text("utf-8")

"""Files that somebody made to do harm, or by mistake, are refused; cells that look like formulas stay texts."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed import KNOWN

from gateway.directory import cells, files, spreadsheet, tabular
from gateway.errors import FlowError

FORMULAS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠A1",
    "'=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_shielded(text: str) -> None:
    """No spreadsheet runs it: the cell begins with an apostrophe."""
    assert cells.shielded(text) == "'" + text


@pytest.mark.parametrize("text", ["+251911000001", "-1.5", "9.03", "ET14", "a=b", "It's"])
def test_numbers_and_words_stay(text: str) -> None:
    """A phone is read by other programs as it stands."""
    assert cells.shielded(text) == text


@given(st.text(st.sampled_from("'=+-@＝ \tab1"), max_size=6))
def test_every_cell_comes_back(text: str) -> None:
    """The shield is undone whatever the text was."""
    assert cells.unshielded(cells.shielded(text)) == text


# --- archives ---------------------------------------------------------------------------------------------


def archive(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return path


def no_archive(path: Path) -> Path:
    path.write_bytes(b"text")
    return path


def link(path: Path) -> Path:
    entry = zipfile.ZipInfo("organizations.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(entry, "/etc/passwd")
    return path


def broken(path: Path) -> Path:
    whole = archive(path, ("organizations.csv", b"id,name\n" * 50)).read_bytes()
    path.write_bytes(whole[:60] + b"\xff" * 10 + whole[70:])
    return path


def lying(path: Path) -> Path:
    """An entry that says it is small and is not."""
    data = archive(path, ("organizations.csv", b"0" * 300_000)).read_bytes()
    size = (300_000).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    return path


ARCHIVES: dict[str, Callable[[Path], Path]] = {
    "no archive": no_archive,
    "outside": lambda path: archive(path, ("../organizations.csv", b"")),
    "absolute": lambda path: archive(path, ("/etc/organizations.csv", b"")),
    "backslash": lambda path: archive(path, ("..\\organizations.csv", b"")),
    "two folders deep": lambda path: archive(path, ("a/b/organizations.csv", b"")),
    "a program": lambda path: archive(path, ("organizations.exe", b"")),
    "twice": lambda path: archive(path, ("a/services.csv", b""), ("b/services.csv", b"")),
    "a link": link,
    "broken": broken,
    "lying": lying,
    "a bomb": lambda path: archive(path, ("organizations.csv", b"0" * 300_000)),
    "small bombs": lambda path: archive(path, *((f"a{n}.csv", b"0" * 90_000) for n in range(4))),
    "many files": lambda path: archive(path, *((f"a{n}.csv", b"") for n in range(101))),
    "not UTF-8": lambda path: archive(path, ("organizations.csv", b"\xff\xfe")),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("made", ARCHIVES.values(), ids=ARCHIVES)
def test_archives(made: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, whatever the archive says of itself, and nothing is written anywhere."""
    monkeypatch.setattr(files, "LARGEST", 100_000)
    monkeypatch.setattr(files, "LARGEST_PACKAGE", 200_000)
    path = made(tmp_path / "package.zip")
    with pytest.raises(FlowError):
        files.package(path)
    assert [each.name for each in tmp_path.iterdir()] == ["package.zip"]


def test_a_link_in_a_folder(tmp_path: Path) -> None:
    """A package's file is a file of the package."""
    (tmp_path / "secret").write_text("id\n")
    (tmp_path / "package").mkdir()
    os.symlink(tmp_path / "secret", tmp_path / "package" / "organizations.csv")
    with pytest.raises(FlowError, match="link"):
        files.package(tmp_path / "package")


def test_an_archive_with_a_folder(tmp_path: Path) -> None:
    """Who zips a folder has its name before each file's."""
    path = archive(tmp_path / "package.zip", ("mine/organizations.csv", b"\xef\xbb\xbfid,name\n"))
    assert files.package(path) == {"organizations.csv": "id,name\n"}


def test_what_is_private_is_private(tmp_path: Path) -> None:
    """A file with phones is its owner's alone, also where it was there for all to read."""
    for name in ("out.csv", "out.zip"):
        (tmp_path / name).touch(mode=0o644)
    files.write("x", tmp_path / "out.csv", private=True)
    files.pack({"a.csv": "x"}, tmp_path / "out.zip", private=True)
    assert [stat.S_IMODE(each.stat().st_mode) for each in sorted(tmp_path.iterdir())] == [0o600, 0o600]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"7", b'"text"', b'{"contents": 7}', b"\xff", b"[" * 5000, b"[NaN]"],
    ids=["nothing", "half", "a number", "a text", "no page", "not UTF-8", "deep", "NaN"],
)
def test_no_json(content: bytes, tmp_path: Path) -> None:
    """What is no list of objects is refused."""
    path = tmp_path / "directory.json"
    path.write_bytes(content)
    with pytest.raises(FlowError):
        files.items(path)


def test_a_page_says_so(tmp_path: Path) -> None:
    """A page that is not the last is one of several."""
    path = tmp_path / "page.json"
    path.write_text('{"page_number": 1, "total_pages": 9, "last_page": false, "contents": [{}]}')
    assert files.items(path) == ([{}], "page 1 of 9")


@pytest.mark.parametrize(
    "package",
    [
        {},
        {"services.csv": "id\n"},
        {"organizations.csv": "id,name\n"},
        {"organizations.csv": "name\nA\n"},
        {"organizations.csv": "id,name\no1,A\no1,B\n"},
        {"organizations.csv": "id,id\no1,A\n"},
        {"organizations.csv": "id,name\no1\n"},
        {"organizations.csv": 'id,name\no1,"A\n'},
        {"organizations.csv": "id,name\no1,A\n", "datapackage.json": "{"},
        {"organizations.csv": "id,name\no1,A\n", "datapackage.json": '{"resources": [1]}'},
    ],
    ids=[
        "empty",
        "no organizations",
        "no row",
        "no id",
        "twice",
        "a column twice",
        "short",
        "quotes",
        "half",
        "shape",
    ],
)
def test_packages(package: dict[str, str]) -> None:
    """A package that cannot be read is refused."""
    with pytest.raises(FlowError):
        tabular.objects(package)


def test_a_description_names_no_file_outside() -> None:
    """A path that leads out of the package is not followed: the standard's own name counts."""
    described = '{"resources": [{"name": "organization", "path": "../organizations.csv"}]}'
    objects, _ = tabular.objects({"organizations.csv": "id,name\no1,A\n", "datapackage.json": described})
    assert objects == [{"id": "o1", "name": "A"}]


# --- a spreadsheet ----------------------------------------------------------------------------------------


def sheet(*rows: str, columns: str = "organisation,name,need,areas") -> str:
    return "\n".join((columns, *rows))


def test_a_simple_sheet() -> None:
    """Names of areas and mapped words of needs will do; semicolons may part the columns, as in many countries."""
    text = sheet(
        "c1;Clinic;Mental Health;Addis Ababa, ET05",
        "c1;;shelter;ET14",
        columns="organisation;name;need;areas",
    )
    (found,) = spreadsheet.read(text, "a.csv", KNOWN).organisations
    assert [(each.need, each.areas) for each in found.services] == [
        ("psychosocial", ("ET14", "ET05")),
        ("shelter", ("ET14",)),
    ]


def test_columns_of_others_are_told() -> None:
    """A column that is not ours is left out, and counted."""
    text = sheet("c1,Clinic,health,ET14,7", columns="organisation,name,need,areas,stars")
    assert spreadsheet.read(text, "a.csv", KNOWN).fields == {"stars": 1}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",Clinic,health,ET14", "a.csv:2: the column 'organisation' is empty"),
        ("c1,Clinic,magic,ET14", "a.csv:2: the column 'need' cannot hold 'magic'"),
        ("c1,Clinic,health,Atlantis", "a.csv:2: the column 'areas' cannot hold 'Atlantis'"),
        ("c1,Clinic,+251911000001,ET14", "a.csv:2: the column 'need' cannot hold '+…'"),
        ("c1,Clinic,,ET14", "a.csv:2: the column 'need' is empty"),
        ("c1,,health,ET14", "a.csv: c1: name is missing"),
        ("c1,Clinic,health", "a.csv:2: this row has 3 cells, and the file 4 columns"),
        ('c1,Clinic,"health,ET14', "a.csv"),
        ("c1,Clinic,health,ET14\nc1,Other,shelter,ET14", "a.csv:3: the column 'name' says something else"),
    ],
    ids=["code", "need", "area", "a phone", "no need", "no name", "short", "quotes", "two names"],
)
def test_faults_of_a_sheet(row: str, said: str) -> None:
    """The line and the column are named."""
    with pytest.raises(FlowError) as refused:
        spreadsheet.read(sheet(row), "a.csv", KNOWN)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("capacity", "many"),
        ("capacity", "-1"),
        ("age_min", "1.5"),
        ("mon", "8-12"),
        ("closed", "Friday"),
        ("assured", "soon"),
        ("state", "ajar"),
        ("place_latitude", "north"),
        ("place_latitude", "91"),
        ("place_area", "Atlantis"),
    ],
)
def test_cells_that_cannot_be_read(column: str, cell: str) -> None:
    """Refused with the line, whatever the cell holds."""
    place = "place_area," if column != "place_area" else ""
    text = sheet(
        f"c1,Clinic,health,ET14,{'ET14,' if place else ''}{cell}",
        columns=f"organisation,name,need,areas,{place}{column}",
    )
    with pytest.raises(FlowError, match=r"^a\.csv:2: "):
        spreadsheet.read(text, "a.csv", KNOWN)


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of rows without end."""
    monkeypatch.setattr(cells, "MOST_ROWS", 3)
    with pytest.raises(FlowError, match="too many rows"):
        spreadsheet.read(sheet(*["c1,Clinic,,"] * 5), "a.csv", KNOWN)

"""An operator's places, aliases and towns are read with the shipped ones, and a mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from flawed import flawed

from gateway.authoring.project import Project
from gateway.catalogue.files import Bundle, read_folder
from gateway.catalogue.places import read_gazetteer
from gateway.errors import FlowError
from gateway.registry.places import Gazetteer

PLACES = """\
Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date
ETH,1,ET05,Somali,ETH,2021-12-14
ETH,2,ET0502,Fafan,ET05,2021-12-14
SOM,1,SO12,Woqooyi Galbeed,SOM,2021-12-14
"""
ALIASES = "code,language,name\nET0502,so,Faafan\nET0502,so,Jigjiga\nET0502,,Jijiga\n"
HEAD = "Location,Admin Level,P-Code,Name,Parent P-Code\n"


def gazetteer(
    places: str = PLACES, aliases: str = ALIASES, ours: str = "", our_aliases: str = "", towns: str = ""
) -> Gazetteer:
    """Ethiopia's, from files of these contents; an empty one is not read."""
    texts = {"places.csv": places, "aliases.csv": aliases, "ours.csv": ours, "our_aliases.csv": our_aliases}
    bundle = Bundle({f"policies/{name}": text for name, text in {**texts, "towns.csv": towns}.items()}, {})
    files = ("places.csv", *(["ours.csv"] if ours else ()))
    others = ("aliases.csv", *(["our_aliases.csv"] if our_aliases else ()))
    return read_gazetteer(bundle, "ETH", files, others, ("towns.csv",) if towns else (), ("en", "so"))


def test_the_country_alone_is_read() -> None:
    """Other countries' places stand in the same file."""
    assert [place.code for place in gazetteer().places] == ["ET05", "ET0502"]


def test_a_second_file_adds_and_replaces() -> None:
    """An agency's own file adds places, and its row for a known P-code takes the place of ours."""
    found = gazetteer(ours=HEAD + "ETH,2,ET0502,Fafan zone,ET05\nETH,3,AG1,Kebribeyah camp,ET0502\n")
    assert [place.code for place in found.places] == ["ET05", "ET0502", "AG1"]
    assert found.name("ET0502") == "Fafan zone"
    assert found.find("Kebribeyah camp")[0].place.code == "AG1"
    assert found.within("AG1", "ET05")


def test_the_first_name_of_a_language_is_shown() -> None:
    """The first row of a language is the name in it; a later file's goes before; all are found by."""
    assert gazetteer().name("ET0502", "so") == "Faafan"
    assert gazetteer().name("ET0502", "en") == "Fafan"
    found = gazetteer(our_aliases="code,language,name\nET0502,so,Gobolka Faafan\n")
    assert found.name("ET0502", "so") == "Gobolka Faafan"
    assert {"Faafan", "Jigjiga", "Jijiga", "Gobolka Faafan"} <= set(found.places[1].aliases)


def test_towns_lead_to_the_place_around_them() -> None:
    """A file of smaller places adds no place to choose, only ways to find one."""
    found = gazetteer(towns="code,language,name\nET0502,,Awbare\n")
    assert len(found.places) == 2
    (match,) = found.find("awbare")
    assert match.place.code == "ET0502" and match.inside


def test_a_file_from_a_spreadsheet() -> None:
    """A byte-order mark, quotes, spaces around and columns of one's own do no harm."""
    places = '\ufeffName,Note,P-Code,Location,Admin Level,Parent P-Code\r\n"Somali",x, ET05 ,ETH,1,ETH\r\n'
    assert [place.name for place in gazetteer(places, "code,language,name\r\nET05,,Ogaden\r\n").places] == [
        "Somali"
    ]


@pytest.mark.parametrize(
    ("files", "file", "line", "problem", "hint"),
    [
        pytest.param({"places": PLACES.replace("P-Code,Name", "PCode,Name")}, "places.csv", 1,
                     "'P-Code' is missing", "names the columns", id="a missing column"),
        pytest.param({"ours": "a;b\n"}, "ours.csv", 1, "'Location' is missing", "names the columns",
                     id="another divider"),
        pytest.param({"ours": HEAD + "ETH,2,ET0599,Newzone,ET98\n"}, "ours.csv", 2,
                     "ET0599 lies in ET98, which is unknown", "or ETH for a place of level 1", id="an unknown parent"),
        pytest.param({"ours": HEAD + "ETH,2,ET0599,Newzone,\n"}, "ours.csv", 2, "lies in nothing", "Write a P-code",
                     id="no parent"),
        pytest.param({"ours": HEAD + "ETH,2,ET0599,Newzone,ET0502\n"}, "ours.csv", 2, "which is no wider",
                     "smaller Admin Level", id="a parent of the same level"),
        pytest.param({"ours": HEAD + "ETH,2,ET0599,A,ET05\nETH,2,ET0599,B,ET05\n"}, "ours.csv", 3,
                     "ET0599 is given twice", "line 2", id="a P-code twice in one file"),
        pytest.param({"ours": HEAD + "ETH,two,ET0599,A,ET05\n"}, "ours.csv", 2, "is no whole number", "Write 1",
                     id="a level in words"),
        pytest.param({"ours": HEAD + "ETH,2,ET0599\n"}, "ours.csv", 2, "without a code, name", "Fill in",
                     id="a line cut short"),
        pytest.param({"aliases": ALIASES + "ET77,,Nowhere\n"}, "aliases.csv", 5, "unknown place ET77", "add the place",
                     id="an alias of an unknown code"),
        pytest.param({"aliases": ALIASES + "ET05,xx,Nowhere\n"}, "aliases.csv", 5, "language 'xx' is unknown",
                     "en, so", id="an alias of an unknown language"),
        pytest.param({"aliases": ALIASES + "ET05,so,\n"}, "aliases.csv", 5, "without a name", "Fill it in",
                     id="an empty alias"),
        pytest.param({"aliases": ALIASES + "ET0502,,Jijiga\n"}, "aliases.csv", 5, "given twice", "Take one away",
                     id="an alias twice"),
        pytest.param({"towns": "code,name\nET05,Town\n"}, "towns.csv", 1, "'language' is missing", "code,language",
                     id="towns without the column for the language"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    files: dict[str, str], file: str, line: int, problem: str, hint: str
) -> None:
    """File, line, what is wrong and how to mend it."""
    with pytest.raises(FlowError) as told:
        gazetteer(**files)
    fault = told.value
    assert (fault.file, fault.line) == (f"policies/{file}", line)
    assert problem in fault.problem and hint in fault.hint


def test_the_check_tells_it(tmp_path: Path) -> None:
    """A folder with such a mistake is not read without a word: checking and publishing show it."""
    flawed(tmp_path)
    with (tmp_path / "policies" / "places.csv").open("a", encoding="utf-8") as file:
        file.write("\nETH,2,ET9901,Nowhere,ET99,\n")
    (fault,) = Project.read(read_folder(tmp_path)).faults
    assert fault.file == "policies/places.csv" and "ET99, which is unknown" in str(fault)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The policy's own line is told, since it names the file."""
    flawed(tmp_path)
    (tmp_path / "policies" / "woredas.csv").unlink()
    (fault,) = Project.read(read_folder(tmp_path)).faults
    assert fault.file == "policies/et.yaml" and "no file woredas.csv" in str(fault)

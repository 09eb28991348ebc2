"""What the register knows of its directory goes through every format and comes back as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from listed import KNOWN, NOW, directories

from gateway.directory import files, hsds_reading, hsds_writing, spreadsheet, tabular
from gateway.directory.model import Organisation, from_entry, to_entry
from gateway.directory.reading import Reading

Directory = list[Organisation]


def through_json(organisations: Directory) -> Reading:
    return hsds_reading.read(json.loads(json.dumps(objects(organisations))), KNOWN)


def through_services(organisations: Directory) -> Reading:
    """As the API gives services: each with its organization inside it. Who offers nothing does not appear."""
    items = [
        {**service, "organization": {name: value for name, value in each.items() if name != "services"}}
        for each in objects(organisations)
        for service in each.get("services", ())
    ]
    return hsds_reading.read(items, KNOWN)


def through_tables(organisations: Directory) -> Reading:
    found, unread = tabular.objects(tabular.package(objects(organisations)))
    reading = hsds_reading.read(found, KNOWN)
    reading.fields.update(unread)
    return reading


def through_csv(organisations: Directory) -> Reading:
    return spreadsheet.read(spreadsheet.write(organisations), "directory.csv", KNOWN)


def through_yaml(organisations: Directory) -> Reading:
    text = yaml.safe_dump({each.code: to_entry(each) for each in organisations})
    return Reading([from_entry(code, entry) for code, entry in yaml.safe_load(text).items()])


def objects(organisations: Directory) -> list[dict[str, Any]]:
    return hsds_writing.objects(organisations, str.title, lambda code: code, NOW)


WAYS = {
    "HSDS organizations": through_json,
    "HSDS services": through_services,
    "HSDS data package": through_tables,
    "CSV": through_csv,
    "YAML": through_yaml,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@settings(max_examples=40)
@given(directories())
def test_nothing_is_lost(way: Callable[[Directory], Reading], organisations: Directory) -> None:
    """Every organisation is equal, in its order, and nothing of our own export is counted as left out."""
    if way is through_tables and not organisations:
        return  # an empty package is refused: it is more likely a wrong file than an empty country
    if way is through_services:
        organisations = [each for each in organisations if each.services]
    reading = way(organisations)
    assert reading.organisations == organisations
    counted = (reading.fields, reading.terms, reading.areas, reading.services)
    assert [+each for each in counted] == [{}, {}, {}, {}]


@pytest.mark.parametrize("name", ["package.zip", "package"], ids=["archive", "folder"])
@settings(max_examples=5)
@given(organisations=directories().filter(bool))
def test_a_package_on_disk(
    tmp_path_factory: pytest.TempPathFactory, name: str, organisations: Directory
) -> None:
    """An archive and a folder hold the same files, and hold them again when they are written over."""
    path = tmp_path_factory.mktemp("out") / name
    written = tabular.package(objects(organisations))
    for _ in range(2):
        files.pack(written, path, private=True)
    assert files.package(path) == written


def test_ids_stay(tmp_path: Path) -> None:
    """An export of the same directory is the same file, and an organisation keeps the id that it came with."""
    ours = Organisation("d9d5e0f55f3c4f739a2f4dd0ecc6c610", "Clinic", "en")
    assert objects([ours]) == objects([ours])
    assert objects([ours])[0]["id"] == "d9d5e0f5-5f3c-4f73-9a2f-4dd0ecc6c610"

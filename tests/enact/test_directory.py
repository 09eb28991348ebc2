"""The directory file becomes providers, services and staff, as often as it is read."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import flows
from gateway.enact.helping.directory import load
from gateway.errors import FlowError
from gateway.store.tables import addresses, provider_phones, providers, services, staff, staff_addresses

from .conftest import DIRECTORY, World

TABLES = (addresses, provider_phones, providers, services, staff, staff_addresses)


def test_reading_it_again_changes_nothing(world: World) -> None:
    """Same rows, same ids."""
    before = [[tuple(row) for row in world.rows(table)] for table in TABLES]
    load(world.runtime, DIRECTORY)
    assert [[tuple(row) for row in world.rows(table)] for table in TABLES] == before


def test_the_sample_directory_can_be_read(world: World) -> None:
    """The file that ships with the demo; its needs are those of the policy."""
    text = (Path(flows.__file__).parent / "directory.yaml").read_text("utf-8")
    load(world.runtime, YAML(typ="safe").load(text))
    assert {row.need for row in world.rows(services)} <= set(world.published.policy.services)


def test_roles_follow_the_file(world: World) -> None:
    """A phone that moves or leaves keeps no role behind; what left is paused or retired, never deleted."""
    changed: dict[str, Any] = deepcopy(DIRECTORY)
    changed["organisations"]["clinic"]["phones"] = ["+251933000000"]
    changed["organisations"]["clinic"]["services"] = [{"need": "food", "areas": ["ET14"]}]
    del changed["organisations"]["other_clinic"]
    del changed["staff"]["far"]
    load(world.runtime, changed)
    assert [row.roles for row in world.rows(addresses)] == [
        "staff",
        "staff",
        "staff",
        "",
        "provider",
        "provider",
    ]
    assert [row.status for row in world.rows(providers)] == ["active", "paused"]
    assert [(row.need, row.state) for row in world.rows(services)][0::3] == [
        ("health", "closed"),
        ("food", "open"),
    ]
    assert [row.active for row in world.rows(staff)] == [True, False, True]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phones": ["0911"]}, "clinic: a phone"),
        ({"language": None}, "language is missing"),
        ({"services": [{"areas": []}]}, "need is missing"),
    ],
    ids=["phone", "language", "need"],
)
def test_a_fault_is_named_and_nothing_changes(world: World, change: dict[str, Any], said: str) -> None:
    """The whole file or none of it."""
    broken: dict[str, Any] = deepcopy(DIRECTORY)
    entry = broken["organisations"]["clinic"]
    entry |= {"name": "Changed", **change}
    if entry["language"] is None:
        del entry["language"]
    with pytest.raises(FlowError, match=said):
        load(world.runtime, broken)
    assert world.rows(providers)[0].name == "Clinic of Addis"

"""HSDS objects as the tables of the tabular data package, and back: one CSV file for each kind of object."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.directory import cells
from gateway.directory.hsds import FIELDS, VERSION
from gateway.errors import FlowError

DESCRIPTION = "datapackage.json"
FILES: Mapping[str, str] = {
    "organization": "organizations.csv",
    "service": "services.csv",
    "location": "locations.csv",
    "address": "addresses.csv",
    "phone": "phones.csv",
    "schedule": "schedules.csv",
    "service_area": "service_areas.csv",
    "service_at_location": "service_at_location.csv",
    "language": "languages.csv",
    "service_capacity": "service_capacity.csv",
    "unit": "units.csv",
    "attribute": "attributes.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "taxonomy": "taxonomies.csv",
}
"""The standard's file of each kind that is read."""

_PARENTS: Mapping[str, tuple[str, ...]] = {
    "service": ("organization",),
    "location": ("organization",),
    "address": ("location",),
    "phone": ("organization", "service", "location", "contact", "service_at_location"),
    "schedule": ("service", "location", "service_at_location"),
    "service_area": ("service", "service_at_location"),
    "service_at_location": ("service",),
    "language": ("service", "location", "phone"),
    "service_capacity": ("service",),
}
_SHARED: Mapping[str, Mapping[str, str]] = {  # the field of a shared object, and the column that names its id
    "attribute": {"taxonomy_term": "taxonomy_term_id"},
    "taxonomy_term": {"taxonomy_detail": "taxonomy_id"},
    "service_capacity": {"unit": "unit_id"},
    "service_at_location": {"location": "location_id"},
}
_LISTS = {"address": "addresses", "service_capacity": "capacities"}
_NUMBERS = {
    "minimum_age",
    "maximum_age",
    "latitude",
    "longitude",
    "available",
    "maximum",
    "interval",
    "timezone",
}
_REQUIRED = {"address": ("postal_code",)}
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,60}\.csv")

Tables = dict[str, dict[str, dict[str, str]]]
"""The rows of each kind by their ids."""


def package(organisations: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The files of a package by their names, of organization objects with all that is theirs inside them."""
    tables: Tables = {kind: {} for kind in FILES}
    for each in organisations:
        _flatten("organization", each, {}, tables)
    files = {
        FILES[kind]: cells.written(_columns(kind), rows.values()) for kind, rows in tables.items() if rows
    }
    files[DESCRIPTION] = _description([kind for kind, rows in tables.items() if rows])
    return files


def _flatten(kind: str, node: Mapping[str, Any], owner: Mapping[str, str], tables: Tables) -> None:
    row = dict(owner)
    for name, value in node.items():
        inner = FIELDS[kind].get(name, "")
        if isinstance(value, list):
            for each in value:
                _flatten(inner, each, _owned(inner, kind, str(node["id"])), tables)
        elif isinstance(value, Mapping):
            row[_SHARED[kind][name]] = str(value["id"])
            _flatten(inner, value, {}, tables)
        else:
            row[name] = str(value)
    tables[kind][row["id"]] = row


def _owned(kind: str, owner: str, identifier: str) -> dict[str, str]:
    if kind == "attribute":
        return {"link_id": identifier, "link_entity": owner}
    return {f"{owner}_id": identifier}


def _columns(kind: str) -> list[str]:
    plain = [name for name, inner in FIELDS[kind].items() if not inner]
    parents = [f"{parent}_id" for parent in _PARENTS.get(kind, ())]
    shared = [column for column in _SHARED.get(kind, {}).values() if column not in plain]
    link = ["link_id"] if kind == "attribute" else []
    return [*plain[:1], *link, *parents, *shared, *plain[1:], *_REQUIRED.get(kind, ())]


def _description(kinds: Iterable[str]) -> str:
    resources = [
        {
            "name": kind,
            "path": FILES[kind],
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {"primaryKey": "id", "fields": [_column(name) for name in _columns(kind)]},
        }
        for kind in kinds
    ]
    told = {"name": "human_services_data", "profile": "tabular-data-package", "version": VERSION}
    return json.dumps({**told, "resources": resources}, indent=2) + "\n"


def _column(name: str) -> dict[str, str]:
    return {"name": name, "type": "number" if name in _NUMBERS else "string"}


# --- reading ----------------------------------------------------------------------------------------------


def objects(files: Mapping[str, str]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The organization objects of a package, and how many rows there were of which nothing is read.

    Raises `FlowError` for a package without organizations, an id given twice, and a description that cannot be read.
    """
    names = _names(files)
    tables: dict[str, dict[str, dict[str, Any]]] = {
        kind: _table(kind, files[name], name) for kind, name in names.items()
    }
    if not tables.get("organization"):
        raise FlowError("the package has no organizations.csv, or nothing in it")
    unread: Counter[str] = Counter()
    for name in sorted(set(files) - set(names.values()) - {DESCRIPTION}):
        unread[f"{name} (rows)"] += sum(1 for _ in cells.rows(files[name], name))
    for kind, rows in tables.items():
        for row in rows.values():
            _share(kind, row, tables)
    for kind in (*_PARENTS, "attribute"):
        for row in tables.get(kind, {}).values():
            if not _give(kind, row, tables):
                unread[f"{names[kind]} (rows of nothing that is here)"] += 1
    return list(tables["organization"].values()), unread


def _names(files: Mapping[str, str]) -> dict[str, str]:
    """The file of each kind: as the description says, or by the standard's name."""
    told = {kind: name for kind, name in FILES.items() if name in files}
    if DESCRIPTION not in files:
        return told
    try:
        for resource in json.loads(files[DESCRIPTION])["resources"]:
            kind, path = resource["name"], resource["path"]
            if kind in FILES and isinstance(path, str) and _SAFE.fullmatch(path) and path in files:
                told[kind] = path
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FlowError("the description of the package cannot be read", file=DESCRIPTION) from None
    return told


def _table(kind: str, text: str, name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for line, row in cells.rows(text, name):
        if "id" not in row:
            raise FlowError("a row has no id", file=name, line=line)
        if row["id"] in found:
            raise FlowError("an id stands twice", file=name, line=line)
        found[row["id"]] = dict(row)
    return found


def _share(kind: str, row: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts the objects that a row names inside it: its term, its unit, its place."""
    for name, column in _SHARED.get(kind, {}).items():
        if column in row:
            shared = tables.get(FIELDS[kind][name], {}).get(row[column])
            if shared is not None:
                row[name] = shared
                del row[column]


def _give(kind: str, row: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> bool:
    """Puts a row inside all that it belongs to, and says whether there was any such."""
    given = False
    for owner, identifier in list(_owners(kind, row)):
        above = tables.get(owner, {}).get(identifier)
        if above is not None:
            above.setdefault(_LISTS.get(kind, f"{kind}s"), []).append(row)
            given = True
    return given


def _owners(kind: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if kind == "attribute":
        identifier = row.pop("link_id", "")
        said = row.get("link_entity", "")
        yield from ((owner, identifier) for owner in ([said] if said in FILES else FILES))
    for parent in _PARENTS.get(kind, ()):
        if f"{parent}_id" in row:
            yield parent, row.pop(f"{parent}_id")

"""What is exported is HSDS: its fields, its required fields, its codes and its formats.

The tables below are field names of the schemas of HSDS 3.1 (openreferral/specification), written down as facts; the
schemas themselves are not copied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from listed import NOW, directories

from gateway.directory import cells, hsds_writing, tabular
from gateway.directory.model import Organisation

FIELDS = {
    "organization": "id name alternate_name description email website additional_websites tax_status tax_id "
    "year_incorporated legal_status logo uri parent_organization_id funding contacts phones locations programs "
    "organization_identifiers attributes metadata services",
    "service": "id organization_id program_id name alternate_name description url additional_urls email status "
    "interpretation_services application_process fees_description wait_time fees accreditations "
    "eligibility_description minimum_age maximum_age assured_date assurer_email licenses alert last_modified phones "
    "schedules service_areas service_at_locations languages organization funding cost_options program "
    "required_documents contacts capacities attributes metadata",
    "location": "id location_type url organization_id name alternate_name description transportation latitude "
    "longitude external_identifier external_identifier_type languages addresses contacts accessibility phones "
    "schedules attributes metadata",
    "address": "id location_id attention address_1 address_2 city region state_province postal_code country "
    "address_type attributes metadata",
    "phone": "id location_id service_id organization_id contact_id service_at_location_id number extension type "
    "description languages attributes metadata",
    "schedule": "id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count "
    "wkst freq interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link "
    "attending_type notes attributes metadata",
    "service_area": "id service_id service_at_location_id name description extent extent_type uri attributes metadata",
    "service_at_location": "id service_id location_id description service_areas contacts phones schedules location "
    "attributes metadata",
    "language": "id service_id location_id phone_id name code note attributes metadata",
    "service_capacity": "id service_id unit unit_id available maximum description updated attributes metadata",
    "unit": "id name scheme identifier uri attributes metadata",
    "attribute": "id link_id taxonomy_term_id link_type link_entity value taxonomy_term metadata label",
    "taxonomy_term": "id code name description parent_id taxonomy taxonomy_detail language taxonomy_id term_uri "
    "metadata",
    "taxonomy": "id name description uri version metadata",
}
REQUIRED = {
    "organization": "id name description",
    "service": "id name status",
    "location": "id location_type",
    "address": "id address_1 city state_province postal_code country address_type",
    "phone": "id number",
    "service_capacity": "id unit available updated",
    "unit": "id name",
    "attribute": "id link_type",
    "taxonomy_term": "id name description",
}
TABULAR_REQUIRED = {
    "service": "organization_id",
    "service_at_location": "service_id location_id",
    "service_capacity": "unit_id service_id",
    "attribute": "link_id taxonomy_term_id link_entity",
}
CODES = {
    ("service", "status"): {"active", "inactive", "defunct", "temporarily closed"},
    ("location", "location_type"): {"physical", "postal", "virtual"},
    ("address", "address_type"): {"physical", "postal", "virtual"},
    ("schedule", "freq"): {"WEEKLY", "MONTHLY"},
}
NUMBERS = {"minimum_age", "maximum_age", "latitude", "longitude", "available", "maximum"}
FORMATS = {
    "assured_date": r"\d{4}-\d\d-\d\d",
    "opens_at": r"([01]\d|2[0-3]):[0-5]\d",
    "closes_at": r"([01]\d|2[0-3]):[0-5]\d",
    "byday": r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*",
    "updated": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00",
}


def kinds(kind: str, node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An object and all inside it, each with its kind."""
    yield kind, node
    for name, value in node.items():
        inner = {"addresses": "address", "capacities": "service_capacity"}.get(name, name.removesuffix("s"))
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield from kinds(inner, each)


@settings(max_examples=30)
@given(directories())
def test_objects_are_of_the_standard(organisations: list[Organisation]) -> None:
    """No field is unknown to it, none that it requires is missing, ids are UUIDs, codes and times are its own."""
    for each in hsds_writing.objects(organisations, str.title, lambda code: code, NOW):
        for kind, node in kinds("organization", each):
            assert node.keys() <= set(FIELDS[kind].split())
            assert node.keys() >= set(REQUIRED.get(kind, "id").split())
            UUID(node["id"])
            for name, value in node.items():
                assert isinstance(value, int | float) == (name in NUMBERS)
                assert value in CODES.get((kind, name), {value} if isinstance(value, str) else [value])
                if name in FORMATS:
                    assert re.fullmatch(FORMATS[name], value)


@settings(max_examples=30)
@given(directories().filter(bool))
def test_tables_are_of_the_standard(organisations: list[Organisation]) -> None:
    """Every column is a field of the standard, every id unique, every row names what it belongs to."""
    objects = hsds_writing.objects(organisations, str.title, lambda code: code, NOW)
    written = tabular.package(objects)
    described = {each["path"]: each for each in json.loads(written.pop(tabular.DESCRIPTION))["resources"]}
    assert described.keys() == written.keys()
    ids: dict[str, set[str]] = {}
    for path, text in written.items():
        rows = [row for _, row in cells.rows(text, path)]
        kind = described[path]["name"]
        columns = [field["name"] for field in described[path]["schema"]["fields"]]
        assert text.split("\r\n", 1)[0].split(",") == columns
        assert set(columns) <= set(FIELDS[kind].split())
        assert all(row.keys() >= set(TABULAR_REQUIRED.get(kind, "id").split()) for row in rows)
        ids[kind] = {row["id"] for row in rows}
        assert len(ids[kind]) == len(rows)
    for path, text in written.items():
        for _, row in cells.rows(text, path):
            for column, value in row.items():
                if column.endswith("_id") and column != "link_id":
                    assert value in ids[column.removesuffix("_id")]
                if column == "link_id":
                    assert value in ids[row["link_entity"]]

"""The part of Open Referral HSDS 3 (3.0 and 3.1) that the register knows: which fields, and what it adds to them.

Field names and shapes are those of the specification's schemas (openreferral/specification, CC BY-SA 4.0). What the
standard has no field for stands in attributes of our own taxonomies, as it asks extensions to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID, uuid5

VERSION = "3.1"
EXTENSION = "returnee-gateway"  # the taxonomy of the terms below
NEEDS = "returnee-gateway-needs"  # the taxonomy whose codes are needs
CODE, NEUTRAL, LANGUAGE = "code", "neutral_name", "language"  # of an organisation
NEED, SEX, CLOSED_DATE = "need", "sex", "closed_date"  # of a service
P_CODE = "P-code"  # a location's external_identifier_type
PLACES = "places"  # what a capacity counts

FIELDS: Mapping[str, Mapping[str, str]] = {
    "organization": {
        **dict.fromkeys(("id", "name", "description", "email", "website"), ""),
        "phones": "phone",
        "locations": "location",
        "services": "service",
        "attributes": "attribute",
    },
    "service": {
        **dict.fromkeys(("id", "name", "status", "minimum_age", "maximum_age", "assured_date"), ""),
        "schedules": "schedule",
        "service_areas": "service_area",
        "service_at_locations": "service_at_location",
        "languages": "language",
        "capacities": "service_capacity",
        "attributes": "attribute",
        "organization": "organization",
    },
    "location": {
        **dict.fromkeys(("id", "location_type", "name", "latitude", "longitude"), ""),
        **dict.fromkeys(("external_identifier", "external_identifier_type"), ""),
        "addresses": "address",
    },
    "address": dict.fromkeys(
        ("id", "address_1", "address_2", "city", "region", "state_province", "country", "address_type"), ""
    ),
    "phone": dict.fromkeys(("id", "number", "type"), ""),
    "schedule": dict.fromkeys(
        (
            "id",
            "freq",
            "wkst",
            "interval",
            "byday",
            "valid_from",
            "valid_to",
            "timezone",
            "opens_at",
            "closes_at",
        ),
        "",
    ),
    "service_area": dict.fromkeys(("id", "name", "extent", "extent_type", "uri"), ""),
    "service_at_location": {"id": "", "location": "location"},
    "language": dict.fromkeys(("id", "name", "code"), ""),
    "service_capacity": {**dict.fromkeys(("id", "available", "maximum", "updated"), ""), "unit": "unit"},
    "unit": dict.fromkeys(("id", "name"), ""),
    "attribute": {
        **dict.fromkeys(("id", "link_type", "link_entity", "value", "label"), ""),
        "taxonomy_term": "taxonomy_term",
    },
    "taxonomy_term": {
        **dict.fromkeys(("id", "code", "name", "description", "taxonomy", "term_uri"), ""),
        **dict.fromkeys(("parent_id", "taxonomy_id", "language"), ""),
        "taxonomy_detail": "taxonomy",
    },
    "taxonomy": dict.fromkeys(("id", "name", "description", "uri", "version"), ""),
}
"""The fields that are read, by the kind of object; a field that holds objects names their kind."""

_OURS = UUID("6a0c7f9e-6a3f-5d53-9a2e-4f1f0f3f8b21")  # chosen once: ids of an export never change
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")


def made_id(*parts: str) -> str:
    """The id of an object that has none of its own: the same for the same parts, in every export."""
    return str(uuid5(_OURS, "\0".join(parts)))


def organisation_id(code: str) -> str:
    """An organisation's id: the one it came with, where its code was made of that."""
    return str(UUID(code)) if re.fullmatch(r"[0-9a-f]{32}", code) else made_id("organization", code)


def code_of(identifier: str) -> str:
    """A code for an organisation that was never ours: its id without the dashes, or a name of 32 letters made of it."""
    try:
        return UUID(identifier).hex
    except ValueError:
        return identifier if _PLAIN.fullmatch(identifier) else UUID(made_id("code", identifier)).hex

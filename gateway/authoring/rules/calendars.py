"""Calendars: a working day that nobody can count is a deadline that never comes."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.findings import Finding, rule
from gateway.authoring.project import Project
from gateway.catalogue.policy import FOLDER
from gateway.catalogue.public_holidays import known
from gateway.conversation.source import Node

_UNKNOWN = rule(
    "holidays.unknown", "A policy counts by the public holidays of a country that has no rules of them."
)


def findings(project: Project) -> Iterator[Finding]:
    """Every policy whose country of public holidays is not known."""
    for country in project.policies:
        given = Node.of(project.bundle.sources[f"{FOLDER}/{country}.yaml"]).need("holidays")
        if not isinstance(given.value, list) and not known(given.need("country").text()):
            hint = "List the days instead: 'holidays: [2027-01-07, 2027-04-30]'"
            yield _UNKNOWN.at(given.at("country"), "no public holidays are known of this country", hint)

"""Screening: a country that names no rules sees to nobody first."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.findings import Finding, Severity, rule
from gateway.authoring.project import Project
from gateway.catalogue.policy import FOLDER
from gateway.conversation.source import Node

_NONE = rule(
    "screening.none",
    "A policy names no screening rules, so that everybody is standard, in danger or not.",
    Severity.WARNING,
)


def findings(project: Project) -> Iterator[Finding]:
    """Every policy without rules that put anybody before the others."""
    for country, policy in project.policies.items():
        if not any(each.tier for each in policy.screening.rules):
            root = Node.of(project.bundle.sources[f"{FOLDER}/{country}.yaml"])
            place = root.get("screening") or root.at("country")
            hint = "Write 'screening: screening.yaml', and copy that file from the shipped flows"
            yield _NONE.at(place, "no screening rule puts anybody first here", hint)

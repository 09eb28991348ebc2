"""Every prompt of USSD cut into its pages, by the code that cuts them for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.authoring.analysis import prompts
from gateway.authoring.analysis.prompts import Case
from gateway.authoring.project import Project
from gateway.messages import ChannelName
from gateway.text.screens import Profile, fit


@dataclass(frozen=True, slots=True)
class Cut:
    """A prompt, and its pages for each distinct profile of the project's networks."""

    case: Case
    pages: Mapping[Profile, tuple[str, ...]]


def cuts(project: Project) -> tuple[Cut, ...]:
    """Every prompt of USSD: to be asked for by `project.once`, as several rules look at the same pages."""
    profiles = [profile for _, profile in project.profiles()]
    return tuple(
        Cut(case, {profile: fit(case.prompt, profile) for profile in profiles})
        for case in prompts.cases(project, ChannelName.USSD)
    )

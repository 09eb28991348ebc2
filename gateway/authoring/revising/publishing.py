"""Publishing: files that fail their check never reach a phone, and what was published can be brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.authoring.check import check
from gateway.authoring.findings import Finding, Severity
from gateway.authoring.project import Project
from gateway.catalogue.files import Bundle
from gateway.catalogue.published import Catalogue
from gateway.errors import FlowError
from gateway.store import revisions
from gateway.store.database import Database

SHORT = 12
"""Digits of a revision's name as it is shown."""

LONGEST_AUTHOR, LONGEST_NOTE = 48, 200
"""Letters, as the table holds them."""


class FlowsRefused(FlowError):
    """Files that fail their check. `findings` are the errors, at least one."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        count = "1 error keeps" if len(findings) == 1 else f"{len(findings)} errors keep"
        first = findings[0]
        super().__init__(
            f"{count} these files from being published, the first: {first.rule}: {first.problem}",
            file=first.file,
            line=first.line,
            column=first.column,
            rule=first.rule,
            hint=first.hint,
        )
        self.findings = tuple(findings)


def demand_sound(project: Project) -> None:
    """Raises `FlowsRefused` where the check finds an error; warnings stand in nobody's way."""
    errors = [each for each in check(project) if each.severity is Severity.ERROR]
    if errors:
        raise FlowsRefused(errors)


def publish(catalogue: Catalogue, bundle: Bundle, author: str, note: str, now: datetime) -> bool:
    """Checks a bundle and makes it what new conversations start on; False where it is the current one already.

    Raises `FlowsRefused`, or `FlowError` for files that cannot be read or a note that is too long.
    """
    _demand_room(author, note)
    demand_sound(Project.read(bundle))
    return catalogue.publish(bundle, author, note, now)


def roll_back(catalogue: Catalogue, revision: str, author: str, note: str, now: datetime) -> bool:
    """Publishes an old revision again, as a publication of its own; False where it is the current one.

    `revision` is a whole name, as `find` and `previous` give it. Raises `FlowError` where this release cannot load it
    any more.
    """
    _demand_room(author, note)
    return catalogue.again(revision, author, note, now)


def find(database: Database, beginning: str) -> str:
    """The published revision whose name begins so. Raises `FlowError` where there is none, or more than one."""
    with database.reading() as tx:
        found = revisions.named(tx, beginning.lower())
    if len(found) == 1:
        return found[0]
    if found:
        raise FlowError(f"several revisions begin with '{beginning}'", hint="give more of its letters")
    raise FlowError(f"no revision begins with '{beginning}'", hint="`gateway flows revisions` lists them")


def previous(database: Database) -> str:
    """The revision that was current before this one. Raises `FlowError` where nothing else was ever published."""
    with database.reading() as tx:
        published = [each.revision for each in revisions.history(tx)]
    older = [name for name in published if name != published[0]]
    if not older:
        raise FlowError("nothing was published before this revision")
    return older[0]


def _demand_room(author: str, note: str) -> None:
    for what, text, most in (("author", author, LONGEST_AUTHOR), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            raise FlowError(f"the {what} has {len(text)} letters, at most {most} are kept")

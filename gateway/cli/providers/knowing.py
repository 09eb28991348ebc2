"""How the words of other directories lead to our needs and areas: by the policy, and by mapping files."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.directory import cells, files
from gateway.directory.reading import Known
from gateway.errors import FlowError
from gateway.text.clean import fold

if TYPE_CHECKING:
    from gateway.catalogue.policy import Policy
    from gateway.registry.places import Gazetteer

_P_CODE = re.compile(r"[A-Z]{2}[0-9]{2,12}")


class Areas:
    """The areas that are known: every P-code of the country's list, and of other countries whatever has the form."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._codes = {place.code for place in gazetteer.places}
        self._countries = {code[:2] for code in self._codes}

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str) or not _P_CODE.fullmatch(code):
            return False
        return code in self._codes or code[:2] not in self._countries


def known(
    policy: Policy, now: datetime, needs: Path | None, areas: Path | None, language: str | None
) -> Known:
    """What a reader has to know. Raises `FlowError` for a mapping file that leads to a need or area unknown here."""
    leads = {
        fold(label): need for need, service in policy.services.items() for label in service.labels.values()
    }
    leads |= {fold(need): need for need in policy.services}  # a code stands above another need's label
    leads |= _mapped(needs, "need", policy.services)
    places = Areas(policy.gazetteer)
    named = _mapped(areas, "p_code", places)

    @cache
    def place_of(word: str) -> str:
        if word.upper() in places:
            return word.upper()
        if fold(word) in named:
            return named[fold(word)]
        found = policy.gazetteer.find(word)
        sure = len(found) == 1 and found[0].score == 1.0 and not found[0].inside
        return found[0].place.code if sure else ""

    hours_east = policy.calendar.utc_offset.total_seconds() / 3600
    return Known(
        leads, place_of, language or policy.language, hours_east, (now + policy.calendar.utc_offset).date()
    )


def _mapped(path: Path | None, column: str, allowed: Container[str]) -> dict[str, str]:
    """The folded words of the column `term`, and what they lead to."""
    if path is None:
        return {}
    found: dict[str, str] = {}
    for line, row in cells.rows(files.text(path), path.name, separators=",;\t"):
        term, target = row.get("term", ""), row.get(column, "")
        if not term or target not in allowed:
            raise FlowError(f"each row has a term and a known {column}", file=path.name, line=line)
        found[fold(term)] = target
    return found

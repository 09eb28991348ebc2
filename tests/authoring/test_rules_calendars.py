"""A policy may only count by public holidays that somebody knows."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest
from planted import caught, found

import flows

SHIPPED = Path(flows.__path__[0])


def planted(folder: Path, written: str) -> dict[str, str]:
    """A country's files, its public holidays as they are written."""
    (folder / "policies").mkdir()
    for each in (SHIPPED / "policies").glob("*.csv"):
        copy(each, folder / "policies")
    lines = (SHIPPED / "policies" / "et.yaml").read_text("utf-8").splitlines()
    policy = "\n".join(f"{written}   # <-" if line.startswith("holidays:") else line for line in lines)
    kept = {
        name: (SHIPPED / name).read_text("utf-8") for name in ("screening.yaml", "policies/sensitive.csv")
    }
    return {"policies/et.yaml": policy, **kept}


def test_an_unknown_country_is_found_at_its_line(tmp_path: Path) -> None:
    """Before it is published: a deadline in working days could not be reckoned."""
    caught(tmp_path, "holidays.unknown", planted(tmp_path, "holidays: {country: XX}"))


@pytest.mark.parametrize("written", ["holidays: {country: SO}", "holidays: [2027-01-07]", "holidays: []"])
def test_a_known_country_or_a_list_is_fine(tmp_path: Path, written: str) -> None:
    """A country with rules, or its days one by one."""
    assert "holidays.unknown" not in [each.rule for each in found(tmp_path, planted(tmp_path, written))]

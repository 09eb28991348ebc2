"""Rules of who is seen first are held against what can be known, before anybody is put last by a slip of the pen."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest
from planted import caught, found

import flows

SHIPPED = Path(flows.__path__[0])
RULES = """\
rules:
  danger:
    tier: immediate   # tier
    if: urgent == 'yes'   # if
    why: {en: Said to be in danger}
  child:
    factor: true
    if: age_min < 18
    why: {en: May be under 18}
"""
NAMED = "screening: screening.yaml"


def planted(folder: Path, old: str, new: str) -> dict[str, str]:
    """A country's files with a fault in its rules, or in how it names them."""
    (folder / "policies").mkdir()
    for each in (SHIPPED / "policies").glob("*.csv"):
        copy(each, folder / "policies")
    lines = (SHIPPED / "policies" / "et.yaml").read_text("utf-8").splitlines()
    policy = "\n".join(NAMED if line.startswith("screening:") else line for line in lines) + "\n"
    assert (old in RULES) != (old in policy)
    return {
        "policies/et.yaml": policy.replace(old, new, 1),
        "screening.yaml": RULES.replace(old, new, 1),
        "policies/sensitive.csv": (SHIPPED / "policies" / "sensitive.csv").read_text("utf-8"),
    }


PLANTED = [
    ("unknown.fact", "urgent == 'yes'   # if", "urgnt == 'yes'   # <-"),
    ("unknown.code", "urgent == 'yes'   # if", "urgent == 'yess'   # <-"),
    ("unknown.tier", "immediate   # tier", "at_once   # <-"),
    ("types.condition", "urgent == 'yes'   # if", "urgent == 1   # <-"),
    ("shape", NAMED, "screening: rules.yaml   # <-"),
    ("screening.none", NAMED + "\n", ""),
    ("screening.none", "tier: immediate   # tier", "factor: true"),
]


@pytest.mark.parametrize(("rule", "old", "new"), PLANTED[:5], ids=[rule for rule, *_ in PLANTED[:5]])
def test_a_planted_fault_is_found_at_its_line(tmp_path: Path, rule: str, old: str, new: str) -> None:
    """The wrong word is named at its line, in the rules or in the policy."""
    caught(tmp_path, rule, planted(tmp_path, old, new))


@pytest.mark.parametrize(("rule", "old", "new"), PLANTED[5:], ids=["no-file", "only-factors"])
def test_nobody_first_is_a_warning(tmp_path: Path, rule: str, old: str, new: str) -> None:
    """A country may do without, but not unawares."""
    (finding,) = [each for each in found(tmp_path, planted(tmp_path, old, new)) if each.rule == rule]
    assert (finding.file, finding.severity) == ("policies/et.yaml", "warning")

"""One request that is declined, sent on, accepted, attended, disputed and reopened: as `gateway demo` plays it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "referrals.md"
MADE_UP = re.compile(r"\d[\d -]*\d|\b[A-Z0-9]{4} [A-Z0-9]{4}\b")
"""Codes, days, certificate numbers and references: other ones at each playing."""


def lines(text: str) -> set[str]:
    """What was typed and read, without what differs from one playing to the next."""
    return {MADE_UP.sub("#", line.strip()) for line in text.splitlines() if "│" in line or "»" in line}


def test_the_dispute_happens_as_the_page_shows_it() -> None:
    """Three channels and three places, through the real doors; what the page prints is what is said today."""
    command = (sys.executable, "-m", "gateway", "demo", "--story", "dispute")
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert (done.returncode, done.stderr) == (0, "")
    shown = PAGE.read_text("utf-8").partition("```text")[2].partition("```")[0]
    chapters = re.findall("^── .*", done.stdout, re.MULTILINE)
    assert len(chapters) == 6
    assert re.findall("^── .*", shown, re.MULTILINE) == chapters
    assert lines(shown) <= lines(done.stdout)

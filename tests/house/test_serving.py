"""How the web server starts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from doors import environment

from gateway import settings
from gateway.cli.serve import MOST_PROCESSES, processes


@pytest.mark.parametrize(
    ("url", "mode", "alone"),
    [
        ("postgresql://x/y", "live", False),
        ("postgresql://x/y", "training", True),
        ("postgresql://x/y", "demo", True),
        ("sqlite:////x.db", "live", True),
    ],
)
def test_what_lives_in_one_memory_has_one_process(url: str, mode: str, alone: bool) -> None:
    """The simulator does, and SQLite has one writer."""
    known = replace(settings.read(environment(url)), mode=mode)
    assert processes(known) == (1 if alone else min(os.cpu_count() or 1, MOST_PROCESSES))


def test_nobody_serves_on_old_tables(tmp_path: Path) -> None:
    """Where a migration is due it ends at once, with one line that says what to run."""
    surroundings = os.environ | environment(f"sqlite:///{tmp_path}/empty.db")
    ended = subprocess.run(
        [sys.executable, "-m", "gateway", "serve"],
        env=surroundings,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.decode().splitlines()
    assert "gateway db upgrade" in line

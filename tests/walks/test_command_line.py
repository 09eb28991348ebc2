"""The command line: what it prints, and that an error is one line and a non-zero exit."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.demo import environment


def gateway(given: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *words], env=given, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """A demo's settings: a database that is not there yet, a queue that never answers."""
    return environment(tmp_path, 8099)


def test_a_fresh_key_is_one_that_the_settings_take(given: dict[str, str]) -> None:
    """`keys new` prints 32 random bytes, different each time."""
    keys = [gateway(given, "keys", "new").stdout.strip() for _ in range(2)]
    assert keys[0] != keys[1]
    assert [len(base64.urlsafe_b64decode(key)) for key in keys] == [32, 32]


def test_from_nothing_to_published_flows(given: dict[str, str]) -> None:
    """Upgrade, publish, and publish again: each says what it did; the doctor then misses the queue alone."""
    assert gateway(given, "db", "upgrade").stdout == "The tables are at this release.\n"
    assert gateway(given, "flows", "publish").stdout.startswith("Published ")
    assert "is published already" in gateway(given, "flows", "publish").stdout
    found = gateway(given, "doctor")
    assert found.returncode == 1
    well = [line.split()[0] for line in found.stdout.splitlines()]
    amiss = [line.split()[0] for line in found.stderr.splitlines()]
    assert (well, amiss) == (["settings", "database", "flows", "numbers", "complaints"], ["queue"])


@pytest.mark.parametrize(
    ("words", "without", "says"),
    [
        (("serve",), "GATEWAY_SECRET_KEYS", "gateway: GATEWAY_SECRET_KEYS is not set"),
        (("worker",), "", "gateway: the database is not at this release"),
        (("serve",), "", "gateway: the database is not at this release"),
        (("flows", "publish"), "", "gateway: "),
    ],
    ids=[
        "a missing setting",
        "a worker on old tables",
        "a server on old tables",
        "publishing without tables",
    ],
)
def test_an_error_is_one_line(given: dict[str, str], words: tuple[str, ...], without: str, says: str) -> None:
    """What keeps a command from running is said in one line on stderr, and the exit is not zero."""
    done = gateway({key: value for key, value in given.items() if key != without}, *words)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(says)


def test_the_directory_is_what_a_file_says(given: dict[str, str], tmp_path: Path) -> None:
    """Loading says how much is in it; a file that cannot be read says where, in one line, and changes nothing."""
    assert gateway(given, "db", "upgrade").returncode == 0
    file = tmp_path / "directory.yaml"
    file.write_text(
        "organisations:\n  clinic:\n    name: A clinic\n    neutral: Centre One\n    language: en\n"
        '    phones: ["+251911000001"]\n    services:\n      - {need: health, areas: [ET14]}\nstaff: {}\n'
    )
    loaded = gateway(given, "providers", "load", str(file))
    assert loaded.stdout == "1 organisations and 0 staff are in the directory.\n"
    file.write_text("organisations: {clinic: [\n")
    broken = gateway(given, "providers", "load", str(file))
    assert broken.returncode == 1
    assert broken.stderr.startswith("gateway: directory.yaml:")
    assert len(broken.stderr.splitlines()) == 1

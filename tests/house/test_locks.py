"""Lock files pin everything, by hash, and say nothing of where they were made."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "bench/duplicates-requirements.txt")

REQUIREMENT = re.compile(r"([a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==\S+(?: ; .+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
INDEX = re.compile(r"(?:--(?:extra-)?index-url|--find-links|--trusted-host|\bhttps?://|\bgit\+|\s@\s)")
MACHINE = re.compile(r"(?:file:|(?<![\w.<>=])/(?:home|root|tmp|work|usr|opt|var|Users)/)")


def blocks(name: str) -> list[list[str]]:
    """Each requirement with the lines that belong to it, comments left out, continuations joined."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.lstrip().startswith("#")]
    return [block.split() for block in "\n".join(lines).replace("\\\n", " ").splitlines() if block.strip()]


def pins(name: str) -> dict[str, str]:
    """Each package's requirement, as written."""
    found = {}
    for block in blocks(name):
        requirement = " ".join(word for word in block if not word.startswith("--"))
        match = REQUIREMENT.fullmatch(requirement)
        assert match, f"{name}: {requirement!r} is not pinned to one version"
        found[match[1]] = requirement
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_hashes(name: str) -> None:
    """pip can install the lock file with --require-hashes: each line has a version and at least one SHA-256."""
    assert blocks(name)
    for block in blocks(name):
        hashes = [word for word in block if word.startswith("--")]
        assert hashes, f"{name}: {block[0]} has no hash"
        assert all(HASH.fullmatch(word) for word in hashes), f"{name}: {block[0]} has an odd option"


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("wrong", [INDEX, MACHINE], ids=["index address", "machine path"])
def test_nothing_of_the_machine(name: str, wrong: re.Pattern[str]) -> None:
    """A lock file installs from whatever index the reader uses, on whatever machine; comments included."""
    text = (ROOT / name).read_text()
    assert [line for line in text.splitlines() if wrong.search(line)] == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("--index-url https://mirror.example/simple", INDEX),
        ("--find-links wheels", INDEX),
        ("flask @ https://example.org/flask.whl", INDEX),
        ("    # via -r /home/somebody/pyproject.toml", MACHINE),
        ("-e file:///srv/gateway", MACHINE),
    ],
)
def test_the_patterns_see(line: str, wrong: re.Pattern[str]) -> None:
    """The two patterns find what they are there for."""
    assert wrong.search(line)


def test_both_agree() -> None:
    """What runs in production is what the tests ran on: the same versions in both files."""
    run, dev, _ = (pins(name) for name in LOCKS)
    assert {name: dev.get(name) for name in run} == run


def test_every_dependency_is_locked() -> None:
    """No package that pyproject.toml names is missing from its lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        written = (re.split(r"[\[<>=;! ]", each, maxsplit=1)[0] for each in requirements)
        return {re.sub(r"[-_.]+", "-", name).lower() for name in written}

    assert (
        names(project["dependencies"] + extras["demo"] + extras["import"]) <= pins("requirements.lock").keys()
    )
    assert names(extras["dev"]) <= pins("requirements-dev.lock").keys()

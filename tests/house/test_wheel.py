"""The wheel is the product: what runs in the source tree runs from the wheel alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "referral_engine", "flows")
KINDS = {
    "flows": "flows/*/flow.yaml",
    "translations": "flows/*/text.*.yaml",
    "transcripts": "flows/*/transcripts/*.yaml",
    "phrases": "flows/phrases.yaml",
    "notices": "flows/notices/*.yaml",
    "policies": "flows/policies/*.yaml",
    "places": "flows/policies/*.csv",
    "directory": "flows/directory.yaml",
    "credits": "flows/policies/*.md",
    "migrations": "gateway/store/migrations/versions/*.py",
    "migration template": "gateway/store/migrations/*.mako",
    "templates": "gateway/**/templates/**/*.html",
    "static files": "gateway/**/static/*",
    "type marker": "gateway/py.typed",
    "texts of cards": "flows/card.yaml",
    "fonts": "gateway/cards/fonts/*",
    "offline page": "gateway/cards/page/*",
}

USES_IT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import flows, gateway
from gateway.catalogue import files, published
from gateway.store import migrate
from gateway.store.database import Database
assert Path(gateway.__file__).is_relative_to(sys.argv[1]), gateway.__file__
database = Database("sqlite:///" + sys.argv[2])
migrate.upgrade(database)
migrate.demand_current(database)
published.assemble(files.read_folder(Path(flows.__file__).parent), "et")
"""


def source_files(pattern: str) -> Iterator[Path]:
    """What a package's folder holds, less what Python and editors leave there."""
    for path in ROOT.glob(pattern):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path.relative_to(ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of a clean copy of the source tree."""
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=ignore)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tree / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation", "--no-index", "-w", str(target), "."]
    built = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (found,) = target.glob("*.whl")
    return zipfile.ZipFile(found)


@pytest.mark.parametrize("pattern", KINDS.values(), ids=KINDS.keys())
def test_kind_ships(wheel: zipfile.ZipFile, pattern: str) -> None:
    """Each kind of file that is not Python is there, and there are some."""
    expected = {path.as_posix() for path in source_files(pattern)}
    assert expected, f"nothing in the source tree matches {pattern}"
    assert expected <= set(wheel.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_left_behind(wheel: zipfile.ZipFile, package: str) -> None:
    """The wheel holds every file of the packages and no other."""
    expected = {path.as_posix() for path in source_files(f"{package}/**/*")}
    shipped = {name for name in wheel.namelist() if name.startswith(f"{package}/") and not name.endswith("/")}
    assert shipped == expected


def test_no_tests_ship(wheel: zipfile.ZipFile) -> None:
    """Tests and benchmarks stay at home: nobody who installs the wheel gets a package named `tests`."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_runs_away_from_the_source(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked elsewhere, it makes its tables and loads every flow, notice and policy that it ships."""
    wheel.extractall(tmp_path / "unpacked")
    command = [sys.executable, "-c", USES_IT, str(tmp_path / "unpacked"), str(tmp_path / "gateway.db")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

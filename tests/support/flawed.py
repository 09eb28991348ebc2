"""A folder of flows with a fault in it, on the line that says `# here`, checked by one module of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from desk import PHRASES

import flows
from gateway.authoring.findings import Finding
from gateway.authoring.project import Project
from gateway.catalogue.files import read_folder

SHIPPED = Path(flows.__file__).parent

MAIN = """\
flow: main
language: en
role: main
states:
  menu: {say: "Welcome.", end: true}
"""

SHARED = (
    "screening.yaml",
    *(
        f"policies/{name}"
        for name in ("et.yaml", "places.csv", "aliases.csv", "woredas.csv", "sensitive.csv")
    ),
)
"""What every folder holds as it is shipped, but for most of the places: reading all takes longer than a test."""


def flawed(folder: Path, **files: str) -> Project:
    """A project of a main flow, phrases, the policy of Ethiopia and the files given, by their short names."""
    for name in SHARED:
        text = (SHIPPED / name).read_text("utf-8")
        if name.endswith("places.csv"):
            text = "\n".join(line for line in text.split("\n") if line.startswith(("Location", "ETH,1,")))
        if name.endswith(("aliases.csv", "woredas.csv")):
            text = "\n".join(line for line in text.split("\n") if line.startswith(("code,", "ET14,")))
        _write(folder / name, text)
    for name, text in {"phrases__": PHRASES, "main": MAIN, **files}.items():
        _write(folder / path_of(name), text)
    return Project.read(read_folder(folder))


def path_of(name: str) -> str:
    """`order` is `order/flow.yaml`, `order__so` its translation, `notices__told` a notice, `phrases__` a file above."""
    owner, divided, rest = name.partition("__")
    if not divided:
        return f"{owner}/flow.yaml"
    if owner in ("notices", "policies"):
        return f"{owner}/{rest}.yaml"
    return f"{owner}/text.{rest}.yaml" if rest else f"{owner}.yaml"


def found(project: Project, look: Callable[[Project], Iterable[Finding]], rule: str) -> list[tuple[str, int]]:
    """File and line of every finding of a rule. The loader may have refused nothing."""
    assert not project.faults, project.faults
    return [(each.file, each.line) for each in sorted(look(project)) if each.rule == rule]


def here(project: Project, name: str) -> tuple[str, int]:
    """File and line of the fault in a file, which is called by its short name."""
    path = path_of(name)
    lines = project.bundle.texts[path].split("\n")
    return path, next(number for number, line in enumerate(lines, 1) if "# here" in line)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")

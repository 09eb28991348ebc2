"""A small folder of flows in which nothing is wrong, and the means to plant one fault in it and look for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.authoring.check import check_folder
from gateway.authoring.findings import Finding

MARK = "# <-"
"""Stands at the end of the line on which the fault must be found."""

PHRASES = """\
languages: {en: English}
phrases:
  back: {en: Back}
  more: {en: More}
  invalid_choice: {en: Choose a number.}
  too_many: {en: Try again later.}
  resume: {en: Go on?}
  continue: {en: Continue}
  start_again: {en: Start again}
  parked: {en: Something is open.}
  before: {en: "Before: {answer}"}
  keep: {en: "Keep {answer}"}
  share_phone: {en: Share}
  try_later: {en: Later.}
  nothing_here: {en: Nothing.}
  nothing_more: {en: All right.}
words:
  back: [BACK]
  home: [MENU]
  more: [MORE]
  "yes": ["YES", HAA]
  "no": ["NO", MAYA]
"""

MAIN = """\
flow: main
language: en
role: main
states:
  menu: {choose: What next?, options: {begin: {label: Begin, go: f}, enough: {label: Enough, go: over}}}
  f: {enter: f, go: over}
  over: {end: true}
"""

HEAD = "flow: f\nlanguage: en\n"
"""What the planted flow begins with, where a case does not give the whole file."""

FLOW = HEAD + "states: {a: {say: Hello, end: true}}\n"

Files = Mapping[str, str]


def found(folder: Path, files: Files) -> list[Finding]:
    """What is found in the healthy files with some of them replaced."""
    whole = {
        "phrases.yaml": PHRASES,
        "main/flow.yaml": MAIN,
        "f/flow.yaml": FLOW,
        "policies/sensitive.csv": "language,word,about\nen,certificate*,identity\n",
        **files,
    }
    for name, text in whole.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return check_folder(folder)


def marked(files: Files) -> tuple[str, int]:
    """File and line of the mark. Raises `ValueError` unless there is exactly one."""
    places = [
        (name, number)
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.rstrip().endswith(MARK)
    ]
    (place,) = places
    return place


def flow(snippet: str) -> Files:
    """The planted flow's file, from what stands behind its name and language."""
    return {"f/flow.yaml": HEAD + snippet}


def caught(folder: Path, rule: str, files: Files) -> Finding:
    """The finding of a rule on the marked line. Fails with all that was found where it is not among it."""
    findings = found(folder, files)
    there = [each for each in findings if each.rule == rule and (each.file, each.line) == marked(files)]
    assert there, [str(each) for each in findings]
    assert there[0].column > 0
    return there[0]

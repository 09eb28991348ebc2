"""`gateway people import`: people who are known on paper, registered and certified from a CSV file."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.enact.registering.importing import Run, Taken
    from gateway.registry.paper.people import PaperPerson
    from gateway.registry.paper.sheet import Refusal
    from gateway.runtime import Runtime

_LARGEST = 64 * 1024 * 1024  # bytes of a file: a hundred times ten thousand rows
_LISTED = re.compile(r"[A-Za-z0-9._-]{1,32}")
_FIRST = 20  # refusals shown where no report is written
REASONS = {
    "calendar": "says a year or a date and not of which calendar: fill in the column calendar",
    "cells": "has too few or too many cells for its columns",
    "changed": "was taken before, and says something else now: correct the person instead",
    "digits_in_name": "has digits in it",
    "empty": "is empty",
    "excel_date": "is a date that a spreadsheet saved as a number: format the column as text and type it again",
    "excel_error": "is an error of a spreadsheet's formula, or a column that was too narrow",
    "excel_month": "is a month that a spreadsheet changed: format the column as text and write 2026-05",
    "excel_number": "is a number that a spreadsheet shortened (2.5E+11): format the column as text and type it again",
    "future": "is still to come",
    "implausible_age": "is not the age of anybody",
    "missing_column": "is missing: the first line must name it",
    "more_children": "is more than the people with them",
    "name_too_short": "is too short",
    "no_consent": "is no: nobody is registered without it",
    "not_a_date": "is no date",
    "not_a_mobile": "is not the number of a mobile phone",
    "not_a_month": "is no month",
    "not_a_number": "is no number",
    "not_a_phone": "is no phone number",
    "not_an_age": "is no age, year or date",
    "not_utf8": "is not in UTF-8: save the file as CSV UTF-8",
    "other_calendar": "cannot be of the calendar that the row names",
    "out_of_range": "is not from 0 to 30",
    "quotes": "has quotation marks that do not match",
    "spans_lines": "has a line break inside a cell",
    "too_long": "is too long",
    "twice": "stands in the file twice",
    "twice_column": "is named twice",
    "unknown_code": "is none of the codes that the policy lists",
    "unknown_column": "has a name that is not known: see --columns",
    "unknown_place": "is no place that is known",
    "unsure_place": "could be several places: write its P-code",
    "utf16": "is not in UTF-8 but in UTF-16: save the file as CSV UTF-8",
}
"""What is wrong, in words that stand behind a column's name."""


def _columns(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from gateway.registry.paper.people import COLUMNS, OPTIONAL

        for name, meaning in COLUMNS.items():
            click.echo(f"{name:<20} {meaning}{' (optional)' if name in OPTIONAL else ''}")
        ctx.exit()


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "listed", required=True, help="The list's name: its numbers count within it.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff answers for the list.")
@click.option("--issue/--no-issue", default=True, help="Issue certificates.  [default: issue]")
@click.option("--dry-run", is_flag=True, help="Only read the file and say what is wrong with it.")
@click.option("--report", type=click.Path(path_type=Path), help="Write what became of each row: no names.")
@click.option("--cards", type=click.Path(path_type=Path), help="Write references and certificate numbers.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object of counts.")
@click.option(
    "--columns", is_flag=True, is_eager=True, expose_value=False, callback=_columns, help="Explain them."
)
def command(
    file: Path,
    listed: str,
    code: str,
    issue: bool,
    dry_run: bool,
    report: Path | None,
    cards: Path | None,
    as_json: bool,
) -> None:
    """Register the people of FILE, a CSV of people known on paper, and issue their certificates.

    Safe to run again, and after it was stopped: a row is known by the list's name and its number. A row that changed
    since is reported, never overwritten. Nobody is written to who did not allow SMS. The files of --report and
    --cards can be read by you alone; the second holds certificate numbers: keep it as you keep the cards.
    """
    from gateway import bootstrap

    if not _LISTED.fullmatch(listed):
        raise click.BadParameter("at most 32 letters, digits, dots, dashes and _", param_hint="--list")
    runtime = bootstrap.build(settings.read())
    try:
        runtime.catalogue.fresh()
        run = _run(runtime, listed, code, issue)
        rows, refused = _read(runtime, file)
        with (
            _private(report, "line", "outcome", "column", "what is wrong") as tell,
            _private(cards, "line", "reference", "certificate_number") as card,
        ):
            for each in refused:
                tell(each.line, "refused", each.column, f"{each.column} {REASONS[each.reason]}")
            counts: Counter[str] = Counter(refused=len({each.line for each in refused}))
            for taken in _taken(runtime, run, rows, dry_run):
                counts[taken.outcome] += 1
                changed = taken.outcome == "changed"
                tell(
                    taken.line,
                    taken.outcome,
                    "(line)" if changed else "",
                    REASONS["changed"] if changed else "",
                )
                if taken.reference:
                    card(taken.line, taken.reference, taken.number)
    finally:
        runtime.database.close()
    _say(counts, run, as_json)
    _complain(counts, refused, report)


def _run(runtime: Runtime, listed: str, code: str, issue: bool) -> Run:
    from gateway.cli.people.opening import staff_of
    from gateway.enact.desk import desk
    from gateway.enact.registering.importing import Run, called

    with runtime.database.transaction() as tx:
        work = desk(runtime, tx)
        return Run(listed, staff_of(work, code), issue, called(listed, work.now))


def _read(runtime: Runtime, file: Path) -> tuple[list[PaperPerson], list[Refusal]]:
    """The rows that can be taken, and all that is wrong with the others. A file that is no list ends the command."""
    from gateway.enact.desk import desk
    from gateway.enact.registering.importing import lists_of
    from gateway.registry.paper.people import COLUMNS, NEEDED, PaperPerson, read
    from gateway.registry.paper.sheet import Refusal, decode, open_sheet

    if file.stat().st_size > _LARGEST:
        raise click.ClickException("The file is too large: part it into several.")
    text = decode(file.read_bytes())
    sheet = (text,) if isinstance(text, Refusal) else open_sheet(text, COLUMNS, NEEDED)
    if isinstance(sheet, tuple):
        raise click.ClickException("; ".join(map(_worded, sheet)))
    with runtime.database.reading() as tx:
        work = desk(runtime, tx)
        found = list(read(sheet, lists_of(work), work.now.date()))
    rows = [each for each in found if isinstance(each, PaperPerson)]
    return rows, [each for row in found if not isinstance(row, PaperPerson) for each in row]


def _taken(runtime: Runtime, run: Run, rows: list[PaperPerson], dry_run: bool) -> Iterator[Taken]:
    """What becomes of each row, as soon as it is kept; with `dry_run` what became of it before, or would."""
    from gateway.enact.registering.importing import STEP, rehearse_step, take_step

    step = rehearse_step if dry_run else take_step
    with click.progressbar(length=len(rows), label="Registering", file=sys.stderr) as bar:
        for begin in range(0, len(rows), STEP):
            some = rows[begin : begin + STEP]
            yield from step(runtime, run, some)
            bar.update(len(some))


@contextmanager
def _private(path: Path | None, *header: str) -> Iterator[Any]:
    """Writes rows to a file that only its owner can read, each at once; nowhere without a path."""
    if path is None:
        yield lambda *_: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)  # it may have been there, for all to read
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)

        def write(*cells: object) -> None:
            writer.writerow(cells)
            file.flush()

        write(*header)
        yield write


def _worded(refusal: Refusal) -> str:
    return f"line {refusal.line}: {refusal.column} {REASONS[refusal.reason]}"


def _say(counts: Counter[str], run: Run, as_json: bool) -> None:
    from gateway.enact.registering.importing import OUTCOMES

    found = {name: counts[name] for name in (*OUTCOMES, "refused")}
    if as_json:
        click.echo(json.dumps({"batch": run.batch, **found}))
        return
    for name, number in found.items():
        click.echo(f"{number:>9}  {name}")


def _complain(counts: Counter[str], refused: Iterable[Refusal], report: Path | None) -> None:
    """Ends with an error where rows were left out, and says which where no report does."""
    left_out = counts["refused"] + counts["changed"]
    if not left_out:
        return
    if report is None:
        for each in list(refused)[:_FIRST]:
            click.echo(_worded(each), err=True)
    where = f"see {report}" if report else "--report writes a list of all"
    raise click.ClickException(f"{left_out} rows were not taken: {where}.")

"""`gateway providers import`: organisations from Open Referral HSDS 3, from a spreadsheet, or from another register."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.providers.formats import ACTOR, CSV, FORMATS, JSON, TABULAR, format_of, register

if TYPE_CHECKING:
    from gateway.directory.model import Organisation
    from gateway.directory.reading import Known, Reading

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FIRST = 20  # of what is wrong, or of terms that lead to nothing, as many are shown


def _columns(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from gateway.directory.spreadsheet import COLUMNS

        for name, meaning in COLUMNS.items():
            click.echo(f"{name:<16} {meaning}".rstrip())
        ctx.exit()


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "named", type=click.Choice(FORMATS), help="By the file's name where it is not said."
)
@click.option("--needs", type=_FILE, help="A CSV of term,need: what words of other taxonomies mean here.")
@click.option("--areas", type=_FILE, help="A CSV of term,p_code: what names of areas mean here.")
@click.option("--language", help="Of organisations that do not say in which to write to them.")
@click.option("--called", default="Centre", help="The neutral name, before a number, of those who have none.")
@click.option("--phones", is_flag=True, help="Let the file's phones answer referrals and check certificates.")
@click.option("--whole", is_flag=True, help="Pause the organisations that are not in the file.")
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object of counts.")
@click.option(
    "--columns",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_columns,
    help="Explain those of a CSV.",
)
def command(
    file: Path,
    named: str | None,
    needs: Path | None,
    areas: Path | None,
    language: str | None,
    called: str,
    phones: bool,
    whole: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring the organisations of FILE into the directory, all of them or none. Safe to run again.

    FILE is an HSDS JSON file, a data package (a folder or a zip), a CSV or a directory.yaml. What the register has
    no place for is counted and left out. A phone of the directory may check certificates: see --phones.
    """
    from gateway.cli.providers.knowing import Areas, known
    from gateway.directory.model import faults
    from gateway.enact.helping.exchange import Terms, take_in

    with register() as runtime:
        policy = runtime.catalogue.fresh().policy
        if language not in (None, *policy.languages):
            raise click.BadParameter(f"one of {', '.join(policy.languages)}", param_hint="--language")
        words = known(policy, runtime.now(), needs, areas, language)
        reading = _read(file, format_of(file, named), words)
        places = Areas(policy.gazetteer)
        _refuse(
            [
                f"{each.code[:40]}: {why}"
                for each in reading.organisations
                for why in faults(each, policy.services, places)
            ]
        )
        _refuse(_twice(reading.organisations))
        terms = Terms(ACTOR, phones=phones, whole=whole, called=called, rehearsal=dry_run)
        counts = take_in(runtime, reading.organisations, terms, _shown)
    _say(counts, reading, as_json)


def _shown(organisations: Sequence[Organisation]) -> Iterator[Organisation]:
    with click.progressbar(organisations, label="Organisations", file=sys.stderr) as bar:
        yield from bar


def _read(file: Path, format: str, words: Known) -> Reading:
    from gateway.directory import files, hsds_reading, spreadsheet, tabular

    if format == CSV:
        return spreadsheet.read(files.text(file), file.name, words)
    if format == TABULAR:
        items, unread = tabular.objects(files.package(file))
        reading = hsds_reading.read(items, words)
        reading.fields.update(unread)
        return reading
    if format == JSON:
        items, page = files.items(file)
        reading = hsds_reading.read(items, words)
        if page:
            click.echo(f"This is {page} of a directory: import the others too.", err=True)
        return reading
    return _read_yaml(file)


def _read_yaml(file: Path) -> Reading:
    from gateway.catalogue.files import read_file
    from gateway.directory.model import from_entry
    from gateway.directory.reading import Reading

    data = read_file(file).data
    entries = (data.get("organisations") or {}).items()
    left_out = Counter({name: len(value) for name, value in data.items() if name != "organisations"})
    return Reading([from_entry(code, entry, file.name) for code, entry in entries], left_out)


def _twice(organisations: list[Organisation]) -> list[str]:
    counts = Counter(each.code for each in organisations)
    return [f"{code[:40]}: stands in the file twice" for code, count in counts.items() if count > 1]


def _refuse(wrong: list[str]) -> None:
    if wrong:
        for each in wrong[:_FIRST]:
            click.echo(each, err=True)
        raise click.ClickException(f"Nothing was changed: {len(wrong)} faults are in the file.")


def _say(counts: Counter[str], reading: Reading, as_json: bool) -> None:
    left_out = {
        "fields": reading.fields,
        "terms": reading.terms,
        "areas": reading.areas,
        "services": reading.services,
    }
    found = {name: {what: count for what, count in each.items() if count} for name, each in left_out.items()}
    if as_json:
        names = ("new", "changed", "same", "paused")
        click.echo(
            json.dumps({**{name: counts[name] for name in names}, "left_out": found}, ensure_ascii=False)
        )
        return
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()) or "Nobody is in the file.")
    for name, each in found.items():
        if each:
            click.echo(f"\nLeft out, {_TOLD[name]}:")
            for what, count in Counter(each).most_common(None if name == "fields" else _FIRST):
                click.echo(f"{count:>7}  {what}")


_TOLD = {
    "fields": "since the register has no place for it",
    "terms": "words that lead to no need (see --needs)",
    "areas": "names that lead to no area (see --areas)",
    "services": "services, because",
}

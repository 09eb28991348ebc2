"""`gateway certificates check`: whether numbers are well formed, by their check digits alone."""

from __future__ import annotations

import json

import click

from gateway.registry import certificate_number

WELL_FORMED, MISTYPED, NOT_A_NUMBER = "valid", "mistyped", "not a certificate number"


@click.command("check")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER…")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def command(numbers: tuple[str, ...], as_json: bool) -> None:
    """Say of each NUMBER whether it is valid in form, mistyped, or no certificate number.

    Spaces, hyphens and the digits of other scripts are read. No database is asked: a number that is valid in form
    may never have been issued. Ends with 1 if any of them is not valid.
    """
    answers = [(number, verdict(number)) for number in numbers]
    if as_json:
        click.echo(json.dumps([{"number": number, "form": form} for number, form in answers]))
    else:
        for number, form in answers:
            click.echo(f"{number}: {form}")
    if any(form != WELL_FORMED for _, form in answers):
        raise SystemExit(1)


def verdict(typed: str) -> str:
    """What a typed number is: `valid` in form, `mistyped`, or `not a certificate number`."""
    number = certificate_number.read(typed)
    if number is None or number[0] not in "5678":
        return NOT_A_NUMBER
    return WELL_FORMED if certificate_number.check(number) else MISTYPED

"""What waits for a decision of the staff, for whoever sits at the machine: there is no console yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import ACTOR, at_the_desk

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.reviews import ReviewRow
    from gateway.store.staff import StaffRow


@click.group()
def reviews() -> None:
    """Registrations and changes that wait for a decision."""


@reviews.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def waiting(as_json: bool) -> None:
    """Show what waits, the oldest first: codes, and nothing of anybody."""
    from gateway.store import reviews as store

    with at_the_desk() as work:
        shown = [_shown(review) for review in store.waiting(work.tx)]
    if as_json:
        click.echo(json.dumps(shown))
        return
    for each in shown:
        click.echo("  ".join(f"{_flat(each[name]):<{width}}" for name, width in _WIDTHS.items()).rstrip())
    if not shown:
        click.echo("Nothing waits for a decision.")


_WIDTHS = {"code": 7, "kind": 12, "state": 5, "since": 25, "flags": 0}


@reviews.command("open")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def open_(code: str, as_json: bool) -> None:
    """Show what waits under CODE with the record that it is about, name and all. That it was opened is on record."""
    from gateway.store import audit, people

    with at_the_desk() as work:
        review = _found(work, code)
        person = people.by_id(work.tx, review.person_id)
        record = people.record_of(work.vault, person)
        audit.add(work.tx, ACTOR, "reviews.open", f"review:{review.id}", {}, work.now)
    shown = _shown(review) | {"reference": person.reference, "status": person.status, "record": record}
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, value in (shown | shown.pop("record")).items():
        click.echo(f"{name:<14}{_flat(value)}".rstrip())


@reviews.command("approve")
@click.argument("code")
@click.option("--by", required=True, help="The code of whoever of the staff decides.")
def approve(code: str, by: str) -> None:
    """Approve what waits under CODE. A supervisor may approve what was rejected."""
    _decide(code, "approve", "", by)


@reviews.command("reject")
@click.argument("code")
@click.option("--reason", required=True, help="Why: a code of the policy's list `rejection`.")
@click.option("--by", required=True, help="The code of whoever of the staff decides.")
def reject(code: str, reason: str, by: str) -> None:
    """Reject what waits under CODE. The person may register again."""
    _decide(code, "reject", reason, by)


@reviews.command("ask")
@click.argument("code")
@click.option("--again", required=True, help="Which answer: a code of the policy's list `again`.")
@click.option("--by", required=True, help="The code of whoever of the staff asks.")
def ask(code: str, again: str, by: str) -> None:
    """Ask the person under CODE to look at an answer again."""
    _decide(code, "ask", again, by)


def _decide(typed: str, answer: str, detail: str, by: str) -> None:
    """Carries out one decision, as if it came by SMS from whoever `by` is."""
    from gateway.commands import AnswerReview
    from gateway.enact.registering.deciding import decide

    with at_the_desk() as work:
        member, review = _member(work, by), _found(work, typed)
        result = decide(work, member, AnswerReview(review.code, answer, detail))
        lists = {"reject": "rejection", "ask": "again"}
        known = ", ".join(work.policy.codes[lists[answer]]) if answer in lists else ""
    stage = result.values.get("stage", "")
    match result.outcome:
        case "recorded" | "repeated":
            click.echo(stage if result.outcome == "recorded" else f"{stage} before: nothing changed")
        case "needs_detail":
            raise click.ClickException(f"'{detail}' is none of {known}.")
        case "refused":
            raise click.ClickException(f"That is not possible: it is {stage}.")
        case _:
            raise click.ClickException(f"{by} does not decide for the area that this is about.")


def _found(work: Work, typed: str) -> ReviewRow:
    """The review of a code. Refuses one that is mistyped or not there."""
    from gateway.registry import short_code
    from gateway.store import reviews as store

    code = short_code.read(typed)
    if code is None or not short_code.check(code):
        raise click.ClickException("This code has a typing mistake.")
    review = store.by_code(work.tx, code)
    if review is None:
        raise click.ClickException("Nothing has ever waited under this code.")
    return review


def _member(work: Work, code: str) -> StaffRow:
    from gateway.store import staff

    for member in staff.active(work.tx):
        if member.code == code:
            return member
    raise click.ClickException(f"Nobody of the staff has the code {code}.")


def _shown(review: ReviewRow) -> dict[str, Any]:
    from gateway.registry import short_code

    return {
        "code": short_code.shown(review.code),
        "kind": review.kind,
        "state": review.state,
        "since": review.opened_at.isoformat(timespec="seconds"),
        "flags": review.flags,
    }


def _flat(value: object) -> str:
    """One value on one line."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)

"""Complaints at the desk, in the name of one of those who may know of them; to all others nothing is there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import at_the_desk

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.registry.grievances import Decision, Event, Reason
    from gateway.store.complaints import ComplaintRow
    from gateway.store.staff import StaffRow

_AS = click.option(
    "--as", "by", required=True, metavar="STAFF", help="The code of whoever of the staff acts."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON value, for programs.")
_WIDTHS = {"code": 7, "about": 8, "state": 8, "mine": 5, "late": 5, "due": 25, "since": 0}


@click.group()
def complaints() -> None:
    """What went wrong for people, for those alone who may know of it."""


@complaints.command("list")
@_AS
@click.option("--all", "everything", is_flag=True, help="Also what is answered or closed.")
@_JSON
def waiting(by: str, everything: bool, as_json: bool) -> None:
    """Show what waits and may be known to --as, the soonest due first: codes, and nothing of what was told."""
    from gateway.enact.complaining.complaints import seen_by
    from gateway.registry.grievances import WAITING, State
    from gateway.store import audit

    with at_the_desk() as work:
        member = _member(work, by)
        found = seen_by(work, member, frozenset(State) if everything else WAITING)
        shown = [_shown(work, member, each) for each in found]
        audit.add(work.tx, f"staff:{member.id}", "complaints.list", "complaint:0", {}, work.now)
    if as_json:
        click.echo(json.dumps(shown))
        return
    for row in shown:
        click.echo("  ".join(f"{row[name]!s:<{width}}" for name, width in _WIDTHS.items()).rstrip())
    if not shown:
        click.echo("Nothing waits.")


@complaints.command("show")
@click.argument("code")
@_AS
@_JSON
def show(code: str, by: str, as_json: bool) -> None:
    """Show what was told under CODE, and the number where a call is wished for. Each look is on record."""
    from gateway.enact.complaining.complaints import told

    with at_the_desk() as work:
        member = _member(work, by)
        complaint = _found(work, member, code)
        texts = told(work, member, complaint)
        shown = _shown(work, member, complaint) | {
            "place": _place(work, complaint),
            "phone": _phone(work, complaint),
            "told": texts.body if texts.body is not None else "(erased)",
            "answer": texts.answer or "",
        }
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, value in shown.items():
        click.echo(f"{name:<8}{value}".rstrip())


@complaints.command("take")
@click.argument("code")
@_AS
def take(code: str, by: str) -> None:
    """Deal with CODE from now on. Another may step in when its time is over."""
    from gateway.registry.grievances import Event

    _act(code, by, Event.TAKE)


@complaints.command("answer")
@click.argument("code")
@_AS
def answer(code: str, by: str) -> None:
    """Answer CODE, which --as has taken, with the text of standard input or of a prompt: one line, 160 characters.

    Whoever complained reads it by sending ANSWER and the code, in the language that it is written in.
    """
    from gateway.enact.complaining.complaints import MOST_ANSWER
    from gateway.registry.grievances import Event
    from gateway.text.clean import clean

    typed = click.prompt("Answer") if sys.stdin.isatty() else sys.stdin.read(4 * MOST_ANSWER)
    text = clean(typed)
    if not 0 < len(text) <= MOST_ANSWER:
        raise click.ClickException(f"An answer has 1 to {MOST_ANSWER} characters; this has {len(text)}.")
    _act(code, by, Event.ANSWER, text)


@complaints.command("close")
@click.argument("code")
@_AS
def close(code: str, by: str) -> None:
    """Close CODE, which --as has answered: the person said by phone that the answer will do."""
    from gateway.registry.grievances import Event

    _act(code, by, Event.AGREE)


@complaints.command("timeline")
@click.argument("code")
@_AS
@_JSON
def timeline(code: str, by: str, as_json: bool) -> None:
    """Show each step of CODE: when, what, on whose word."""
    from gateway.store.complaints import events_of

    with at_the_desk() as work:
        complaint = _found(work, _member(work, by), code)
        steps = [
            {"at": step.at.isoformat(timespec="seconds"), "event": step.event, "actor": step.actor}
            for step in events_of(work.tx, complaint.id)
        ]
    if as_json:
        click.echo(json.dumps(steps))
        return
    for each in steps:
        click.echo(f"{each['at']}  {each['event']:<12}  {each['actor']}")


# --- acting -----------------------------------------------------------------------------------------------


def _act(typed: str, by: str, event: Event, text: str = "") -> None:
    from gateway.enact.complaining.complaints import act

    with at_the_desk() as work:
        member = _member(work, by)
        decision = act(work, member, _code(typed), event, text)
    click.echo(_came_out(decision))


def _came_out(decision: Decision | None) -> str:
    """How it stands now. Raises where nothing moved, in words for the staff."""
    from gateway.registry.grievances import Moved, Refused

    match decision:
        case None:
            raise click.ClickException(_NOTHING)
        case Refused(reason):
            raise click.ClickException(_refusal(reason))
        case Moved(state):
            return state.value
        case _:
            return "so before: nothing changed"


_NOTHING = "Nothing is there under this code."


def _refusal(reason: Reason) -> str:
    from gateway.registry.grievances import Reason

    return {
        Reason.WRONG_ACTOR: "That is not for the staff to say.",
        Reason.HELD: "Somebody else has taken it.",
        Reason.NOT_TAKEN: "Take it first.",
        Reason.NOT_ANSWERED: "It has no answer yet.",
        Reason.ANSWERED: "It is answered.",
        Reason.OVER: "It is closed.",
    }[reason]


# --- finding ----------------------------------------------------------------------------------------------


def _member(work: Work, code: str) -> StaffRow:
    from gateway.store import staff

    for member in staff.active(work.tx):
        if member.code == code:
            return member
    raise click.ClickException(f"Nobody of the staff has the code {code}.")


def _code(typed: str) -> str:
    from gateway.registry import short_code

    code = short_code.read(typed)
    if code is None or not short_code.check(code):
        raise click.ClickException("This code has a typing mistake.")
    return code


def _found(work: Work, member: StaffRow, typed: str) -> ComplaintRow:
    from gateway.enact.complaining.complaints import find

    found = find(work, member, _code(typed))
    if found is None:
        raise click.ClickException(_NOTHING)
    return found


def _shown(work: Work, member: StaffRow, complaint: ComplaintRow) -> dict[str, Any]:
    from gateway.registry import short_code

    due = complaint.due_at
    return {
        "code": short_code.shown(complaint.code),
        "about": complaint.about,
        "state": complaint.state,
        "mine": "mine" if complaint.staff_id == member.id else "",
        "late": "late" if due is not None and due <= work.now else "",
        "due": due.isoformat(timespec="seconds") if due else "",
        "since": complaint.opened_at.isoformat(timespec="seconds"),
    }


def _place(work: Work, complaint: ComplaintRow) -> str:
    from gateway.store import providers

    return providers.by_id(work.tx, complaint.provider_id).name if complaint.provider_id else ""


def _phone(work: Work, complaint: ComplaintRow) -> str:
    """The number to call, where a call is wished for: of nobody else who they are need be known."""
    from gateway.messages import AddressKind
    from gateway.store.conversations import addresses_of, reveal

    if complaint.wants_call:
        for row in addresses_of(work.tx, complaint.conversation_id):
            if row.kind is AddressKind.PHONE:
                return reveal(work.vault, row).value
    return ""

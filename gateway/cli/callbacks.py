"""People who asked to be called, for whoever sits at the machine: there is no console yet."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.runtime import Runtime
    from gateway.store.database import Transaction

ACTOR = "command-line"


@click.group()
def callbacks() -> None:
    """People who asked to be called."""


@callbacks.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for programs.")
def waiting(as_json: bool) -> None:
    """Show who waits for a call, danger first, then the oldest, with the number to call. Each look is on record.

    "undelivered" did not ask for it: a message did not reach them. "heard" is when they wrote or called since.
    """
    from gateway import bootstrap

    runtime = bootstrap.build(settings.read())
    try:
        shown = _revealed(runtime)
    finally:
        runtime.database.close()
    if as_json:
        click.echo(json.dumps(shown))
        return
    for each in shown:
        click.echo("  ".join(f"{each[name]:<{width}}" for name, width in _WIDTHS.items()).rstrip())
    if not shown:
        click.echo("Nobody waits for a call.")


_WIDTHS = {"code": 7, "reason": 11, "state": 5, "since": 25, "heard": 25, "phone": 0}


def _revealed(runtime: Runtime) -> list[dict[str, str]]:
    """Reads and reveals in one transaction with the audit of it."""
    from gateway.registry import short_code
    from gateway.store import audit
    from gateway.store import callbacks as store

    with runtime.database.transaction() as tx:
        shown = []
        for callback, address_id in store.waiting(tx):
            audit.add(tx, ACTOR, "callbacks.list", f"callback:{callback.id}", {}, runtime.now())
            shown.append(
                {
                    "code": short_code.shown(callback.code),
                    "reason": callback.reason,
                    "state": callback.state,
                    "since": callback.opened_at.isoformat(timespec="seconds"),
                    "heard": _heard(tx, address_id, callback.opened_at),
                    "phone": _phone(runtime, tx, address_id),
                }
            )
    return shown


def _heard(tx: Transaction, address_id: int, since: datetime) -> str:
    """When anything came from any address of a conversation, if that was since then; else empty."""
    from gateway.store.conversations import address_by_id, addresses_of

    rows = addresses_of(tx, address_by_id(tx, address_id).conversation_id)
    last = max(row.seen_at for row in rows)
    return last.isoformat(timespec="seconds") if last > since else ""


def _phone(runtime: Runtime, tx: Transaction, address_id: int) -> str:
    """The phone that asked, or another one of the same conversation; empty for a chat that named none."""
    from gateway.messages import AddressKind
    from gateway.store.conversations import address_by_id, addresses_of, reveal

    asked = address_by_id(tx, address_id)
    for row in (asked, *addresses_of(tx, asked.conversation_id)):
        if row.kind is AddressKind.PHONE:
            return reveal(runtime.vault, row).value
    return ""

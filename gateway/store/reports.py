"""What a carrier says of a message after it took it: stored first, then applied by rank.

A report may come before we have stored the message's id, out of order, twice, or for a message whose sending
nobody heard the end of. Whoever comes second, the report or the id, brings the two together; where both came at
the same moment and neither saw the other, `reconcile` does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from gateway.messages import DeliveryReport, DeliveryState
from gateway.store.conversations import blind_name
from gateway.store.database import Transaction
from gateway.store.outbox import COLUMNS, Fate, OnFinal, OutboxRow, State, guarded, nobody_waits, to_row
from gateway.store.rows import insert_once
from gateway.store.tables import addresses, attempts, outbox, reports
from gateway.vault import Vault

NEWEST = 500  # reports that `reconcile` looks at

FATES = {DeliveryState.DELIVERED: Fate.DELIVERED, DeliveryState.FAILED: Fate.FAILED}

_ITS = (reports.c.carrier == bindparam("of"), reports.c.message_id == bindparam("message"))
_SAID = (
    select(reports.c.state, reports.c.rank)
    .where(*_ITS)
    .order_by((reports.c.state == DeliveryState.UNRECOGNISED), reports.c.rank.desc(), reports.c.id)
)
_KNOWN = update(reports).where(*_ITS, reports.c.outbox_id.is_(None)).values(outbox_id=bindparam("row"))
_HIGHER = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.delivery_rank < bindparam("now_rank"))
    .values(delivery=bindparam("now_state"), delivery_rank=bindparam("now_rank"))
)


def store_report(
    tx: Transaction,
    vault: Vault,
    report: DeliveryReport,
    now: datetime,
    on_final: OnFinal = nobody_waits,
) -> None:
    """Keeps a report, and applies it if its message is known; otherwise sees whether a lost one can be it."""
    on_final = guarded(on_final)  # whatever a listener fails on, the report is kept
    address_id, blind = _whose(tx, vault, report)
    row = _by_message(tx, report.carrier, report.message_id)
    stored = insert_once(
        tx,
        reports,
        {
            "carrier": report.carrier,
            "message_id": report.message_id[:96],
            "status": report.status[:32],
            "state": report.state.value,
            "rank": report.rank,
            "reason": report.reason[:48],
            "blind": blind,
            "received_at": now,
        },
    )
    if stored and row is not None:
        catch_up(tx, row, report.message_id, on_final)
    elif stored and address_id is not None:
        adopt(tx, address_id, report.carrier, now, on_final)


def catch_up(tx: Transaction, row: OutboxRow, message_id: str, on_final: OnFinal = nobody_waits) -> None:
    """Applies to a row the highest report that came for its message; a lower one never undoes a higher."""
    its = {"of": row.carrier, "message": message_id[:96]}
    found: Any = tx.execute(_SAID, its).all()
    if not found:
        return
    tx.execute(_KNOWN, its | {"row": row.id})
    state, rank = DeliveryState(found[0][0]), found[0][1]
    if state is DeliveryState.UNRECOGNISED:
        return
    changed = tx.execute(_HIGHER, {"row": row.id, "now_state": state, "now_rank": rank}).rowcount
    if changed and state in FATES:
        on_final(tx, row, FATES[state])


def adopt(
    tx: Transaction, address_id: int, carrier: str, now: datetime, on_final: OnFinal = nobody_waits
) -> bool:
    """Gives the report of a message that nobody knows to the one letter it can belong to, and says whether it did.

    That is so where exactly one letter to the address is of unknown fate, none is on its way, and exactly one
    unknown message was reported since its last attempt began.
    """
    loose = (outbox.c.address_id == address_id, outbox.c.carrier == carrier)
    statement = select(*COLUMNS).where(*loose, outbox.c.state.in_((State.LEASED, State.UNKNOWN))).limit(2)
    rows = [to_row(values) for values in tx.execute(statement.with_for_update())]
    if len(rows) != 1 or rows[0].state is not State.UNKNOWN:
        return False
    row = rows[0]
    began = select(func.max(attempts.c.started_at)).where(attempts.c.outbox_id == row.id).scalar_subquery()
    unclaimed = (
        select(reports.c.message_id)
        .join(addresses, addresses.c.blind == reports.c.blind)
        .where(addresses.c.id == address_id, reports.c.carrier == carrier)
        .where(reports.c.outbox_id.is_(None), reports.c.received_at >= began)
        .distinct()
        .limit(2)
    )
    messages = list(tx.execute(unclaimed).scalars())
    if len(messages) != 1:
        return False
    taken = {"state": State.ACCEPTED, "message_id": messages[0], "code": "reported", "finished_at": now}
    tx.execute(update(outbox).where(outbox.c.id == row.id).values(taken))
    on_final(tx, row, Fate.ACCEPTED)
    catch_up(tx, row, messages[0], on_final)
    return True


def reconcile(tx: Transaction, on_final: OnFinal = nobody_waits) -> None:
    """Brings together reports and messages that were written at the same moment."""
    newest = select(reports).order_by(reports.c.id.desc()).limit(NEWEST).subquery()
    statement = (
        select(*COLUMNS, newest.c.message_id)
        .join(newest, (newest.c.carrier == outbox.c.carrier) & (newest.c.message_id == outbox.c.message_id))
        .where(newest.c.outbox_id.is_(None))
    )
    for values in tx.execute(statement).all():
        catch_up(tx, to_row(values), values._mapping[newest.c.message_id], on_final)


def _by_message(tx: Transaction, carrier: str, message_id: str) -> OutboxRow | None:
    its = (outbox.c.carrier == carrier, outbox.c.message_id == message_id[:96])
    found = tx.execute(select(*COLUMNS).where(*its).order_by(outbox.c.id).limit(1)).first()
    return None if found is None else to_row(found)


def _whose(tx: Transaction, vault: Vault, report: DeliveryReport) -> tuple[int | None, bytes | None]:
    """The address that a report names, and the blind index it stands under (it may be an older key's)."""
    if report.address is None:
        return None, None
    blinds = vault.blinds("address", blind_name(report.address))
    found: Any = tx.execute(
        select(addresses.c.id, addresses.c.blind).where(addresses.c.blind.in_(blinds)).limit(1)
    ).first()
    return (found[0], found[1]) if found is not None else (None, blinds[0])

"""A letter's sending: claimed under a lease, attempted, settled; lapsed and held where nobody knows.

A claim is a conditional UPDATE that takes a lease on the database's own clock and commits an attempt before the
carrier is called. Its outcome is written only while the lease is still ours: a worker that was frozen past it
comes back too late to say anything. Whose lease lapsed may have sent, so its outcome is unknown.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    and_,
    bindparam,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from gateway.errors import SendError
from gateway.messages import Address, AddressKind, ChannelName, Handling, Outbound, Receipt
from gateway.store.conversations import VALUE
from gateway.store.database import Transaction
from gateway.store.outbox import COLUMNS, Fate, OutboxRow, State, to_row, unpack
from gateway.store.stubbornness import OutboxPolicy
from gateway.store.tables import Instant, addresses, attempts, conversations, from_milliseconds, outbox
from gateway.vault import Vault

Route = tuple[ChannelName, str]
"""A channel and its carrier."""

BATCH = 100  # rows that one look takes


class Outcome(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send until its lease ends."""

    row: OutboxRow
    lease: str
    kind: AddressKind
    sealed: bytes = field(repr=False)
    address_key: bytes = field(repr=False)
    letter_key: bytes = field(repr=False)
    body: bytes = field(repr=False)

    def open(self, vault: Vault) -> Outbound:
        """The message. Raises `VaultError` where its conversation was erased."""
        value = vault.open_key(self.address_key).open(self.sealed, VALUE).decode()
        key = vault.open_key(self.letter_key)
        return unpack(key, self.body, self.row.channel, Address(self.kind, value), str(self.row.id))


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt came to, and the letter's fate if that is final."""

    outcome: Outcome
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Where a row goes: `due_at` where that changes, `uncounted` tries given back, `finished_at` where it is final."""

    to: State
    due_at: datetime | None = None
    uncounted: int = 0
    finished_at: datetime | None = None


# --- what may be sent now ---------------------------------------------------------------------------------

_NOW = bindparam("now", type_=Instant())


def _is_due(letter: FromClause) -> ColumnElement[bool]:
    # What was meant for at once is due whatever the clocks of two machines say of each other.
    at_once = letter.c.due_at == letter.c.created_at
    return and_(letter.c.state == State.DUE, or_(letter.c.due_at <= _NOW, at_once))


_earlier = outbox.alias("earlier")
_goes_first = or_(
    _earlier.c.state == State.LEASED,
    and_(_earlier.c.state == State.DUE, _earlier.c.tries > 0),  # waits for another try
    _is_due(_earlier),
)
_READY = and_(
    _is_due(outbox),
    ~exists(
        select(_earlier.c.id).where(
            _earlier.c.address_id == outbox.c.address_id, _earlier.c.id < outbox.c.id, _goes_first
        )
    ),
)
_IN_ORDER = (outbox.c.due_at, outbox.c.id)

_home = conversations.alias("home")
_CLAIMABLE = (
    select(*COLUMNS, addresses.c.kind, addresses.c.sealed, _home.c.key, conversations.c.key, outbox.c.body)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .join(_home, _home.c.id == addresses.c.conversation_id)
    .join(conversations, conversations.c.id == outbox.c.conversation_id)
    .where(outbox.c.id == bindparam("row"), _READY)
)
_LEASE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == State.DUE,
        outbox.c.tries == bindparam("tries_seen"),
    )
    .values(
        state=State.LEASED, tries=outbox.c.tries + 1, lease=bindparam("token"), lease_until=bindparam("until")
    )
)
_BEGIN = insert(attempts).values(
    outbox_id=bindparam("row"), lease=bindparam("token"), started_at=bindparam("at")
)


_MOVE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == bindparam("was"),
        func.coalesce(outbox.c.lease, "") == bindparam("token"),
    )
    .values(
        state=bindparam("to"),
        due_at=func.coalesce(bindparam("next_due", type_=Instant()), outbox.c.due_at),
        tries=outbox.c.tries - bindparam("uncounted"),
        code=func.coalesce(bindparam("word", type_=String()), outbox.c.code),
        message_id=func.coalesce(bindparam("taken_as", type_=String()), outbox.c.message_id),
        finished_at=bindparam("finished"),
        lease=None,
        lease_until=None,
    )
)
_END = (
    update(attempts)
    .where(attempts.c.lease == bindparam("token"))
    .values(ended_at=bindparam("at"), outcome=bindparam("result"), code=bindparam("word"))
)
_FIRST = select(func.min(attempts.c.started_at)).where(attempts.c.outbox_id == bindparam("row"))


def ready(tx: Transaction, now: datetime, without: Collection[Route] = (), most: int = BATCH) -> list[int]:
    """Rows that may be sent now, longest due first: each address's earliest only, and none of routes `without`."""
    statement = select(outbox.c.id).where(_READY, *_other_than(without)).order_by(*_IN_ORDER).limit(most)
    return list(tx.execute(statement, {"now": now}).scalars())


def _other_than(without: Collection[Route]) -> list[ColumnElement[bool]]:
    return [not_(and_(outbox.c.channel == name, outbox.c.carrier == carrier)) for name, carrier in without]


# --- one attempt ------------------------------------------------------------------------------------------


def claim(
    tx: Transaction, row_id: int, now: datetime, policy: OutboxPolicy, without: Collection[Route] = ()
) -> Claimed | None:
    """Takes a row to send; None where it is another's, not due, not first for its address, or `without` its route."""
    found = tx.execute(_CLAIMABLE, {"row": row_id, "now": now}).first()
    if found is None:
        return None
    row = to_row(found)
    if (row.channel, row.carrier) in without:
        return None
    lease = secrets.token_hex(16)
    until = from_milliseconds(tx.clock() + policy.lease_seconds * 1000)
    taken = tx.execute(_LEASE, {"row": row_id, "tries_seen": row.tries, "token": lease, "until": until})
    if taken.rowcount != 1:
        return None
    tx.execute(_BEGIN, {"row": row_id, "token": lease, "at": now})
    leased = replace(row, state=State.LEASED, tries=row.tries + 1)
    kind, sealed, address_key, letter_key, body = tuple(found)[len(COLUMNS) :]
    return Claimed(leased, lease, AddressKind(kind), sealed, address_key, letter_key, body)


def judge(answer: Receipt | SendError) -> Outcome:
    """What a carrier's answer, or the lack of one, makes of an attempt."""
    if isinstance(answer, Receipt):
        return Outcome.ACCEPTED
    if answer.ambiguous:
        return Outcome.UNKNOWN
    return Outcome.RETRY if answer.retryable else Outcome.REJECTED


def settle(
    tx: Transaction,
    claimed: Claimed,
    answer: Receipt | SendError,
    now: datetime,
    policy: OutboxPolicy,
    roll: float = 0.5,
) -> Settled | None:
    """Writes an attempt's outcome; None, and nothing is written, where the lease is no longer ours.

    `roll` in [0, 1) is the jitter. An error that says `retry_after` costs the letter no try. It is the carrier's
    refusal of everybody: the letter keeps its place, and the caller leaves the carrier alone for so long. Where
    the error is about this letter only, that is due again after so long.
    """
    outcome, code = judge(answer), answer_code(answer)
    match outcome:
        case Outcome.ACCEPTED | Outcome.REJECTED:
            move = Move(State(outcome), finished_at=now)
        case Outcome.UNKNOWN:
            move = _held(claimed.row, now, policy)
        case Outcome.RETRY:
            assert isinstance(answer, SendError)
            move = _again(tx, claimed.row, now, policy, roll, counts=answer.retry_after is None)
            if answer.only_this and answer.retry_after is not None and move.finished_at is None:
                move = replace(move, due_at=now + timedelta(seconds=answer.retry_after))
    message_id = answer.message_id[:96] or None if isinstance(answer, Receipt) else None
    if not _write(tx, claimed.row.id, State.LEASED, move, claimed.lease, code, message_id):
        return None
    tx.execute(_END, {"token": claimed.lease, "at": now, "result": outcome, "word": code})
    if isinstance(answer, SendError) and answer.unreachable:
        unreachable = update(addresses).where(addresses.c.id == claimed.row.address_id)
        tx.execute(unreachable.values(unreachable_at=now))
    return Settled(outcome, None if move.finished_at is None else Fate(move.to))


def answer_code(answer: Receipt | SendError) -> str:
    """The carrier's word, as far as it is kept."""
    return answer.code[:48]


def _held(row: OutboxRow, now: datetime, policy: OutboxPolicy) -> Move:
    """Waits for a report; never shorter than a plain retry would wait, so that a carrier that is down is left alone."""
    wait = max(policy.hold_seconds, policy.wait(row.tries) if row.tries > 1 else 0)
    return Move(State.UNKNOWN, due_at=now + timedelta(seconds=wait))


def _again(
    tx: Transaction, row: OutboxRow, now: datetime, policy: OutboxPolicy, roll: float, *, counts: bool
) -> Move:
    """Another try, or the end of trying. One that does not count leaves the row as it was."""
    if _too_old(tx, row, now, policy) or (counts and row.tries >= policy.tries):
        return Move(State.DEAD, finished_at=now)
    if not counts:
        return Move(State.DUE, uncounted=1)
    return Move(State.DUE, due_at=now + timedelta(seconds=policy.wait(row.tries) * (0.75 + roll / 2)))


def _too_old(tx: Transaction, row: OutboxRow, now: datetime, policy: OutboxPolicy) -> bool:
    started: datetime | None = tx.execute(_FIRST, {"row": row.id}).scalar_one()
    return started is not None and now - started >= timedelta(hours=policy.hours)


def _write(
    tx: Transaction,
    row_id: int,
    was: State,
    move: Move,
    lease: str = "",
    code: str | None = None,
    message_id: str | None = None,
) -> bool:
    """Moves a row if it still stands where we believe, under our lease if it has one."""
    values = {
        "row": row_id,
        "was": was,
        "token": lease,
        "to": move.to,
        "next_due": move.due_at,
        "uncounted": move.uncounted,
        "finished": move.finished_at,
        "word": code,
        "taken_as": message_id,
    }
    return tx.execute(_MOVE, values).rowcount == 1


# --- what nobody knows ------------------------------------------------------------------------------------


def lapse(tx: Transaction, now: datetime, policy: OutboxPolicy) -> list[OutboxRow]:
    """Ends the leases that ran out: what those workers did is unknown. Returns the rows."""
    late = (outbox.c.state == State.LEASED, outbox.c.lease_until < from_milliseconds(tx.clock()))
    found = tx.execute(
        select(*COLUMNS, outbox.c.lease).where(*late).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    rows = [to_row(values) for values in found]
    for row, values in zip(rows, found, strict=True):
        lease = values[-1]
        tx.execute(_END, {"token": lease, "at": now, "result": Outcome.UNKNOWN, "word": "lapsed"})
        _write(tx, row.id, State.LEASED, _held(row, now, policy), lease, "lapsed")
    return [replace(row, state=State.UNKNOWN) for row in rows]


def unheld(tx: Transaction, now: datetime) -> list[OutboxRow]:
    """Rows of unknown fate that have waited long enough for a report."""
    over = (outbox.c.state == State.UNKNOWN, outbox.c.due_at <= now)
    statement = select(*COLUMNS).where(*over).order_by(*_IN_ORDER).limit(BATCH)
    return [to_row(values) for values in tx.execute(statement.with_for_update(skip_locked=True))]


def give_back(tx: Transaction, row: OutboxRow, now: datetime, policy: OutboxPolicy) -> Fate | None:
    """After the wait: sent again, or dead; and what may never be sent twice goes to a person."""
    if row.handling is Handling.NEVER_TWICE:
        move = Move(State.HELD, finished_at=now)
    elif row.tries >= policy.tries or _too_old(tx, row, now, policy):
        move = Move(State.DEAD, finished_at=now)
    else:
        move = Move(State.DUE)
    _write(tx, row.id, State.UNKNOWN, move)
    return None if move.finished_at is None else Fate(move.to)


def nudge(tx: Transaction, now: datetime, policy: OutboxPolicy, without: Collection[Route] = ()) -> list[int]:
    """Rows to ring for: ready, and not rung for by a sweeper in the last seconds; they are marked as rung for."""
    clock = tx.clock()
    before = from_milliseconds(clock - policy.sweep_after_seconds * 1000)
    quiet = or_(outbox.c.nudged_at.is_(None), outbox.c.nudged_at <= before)
    statement = (
        select(outbox.c.id)
        .where(_READY, quiet, *_other_than(without))
        .order_by(*_IN_ORDER)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=outbox)
    )
    found = list(tx.execute(statement, {"now": now}).scalars())
    if found:
        tx.execute(update(outbox).where(outbox.c.id.in_(found)).values(nudged_at=from_milliseconds(clock)))
    return found

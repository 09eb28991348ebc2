"""Delivery: claim a row, call its carrier outside any transaction, write what came of it, claim the next.

The outcome of one letter and the claim of the next share a transaction, so a letter costs one commit. Several
lanes send at once, because a carrier's answer takes far longer than our own work; a claim lets only one letter
of an address go at a time, so order holds per person.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from gateway import log
from gateway.channel import Sender
from gateway.errors import FlowError, SendError, StoreError, VaultError
from gateway.messages import Receipt
from gateway.store import attempts, reports
from gateway.store.attempts import Claimed, Outcome, Route
from gateway.store.database import Database, Transaction
from gateway.store.outbox import OnFinal, guarded, nobody_waits
from gateway.store.stubbornness import OutboxPolicy
from gateway.vault import Vault

MOST = 500  # letters that one bell sends at most
SECONDS = 20.0  # after which a job begins no further letter
LANES = 4
PATIENCE = 8.0  # seconds to write an outcome down while the database is away: well within the lease
ROLLS = 1000


@dataclass(frozen=True, slots=True)
class Sent:
    """A claimed letter and what its carrier said."""

    claimed: Claimed
    answer: Receipt | SendError


class Backlog:
    """What one drain has before it: the rows that it was rung for, then whatever else is due, within bounds."""

    def __init__(self, ids: Sequence[int], most: int, seconds: float) -> None:
        self._ids, self._left = deque(ids), most
        self._until = time.monotonic() + seconds

    @property
    def is_open(self) -> bool:
        """Whether another letter may be begun."""
        return self._left > 0 and time.monotonic() < self._until

    def next(self) -> int | None:
        """The next row to try; None where new ones must be looked for."""
        try:
            return self._ids.popleft()
        except IndexError:
            return None

    def refill(self, ids: Sequence[int]) -> bool:
        """Adds what was found; False where there was nothing."""
        self._ids.extend(ids)
        return bool(ids)

    def took(self) -> None:
        """One letter less within the bound."""
        self._left -= 1


class Deliverer:
    """Sends what the outbox holds. One a process; safe from several threads at once.

    `policy` is asked anew for each drain, since operators publish it. `below(n)` is a random number in [0, n).
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        senders: Mapping[Route, Sender],
        *,
        policy: Callable[[], OutboxPolicy],
        now: Callable[[], datetime],
        below: Callable[[int], int],
        on_final: OnFinal = nobody_waits,
        lanes: int = LANES,
    ) -> None:
        self.database, self.policy, self.now, self.on_final = database, policy, now, guarded(on_final)
        self._vault, self._senders, self._below, self._lanes = vault, senders, below, lanes
        self._rests: dict[Route, float] = {}
        self._known = OutboxPolicy()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begins no further letter."""
        self._stopping.set()

    def resting(self) -> frozenset[Route]:
        """The carriers that refuse everybody for now, and are left alone."""
        clock = time.monotonic()
        return frozenset(route for route, until in self._rests.copy().items() if until > clock)

    def drain(self, ids: Sequence[int] = (), *, most: int = MOST, seconds: float = SECONDS) -> None:
        """Sends these rows and what else is due, bounded. Never raises: what fails is swept up later."""
        try:
            self._known = self.policy()  # before any transaction: it may have to read the database
            due = list(ids) if len(ids) > 1 else self._with_due(ids)
        except (StoreError, FlowError) as error:
            log.get().warning("drain_skipped", error=type(error).__name__)
            return
        backlog, lanes = Backlog(due, most, seconds), min(self._lanes, len(due))
        if lanes < 2:
            self._lane(backlog)
            return
        with ThreadPoolExecutor(lanes, "lane") as pool:
            for _ in range(lanes):
                pool.submit(self._lane, backlog)

    def _with_due(self, ids: Sequence[int]) -> list[int]:
        """A lone row and what else is due: whether it is worth more than one lane."""
        with self.database.transaction() as tx:
            due = attempts.ready(tx, self.now(), self.resting())
        return [*ids, *(row_id for row_id in due if row_id not in ids)]

    def _lane(self, backlog: Backlog) -> None:
        try:
            claimed = self._advance(None, backlog)
            while claimed is not None:
                claimed = self._advance(Sent(claimed, self._send(claimed)), backlog)
        except Exception as error:  # a lane's end may not end the worker; leases lapse and are swept
            log.get().error("lane_failed", error=type(error).__name__, exc_info=True)

    def _advance(self, sent: Sent | None, backlog: Backlog) -> Claimed | None:
        """Writes down what was sent and claims the next, in one transaction. An outcome is worth waiting for."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with self.database.transaction() as tx:
                    if sent is not None:
                        self._record(tx, sent)
                    return self._claim(tx, backlog)
            except StoreError as error:
                log.get().warning("outcome_delayed", error=type(error).__name__)
                if sent is None or time.monotonic() > until:
                    return None
                time.sleep(0.2)

    def _claim(self, tx: Transaction, backlog: Backlog) -> Claimed | None:
        policy, now, resting = self._known, self.now(), self.resting()
        while backlog.is_open and not self._stopping.is_set():
            row_id = backlog.next()
            if row_id is None:
                if not backlog.refill(attempts.ready(tx, now, resting)):
                    return None
                continue
            claimed = attempts.claim(tx, row_id, now, policy, resting)
            if claimed is not None:
                backlog.took()
                return claimed
        return None

    def _send(self, claimed: Claimed) -> Receipt | SendError:
        route = (claimed.row.channel, claimed.row.carrier)
        sender = self._senders.get(route)
        if sender is None:
            return SendError("no_sender", retryable=True)
        try:
            return sender.send(claimed.open(self._vault))
        except SendError as error:
            if error.retryable and error.retry_after is not None and not error.only_this:
                self._rests[route] = time.monotonic() + error.retry_after
                log.get().warning("carrier_rests", channel=route[0].value, carrier=route[1], code=error.code)
            return error
        except VaultError:
            return SendError("unreadable")  # erased: there is nothing left to send
        except Exception as error:  # whatever a client does, its letter may have gone out
            log.get().error("sender_failed", id=claimed.row.id, error=type(error).__name__, exc_info=True)
            return SendError("sender_failed", ambiguous=True)

    def _record(self, tx: Transaction, sent: Sent) -> None:
        row, answer, now = sent.claimed.row, sent.answer, self.now()
        roll = self._below(ROLLS) / ROLLS
        settled = attempts.settle(tx, sent.claimed, answer, now, self._known, roll)
        if settled is None:
            log.get().warning("lease_lost", id=row.id, attempt=row.tries)
            return
        if settled.fate is not None:
            self.on_final(tx, row, settled.fate)
        if isinstance(answer, Receipt):
            reports.catch_up(tx, row, answer.message_id, self.on_final)
        elif settled.outcome is Outcome.UNKNOWN:
            reports.adopt(tx, row.address_id, row.carrier, now, self.on_final)
        log.get().info(
            "attempt",
            id=row.id,
            attempt=row.tries,
            outcome=settled.outcome.value,
            code=attempts.answer_code(answer),
        )


_here: Deliverer | None = None
"""This process's deliverer. RQ calls a job by its name, so a job can only find what its module holds."""


def install(deliverer: Deliverer | None) -> None:
    """Makes a deliverer the one that `drain` uses in this process."""
    global _here
    _here = deliverer


def drain(ids: list[int]) -> None:
    """The job: sends these rows and what else is due. Safe to run twice, or with rows that are long sent."""
    if _here is None:
        log.get().error("no_deliverer", queue="deliver")
        return
    _here.drain(ids)

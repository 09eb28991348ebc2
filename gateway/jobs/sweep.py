"""The sweeper: each second it rings for what nobody was rung for, decides what nobody knows, fires what is due.

It relies on nothing in Redis. Where Redis does not take its bell it sends by itself, a bounded number at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from gateway import log
from gateway.errors import StoreError
from gateway.jobs.deliver import Deliverer
from gateway.store import attempts, reports

EVERY = 1.0  # seconds
BY_ITSELF = 50  # letters in one sweep without Redis
ITS_SECONDS = 5.0


def sweep(deliverer: Deliverer, ring: Callable[[Sequence[int]], bool]) -> None:
    """One sweep. Raises `StoreError` where the database is away."""
    policy, now, on_final = deliverer.policy(), deliverer.now(), deliverer.on_final
    with deliverer.database.transaction() as tx:
        reports.reconcile(tx, on_final)
        lapsed = attempts.lapse(tx, now, policy)
        for row in lapsed:
            reports.adopt(tx, row.address_id, row.carrier, now, on_final)
        for row in attempts.unheld(tx, now):
            if reports.adopt(tx, row.address_id, row.carrier, now, on_final):
                continue
            fate = attempts.give_back(tx, row, now, policy)
            if fate is not None:
                on_final(tx, row, fate)
        due = attempts.nudge(tx, now, policy, deliverer.resting())
    if lapsed:
        log.get().warning("leases_lapsed", ids=[row.id for row in lapsed])
    if due and not ring(due):
        deliverer.drain(due, most=BY_ITSELF, seconds=ITS_SECONDS)


class Sweeper(threading.Thread):
    """The thread that sweeps until it is told to stop. Nothing but that ends it.

    `fire` fires the timers that are due, and says how many.
    """

    def __init__(
        self, deliverer: Deliverer, ring: Callable[[Sequence[int]], bool], fire: Callable[[], int]
    ) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._deliverer, self._ring, self._fire = deliverer, ring, fire
        self._stopping = threading.Event()

    def run(self) -> None:
        """Sweeps each second, whatever happens."""
        while not self._stopping.wait(EVERY):
            try:
                sweep(self._deliverer, self._ring)
                self._fire()
            except StoreError as error:
                log.get().warning("sweep_skipped", error=type(error).__name__)
            except Exception as error:  # a sweeper that ended would leave rows for ever
                log.get().error("sweep_failed", error=type(error).__name__, exc_info=True)

    def stop(self) -> None:
        """Ends the thread after its sweep, and waits for that."""
        self._stopping.set()
        self.join(timeout=ITS_SECONDS)

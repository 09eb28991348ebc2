"""What becomes of a letter, on both databases, whatever its carrier answers and whoever dies."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.errors import SendError
from gateway.jobs.deliver import Deliverer, drain, install
from gateway.jobs.sweep import sweep
from gateway.messages import Handling, Outbound, Receipt
from gateway.store import attempts, outbox
from gateway.store.database import Transaction
from gateway.store.outbox import Fate, OutboxRow
from gateway.store.stubbornness import OutboxPolicy

QUICK = OutboxPolicy(tries=3, hours=24, hold_seconds=120, backoff_seconds=(10, 60), sweep_after_seconds=0)


@dataclass
class FakeSender:
    """Takes letters, or raises what it was given first; says what it took, in order."""

    errors: list[Exception] = field(default_factory=list)
    always: Exception | None = None
    calls: int = 0
    taken: list[tuple[str, str]] = field(default_factory=list)
    slowness: float = 0.0

    def send(self, outbound: Outbound) -> Receipt:
        self.calls += 1
        time.sleep(self.slowness)
        if self.errors:
            raise self.errors.pop(0)
        if self.always is not None:
            raise self.always
        self.taken.append((outbound.address.value, outbound.body))
        return Receipt(f"id-{outbound.reference}-{self.calls}", "Sent")


def heard() -> tuple[list[tuple[int, Fate]], Callable[[Transaction, OutboxRow, Fate], None]]:
    """A listener and what it heard."""
    fates: list[tuple[int, Fate]] = []
    return fates, lambda _tx, row, fate: fates.append((row.id, fate))


def never_rings(_: Any) -> bool:
    return False


def test_a_letter_is_sent_once_and_accepted(workshop: Any, outgoing: Any) -> None:
    """Its body comes out as it went in; ringing again for it changes nothing; its attempt is on record."""
    sender, (fates, on_final) = FakeSender(), heard()
    deliverer = workshop.deliverer(sender, on_final=on_final)
    row_id = outgoing.post("selam")
    deliverer.drain([row_id])
    deliverer.drain([row_id])
    assert sender.taken == [("+251911000001", "selam")]
    row = outgoing.row(row_id)
    assert (row["state"], row["message_id"], row["code"], row["tries"]) == (
        "accepted",
        f"id-{row_id}-1",
        "Sent",
        1,
    )
    assert [each["outcome"] for each in outgoing.rows("attempts")] == ["accepted"]
    assert fates == [(row_id, Fate.ACCEPTED)]


def test_one_bell_sends_whatever_is_due(workshop: Any, outgoing: Any) -> None:
    """A job does not end while there is something to send, up to its bound (and what its lanes had begun)."""
    sender = FakeSender()
    deliverer = workshop.deliverer(sender)
    ids = [outgoing.post(f"m{n}", f"+25191100{n:04}") for n in range(30)]
    deliverer.drain(ids[:1], most=20)
    assert 20 <= len(sender.taken) < 24
    deliverer.drain(ids[:1])
    assert len(sender.taken) == 30


def test_letters_of_one_address_go_in_order(workshop: Any, outgoing: Any) -> None:
    """With several lanes and workers, a later letter never overtakes an earlier one to the same phone."""
    sender = FakeSender(slowness=0.002)
    numbers = [f"+25191100{n:04}" for n in range(4)]
    ids = [outgoing.post(str(turn), number) for turn in range(8) for number in numbers]
    deliverers = [workshop.deliverer(sender) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: each.drain(list(reversed(ids))), deliverers))
    deliverers[0].drain()
    for number in numbers:
        assert [text for to, text in sender.taken if to == number] == [str(turn) for turn in range(8)]


def test_a_letter_that_waits_for_another_try_keeps_later_ones_waiting(
    workshop: Any, outgoing: Any, clock: Any
) -> None:
    """Order holds over a back-off; another address does not wait."""
    sender = FakeSender(errors=[SendError("GatewayError", retryable=True)])
    deliverer = workshop.deliverer(sender, QUICK, lanes=1)
    outgoing.post("first")
    outgoing.post("second")
    outgoing.post("other", "+251911000002")
    deliverer.drain()
    assert [text for _, text in sender.taken] == ["other"]
    clock.pass_(seconds=15)
    deliverer.drain()
    assert [text for _, text in sender.taken] == ["other", "first", "second"]


def test_a_scheduled_letter_waits_for_its_time_and_holds_nobody_up(
    workshop: Any, outgoing: Any, clock: Any
) -> None:
    """Nothing goes early; what is for later does not block what is for now."""
    sender = FakeSender()
    deliverer = workshop.deliverer(sender)
    from datetime import timedelta

    outgoing.post("later", due_at=clock() + timedelta(hours=1))
    outgoing.post("now")
    deliverer.drain()
    assert [text for _, text in sender.taken] == ["now"]
    clock.pass_(hours=1)
    deliverer.drain()
    assert [text for _, text in sender.taken] == ["now", "later"]


@pytest.mark.parametrize("step", [{"days": 1}, {"days": -1}], ids=["a day on", "a day back"])
def test_a_clock_that_jumps_loses_nothing(
    workshop: Any, outgoing: Any, clock: Any, step: dict[str, float]
) -> None:
    """A letter for at once is due whatever a machine's clock says later, and goes once."""
    sender = FakeSender()
    outgoing.post("now")
    clock.pass_(**step)
    deliverer = workshop.deliverer(sender)
    deliverer.drain()
    deliverer.drain()
    assert len(sender.taken) == 1


def test_retries_back_off_and_end(workshop: Any, outgoing: Any, clock: Any) -> None:
    """Each try waits longer, with jitter within a quarter; after the last the letter is dead, and said so."""
    sender, (fates, on_final) = FakeSender(always=SendError("GatewayError", retryable=True)), heard()
    deliverer = workshop.deliverer(sender, QUICK, on_final)
    row_id = outgoing.post("x")
    for wait in (10, 60):
        deliverer.drain()
        assert (outgoing.row(row_id)["due_at"] - clock()).total_seconds() == wait
        clock.pass_(seconds=wait - 1)
        deliverer.drain()
        clock.pass_(seconds=1)
    deliverer.drain()
    assert sender.calls == 3
    assert outgoing.row(row_id)["state"] == "dead"
    assert fates == [(row_id, Fate.DEAD)]


def test_a_dead_letter_gets_one_more_attempt_when_a_person_says_so(
    workshop: Any, outgoing: Any, database: Any, clock: Any
) -> None:
    """The console's resend is a new attempt of the same row; an accepted one cannot be sent again."""
    sender = FakeSender(errors=[SendError("RiskHold")])
    deliverer = workshop.deliverer(sender, QUICK)
    row_id = outgoing.post("x")
    deliverer.drain()
    with database.transaction() as tx:
        assert outbox.resend(tx, row_id, clock())
    deliverer.drain()
    assert outgoing.row(row_id)["state"] == "accepted"
    with database.transaction() as tx:
        assert not outbox.resend(tx, row_id, clock())
    assert len(outgoing.rows("attempts")) == 2


def test_a_carrier_that_refuses_everybody_is_left_alone(workshop: Any, outgoing: Any, clock: Any) -> None:
    """429, 401 or no connection: one call, no try lost, everybody keeps their place until the hours are spent."""
    refusal = SendError("http_429", retryable=True, retry_after=0.3)
    sender, (fates, on_final) = FakeSender(always=refusal), heard()
    deliverer = workshop.deliverer(sender, QUICK, on_final, lanes=1)
    ids = [outgoing.post(f"m{n}", f"+25191100{n:04}") for n in range(10)]
    deliverer.drain(ids)
    sweep(deliverer, never_rings)
    assert sender.calls == 1
    assert outgoing.row(ids[0])["tries"] == 0
    time.sleep(0.35)
    sender.always = None
    deliverer.drain(ids)
    assert len(sender.taken) == 10

    sender.always = refusal
    late = outgoing.post("late")
    for _ in range(2):
        deliverer.drain([late])
        clock.pass_(hours=QUICK.hours)
        time.sleep(0.35)
    assert fates[-1] == (late, Fate.DEAD)


def test_a_refusal_of_one_letter_holds_up_nobody_else(workshop: Any, outgoing: Any, clock: Any) -> None:
    """A chat that is full waits as long as its carrier says, without losing a try; the others get theirs."""
    sender = FakeSender([SendError("retry_after", retryable=True, retry_after=600, only_this=True)])
    deliverer = workshop.deliverer(sender, QUICK, lanes=1)
    ids = [outgoing.post(f"m{n}", f"+25191100{n:04}") for n in range(3)]
    deliverer.drain(ids)
    assert (sender.calls, len(sender.taken)) == (3, 2)
    assert outgoing.row(ids[0])["tries"] == 0
    clock.pass_(seconds=590)
    deliverer.drain(ids)
    assert sender.calls == 3
    clock.pass_(seconds=20)
    deliverer.drain(ids)
    assert outgoing.row(ids[0])["state"] == "accepted"


@pytest.mark.parametrize(
    ("error", "unreachable"),
    [(SendError("forbidden", unreachable=True), True), (SendError("CouldNotRoute"), False)],
    ids=["blocked", "no route"],
)
def test_a_refusal_for_good_is_final(
    workshop: Any, outgoing: Any, error: SendError, unreachable: bool
) -> None:
    """No second call; an address that blocked us is marked."""
    sender, (fates, on_final) = FakeSender(always=error), heard()
    deliverer = workshop.deliverer(sender, on_final=on_final)
    row_id = outgoing.post("x")
    deliverer.drain()
    deliverer.drain()
    assert sender.calls == 1
    assert outgoing.row(row_id)["state"] == "rejected"
    assert fates == [(row_id, Fate.REJECTED)]
    assert (outgoing.rows("addresses")[0]["unreachable_at"] is not None) == unreachable


@pytest.mark.parametrize(
    ("handling", "ends", "calls"),
    [(Handling.RESEND, "accepted", 2), (Handling.NEVER_TWICE, "held", 1)],
    ids=["resend", "never twice"],
)
def test_an_unknown_outcome_waits_and_then_does_as_its_handling_says(
    workshop: Any, outgoing: Any, clock: Any, handling: Handling, ends: str, calls: int
) -> None:
    """Held for a report; then sent again, or given to a person. A code never goes out twice."""
    sender, (fates, on_final) = FakeSender(errors=[SendError("no_answer", ambiguous=True)]), heard()
    deliverer = workshop.deliverer(sender, QUICK, on_final)
    row_id = outgoing.post("x", handling=handling)
    deliverer.drain()
    clock.pass_(seconds=QUICK.hold_seconds - 1)
    sweep(deliverer, never_rings)
    assert (outgoing.row(row_id)["state"], sender.calls) == ("unknown", 1)
    clock.pass_(seconds=1)
    sweep(deliverer, never_rings)
    assert (outgoing.row(row_id)["state"], sender.calls) == (ends, calls)
    assert fates == [(row_id, Fate(ends))]
    unknown = sum(each["outcome"] == "unknown" for each in outgoing.rows("attempts"))
    assert sender.calls - 1 <= unknown


def test_unknown_for_ever_is_dead_in_the_end(workshop: Any, outgoing: Any, clock: Any) -> None:
    """Every row reaches a final state, with as many calls as it has tries."""
    sender = FakeSender(always=SendError("no_answer", ambiguous=True))
    deliverer = workshop.deliverer(sender, QUICK)
    outgoing.post("x")
    for _ in range(6):
        sweep(deliverer, never_rings)
        clock.pass_(minutes=10)
    assert outgoing.states() == {"dead": 1}
    assert sender.calls == QUICK.tries


def test_a_lapsed_lease_is_an_unknown_attempt_and_its_worker_is_refused(
    workshop: Any, outgoing: Any, database: Any, clock: Any
) -> None:
    """A worker that wakes after its lease writes nothing, whatever its carrier had said."""
    deliverer = workshop.deliverer(FakeSender(), QUICK)
    row_id = outgoing.post("x")
    hurried = OutboxPolicy(lease_seconds=0)
    with database.transaction() as tx:
        claimed = attempts.claim(tx, row_id, clock(), hurried)
    assert claimed is not None
    time.sleep(0.01)
    sweep(deliverer, never_rings)
    assert outgoing.row(row_id)["state"] == "unknown"
    with database.transaction() as tx:
        assert attempts.settle(tx, claimed, Receipt("late"), clock(), QUICK) is None
    assert outgoing.row(row_id)["state"] == "unknown"
    assert [(each["outcome"], each["code"]) for each in outgoing.rows("attempts")] == [("unknown", "lapsed")]


def test_many_workers_claim_each_row_once(workshop: Any, outgoing: Any) -> None:
    """Four workers with four lanes each race for the same rows: every row has one attempt."""
    sender = FakeSender()
    ids = [outgoing.post(f"m{n}", f"+2519{n:08}") for n in range(100)]
    start = threading.Barrier(4)

    def race(deliverer: Deliverer) -> None:
        start.wait()
        deliverer.drain(ids)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(race, [workshop.deliverer(sender) for _ in range(4)]))
    assert Counter(text for _, text in sender.taken) == {f"m{n}": 1 for n in range(100)}
    assert outgoing.states() == {"accepted": 100}
    assert len(outgoing.rows("attempts")) == 100


def test_the_sweeper_rings_once_in_five_seconds_and_for_what_is_due(workshop: Any, outgoing: Any) -> None:
    """Ringing each second for everything is what chokes a queue."""
    deliverer = workshop.deliverer(FakeSender(), OutboxPolicy())
    first = outgoing.post("x")
    rung: list[list[int]] = []

    def ring(ids: Any) -> bool:
        rung.append(list(ids))
        return True

    sweep(deliverer, ring)
    sweep(deliverer, ring)
    second = outgoing.post("y", "+251911000002")
    sweep(deliverer, ring)
    assert rung == [[first], [second]]


def test_poison_ends_and_others_flow(workshop: Any, outgoing: Any, database: Any) -> None:
    """A letter that cannot be opened is refused for good; a client that breaks makes its letter unknown."""
    from sqlalchemy import update

    from gateway.store.tables import outbox as table

    sender = FakeSender(errors=[RuntimeError("a bug")])
    deliverer = workshop.deliverer(sender, lanes=1)
    broken = outgoing.post("broken")
    with database.transaction() as tx:
        tx.execute(update(table).where(table.c.id == broken).values(body=b"\0" * 40))
    outgoing.post("unlucky", "+251911000002")
    outgoing.post("fine", "+251911000003")
    deliverer.drain()
    assert [row["state"] for row in outgoing.rows("outbox")] == ["rejected", "unknown", "accepted"]


def test_a_letter_without_a_sender_waits_and_dies(workshop: Any, outgoing: Any, clock: Any) -> None:
    """A carrier that this process does not know is a mistake to mend within the tries, not a loop."""
    deliverer = workshop.deliverer(None, QUICK)
    outgoing.post("x")
    for _ in range(4):
        deliverer.drain()
        clock.pass_(minutes=5)
    assert outgoing.states() == {"dead": 1}


def test_a_listener_that_fails_does_not_send_its_letter_again(
    workshop: Any, outgoing: Any, database: Any
) -> None:
    """What it wrote is undone, the letter's outcome stands."""
    from sqlalchemy import update

    from gateway.store.tables import conversations

    def broken(tx: Transaction, row: OutboxRow, _: Fate) -> None:
        tx.execute(update(conversations).values(language="xx"))
        raise RuntimeError("a listener's bug")

    sender = FakeSender()
    deliverer = workshop.deliverer(sender, on_final=broken)
    outgoing.post("x")
    deliverer.drain()
    deliverer.drain()
    assert outgoing.states() == {"accepted": 1}
    assert sender.calls == 1
    assert outgoing.rows("conversations")[0]["language"] == ""


def test_the_job_that_rq_calls_uses_this_process_deliverer(workshop: Any, outgoing: Any) -> None:
    """Without one it does nothing and does not fail, so that RQ keeps no trace of it."""
    row_id = outgoing.post("x")
    drain([row_id])
    assert outgoing.states() == {"due": 1}
    install(workshop.deliverer(FakeSender()))
    try:
        drain([row_id])
    finally:
        install(None)
    assert outgoing.states() == {"accepted": 1}


def test_a_stopped_deliverer_begins_nothing(workshop: Any, outgoing: Any) -> None:
    """After SIGTERM what is not yet claimed stays for another worker."""
    sender = FakeSender()
    deliverer = workshop.deliverer(sender)
    row_id = outgoing.post("x")
    deliverer.stop()
    deliverer.drain([row_id])
    assert sender.calls == 0
    assert outgoing.states() == {"due": 1}

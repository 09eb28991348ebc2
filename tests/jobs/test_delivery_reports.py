"""Delivery reports: in any order, early, repeated, unheard of, and for letters of unknown fate."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from gateway.errors import SendError
from gateway.jobs.sweep import sweep
from gateway.messages import Address, AddressKind, DeliveryReport, DeliveryState, Outbound, Receipt
from gateway.store.outbox import Fate
from gateway.store.reports import reconcile, store_report
from gateway.store.stubbornness import OutboxPolicy
from gateway.vault import Vault

NUMBER = "+251911000001"
POLICY = OutboxPolicy(hold_seconds=120)
STATES = {
    "Sent": (DeliveryState.PENDING, 10),
    "Failed": (DeliveryState.FAILED, 90),
    "Success": (DeliveryState.DELIVERED, 100),
    "Odd": (DeliveryState.UNRECOGNISED, 0),
}


class Sender:
    """Answers with these, one a call; `meanwhile` happens before an answer arrives."""

    def __init__(self, *answers: Receipt | SendError, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.answers, self.meanwhile = list(answers), meanwhile

    def send(self, _: Outbound) -> Receipt:
        self.meanwhile()
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


def unknown() -> SendError:
    return SendError("no_answer", ambiguous=True)


@pytest.fixture
def tell(database: Any, vault: Any, clock: Any) -> Any:
    """Stores a report of a status for a message; collects the fates that follow."""
    fates: list[Fate] = []

    def on_final(_tx: Any, _row: Any, fate: Fate) -> None:
        fates.append(fate)

    def store(message_id: str, status: str, number: str = NUMBER, keys: Vault | None = None) -> list[Fate]:
        state, rank = STATES[status]
        report = DeliveryReport(
            "africastalking", message_id, status, state, rank, Address(AddressKind.PHONE, number)
        )
        with database.transaction() as tx:
            store_report(tx, keys or vault, report, clock(), on_final)
        return fates

    return store


@pytest.mark.parametrize("order", list(permutations(["Sent", "Success", "Odd"])), ids="-".join)
def test_the_highest_rank_stays_in_every_order(
    workshop: Any, outgoing: Any, tell: Any, order: tuple[str, ...]
) -> None:
    """Late, repeated and undocumented statuses are kept and undo nothing; the delivery is told once."""
    row_id = outgoing.post("x")
    workshop.deliverer(Sender(Receipt("m1"))).drain()
    for status in (*order, *order):
        fates = tell("m1", status)
    assert outgoing.row(row_id)["delivery"] == "delivered"
    assert fates == [Fate.DELIVERED]
    assert {row["status"] for row in outgoing.rows("reports")} == set(order)


def test_a_report_outlives_the_failure_of_who_hears_of_it(
    workshop: Any, outgoing: Any, database: Any, vault: Any, clock: Any
) -> None:
    """It is kept and applied; only what the listener wrote is undone."""
    row_id = outgoing.post("x")
    workshop.deliverer(Sender(Receipt("m1"))).drain()

    def fails(*_: Any) -> None:
        raise LookupError("nobody is there")

    with database.transaction() as tx:
        said = DeliveryReport("africastalking", "m1", "Success", DeliveryState.DELIVERED, 100)
        store_report(tx, vault, said, clock(), fails)
    assert outgoing.row(row_id)["delivery"] == "delivered"
    assert len(outgoing.rows("reports")) == 1


@pytest.mark.parametrize("order", list(permutations(["Sent", "Failed"])), ids="-".join)
def test_a_report_before_its_message_id_is_applied_with_it(
    workshop: Any, outgoing: Any, tell: Any, order: tuple[str, ...]
) -> None:
    """The carrier may report before its own answer reached us."""
    heard: list[Fate] = []
    row_id = outgoing.post("x")
    for status in order:
        tell("m1", status)
    deliverer = workshop.deliverer(Sender(Receipt("m1")), on_final=lambda _tx, _row, fate: heard.append(fate))
    deliverer.drain()
    assert outgoing.row(row_id)["delivery"] == "failed"
    assert heard == [Fate.ACCEPTED, Fate.FAILED]


def test_a_report_and_an_id_written_at_the_same_moment_meet(
    workshop: Any, outgoing: Any, tell: Any, database: Any
) -> None:
    """Neither transaction saw the other's row: the sweeper brings them together."""
    from sqlalchemy import update

    from gateway.store.tables import outbox

    row_id = outgoing.post("x")
    workshop.deliverer(Sender(Receipt("m1"))).drain()
    tell("m2", "Success")
    with database.transaction() as tx:
        tx.execute(update(outbox).values(message_id="m2"))
        reconcile(tx)
    assert outgoing.row(row_id)["delivery"] == "delivered"


@pytest.mark.parametrize("early", [True, False], ids=["report first", "outcome first"])
def test_a_report_adopts_the_one_letter_of_unknown_fate(
    workshop: Any, outgoing: Any, tell: Any, clock: Any, early: bool
) -> None:
    """It was taken after all: it is not sent again. The phone's index may be an older key's."""
    newer = Vault((bytes(reversed(range(32))), bytes(range(32))))

    def report() -> None:
        tell("m1", "Success", keys=newer)

    row_id = outgoing.post("x")
    sender = Sender(unknown(), meanwhile=report) if early else Sender(unknown())
    deliverer = workshop.deliverer(sender, POLICY)
    deliverer.drain()
    if not early:
        report()
    row = outgoing.row(row_id)
    assert (row["state"], row["message_id"], row["delivery"]) == ("accepted", "m1", "delivered")
    clock.pass_(hours=1)
    sweep(deliverer, lambda _: False)
    assert outgoing.row(row_id)["tries"] == 1


@pytest.mark.parametrize(
    ("letters", "messages", "number"),
    [(2, 1, NUMBER), (1, 2, NUMBER), (1, 1, "+251911999999")],
    ids=["two letters", "two messages", "another phone"],
)
def test_where_it_is_not_certain_nothing_is_adopted(
    workshop: Any, outgoing: Any, tell: Any, clock: Any, letters: int, messages: int, number: str
) -> None:
    """One letter, one unheard-of message, one phone; otherwise the letter's own rule decides."""

    def report() -> None:
        for n in range(messages):
            tell(f"m{n}", "Success", number)

    tell("older", "Success")  # came before the attempt began
    clock.pass_(seconds=1)
    for n in range(letters):
        outgoing.post(f"x{n}")
    sender = Sender(*[unknown() for _ in range(letters)])
    deliverer = workshop.deliverer(sender, POLICY, lanes=1)
    if letters == 1:
        sender.meanwhile = report
    deliverer.drain()
    if letters == 2:
        report()
    assert outgoing.states() == {"unknown": letters}


def test_a_report_for_nobody_is_kept(outgoing: Any, tell: Any) -> None:
    """Another system may share the account: its reports are stored and change nothing."""
    assert tell("somebody-elses", "Success", "+254700000000") == []
    assert len(outgoing.rows("reports")) == 1

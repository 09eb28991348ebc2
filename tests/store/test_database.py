"""The store's transactions, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, text, update

from gateway.errors import Conflict, StoreError, StoreUnavailable
from gateway.store import database as module
from gateway.store import postgresql
from gateway.store.database import Database
from gateway.store.prepared import Prepared
from gateway.store.tables import conversations, from_milliseconds, revisions, to_milliseconds

WHO = Prepared(text("SELECT pg_backend_pid()"))
NOW = datetime(2026, 5, 1, 12, 30, 15, 123000, tzinfo=UTC)


def _revision(name: str) -> object:
    return insert(revisions).values(id=name, files=b"", created_at=NOW)


def _names(database: Database) -> set[str]:
    with database.reading() as tx:
        return set(tx.execute(select(revisions.c.id)).scalars())


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    """What a transaction wrote is there after it; after an exception nothing of it is."""
    with database.transaction() as tx:
        tx.execute(_revision("kept"))
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        tx.execute(_revision("lost"))
        raise ZeroDivisionError
    assert _names(database) == {"kept"}


def test_a_taken_key_is_a_conflict_without_the_value(database: Database) -> None:
    """A unique key that is taken raises `Conflict`, whose text quotes nothing, and the connection stays good."""
    with database.transaction() as tx:
        tx.execute(_revision("canary-4711"))
    with pytest.raises(Conflict) as raised, database.transaction() as tx:
        tx.execute(_revision("canary-4711"))
    assert "4711" not in f"{raised.value}{raised.value.__cause__}"
    assert raised.value.__suppress_context__
    with database.transaction() as tx:
        tx.execute(_revision("after"))
    assert "after" in _names(database)


def test_a_broken_statement_is_a_store_error(database: Database) -> None:
    """A driver's own exception never passes."""
    with pytest.raises(StoreError), database.transaction() as tx:
        tx.execute(insert(conversations).values(key=None, created_at=NOW, updated_at=NOW))


def test_an_instant_comes_back_as_it_went_in(database: Database) -> None:
    """Instants keep their milliseconds and are aware UTC."""
    with database.transaction() as tx:
        tx.execute(_revision("a"))
        stored = tx.execute(select(revisions.c.created_at)).scalar_one()
    assert stored == NOW
    assert from_milliseconds(to_milliseconds(NOW)) == NOW


def test_a_prepared_statement_runs_on_the_driver(database: Database) -> None:
    """Prepared and Core statements see one another's work in one transaction; the clock is the database's."""
    find = Prepared(select(revisions.c.id).where(revisions.c.id == bindparam("wanted")))
    with database.transaction() as tx:
        tx.execute(_revision("one"))
        assert tx.run(find, {"wanted": "one"}).scalar() == "one"
        assert tx.run(find, {"wanted": "two"}).first() is None
        assert abs(tx.clock() - datetime.now(UTC).timestamp() * 1000) < 5_000


def test_no_update_is_lost_between_writers(database: Database) -> None:
    """Eight writers that each read, add one and write, fifty times, add four hundred."""
    with database.transaction() as tx:
        row = tx.insert(conversations, {"key": b"", "created_at": NOW, "updated_at": NOW, "revision": "0"})
    mine = conversations.c.id == row
    wrong: list[Exception] = []

    def count() -> None:
        try:
            for _ in range(50):
                with database.transaction() as tx:
                    was = tx.execute(
                        select(conversations.c.revision).where(mine).with_for_update()
                    ).scalar_one()
                    tx.execute(update(conversations).where(mine).values(revision=str(int(was) + 1)))
        except Exception as error:
            wrong.append(error)

    writers = [threading.Thread(target=count) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not wrong
    with database.reading() as tx:
        assert tx.execute(select(conversations.c.revision).where(mine)).scalar_one() == "400"


def test_a_database_that_is_down_is_unavailable() -> None:
    """No connection is `StoreUnavailable`, whose text holds no address or password."""
    down = Database("postgresql://canary:canary@127.0.0.1:9/none")
    with pytest.raises(StoreUnavailable) as raised, down.transaction():
        pass
    assert "canary" not in str(raised.value)
    down.close()


def test_nobody_waits_longer_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that holds SQLite's gate too long makes the next one give up with `StoreUnavailable`."""
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    one, two = (Database(f"sqlite:///{tmp_path}/shared.db") for _ in range(2))
    with one.transaction(), pytest.raises(StoreUnavailable), two.transaction():
        pass
    with two.transaction() as tx:
        assert tx.clock()
    one.close()
    two.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("asked", [1, 2], ids=["first statement", "second statement"])
def test_a_frozen_server_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch, asked: int) -> None:
    """A server that takes a statement and says nothing is not waited for; who comes next gets another connection."""
    monkeypatch.setattr(postgresql, "SILENCE", 0.3)
    with database.reading() as tx:
        backend = int(tx.run(WHO, {}).scalar())
    try:
        with pytest.raises(StoreUnavailable), database.transaction() as tx:
            for statement in (1, 2):
                if statement == asked:
                    os.kill(backend, signal.SIGSTOP)
                tx.run(WHO, {})
    finally:
        os.kill(backend, signal.SIGCONT)
    with database.transaction() as tx:
        assert int(tx.run(WHO, {}).scalar()) != backend

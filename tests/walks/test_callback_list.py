"""`gateway callbacks list`: whom to call, and a record of every number that was shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from gateway import bootstrap, settings
from gateway.cli import gateway
from gateway.cli.demo import environment
from gateway.messages import Address, AddressKind
from gateway.runtime import Runtime
from gateway.store import callbacks, migrate
from gateway.store.conversations import open_address, seen
from gateway.store.tables import audit as audit_table
from gateway.store.tables import callbacks as callback_rows

PHONE = Address(AddressKind.PHONE, "+251911234567")
CHAT = Address(AddressKind.TELEGRAM, "812345678")


def shown(given: dict[str, str], *words: str) -> str:
    done = CliRunner().invoke(gateway, ["callbacks", "list", *words], env=given, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, 8099)


@pytest.fixture
def runtime(given: dict[str, str]) -> Iterator[Runtime]:
    made = bootstrap.build(settings.read(given))
    migrate.upgrade(made.database)
    yield made
    made.database.close()


def ask(runtime: Runtime, who: Address, code: str, reason: str) -> None:
    with runtime.database.transaction() as tx:
        row = open_address(tx, runtime.vault, who, "africastalking", runtime.now())
        assert callbacks.add(tx, code, row.conversation_id, row.id, reason, runtime.now())


def test_who_waits_is_shown_with_the_number_and_it_is_on_record(
    given: dict[str, str], runtime: Runtime
) -> None:
    """Open and taken ones, the oldest first; a closed one is nobody's business any more."""
    assert shown(given) == "Nobody waits for a call.\n"
    for code, who, reason in (
        ("123455", PHONE, "danger"),
        ("100004", CHAT, "help"),
        ("200008", PHONE, "help"),
    ):
        ask(runtime, who, code, reason)
    with runtime.database.transaction() as tx:
        tx.execute(update(callback_rows).where(callback_rows.c.id == 3).values(state=callbacks.CLOSED))
    listed = json.loads(shown(given, "--json"))
    assert [(each["code"], each["reason"], each["state"], each["phone"]) for each in listed] == [
        ("12345-5", "danger", "open", PHONE.value),
        ("10000-4", "help", "open", ""),
    ]
    assert "12345-5  danger       open" in shown(given)
    assert {each["heard"] for each in listed} == {""}
    with runtime.database.transaction() as tx:
        later = runtime.now() + timedelta(minutes=5)
        seen(tx, open_address(tx, runtime.vault, CHAT, "telegram", later), "telegram", "", later)
    heard = [each["heard"] for each in json.loads(shown(given, "--json"))]
    assert heard == ["", later.isoformat(timespec="seconds")]  # a call-back stays open all the same
    with runtime.database.reading() as tx:
        entries = tx.execute(select(audit_table.c.actor, audit_table.c.action, audit_table.c.subject)).all()
    assert [tuple(each) for each in entries] == [
        ("command-line", "callbacks.list", f"callback:{number}") for number in (1, 2, 1, 2, 1, 2)
    ]

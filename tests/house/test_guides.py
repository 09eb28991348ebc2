"""The guides are true: the files they name are there, the map of the data is whole, their commands and SQL run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click import Command, Group
from sqlalchemy import select

from gateway import cli
from gateway.store import conversations, tables
from gateway.store.database import Database
from gateway.vault import Vault

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GUIDES = [*sorted(DOCS.rglob("*.md")), ROOT / "CHANGELOG.md"]
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)

PATH = re.compile(r"`((?:gateway|tests|flows|referral_engine|docs|bench)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
COMMAND = re.compile(r"(?:^|[`/])gateway ((?:[a-z]+ ?){1,2})(?=[`\s]|$)", re.MULTILINE)
PRIVATE = re.compile(r"/(?:home|root|tmp|work|Users)/")


def named(guide: Path) -> Iterator[Path]:
    """The files that a guide names or links to."""
    text = guide.read_text()
    yield from (ROOT / path for path in PATH.findall(text))
    yield from (guide.parent / path for path in LINK.findall(text))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_what_a_guide_names_is_there(guide: Path) -> None:
    """Every file, test and page that a guide points to exists."""
    assert [str(path) for path in named(guide) if not path.exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_nothing_of_one_machine(guide: Path) -> None:
    """A guide holds no path of the machine that it was written on."""
    assert PRIVATE.findall(guide.read_text()) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_commands_are_there(guide: Path) -> None:
    """A `gateway …` command that a guide says to run is one."""
    for words in COMMAND.findall(guide.read_text()):
        command: Command | None = cli.gateway
        for word in words.split():
            if isinstance(command, Group):
                command = command.get_command(click.Context(command), word)
            assert command is not None, f"{guide.name}: gateway {words}"


def test_every_table_is_in_the_map() -> None:
    """Whoever adds a table says what it holds of people, how and why; the map names no table that is gone."""
    mapped = re.findall(r"^\| `(\w+)` \|", (DOCS / "data-protection.md").read_text(), re.MULTILINE)
    assert sorted(mapped) == sorted(tables.metadata.tables)


def test_every_decision_is_whole() -> None:
    """A decision tells its context, what was decided, what it costs, and what would change our mind; numbers follow."""
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        parts = re.findall(r"^\*\*(.+?)\*\*", page.read_text(), re.MULTILINE)
        assert parts == ["Context.", "Decision.", "What it costs.", "What would change our mind."], page.name


def test_holding_a_restored_outbox(database: Database, vault: Vault) -> None:
    """The statement that the guide gives for a restored backup holds what was still to be sent, and nothing else."""
    (statement,) = re.findall(r"```sql\n(.+?)```", (DOCS / "deployment.md").read_text(), re.DOTALL)
    with database.transaction() as tx:
        phone = conversations.Address(conversations.AddressKind.PHONE, "+251911000001")
        address = conversations.open_address(tx, vault, phone, "africastalking", NOW)
        for state in ("due", "leased", "unknown", "accepted", "rejected", "dead", "held"):
            row = {"conversation_id": address.conversation_id, "address_id": address.id, "channel": "sms"}
            row |= {"carrier": "africastalking", "purpose": "reply", "handling": "resend", "body": b"sealed"}
            tx.insert(tables.outbox, {**row, "state": state, "due_at": NOW, "created_at": NOW})
    with database.engine.connect() as connection:
        connection.exec_driver_sql(statement)
        found = connection.execute(select(tables.outbox.c.state).order_by(tables.outbox.c.id)).scalars().all()
    assert found == ["held", "held", "held", "accepted", "rejected", "dead", "held"]

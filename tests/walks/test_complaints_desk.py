"""`gateway complaints …`: what may be known to whoever acts, and to all others nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from gateway import bootstrap, settings
from gateway.catalogue.files import Bundle
from gateway.catalogue.published import Published
from gateway.cli import gateway
from gateway.cli.demo import environment
from gateway.commands import FileComplaint
from gateway.enact import enact
from gateway.enact.complaining import complaint_watch
from gateway.enact.desk import desk
from gateway.enact.helping import directory
from gateway.enact.work import Party, Work
from gateway.messages import Address, AddressKind, ChannelName
from gateway.registry import short_code
from gateway.runtime import Runtime
from gateway.store import migrate
from gateway.store.conversations import open_address
from gateway.store.tables import audit, conversations, staff

PHONE = "+251911234567"
STORY = "they took my papers"
OFFICER, OTHERS = "complaints_officer", ("caseworker_ethiopia", "supervisor")
NOTHING = (1, "Error: Nothing is there under this code.\n")


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, 8099)


@pytest.fixture
def runtime(given: dict[str, str], shipped: Bundle, assembled: Published) -> Iterator[Runtime]:
    made = bootstrap.build(settings.read(given))
    migrate.upgrade(made.database)
    made.catalogue._loaded[shipped.id] = assembled
    made.catalogue.publish(shipped, "tests", "", made.now())
    directory.load(made, shipped.sources["directory.yaml"].data)
    yield made
    made.database.close()


def complain(runtime: Runtime, **given: str) -> str:
    """Complains by SMS; returns the code as it is read."""
    published, now = runtime.catalogue.current(), runtime.now()
    with runtime.database.transaction() as tx:
        row = open_address(tx, runtime.vault, Address(AddressKind.PHONE, PHONE), "africastalking", now)
        key = runtime.vault.open_key(row.key)
        party = Party(row.conversation_id, row.id, key, (), "en", ChannelName.SMS, "any", published.id)
        work = Work(runtime, tx, published, party, now)
        made = enact(work, FileComplaint(**({"about": "other", "body": STORY} | given)))
    return short_code.shown(str(made.values["code"]))


def run(given: dict[str, str], *words: str, by: str = OFFICER, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(gateway, ["complaints", *words, "--as", by], env=given, input=typed)
    return done.exit_code, done.output


def test_what_waits_is_listed_without_a_word_of_it(given: dict[str, str], runtime: Runtime) -> None:
    """Codes and due times for those who may know; for a caseworker and a supervisor nothing waits."""
    sooner, later = complain(runtime, about="harm"), complain(runtime)
    listed = json.loads(run(given, "list", "--json")[1])
    assert [each["code"] for each in listed] == [sooner, later]
    assert STORY not in json.dumps(listed) and sooner in run(given, "list")[1]
    for other in OTHERS:
        assert run(given, "list", by=other) == (0, "Nothing waits.\n")
        for words in (("show",), ("take",), ("answer",), ("close",), ("timeline",)):
            assert run(given, *words, sooner, by=other, typed="No.") == NOTHING


def test_a_complaint_is_read_answered_and_followed(given: dict[str, str], runtime: Runtime) -> None:
    """Each look is on record; the answer is typed in, never an argument; each refusal is one line and a failure."""
    code = complain(runtime)
    assert STORY in run(given, "show", code)[1]
    assert json.loads(run(given, "show", code, "--json")[1])["told"] == STORY
    assert run(given, "answer", code, typed="We brought them back.")[1] == "Error: Take it first.\n"
    assert run(given, "take", code) == (0, "taken\n")
    assert run(given, "take", code) == (0, "so before: nothing changed\n")
    assert run(given, "close", code)[1] == "Error: It has no answer yet.\n"
    for text in ("", "x" * 161):
        assert "1 to 160 characters" in run(given, "answer", code, typed=text)[1]
    assert run(given, "answer", code, typed="We brought them back.\n") == (0, "answered\n")
    assert run(given, "list") == (0, "Nothing waits.\n")
    assert code in run(given, "list", "--all")[1]
    assert json.loads(run(given, "show", code, "--json")[1])["answer"] == "We brought them back."
    assert run(given, "close", code) == (0, "closed\n")
    assert run(given, "take", code)[1] == "Error: It is closed.\n"
    steps = json.loads(run(given, "timeline", code, "--json")[1])
    assert [each["event"] for each in steps] == ["open", "take", "answer", "agree"]
    assert len(run(given, "timeline", code)[1].splitlines()) == len(steps)
    with runtime.database.reading() as tx:
        looks = tx.execute(select(audit.c.actor).where(audit.c.action == "complaints.show")).scalars().all()
    assert len(looks) == 3 and all(each.startswith("staff:") for each in looks)


def test_a_number_is_shown_where_a_call_is_wished_for(given: dict[str, str], runtime: Runtime) -> None:
    """Who only wrote stays without a number, whoever looks."""
    written, called = complain(runtime), complain(runtime, how="call", body="")
    assert PHONE not in run(given, "show", written)[1]
    assert PHONE in run(given, "show", called)[1]


def test_mistakes_are_one_line(given: dict[str, str], runtime: Runtime) -> None:
    """A typing mistake, a code that was never given, somebody who does not work here."""
    code = complain(runtime)
    never = next(
        six for n in range(9) if (six := short_code.compose(str(10_000 + n))) != code.replace("-", "")
    )
    assert run(given, "show", "123456") == (1, "Error: This code has a typing mistake.\n")
    assert run(given, "show", never) == NOTHING
    assert run(given, "list", by="nobody") == (1, "Error: Nobody of the staff has the code nobody.\n")


def test_what_was_erased_is_gone(given: dict[str, str], runtime: Runtime) -> None:
    """Without the conversation's key a complaint says nothing any more, and still stands in the list."""
    code = complain(runtime)
    with runtime.database.transaction() as tx:
        tx.execute(update(conversations).values(key=b""))
    assert "(erased)" in run(given, "show", code)[1]
    assert code in run(given, "list")[1]


def test_the_doctor_sees_what_nobody_may_deal_with(given: dict[str, str], runtime: Runtime) -> None:
    """Without anybody outside a complaint waits unseen: that is amiss; without an officer the supervisors do it."""

    def doctor() -> str:
        return next(
            line
            for line in CliRunner().invoke(gateway, ["doctor"], env=given).output.splitlines()
            if line.startswith("complaints")
        )

    complain(runtime)
    assert doctor() == "complaints well"
    with runtime.database.transaction() as tx:
        tx.execute(update(staff).where(staff.c.code == OFFICER).values(active=False))
    assert "the supervisors deal with them" in doctor()
    with runtime.database.transaction() as tx:
        tx.execute(update(staff).values(active=False))
        assert complaint_watch.unattended(desk(runtime, tx)) == 1
    assert "1 wait and nobody outside is left" in doctor()

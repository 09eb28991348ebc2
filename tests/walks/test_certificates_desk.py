"""`gateway certificates …` in the hands of the staff: each change by one of them, with a reason, on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment
from sqlalchemy import select

from gateway.cli import gateway
from gateway.cli.doctor import MANY_LIVE, advice
from gateway.registry import certificate_number
from gateway.runtime import Runtime
from gateway.store import people
from gateway.store.tables import audit, certificate_events, conversations

# The acts themselves are tried on both databases beside the register's other acts.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REFERENCE, DRAFT = "K7R249XM", "F7R249XM"
BY = ("--reason", "lost", "--by", "caseworker_ethiopia")

Say = Callable[..., Result]


@pytest.fixture
def say(runtime: Runtime, database_url: str) -> Say:
    """Speaks to the command line of a house with one person registered, and one who has only begun."""
    with runtime.database.transaction() as tx:
        now = runtime.now()
        wrapped, _ = runtime.vault.new_key()
        talk = tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now})
        for reference in (REFERENCE, DRAFT):
            assert people.add(tx, runtime.vault, reference, {}, talk, now) is not None
        people.rewrite(tx, runtime.vault, people.by_id(tx, 1), {}, people.REGISTERED, now)

    def spoken(*words: str, typed: str = "") -> Result:
        given = environment(database_url)
        return CliRunner().invoke(
            gateway, ["certificates", *words], input=typed, env=given, catch_exceptions=False
        )

    return spoken


def rows(runtime: Runtime, table: Any) -> list[Any]:
    with runtime.database.reading() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)).all())


def number_in(said: Result) -> str:
    assert said.exit_code == 0, said.stderr
    number = certificate_number.read(said.stdout.split("  ")[0])
    assert number and certificate_number.check(number)
    return number


@SQLITE
def test_a_certificate_in_the_hands_of_the_staff(runtime: Runtime, say: Say) -> None:
    """Issued once, suspended and reinstated, replaced, revoked and issued anew: every step names who and why."""
    first = number_in(say("issue", "--reference", "k7r2 49xm", *BY))
    assert number_in(say("issue", "--reference", REFERENCE, *BY)) == first
    assert say("suspend", first, *BY).stdout == "suspended: lost\n"
    assert say("suspend", first, *BY).stdout == "It is suspended already.\n"
    assert say("reinstate", "--reference", REFERENCE, *BY).stdout == "active: lost\n"
    second = number_in(say("replace", "-", *BY, typed=f"{first}\n"))
    assert say("revoke", second, *BY).stdout == "revoked: lost\n"
    third = number_in(say("issue", "--reference", REFERENCE, *BY))
    assert len({first, second, third}) == 3
    assert [(each.certificate_id, each.event) for each in rows(runtime, certificate_events)] == [
        (1, "issued"),
        (1, "suspended"),
        (1, "active"),
        (2, "issued"),
        (1, "replaced"),
        (2, "revoked"),
        (3, "issued"),
    ]
    assert {(each.actor, each.reason) for each in rows(runtime, certificate_events)} == {("staff:1", "lost")}


@SQLITE
def test_lists_name_no_numbers(runtime: Runtime, say: Say) -> None:
    """A list goes by references; one certificate is shown with its number and its events. Each look is on record."""
    first = number_in(say("issue", "--reference", REFERENCE, *BY))
    second = number_in(say("replace", "--reference", REFERENCE, *BY))
    listed = json.loads(say("list", "--json").stdout)
    assert [(each["reference"], each["status"]) for each in listed] == [
        (REFERENCE, "replaced"),
        (REFERENCE, "active"),
    ]
    plain = say("list", "--status", "active").stdout
    assert len(plain.splitlines()) == 1
    assert not [number for number in (first, second) if number in plain + json.dumps(listed)]
    shown = json.loads(say("show", first, "--json").stdout)
    assert (certificate_number.read(shown["number"]), shown["status"]) == (first, "replaced")
    assert [each["event"] for each in shown["events"]] == ["issued", "replaced"]
    assert say("show", second).stdout.startswith(certificate_number.grouped(second))
    assert [(row.actor, row.action) for row in rows(runtime, audit) if "certificates" in row.action][1:] == [
        ("command-line", "certificates.list"),
        ("command-line", "certificates.list"),
        ("command-line", "certificates.show"),
        ("command-line", "certificates.show"),
    ]


@SQLITE
def test_what_cannot_be_done_is_one_line(runtime: Runtime, say: Say) -> None:
    """A stranger, a draft, a number that is none, a way that is closed: refused, and nothing is changed by it."""
    old = number_in(say("issue", "--reference", REFERENCE, *BY))
    number_in(say("replace", old, *BY))
    written = len(rows(runtime, certificate_events))
    nobodys = certificate_number.compose("5", "102938475")
    for words, problem in (
        (("issue", "--reference", DRAFT, *BY), "Nobody who finished registering has this reference."),
        (("replace", nobodys, *BY), "There is no such certificate."),
        (("replace", "12", *BY), "There is no such certificate."),
        (("replace", *BY), "Give either NUMBER or --reference."),
        (("replace", old, *BY), "This is not possible: there is no certificate that can be replaced."),
        (("reinstate", old, *BY), "This is not possible: a certificate cannot go from replaced to active."),
        (("revoke", old, "--reason", "She is ill", "--by", "boss"), "small letters"),
        (("revoke", old, "--reason", "lost", "--by", "nobody"), "Nobody of the staff has the code nobody."),
        (("show", nobodys), "There is no such certificate."),
    ):
        refused = say(*words)
        assert refused.exit_code != 0 and problem in refused.stderr, words
        assert nobodys not in refused.stderr
    assert len(rows(runtime, certificate_events)) == written


def test_the_doctor_advises_longer_numbers() -> None:
    """At 200,000 live ones, or on a public line; not where they are long already."""
    for live, digits, public, advised in (
        (MANY_LIVE - 1, 9, False, False),
        (MANY_LIVE, 9, False, True),
        (1, 9, True, True),
        (MANY_LIVE, 11, True, False),
    ):
        assert ("fourteen" in advice(live, digits, public_line=public)) is advised

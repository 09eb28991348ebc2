"""Before anything is published: who stands where, where each would go, and what would be unset."""

from __future__ import annotations

from dataclasses import replace

import pytest
from doors import Caller
from edited import edited
from flask.testing import FlaskClient
from sqlalchemy import update

from gateway.authoring.revising.impact import Fate, Standing, standing
from gateway.catalogue.files import Bundle
from gateway.catalogue.published import assemble
from gateway.conversation.flow import Revision
from gateway.conversation.pinning import Hold
from gateway.conversation.session import from_json, to_json
from gateway.messages import Address, AddressKind
from gateway.runtime import Runtime
from gateway.store.conversations import SESSION, find_address, save_session
from gateway.store.tables import conversations

REGISTRATION = "registration/flow.yaml"
AS_FAR_AS_SEX = ("1", "1", "1", "1", "Abdi Nur Ali", "Jijiga", "1")


def revision(shipped: Bundle, *changes: tuple[str, str]) -> Revision:
    """The shipped registration with these changes, not published."""
    return assemble(edited(shipped, REGISTRATION, *changes), "et").revision


def come(client: FlaskClient, phone: str, *typed: str) -> None:
    """Somebody dials and types so far."""
    caller = Caller(client, phone)
    caller.dial()
    for answer in typed:
        caller.say(answer)


@pytest.fixture
def people(client: FlaskClient) -> None:
    """Two at the question of their sex, one at their age, one who only chose a language, one in the menu's end."""
    come(client, "+251911234520", *AS_FAR_AS_SEX)
    come(client, "+251911234521", *AS_FAR_AS_SEX)
    come(client, "+251911234522", *AS_FAR_AS_SEX, "2")
    come(client, "+251911234523")
    come(client, "+251911234524", "1", "1", "2")


def outlook(runtime: Runtime, after: Revision) -> list[Standing]:
    found = standing(runtime.catalogue, runtime.database, runtime.vault, after)
    assert {each.revision for each in found if each.fate is not Fate.FREE} == {runtime.catalogue.current().id}
    return found


@pytest.mark.usefixtures("people")
def test_who_moves_and_who_stays(runtime: Runtime, shipped: Bundle) -> None:
    """Counted by the question they are asked: a changed one holds, an unchanged one moves, nothing open is free."""
    after = revision(shipped, ("Are you female or male?", "Man or woman?"))
    name = runtime.catalogue.current().id
    assert outlook(runtime, after) == [
        Standing(name, "registration", "sex", Fate.STAYS, 2, Hold.CHANGED, "registration.sex"),
        Standing(name, "", "", Fate.FREE, 1),
        Standing(name, "language", "pick", Fate.MOVES, 1),
        Standing(name, "registration", "age", Fate.MOVES, 1),
    ]


@pytest.mark.usefixtures("people")
def test_what_would_be_unset_is_named(runtime: Runtime, shipped: Bundle) -> None:
    """Who is past a question that is new, and whose answer is wanted further on, stays; the variable is named."""
    after = revision(
        shipped,
        ("  reference: {type: person}\n", "  reference: {type: person}\n  nickname: {type: text, max: 20}\n"),
        (
            "    go: area\n  area:\n",
            "    go: nickname\n  nickname: {ask: Your nickname?, save: nickname, go: area}\n  area:\n",
        ),
        (
            'call_comes: {say: "Someone will call you soon."',
            'call_comes: {say: "{nickname}, someone will call you."',
        ),
    )
    name = runtime.catalogue.current().id
    found = {(each.state, each.fate): each for each in outlook(runtime, after)}
    assert found["sex", Fate.STAYS] == Standing(
        name, "registration", "sex", Fate.STAYS, 2, Hold.UNSET, "registration.sex", ("nickname",)
    )
    assert found["age", Fate.STAYS].unset == ("nickname",)
    assert found["pick", Fate.MOVES].count == 1


@pytest.mark.usefixtures("people")
def test_the_revision_they_stand_on(runtime: Runtime) -> None:
    """Published again as it is, everybody who is asked something is there already."""
    found = outlook(runtime, runtime.catalogue.current().revision)
    assert {each.fate for each in found} == {Fate.THERE, Fate.FREE}
    assert sum(each.count for each in found) == 5


def test_erased_and_lost_conversations(runtime: Runtime, client: FlaskClient, shipped: Bundle) -> None:
    """A revision that is gone begins anew, and stops nothing; with a destroyed key there is nobody any more."""
    come(client, "+251911234520")
    with runtime.database.transaction() as tx:
        row = find_address(tx, runtime.vault, Address(AddressKind.PHONE, "+251911234520"))
        assert row is not None
        assert row.session is not None
        key = runtime.vault.open_key(row.key)
        session = replace(from_json(key.open(row.session, SESSION)), revision="gone")
        save_session(tx, row.conversation_id, key, to_json(session), "gone", "", runtime.now())
    after = revision(shipped)
    found = standing(runtime.catalogue, runtime.database, runtime.vault, after)
    assert found == [Standing("gone", "language", "pick", Fate.LOST, 1)]
    with runtime.database.transaction() as tx:
        tx.execute(update(conversations).where(conversations.c.session.is_not(None)).values(key=b"destroyed"))
    assert standing(runtime.catalogue, runtime.database, runtime.vault, after) == []


def test_what_it_tells_holds_nothing_of_a_person(
    runtime: Runtime, client: FlaskClient, shipped: Bundle
) -> None:
    """Neither a name nor a number that somebody gave is in what comes out."""
    come(client, "+251911234520", *AS_FAR_AS_SEX)
    after = replace(revision(shipped), id="another")
    told = repr(standing(runtime.catalogue, runtime.database, runtime.vault, after))
    assert "registration" in told
    for theirs in ("Abdi", "Jijiga", "234520"):
        assert theirs not in told


def test_what_was_put_off_counts_where_it_waits(
    runtime: Runtime, client: FlaskClient, shipped: Bundle
) -> None:
    """Somebody who went to the menu and out of it will be offered the question that waits."""
    come(client, "+251911234520", *AS_FAR_AS_SEX, "MENU", "5")
    name = runtime.catalogue.current().id
    assert outlook(runtime, revision(shipped, ("Are you female or male?", "Man or woman?"))) == [
        Standing(name, "registration", "sex", Fate.MOVES, 1)
    ]


def test_more_people_than_one_batch(
    runtime: Runtime, client: FlaskClient, shipped: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is counted once, however many are read at a time."""
    monkeypatch.setattr("gateway.store.revisions.BATCH", 2)
    for number in range(5):
        come(client, f"+25191123453{number}")
    found = standing(runtime.catalogue, runtime.database, runtime.vault, revision(shipped))
    assert [(each.state, each.count) for each in found] == [("pick", 5)]

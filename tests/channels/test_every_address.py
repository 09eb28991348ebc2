"""What every webhook address promises, whichever carrier posts to it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.carriers.entrance import BODY_BOUND
from gateway.errors import Conflict, StoreUnavailable

MEGABYTES = 20 * 1024 * 1024


class Unread(io.RawIOBase):
    """A body that nobody may read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


class Endless(io.RawIOBase):
    """A body without end; remembers how much of it was read."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "read without a bound"
        self.taken += size
        return b"a" * size


def is_answered(address: Any, reply: Any, otherwise: int) -> bool:
    """Whether a caller reads a screen, and any other carrier the status."""
    if address.is_hop:
        return (reply.status_code, reply.data[:4]) == (200, b"END ")
    return bool(reply.status_code == otherwise)


def test_a_good_post_is_handed_on_once(address: Any, client: FlaskClient, intake: Any) -> None:
    """What can be read reaches the other side, once, and is answered 200."""
    reply = address.post(client)
    assert reply.status_code == 200
    assert len(intake.handed) == 1
    assert intake.quarantined == []


def test_a_carriers_name_is_on_all_it_brings(address: Any, client: FlaskClient, intake: Any) -> None:
    """Everything that is handed on names its carrier."""
    address.post(client)
    assert intake.handed[0].carrier in {"africastalking", "telegram"}


@pytest.mark.parametrize(
    "token",
    ["x", "live-token-0123456789abcdeF", "live-token-0123456789abcdefg", "t\u00f6ken", "%ff", "a" * 5000],
    ids=["short", "case", "longer", "not ascii", "not utf-8", "very long"],
)
def test_a_stranger_is_refused_unread(address: Any, client: FlaskClient, intake: Any, token: str) -> None:
    """A wrong secret is 403 before one byte of the body is read, and nothing is kept."""
    if not address.secret_path:
        token = token.encode().decode("latin-1")
    reply = address.post(client, token=token, stream=Unread(), announced=MEGABYTES)
    assert reply.status_code == 403
    assert reply.data == b""
    assert (intake.handed, intake.quarantined) == ([], [])


def test_no_secret_at_all_is_refused(client: FlaskClient, intake: Any) -> None:
    """Telegram's header may not be missing or empty."""
    assert client.post("/telegram/returnee", json={}).status_code == 403
    headers = {"X-Telegram-Bot-Api-Secret-Token": ""}
    assert client.post("/telegram/returnee", json={}, headers=headers).status_code == 403


def test_two_tokens_are_live_during_a_rotation(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """The token before the newest is still good."""
    assert addresses["sms"].post(client, token="old-token-0123456789abcdefg").status_code == 200
    assert len(intake.handed) == 1


def test_a_huge_body_is_not_read(address: Any, client: FlaskClient, intake: Any) -> None:
    """An announced length over the bound is 413 without reading."""
    reply = address.post(client, stream=Unread(), announced=MEGABYTES)
    assert reply.status_code == 413
    assert (intake.handed, intake.quarantined) == ([], [])


def test_an_endless_body_is_left(address: Any, client: FlaskClient) -> None:
    """A body of no announced length is read up to the bound and no further."""
    body = Endless()
    reply = address.post(client, stream=body)
    assert reply.status_code == 413
    assert body.taken <= 16 * BODY_BOUND + 1


def test_a_body_of_no_announced_length_is_taken(address: Any, client: FlaskClient, intake: Any) -> None:
    """Chunked bodies, which have no length, are messages like others."""
    reply = address.post(client, stream=io.BytesIO(address.good))
    assert reply.status_code == 200
    assert len(intake.handed) == 1


def test_half_a_message_is_no_message(address: Any, client: FlaskClient, intake: Any) -> None:
    """A body cut short is not acknowledged, so that the whole one comes again."""
    reply = address.post(client, stream=io.BytesIO(address.good[:-1]), announced=len(address.good))
    assert is_answered(address, reply, 400)
    assert (intake.handed, intake.quarantined) == ([], [])


class Gone(io.RawIOBase):
    """A sender that hung up."""

    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError


@pytest.mark.parametrize("announced", [100, None], ids=["announced", "chunked"])
def test_a_sender_that_hung_up(address: Any, client: FlaskClient, intake: Any, announced: int | None) -> None:
    """A connection that breaks under the reading is no server error, and nothing is kept."""
    assert is_answered(address, address.post(client, stream=Gone(), announced=announced), 400)
    assert (intake.handed, intake.quarantined) == ([], [])


def test_what_cannot_be_read_is_kept(address: Any, client: FlaskClient, intake: Any) -> None:
    """A malformed post is quarantined raw, and answered so that it is not repeated for hours."""
    reply = address.post(client, address.spoiled)
    assert is_answered(address, reply, 200)
    assert intake.handed == []
    [(channel, carrier, body, reason)] = intake.quarantined
    assert (body, f"/{channel}/") == (address.spoiled, f"/{address.path.split('/')[1]}/")
    assert carrier and reason


@pytest.mark.parametrize("error", [StoreUnavailable("down"), Conflict("taken")], ids=["down", "conflict"])
def test_a_database_that_is_down(address: Any, client: FlaskClient, intake: Any, error: Exception) -> None:
    """What could not be kept is 503, to be repeated; a caller reads a screen."""
    intake.fails = error
    assert is_answered(address, address.post(client), 503)
    assert intake.quarantined == []


def test_quarantine_needs_the_database_too(address: Any, client: FlaskClient, intake: Any) -> None:
    """A malformed post is not acknowledged while it cannot be kept."""
    intake.fails = StoreUnavailable("down")
    assert is_answered(address, address.post(client, address.spoiled), 503)


def test_a_mistake_of_ours_loses_nothing(address: Any, client: FlaskClient, intake: Any, logged: Any) -> None:
    """A message that our code fails on is set aside, and the next one flows; a caller reads a screen."""
    intake.fails = RuntimeError("+251911000001 REG")
    reply = address.post(client)
    assert is_answered(address, reply, 200)
    if not address.is_hop:
        assert [body for _, _, body, _ in intake.quarantined] == [address.good]
    assert "RuntimeError" in logged.getvalue()
    intake.fails = None
    assert address.post(client).status_code == 200


@pytest.mark.parametrize(
    "fails", [None, StoreUnavailable("down"), RuntimeError("x")], ids=["well", "down", "bug"]
)
def test_no_secret_or_person_in_a_log(
    address: Any, client: FlaskClient, intake: Any, logged: Any, capfd: Any, fails: Exception | None
) -> None:
    """No log, of ours or a library's, holds a token, a number or a text, whatever goes wrong."""
    intake.fails = fails
    address.post(client)
    address.post(client, address.spoiled)
    address.post(client, token="wrong-token-0123456789")
    client.get(address.path.format("live-token-0123456789abcdef"))
    captured = capfd.readouterr()
    everything = logged.getvalue() + captured.out + captured.err
    for secret in ("token-0123456789", "telegram-secret", "251911", "REG", "hello"):
        assert secret not in everything


def test_only_post(address: Any, client: FlaskClient) -> None:
    """Another method is 405, with nothing of the address in the answer."""
    reply = client.get(address.path.format("live-token-0123456789abcdef"))
    assert reply.status_code == 405
    assert "token" not in reply.text

"""The web application around the doors: headers, strange addresses, health and metrics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.errors import StoreUnavailable
from gateway.messages import ChannelName
from gateway.web.app import create_app

SECURE = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health/live", 200), ("/metrics", 200), ("/nowhere", 404), ("/ussd/africastalking/x", 405)],
    ids=["live", "metrics", "unknown", "wrong method"],
)
def test_every_answer_is_guarded(client: FlaskClient, path: str, status: int) -> None:
    """No answer is sniffed, kept, framed, or names where it came from."""
    reply = client.get(path)
    assert reply.status_code == status
    assert {name: reply.headers.get(name) for name in SECURE} == SECURE


def test_an_unknown_address_says_nothing(client: FlaskClient) -> None:
    """The answer repeats nothing of the address."""
    reply = client.post("/ussd/africastalking/live-token-0123456789abcdef/else")
    assert (reply.status_code, reply.text) == (404, "Not Found\n")


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("secret"), 500), (StoreUnavailable("secret"), 503)],
    ids=["bug", "down"],
)
def test_a_page_that_fails_leaks_nothing(
    runtime: Any, intake: Any, logged: Any, error: Exception, status: int
) -> None:
    """Neither the answer nor the log holds what an exception says."""
    app: Flask = create_app(runtime, intake)

    @app.get("/page")
    def page() -> str:
        raise error

    reply = app.test_client().get("/page")
    assert reply.status_code == status
    assert "secret" not in reply.text + logged.getvalue()
    assert type(error).__name__ in logged.getvalue()


def test_a_page_may_have_its_own_policy(runtime: Any, intake: Any) -> None:
    """A page's own header stands."""
    app: Flask = create_app(runtime, intake)

    @app.get("/page")
    def page() -> tuple[str, dict[str, str]]:
        return "x", {"Content-Security-Policy": "default-src 'self'"}

    assert app.test_client().get("/page").headers.getlist("Content-Security-Policy") == ["default-src 'self'"]


def test_a_channel_that_is_no_door_is_refused(runtime: Any, intake: Any) -> None:
    """What cannot read reports is not mounted as an SMS carrier."""
    ussd = runtime.channel(ChannelName.USSD, "africastalking")

    class Half:
        name, carrier = ChannelName.SMS, "half"
        authenticate, read, render = ussd.authenticate, ussd.read, ussd.render

    broken = replace(runtime, channels={(ChannelName.SMS, "half"): Half()})
    with pytest.raises(TypeError):
        create_app(broken, intake)


def test_ready_without_redis(client: FlaskClient) -> None:
    """The sweeper sends without Redis: ready, and degraded."""
    reply = client.get("/health/ready")
    assert reply.status_code == 200
    assert reply.json == {
        "status": "degraded",
        "database": "up",
        "queue": "down",
        "outbox": {"due": 0, "leased": 0, "unknown": 0, "dead": 0, "held": 0, "overdue": 0},
    }


class DownDatabase:
    """A database that nobody reaches."""

    def reading(self) -> Any:
        raise StoreUnavailable("down")


def test_not_ready_without_the_database(runtime: Any, intake: Any) -> None:
    """Alive, but nothing can be taken; metrics go on without the outbox."""
    client = create_app(replace(runtime, database=DownDatabase()), intake).test_client()
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    metrics = client.get("/metrics")
    assert metrics.status_code == 200
    assert "gateway_outbox_rows" not in metrics.text


def test_metrics_count_by_outcome(addresses: Any, client: FlaskClient, intake: Any) -> None:
    """What carriers post is counted by channel, carrier and outcome, and by nothing of a person."""
    addresses["sms"].post(client)
    addresses["sms"].post(client, token="wrong-token-0123456789")
    addresses["ussd"].post(client)
    text = client.get("/metrics").text
    counted = 'gateway_webhook_requests_total{carrier="africastalking",channel="sms",outcome='
    assert counted + '"taken"}' in text
    assert counted + '"refused"}' in text
    assert "gateway_hop_seconds_count" in text
    assert 'gateway_outbox_rows{state="due"} 0.0' in text
    assert "251911" not in text and "token" not in text

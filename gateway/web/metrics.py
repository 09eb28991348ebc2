"""Figures for Prometheus. A label is a channel, a carrier, a state or an outcome: never anything of a person.

Counters are those of the process that answers; the outbox is the whole system's.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.errors import StoreError
from gateway.runtime import Runtime
from gateway.store.backlog import backlog
from gateway.web.health import OVERDUE_SECONDS


class _Outbox(Collector):
    """Read at each scrape, and left out while the database is down."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with self._runtime.database.reading() as tx:
                waiting = backlog(tx, OVERDUE_SECONDS)
        except StoreError:
            return
        rows = GaugeMetricFamily("gateway_outbox_rows", "Messages not settled yet", labels=["state"])
        for state, count in waiting.counts.items():
            rows.add_metric([state], count)
        yield rows
        yield GaugeMetricFamily("gateway_outbox_overdue", "Messages due for over a minute", waiting.overdue)


def blueprint(runtime: Runtime) -> Blueprint:
    """`/metrics`."""
    routes = Blueprint("metrics", __name__)
    outbox = CollectorRegistry()
    outbox.register(_Outbox(runtime))

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(REGISTRY) + generate_latest(outbox), content_type=CONTENT_TYPE_LATEST)

    return routes

"""Is the process alive, and can it do its work?

Without the database nothing can be taken: not ready. Without Redis the sweeper still sends everything, a
little later: ready, and degraded.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from gateway.errors import StoreError
from gateway.runtime import Runtime
from gateway.store.backlog import backlog

OVERDUE_SECONDS = 60
REDIS_SECONDS = 0.3


def blueprint(runtime: Runtime) -> Blueprint:
    """`/health/live` and `/health/ready`."""
    routes = Blueprint("health", __name__, url_prefix="/health")
    bell = Redis.from_url(
        runtime.settings.redis_url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )

    @routes.get("/live")
    def live() -> Response:
        return Response("alive\n", content_type="text/plain")

    @routes.get("/ready")
    def ready() -> tuple[Response, int]:
        try:
            found = _state(runtime, bell)
        except StoreError:
            return jsonify(status="unavailable", database="down"), 503
        return jsonify(found), 200

    return routes


def _state(runtime: Runtime, bell: Redis) -> dict[str, Any]:
    """Raises `StoreUnavailable`."""
    with runtime.database.reading() as tx:
        waiting = backlog(tx, OVERDUE_SECONDS)
    try:
        bell.ping()
        queue = "up"
    except RedisError:
        queue = "down"
    well = queue == "up" and not waiting.overdue
    return {
        "status": "ready" if well else "degraded",
        "database": "up",
        "queue": queue,
        "outbox": {**waiting.counts, "overdue": waiting.overdue},
    }

"""The alarm bell: an RQ job that says which outbox rows to look at.

The table is the truth. A bell that is lost (Redis down, hung, emptied) is rung again by the sweeper, so ringing
never raises, is bounded, and leaves a Redis that failed alone for a while. A job carries row ids and nothing
else, as JSON: nobody's data reaches Redis, and a write to Redis cannot run code.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from gateway import log

QUEUE = "deliver"
DELIVER = "gateway.jobs.deliver.drain"
JOB_SECONDS = 60  # RQ's own limit; a job bounds itself well below it
BELL_SECONDS = 60  # how long a bell that no worker hears is kept
BATCH = 100  # row ids in one bell

SOCKET_SECONDS = 0.3
REST_SECONDS = 2.0  # after a failure, before Redis is tried again


class Bell:
    """Rings for outbox rows. `failures` counts the bells that were lost; `well` is False while Redis is left alone."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)
        self._lock = threading.Lock()
        self._rests_until = 0.0
        self.failures = 0

    @property
    def well(self) -> bool:
        """Whether Redis took the last bell."""
        return time.monotonic() >= self._rests_until

    def ring(self, ids: Sequence[int]) -> bool:
        """Says that rows are there to send. False where the bell was lost: the sweeper will see to them."""
        if not self.well:
            self._lost(0.0)
            return False
        try:
            for start in range(0, len(ids), BATCH):
                self._enqueue(list(ids[start : start + BATCH]))
        except (RedisError, OSError) as error:
            self._lost(REST_SECONDS)
            log.get().warning("bell_lost", count=len(ids), error=type(error).__name__)
            return False
        return True

    def _enqueue(self, ids: list[int]) -> None:
        self._queue.enqueue_call(
            DELIVER,
            args=(ids,),
            timeout=JOB_SECONDS,
            ttl=BELL_SECONDS,
            result_ttl=0,
            failure_ttl=BELL_SECONDS,
            description=QUEUE,  # RQ's default shows the arguments
        )

    def _lost(self, rest: float) -> None:
        with self._lock:
            self.failures += 1
            if rest:
                self._rests_until = time.monotonic() + rest

    def close(self) -> None:
        """Gives the connections back."""
        self._redis.close()

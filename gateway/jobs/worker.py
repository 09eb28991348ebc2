"""A worker process: RQ in the main thread (it refuses any other), the sweeper beside it.

RQ is only how a bell is heard. A Redis that is absent at the start, restarted, emptied or hung costs nothing but
speed: the sweeper goes on, and RQ is begun anew until it holds.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from gateway import log, queues
from gateway.channel import Sender
from gateway.enact.timers import fire_due
from gateway.jobs import deliver
from gateway.jobs.deliver import Deliverer
from gateway.jobs.sweep import Sweeper
from gateway.runtime import Runtime
from gateway.store.attempts import Route
from gateway.store.outbox import OnFinal, nobody_waits

WORKER_TTL = 20  # seconds: how long Redis believes in a worker that says nothing
MAINTENANCE = 5  # seconds between RQ's looks at what dead workers left
CONNECT_SECONDS = 2.0
LONGEST_WAIT = 5.0  # seconds between two tries to reach Redis
DRAIN_SECONDS = 9.0  # from SIGTERM to the end; what is still being sent then lapses and is swept


class Worker(SimpleWorker):
    """RQ's worker without its signal handlers, its waits of a minute and its commands."""

    max_connection_wait_time = LONGEST_WAIT
    log_job_description = False
    log_result_lifespan = False

    def _install_signal_handlers(self) -> None:
        """Ours are in place, and speak to a worker that is between two connections too."""

    def subscribe(self) -> None:
        """No commands by Redis: whoever can write there may not stop a worker."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""


class Process:
    """What a worker process runs until a signal ends it."""

    def __init__(self, deliverer: Deliverer, redis_url: str, fire: Callable[[], int]) -> None:
        self._deliverer, self._redis_url, self._fire = deliverer, redis_url, fire
        self._worker: Worker | None = None
        self._stopping = False

    def run(self) -> None:
        """Works until SIGTERM or SIGINT, then ends what it is sending and returns, within ten seconds."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        deliver.install(self._deliverer)
        bell = queues.Bell(self._redis_url)
        sweeper = Sweeper(self._deliverer, bell.ring, self._fire)
        sweeper.start()
        log.get().info("worker_started", pid=os.getpid())
        try:
            self._hear()
        except StopRequested:
            pass
        finally:
            sweeper.stop()
            bell.close()
            deliver.install(None)
        log.get().info("worker_ended", pid=os.getpid())

    def _hear(self) -> None:
        """Has RQ work, and begins it anew whenever it gives up."""
        wait = 0.5
        while not self._stopping:
            began = time.monotonic()
            try:
                with self._connect() as redis:
                    self._worker = Worker(
                        [queues.QUEUE],
                        connection=redis,
                        serializer=JSONSerializer,
                        worker_ttl=WORKER_TTL,
                        maintenance_interval=MAINTENANCE,
                    )
                    self._worker.work(burst=False, logging_level="ERROR")
            except (RedisError, OSError) as error:
                log.get().warning("redis_away", error=type(error).__name__)
            self._worker = None
            if not self._stopping:
                wait = 0.5 if time.monotonic() - began > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
                time.sleep(wait)

    def _connect(self) -> Redis:
        return Redis.from_url(
            self._redis_url, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
        )

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        log.get().info("worker_stopping", signal=number)
        if self._stopping:
            return
        self._stopping = True
        self._deliverer.stop()
        last = threading.Timer(DRAIN_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()
        worker = self._worker
        if worker is not None and worker.get_state() == WorkerStatus.BUSY:
            worker._stop_requested = True  # RQ looks at it after the job
        else:
            raise StopRequested


def run(runtime: Runtime, senders: Mapping[Route, Sender], on_final: OnFinal = nobody_waits) -> None:
    """The worker of a running house: ends on SIGTERM. `on_final` hears what became of every letter."""
    deliverer = Deliverer(
        runtime.database,
        runtime.vault,
        senders,
        policy=lambda: runtime.catalogue.fresh().policy.outbox,
        now=runtime.now,
        below=runtime.below,
        on_final=on_final,
    )
    Process(deliverer, runtime.settings.redis_url, partial(fire_due, runtime)).run()

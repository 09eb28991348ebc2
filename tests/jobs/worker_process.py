"""A real worker process for the fault tests: `python worker_process.py DATABASE REDIS CARRIER POLICY_JSON`."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime

from gateway import log
from gateway.carriers.africastalking_client import AfricasTalkingClient
from gateway.carriers.wire import Wire
from gateway.jobs.deliver import Deliverer
from gateway.jobs.worker import Process
from gateway.messages import ChannelName
from gateway.sms.sender import AfricasTalkingSender
from gateway.store.database import Database
from gateway.store.stubbornness import OutboxPolicy
from gateway.vault import Vault


def main(database_url: str, redis_url: str, carrier_url: str, policy: str) -> None:
    log.configure()
    told = json.loads(policy)
    known = OutboxPolicy(**told | {"backoff_seconds": tuple(told["backoff_seconds"])})
    client = AfricasTalkingClient("us", "key", carrier_url, Wire())
    deliverer = Deliverer(
        Database(database_url, synchronous="NORMAL"),
        Vault((bytes(range(32)),)),
        {(ChannelName.SMS, "africastalking"): AfricasTalkingSender(client)},
        policy=lambda: known,
        now=lambda: datetime.now(UTC),
        below=secrets.randbelow,
    )
    Process(deliverer, redis_url, fire=int).run()


main(*sys.argv[1:])

"""The web server: granian, with the application made in each of its workers."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any

import click

from gateway import settings
from gateway.cli.parent import die_with_parent
from gateway.errors import GatewayError
from gateway.settings import Settings

TARGET = "gateway.wsgi:app"
MOST_PROCESSES = 8
STOP_SECONDS = 10  # for requests under way


@click.command()
def serve() -> None:
    """Answer the carriers' callbacks until told to stop."""
    known = settings.read()
    _demand_current_tables(known)
    serve_with(known)


def serve_with(known: Settings) -> None:
    """Runs granian in this process. SQLite has one writer, so one process serves it best; PostgreSQL takes several.
    Outside live mode there is one: the simulator lives in its memory.

    The access log stays off: a webhook's address holds its token.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    host, _, port = known.listen.rpartition(":")
    server = Granian(
        TARGET,
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        workers=processes(known),
        blocking_threads=known.web_threads,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def processes(known: Settings) -> int:
    """How many workers serve."""
    if known.mode != "live" or known.database_url.startswith("sqlite"):
        return 1
    return min(os.cpu_count() or 1, MOST_PROCESSES)


def _demand_current_tables(known: Settings) -> None:
    """Ends where a migration is due. In a child: what it imports would weigh on granian's main process for good."""
    child = os.fork()
    if child:
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            sys.exit(1)
        return
    failed = 1
    try:
        from gateway.store import migrate
        from gateway.store.database import Database

        migrate.demand_current(Database(known.database_url))
        failed = 0
    except GatewayError as error:
        click.echo(f"gateway: {error}", err=True)
    finally:
        os._exit(failed)


def _load(parent: int) -> Any:
    """Runs in a worker: granian's workers would outlive a main process that is killed."""
    die_with_parent(parent)
    from gateway import wsgi

    return wsgi.app()

"""Is everything there that a gateway needs?"""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from gateway import settings
from gateway.errors import GatewayError
from gateway.settings import Settings

REDIS_SECONDS = 2.0
SHORT_DIGITS = 9
MANY_LIVE = 200_000  # certificates: from here on numbers of twelve digits are too easy to hit


@click.command()
def doctor() -> None:
    """Look at the settings, the database, the queue and the published flows; fails where one is amiss."""
    known = settings.read()
    click.echo("settings   well")
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("database", _database),
        ("queue", _queue),
        ("flows", _flows),
        ("numbers", _numbers),
        ("complaints", _complaints),
    )
    well = True
    for name, check in checks:
        try:
            click.echo(f"{name:<10} {check(known)}")
        except GatewayError as error:
            well = False
            click.echo(f"{name:<10} {error}", err=True)
    if not well:
        sys.exit(1)


def _database(known: Settings) -> str:
    from gateway.store import migrate
    from gateway.store.database import Database

    database = Database(known.database_url, synchronous=known.sqlite_synchronous)
    try:
        with database.transaction() as tx:
            tx.clock()
        migrate.demand_current(database)
    finally:
        database.close()
    return "well"


def _queue(known: Settings) -> str:
    """Without it everything is still sent, later: degraded, not broken; but here it is amiss."""
    from redis import Redis, RedisError

    try:
        with Redis.from_url(
            known.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        ) as queue:
            queue.ping()
    except (RedisError, OSError) as error:
        raise GatewayError(f"does not answer ({type(error).__name__})") from None
    return "well"


def _flows(known: Settings) -> str:
    from gateway import bootstrap

    runtime = bootstrap.build(known)
    try:
        return f"revision {runtime.catalogue.current().id[:12]}"
    finally:
        runtime.database.close()


def _numbers(known: Settings) -> str:
    """Whether certificate numbers are long enough to be guessed at in vain."""
    from gateway import bootstrap
    from gateway.enact.certifying.certificates import ACTIVE
    from gateway.store import certificates

    runtime = bootstrap.build(known)
    try:
        policy = runtime.catalogue.current().policy
        with runtime.database.reading() as tx:
            live = certificates.live(tx, ACTIVE, runtime.now())
    finally:
        runtime.database.close()
    return advice(live, policy.certificate_random_digits, public_line=policy.public_line)


def _complaints(known: Settings) -> str:
    """Whether somebody who may know of each complaint is there to deal with it."""
    from gateway import bootstrap
    from gateway.enact.complaining.complaint_watch import unattended
    from gateway.enact.desk import desk
    from gateway.store import staff

    runtime = bootstrap.build(known)
    try:
        with runtime.database.reading() as tx:
            alone = unattended(desk(runtime, tx))
            officers = [each for each in staff.active(tx) if each.role == staff.COMPLAINTS]
    finally:
        runtime.database.close()
    if alone:
        raise GatewayError(f"{alone} wait and nobody outside is left: appoint somebody (role: complaints)")
    return "well" if officers else "nobody has the role complaints: the supervisors deal with them"


def advice(live: int, digits: int, *, public_line: bool) -> str:
    """What to do about certificate numbers with so many random digits. Old and new ones verify side by side."""
    why = f"{live} are live" if live >= MANY_LIVE else "the line is public" if public_line else ""
    if digits > SHORT_DIGITS or not why:
        return f"well: {live} live"
    return f"set certificate.random_digits to 11: {why}, and new numbers should have fourteen digits"

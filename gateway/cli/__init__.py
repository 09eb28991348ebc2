"""The command line. Every group's heavy parts are imported when a command runs, so that a supervisor stays light."""

from __future__ import annotations

import click

from gateway.cli.callbacks import callbacks
from gateway.cli.cases import cases
from gateway.cli.certificates import certificates
from gateway.cli.complaints import complaints
from gateway.cli.db import db
from gateway.cli.demo import demo
from gateway.cli.doctor import doctor
from gateway.cli.flows import flows
from gateway.cli.keys import keys
from gateway.cli.people import people
from gateway.cli.prepare import prepare
from gateway.cli.providers import providers
from gateway.cli.referrals import referrals
from gateway.cli.reviews import reviews
from gateway.cli.serve import serve
from gateway.cli.staff import staff
from gateway.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="returnee-gateway", prog_name="gateway")
def gateway() -> None:
    """Register, certify and refer returning migrants from a basic phone."""


for command in (
    demo,
    serve,
    worker,
    db,
    flows,
    providers,
    staff,
    referrals,
    cases,
    callbacks,
    reviews,
    complaints,
    certificates,
    people,
    doctor,
    keys,
    prepare,
):
    gateway.add_command(command)

"""The SMS door: messages, delivery reports and opt-outs. A carrier repeats each until it reads 200."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from flask import Blueprint, Response, request

from gateway.carriers.entrance import Door, Entrance, Intake
from gateway.channel import WebhookRequest
from gateway.messages import DeliveryReport, Inbound, OptOut
from gateway.runtime import Runtime


@runtime_checkable
class SMSDoor(Door, Protocol):
    """What a carrier's file offers to this door. Every reader raises `Malformed`."""

    def read_report(self, request: WebhookRequest) -> DeliveryReport:
        """One delivery report."""

    def read_opt_out(self, request: WebhookRequest) -> OptOut:
        """A phone's wish for no more messages."""


def blueprint(runtime: Runtime, door: SMSDoor, intake: Intake) -> Blueprint:
    """The three addresses of a carrier."""
    entrance = Entrance(runtime, door, intake)
    routes = Blueprint(f"sms-{door.carrier}", __name__, url_prefix=f"/sms/{door.carrier}")

    def receive(runtime: Runtime, inbound: Inbound) -> None:
        intake.receive(runtime, door, inbound)

    @routes.post("/<token>")
    def message(token: str) -> Response:
        return Response(status=entrance.accept(request.environ, token, request.headers, door.read, receive))

    @routes.post("/<token>/reports")
    def reports(token: str) -> Response:
        return Response(
            status=entrance.accept(request.environ, token, request.headers, door.read_report, intake.report)
        )

    @routes.post("/<token>/optouts")
    def opt_outs(token: str) -> Response:
        return Response(
            status=entrance.accept(request.environ, token, request.headers, door.read_opt_out, intake.opt_out)
        )

    return routes

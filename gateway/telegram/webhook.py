"""The Telegram door. Whatever is not answered 2xx comes again."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from flask import Blueprint, Response, request

from gateway.carriers.entrance import Door, Entrance, Intake
from gateway.carriers.telegram import BODY_BOUND
from gateway.messages import Inbound
from gateway.runtime import Runtime


@runtime_checkable
class TelegramDoor(Door, Protocol):
    """What the bot's file offers to this door."""

    bot: str


def blueprint(runtime: Runtime, door: TelegramDoor, intake: Intake) -> Blueprint:
    """The one address of a bot."""
    entrance = Entrance(runtime, door, intake, BODY_BOUND)
    routes = Blueprint(f"telegram-{door.bot}", __name__, url_prefix="/telegram")

    def receive(runtime: Runtime, inbound: Inbound) -> None:
        intake.receive(runtime, door, inbound)

    @routes.post(f"/{door.bot}")
    def update() -> Response:
        return Response(status=entrance.accept(request.environ, "", request.headers, door.read, receive))

    return routes

"""What the simulated carriers know of the gateway: its address, and the secrets that both sides share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from gateway.settings import Settings

SERVICE_CODE = "*384*1234#"
SHORT_CODE = "8384"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Wiring:
    """Raises `ValueError` where the gateway is not on loopback: made-up people must stay on this machine."""

    gateway_url: str
    api_key: str = field(repr=False)
    webhook_token: str = field(repr=False)
    telegram_token: str = field(repr=False)
    telegram_secret: str = field(repr=False)
    telegram_bot: str = "returnee"
    service_code: str = SERVICE_CODE
    short_code: str = SHORT_CODE

    def __post_init__(self) -> None:
        if urlsplit(self.gateway_url).hostname not in LOOPBACK:
            raise ValueError("the simulator posts to loopback only")

    @classmethod
    def of(cls, settings: Settings, gateway_url: str = "") -> Self:
        """The wiring that fits a gateway's settings; by default the gateway is where it listens."""
        return cls(
            gateway_url=gateway_url or f"http://{settings.listen}",
            api_key=settings.at_api_key,
            webhook_token=settings.at_webhook_tokens[0],
            telegram_token=settings.telegram_token,
            telegram_secret=settings.telegram_secret,
            telegram_bot=settings.telegram_bot,
            short_code=settings.at_sender or SHORT_CODE,
        )

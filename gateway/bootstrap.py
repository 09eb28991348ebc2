"""Knows every part by name, and joins them into the runtime of one process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import flows
from gateway.catalogue.files import Bundle, read_folder
from gateway.catalogue.policy import Network
from gateway.catalogue.published import Catalogue
from gateway.channel import Channel, Sender
from gateway.errors import SettingsError
from gateway.messages import ChannelName
from gateway.queues import Bell
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.sms.africastalking import AfricasTalkingSMS
from gateway.store.database import Database
from gateway.telegram.bot import TelegramBot
from gateway.text.screens import Profile
from gateway.ussd.africastalking import AfricasTalkingUSSD
from gateway.ussd.render import GOES_ON
from gateway.vault import Vault

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Key = tuple[ChannelName, str]


def build(settings: Settings, *, now: Callable[[], datetime] | None = None) -> Runtime:
    """The parts of a process. Nothing is connected to yet. Raises `SettingsError`.

    `now` is for tests: the clock of a process is the machine's.
    """
    _demand_no_live_carrier(settings)
    database = Database(settings.database_url, synchronous=settings.sqlite_synchronous)
    catalogue = Catalogue(database, settings.country)
    doors = (
        AfricasTalkingUSSD(settings.at_webhook_tokens, _limits(catalogue)),
        AfricasTalkingSMS(settings.at_webhook_tokens),
        TelegramBot(settings.telegram_bot, settings.telegram_secret),
    )
    channels: Mapping[Key, Channel] = {(door.name, door.carrier): door for door in doors}
    return Runtime(
        settings=settings,
        database=database,
        vault=Vault(settings.secret_keys),
        catalogue=catalogue,
        channels=channels,
        wake=Bell(settings.redis_url).ring,
        now=now or (lambda: datetime.now(UTC)),
        below=secrets.randbelow,
        keeps_hours=settings.mode == "live",  # a simulated phone has no night
    )


def senders(settings: Settings) -> Mapping[Key, Sender]:
    """Who hands messages to carriers. Only a worker calls this: the clients weigh more than the rest of it."""
    from gateway.carriers.africastalking_client import AfricasTalkingClient
    from gateway.carriers.telegram_client import TelegramClient
    from gateway.carriers.wire import Wire
    from gateway.sms.sender import AfricasTalkingSender
    from gateway.telegram.sender import TelegramSender

    _demand_no_live_carrier(settings)
    wire = Wire()
    sms = AfricasTalkingClient(settings.at_username, settings.at_api_key, settings.at_base_url, wire)
    chat = TelegramClient(settings.telegram_token, settings.telegram_base_url, wire)
    return {
        (ChannelName.SMS, "africastalking"): AfricasTalkingSender(sms, settings.at_sender),
        (ChannelName.TELEGRAM, "telegram"): TelegramSender(chat),
    }


def shipped_flows(settings: Settings) -> Bundle:
    """The flow files to publish: the operator's folder, or those in the package. Raises `FlowError`."""
    return read_folder(settings.flows_dir or Path(flows.__path__[0]))


def _limits(catalogue: Catalogue) -> Callable[[str], Profile]:
    """What the phones of a network can show, by the published policy."""

    @lru_cache
    def profile(network: Network) -> Profile:
        return Profile(septets=network.septets, ucs2=network.ucs2, prefix=len(GOES_ON))

    return lambda code: profile(catalogue.current().policy.network(code))


def _demand_no_live_carrier(settings: Settings) -> None:
    """A demo's phone numbers may belong to somebody: outside live mode only loopback is spoken to."""
    if settings.mode == "live":
        return
    faults = tuple(
        f"GATEWAY_{name} must be on loopback in {settings.mode} mode"
        for name, address in (
            ("AT_BASE_URL", settings.at_base_url),
            ("TELEGRAM_BASE_URL", settings.telegram_base_url),
        )
        if urlsplit(address).hostname not in LOOPBACK
    )
    if faults:
        raise SettingsError(faults)

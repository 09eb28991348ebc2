"""SMS and Telegram: a message is kept, answered through the outbox, and acknowledged to the carrier once."""

from __future__ import annotations

import re
from datetime import datetime

import orjson

from gateway.channel import Channel
from gateway.enact.answers import leg_sent_hook
from gateway.errors import Conflict
from gateway.intake.dialogue import MASK
from gateway.intake.turn import Turn, take_turn
from gateway.messages import (
    Address,
    AddressKind,
    ChannelName,
    DeliveryReport,
    Handling,
    Inbound,
    OptOut,
    Outbound,
)
from gateway.runtime import Runtime
from gateway.store import conversations, inbox, outbox, reports
from gateway.store.database import Transaction

_LONGEST_RAW = 65_536  # bytes of a quarantined body that are kept
_TYPED = re.compile(rb"(^|&)text=[^&]*")


def receive(runtime: Runtime, channel: Channel, inbound: Inbound) -> None:
    """Takes one message; a second delivery of it changes nothing.

    When this returns the message is in the database, and so is the answer to it. Raises `StoreUnavailable`.
    """
    runtime.catalogue.fresh()  # before the transaction: it may have to read the database
    try:
        ring = _receive(runtime, channel, inbound)
    except Conflict:
        ring = _receive(runtime, channel, inbound)  # another process made the same row first
    if ring:
        runtime.wake(ring)


def _receive(runtime: Runtime, channel: Channel, inbound: Inbound) -> list[int]:
    now = runtime.now()
    key = runtime.vault.digest(inbound.channel.value, inbound.carrier, inbound.service, inbound.provider_id)
    with runtime.database.transaction() as tx:
        if inbound.address.kind is AddressKind.SENDER:
            _keep_alone(runtime, tx, inbound, key, now)
            return []
        address = conversations.open_address(tx, runtime.vault, inbound.address, inbound.carrier, now)
        if inbox.holds(tx, key):
            return []
        conversations.seen(tx, address, inbound.carrier, inbound.network, now)
        turn = take_turn(runtime, tx, channel, address, inbound, now)
        inbox.add(
            tx,
            channel=inbound.channel.value,
            carrier=inbound.carrier,
            key=key,
            conversation_id=turn.address.conversation_id,
            body=turn.key.seal(_body(inbound, MASK if turn.masked else inbound.text), inbox.BODY),
            now=now,
        )
        return [*turn.ring, *_reply(tx, inbound, turn, now)]


def _reply(tx: Transaction, inbound: Inbound, turn: Turn, now: datetime) -> list[int]:
    """The answer's outbox row. It goes back the way the message came, even to who said STOP: it was asked for."""
    message = Outbound(
        inbound.channel,
        inbound.address,
        turn.rendered.body,
        turn.rendered.buttons,
        turn.rendered.contact_label,
        answers=inbound.transport,
    )
    letter = outbox.Letter(
        conversation_id=turn.address.conversation_id,
        address_id=turn.address.id,
        channel=inbound.channel,
        carrier=inbound.carrier,
        purpose="reply",
        handling=Handling.RESEND,
        body=outbox.pack(turn.key, message),
    )
    posted = outbox.post(tx, letter, now)
    return [] if posted is None else [posted]


def _body(inbound: Inbound, text: str) -> bytes:
    return orjson.dumps({"text": text, "service": inbound.service, "opening": inbound.opening.value})


def _keep_alone(runtime: Runtime, tx: Transaction, inbound: Inbound, key: bytes, now: datetime) -> None:
    """A short code's or a name's message: kept for people to read; there is nobody to answer."""
    body = orjson.dumps({"from": inbound.address.value, "text": inbound.text})
    inbox.add(
        tx,
        channel=inbound.channel.value,
        carrier=inbound.carrier,
        key=key,
        body=runtime.vault.seal_alone(body, inbox.BODY),
        now=now,
        state="refused",
        reason="sender",
    )


def quarantine(runtime: Runtime, channel: ChannelName, carrier: str, body: bytes, reason: str) -> None:
    """Keeps what could not be read, sealed, so that nothing acknowledged is lost.

    Of a USSD form all but its `text` is kept: that holds everything typed so far, a PIN perhaps.
    """
    raw = _TYPED.sub(rb"\1text=*", body) if channel is ChannelName.USSD else body
    raw = raw[:_LONGEST_RAW]
    with runtime.database.transaction() as tx:
        inbox.add(
            tx,
            channel=channel.value,
            carrier=carrier,
            key=runtime.vault.digest("quarantine", channel.value, carrier, raw.hex()),
            body=runtime.vault.seal_alone(raw, inbox.BODY),
            now=runtime.now(),
            state="quarantined",
            reason=reason[:64],
        )


def report(runtime: Runtime, delivered: DeliveryReport) -> None:
    """Keeps a delivery report and applies it to its message, if that is known by now."""
    with runtime.database.transaction() as tx:
        reports.store_report(tx, runtime.vault, delivered, runtime.now(), leg_sent_hook(runtime))


def opt_out(runtime: Runtime, wish: OptOut) -> None:
    """Ends pushes to a phone that opted out with its carrier. Saying it twice changes nothing."""
    now = runtime.now()
    with runtime.database.transaction() as tx:
        address = conversations.open_address(
            tx, runtime.vault, Address(AddressKind.PHONE, wish.address.value), wish.carrier, now
        )
        conversations.silence(tx, address.id, now)

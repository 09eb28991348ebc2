"""SMS and Telegram: a message is kept, answered through the outbox, and acknowledged to the carrier once."""

from __future__ import annotations

import re
from datetime import datetime

import orjson

from gateway import log
from gateway.channel import Channel
from gateway.enact.casework.undelivered import fate_hook
from gateway.enact.holding.doubts import heard
from gateway.errors import Conflict, FlowError
from gateway.intake.dialogue import MASK
from gateway.intake.turn import Turn, apologise, take_turn
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
_NAMELY = re.compile(rb"[A-Za-z_]{1,32}")
_OPEN = frozenset(
    b"sessionId phoneNumber networkCode serviceCode status date durationInMillis hopsCount cost".split()
)
"""Fields of a USSD form that hold nothing a person typed and no screen."""


def receive(runtime: Runtime, channel: Channel, inbound: Inbound) -> None:
    """Takes one message; a second delivery of it changes nothing.

    When this returns the message is in the database, and so is the answer to it: where a flow cannot go on, by
    our own fault, one that says so. Raises `StoreUnavailable`.
    """
    runtime.catalogue.fresh()  # before the transaction: it may have to read the database
    try:
        try:
            ring = _receive(runtime, channel, inbound)
        except Conflict:
            ring = _receive(runtime, channel, inbound)  # another process made the same row first
    except (FlowError, LookupError, TypeError, ValueError):
        log.get().error("turn_failed", channel=inbound.channel.value, carrier=inbound.carrier, exc_info=True)
        ring = _receive(runtime, channel, inbound, failed=True)
    if ring:
        runtime.wake(ring)


def _receive(runtime: Runtime, channel: Channel, inbound: Inbound, failed: bool = False) -> list[int]:
    now = runtime.now()
    keys = runtime.vault.digests(inbound.channel.value, inbound.carrier, inbound.service, inbound.provider_id)
    with runtime.database.transaction() as tx:
        if inbound.address.kind is AddressKind.SENDER:
            _keep_alone(runtime, tx, inbound, keys, now)
            return []
        address = conversations.open_address(tx, runtime.vault, inbound.address, inbound.carrier, now)
        if inbox.holds(tx, keys):
            return []
        conversations.seen(tx, address, inbound.carrier, inbound.network, now)
        address = heard(runtime, tx, address, now)
        if failed:
            turn = apologise(runtime, channel, address, inbound)
        else:
            turn = take_turn(runtime, tx, channel, address, inbound, now)
        turn.save(tx, now)
        inbox.add(
            tx,
            channel=inbound.channel.value,
            carrier=inbound.carrier,
            key=keys[0],
            conversation_id=turn.address.conversation_id,
            body=turn.key.seal(_body(inbound, MASK if turn.masked else inbound.text), inbox.BODY),
            now=now,
            state="failed" if failed else "done",
            asked=turn.asked,
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


def _keep_alone(
    runtime: Runtime, tx: Transaction, inbound: Inbound, keys: tuple[bytes, ...], now: datetime
) -> None:
    """A short code's or a name's message: kept for people to read; there is nobody to answer."""
    if inbox.holds(tx, keys):
        return
    body = orjson.dumps({"from": inbound.address.value, "text": inbound.text})
    inbox.add(
        tx,
        channel=inbound.channel.value,
        carrier=inbound.carrier,
        key=keys[0],
        body=runtime.vault.seal_alone(body, inbox.BODY),
        now=now,
        state="refused",
        reason="sender",
    )


def quarantine(runtime: Runtime, channel: ChannelName, carrier: str, body: bytes, reason: str) -> None:
    """Keeps what could not be read, sealed, so that nothing acknowledged is lost.

    Of a USSD form only what is known to be harmless is: the rest may hold everything typed so far, a PIN perhaps.
    """
    raw = b"&".join(map(_harmless, body.split(b"&"))) if channel is ChannelName.USSD else body
    raw = raw[:_LONGEST_RAW]
    keys = runtime.vault.digests("quarantine", channel.value, carrier, raw.hex())
    with runtime.database.transaction() as tx:
        if inbox.holds(tx, keys):
            return
        inbox.add(
            tx,
            channel=channel.value,
            carrier=carrier,
            key=keys[0],
            body=runtime.vault.seal_alone(raw, inbox.BODY),
            now=runtime.now(),
            state="quarantined",
            reason=reason[:64],
        )


def _harmless(field: bytes) -> bytes:
    """A form's field, its value masked unless it is known; all of it where it does not look like one."""
    name, equals, _ = field.partition(b"=")
    if name in _OPEN and equals:
        return field
    return name + b"=*" if equals and _NAMELY.fullmatch(name) else MASK.encode()


def report(runtime: Runtime, delivered: DeliveryReport) -> None:
    """Keeps a delivery report and applies it to its message, if that is known by now."""
    with runtime.database.transaction() as tx:
        reports.store_report(tx, runtime.vault, delivered, runtime.now(), fate_hook(runtime))


def opt_out(runtime: Runtime, wish: OptOut) -> None:
    """Ends pushes to a phone that opted out with its carrier. Saying it twice changes nothing."""
    now = runtime.now()
    with runtime.database.transaction() as tx:
        address = conversations.open_address(
            tx, runtime.vault, Address(AddressKind.PHONE, wish.address.value), wish.carrier, now
        )
        conversations.silence(tx, address.id, now)

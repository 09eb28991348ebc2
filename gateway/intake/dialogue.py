"""USSD: one hop of a dialogue, answered in the response.

The carrier sends everything typed so far at every hop and may send a hop twice; only what goes beyond the
text answered last is an input, and the same text gets the same bytes.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from gateway.channel import Channel
from gateway.enact.holding.doubts import heard
from gateway.errors import Conflict, Malformed
from gateway.intake.turn import Turn, take_turn
from gateway.messages import ChannelName, DialogueEnd, Inbound, Opening
from gateway.runtime import Runtime
from gateway.store import conversations, dialogues, inbox
from gateway.store.database import Transaction, Writer
from gateway.text import cumulative

MASK = "*"
_LONGEST_BODY = 2000  # characters of one input that are kept


def hop(runtime: Runtime, channel: Channel, inbound: Inbound) -> str:
    """The body to answer, `CON …` or `END …`.

    Raises `StoreUnavailable` where nothing could be kept (the door then says so to the caller) and `Malformed`
    for a session id that comes from another phone or service code than it began with.
    """
    runtime.catalogue.fresh()  # before the transaction: it may have to read the database
    try:
        return _hop(runtime, channel, inbound)
    except Conflict:
        return _hop(runtime, channel, inbound)  # another process made the same row first: now it is there


def _hop(runtime: Runtime, channel: Channel, inbound: Inbound) -> str:
    ring: list[int] = []
    with runtime.database.transaction() as tx:
        found = dialogues.find(tx, _name(inbound))
        if found is None:
            body = _first(runtime, tx, channel, inbound, ring)
        else:
            body = _next(runtime, tx, channel, inbound, found, ring)
    if ring:
        runtime.wake(ring)
    return body


def _first(runtime: Runtime, tx: Transaction, channel: Channel, inbound: Inbound, ring: list[int]) -> str:
    """A dialogue never seen: a dialled code, a dialled short cut, or our state was lost."""
    now = runtime.now()
    address = conversations.open_address(tx, runtime.vault, inbound.address, inbound.carrier, now)
    conversations.seen(tx, address, inbound.carrier, inbound.network, now)
    address = heard(runtime, tx, address, now)
    segments = inbound.text.split("*") if inbound.text else ()
    dialled = _input(inbound, "", Opening.DIALLED)
    turn = take_turn(runtime, tx, channel, address, dialled, now, segments)
    ring.extend(turn.ring)
    mark = cumulative.mark(inbound.text, runtime.vault.digest_keys[0])
    with tx.batch() as writes:
        turn.save(writes, now)
        dialogues.begin(
            writes,
            _name(inbound),
            address.id,
            _service(inbound),
            mark.length,
            mark.digest,
            _sealed(turn),
            turn.over,
            now,
        )
        _keep(
            runtime, writes, inbound, turn, MASK if segments else "", now
        )  # our state may be lost: a PIN perhaps
    return turn.rendered.body


def _next(
    runtime: Runtime,
    tx: Transaction,
    channel: Channel,
    inbound: Inbound,
    found: dialogues.DialogueRow,
    ring: list[int],
) -> str:
    """A further hop of a dialogue: a repeat, a new input, or one that no longer fits."""
    blinds = runtime.vault.blinds("address", conversations.blind_name(inbound.address))
    if found.blind not in blinds or found.service != _service(inbound):
        raise Malformed("a dialogue came from another phone or code than it began with")
    answered = cumulative.Mark(found.length, found.digest)
    read = cumulative.read(inbound.text, answered, *runtime.vault.digest_keys)
    if not isinstance(read, cumulative.Fresh) or found.ended:
        return runtime.vault.open_key(found.address.key).open(found.reply, dialogues.REPLY).decode()
    now = runtime.now()
    answer = _input(inbound, read.input, Opening.ANSWER)
    turn = take_turn(runtime, tx, channel, found.address, answer, now)
    ring.extend(turn.ring)
    mark = cumulative.mark(inbound.text, runtime.vault.digest_keys[0])
    with tx.batch() as writes:
        turn.save(writes, now)
        dialogues.answer(writes, _name(inbound), mark.length, mark.digest, _sealed(turn), turn.over, now)
        _keep(runtime, writes, inbound, turn, MASK if turn.masked else read.input, now)
    return turn.rendered.body


def end(runtime: Runtime, ended: DialogueEnd) -> None:
    """Notes that the network closed a dialogue. Nothing depends on it: the next dial resumes either way."""
    with runtime.database.transaction() as tx:
        dialogues.ended(tx, f"{ended.carrier}:{ended.transport}", ended.status)


def _name(inbound: Inbound) -> str:
    return f"{inbound.carrier}:{inbound.transport}"


def _service(inbound: Inbound) -> str:
    return inbound.service.rstrip("#")  # the carrier leaves the # off now and then


def _input(inbound: Inbound, text: str, opening: Opening) -> Inbound:
    """The same hop with only its own input."""
    return Inbound(
        ChannelName.USSD,
        inbound.carrier,
        inbound.address,
        text,
        inbound.provider_id,
        opening,
        inbound.transport,
        inbound.service,
        inbound.network,
    )


def _sealed(turn: Turn) -> bytes:
    return turn.key.seal(turn.rendered.body.encode(), dialogues.REPLY)


def _keep(runtime: Runtime, tx: Writer, inbound: Inbound, turn: Turn, text: str, now: datetime) -> None:
    body = orjson.dumps({"text": text[:_LONGEST_BODY], "service": inbound.service})
    inbox.add(
        tx,
        channel=ChannelName.USSD.value,
        carrier=inbound.carrier,
        key=runtime.vault.digest(
            "ussd", inbound.carrier, inbound.service, inbound.transport, inbound.address.value, inbound.text
        ),
        conversation_id=turn.address.conversation_id,
        body=turn.key.seal(body, inbox.BODY),
        now=now,
        asked=turn.asked,
    )

"""One turn of a conversation inside an open transaction: step, enact, resume, render, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.catalogue.published import Published
from gateway.channel import Channel
from gateway.conversation.session import Frame, Session, from_json, to_json
from gateway.conversation.step import Step, idle, resume, shortcut, step
from gateway.enact import enact
from gateway.enact.work import Party, Work
from gateway.errors import FlowError
from gateway.messages import Inbound, Prompt, Rendered
from gateway.runtime import Runtime
from gateway.store.conversations import SESSION, AddressRow, address_by_id, save_session
from gateway.store.database import Transaction
from gateway.vault import DataKey

MOST_CALLS = 16  # commands and queries in one turn: a flow that asks for more goes round in a circle


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn came to. `address` is where the reply goes, with the conversation that goes on."""

    address: AddressRow
    key: DataKey
    prompt: Prompt
    rendered: Rendered
    masked: bool
    ring: list[int] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether the dialogue ends with this screen: a closing prompt of several pages ends with its last."""
        return self.prompt.closes and self.prompt.page >= self.rendered.pages - 1


def take_turn(
    runtime: Runtime,
    tx: Transaction,
    channel: Channel,
    address: AddressRow,
    inbound: Inbound,
    now: datetime,
    segments: Sequence[str] = (),
) -> Turn:
    """Moves the conversation of `address` by one message, and saves it. `segments` are a dialled short cut's.

    Raises `FlowError` for a flow that cannot go on, `VaultError` for a conversation that was erased.
    """
    key = runtime.vault.open_key(address.key)
    session = _session(address, key)
    published = _revision(runtime, session)
    session = replace(session, revision=published.id, roles=address.roles, channel=inbound.channel.value)
    if segments:
        made = shortcut(published.revision, session, segments, now)
    else:
        made = step(published.revision, session, inbound, now)
    masked, ring = made.masked, list[int]()
    if made.call is not None:
        work = Work(
            runtime,
            tx,
            published,
            Party(
                address.conversation_id,
                address.id,
                key,
                address.roles,
                session.language,
                inbound.channel,
                inbound.carrier,
                published.id,
                inbound.contact,
            ),
            now,
            ring,
        )
        made, rebound = _carry_out(work, made)
        if rebound:
            address = address_by_id(tx, address.id)
            key = runtime.vault.open_key(address.key)
    prompt = made.prompt
    assert prompt is not None
    rendered = channel.render(prompt, inbound.network)
    session = made.session
    if session.pages != rendered.pages:
        session = replace(session, pages=rendered.pages)
    save_session(tx, address.conversation_id, key, to_json(session), session.revision, session.language, now)
    return Turn(address, key, prompt, rendered, masked, ring)


def _session(address: AddressRow, key: DataKey) -> Session:
    """The session as it was left; a new conversation's is empty."""
    if address.session is None:
        return Session(revision="", language=address.language)
    return from_json(key.open(address.session, SESSION))


def _revision(runtime: Runtime, session: Session) -> Published:
    """An open question is finished on the revision that asked it; everything else starts on the newest."""
    current = runtime.catalogue.current()
    if session.revision in ("", current.id) or idle(session):
        return current
    return runtime.catalogue.pinned(session.revision)


def _carry_out(work: Work, made: Step) -> tuple[Step, bool]:
    """Carries out what the flow asks for until there is something to say; whether the conversation changed."""
    rebound = False
    for _ in range(MOST_CALLS):
        if made.call is None:
            return made, rebound
        result = enact(work, made.call)
        session = made.session
        if work.rebound is not None:
            rebound, session = True, _joined(work, session)
        made = resume(work.published.revision, session, result, work.now)
    raise FlowError(f"more than {MOST_CALLS} calls without a question", state=made.session.frames[-1].state)


def _joined(work: Work, here: Session) -> Session:
    """The session that goes on after a phone and a chat became one conversation.

    The flow that bound them (the last frame) goes on top of the side with answers in it; where both have some,
    of the one asked last, and the other is parked to be offered later.
    """
    address = address_by_id(work.tx, work.party.address_id)
    there = _session(address, work.runtime.vault.open_key(address.key))
    work.rebound = None
    below, binding = here.frames[:-1], here.frames[-1:]
    if not there.frames or (_answered(below) and here.asked_at >= there.asked_at):
        return replace(here, roles=address.roles, parked=there.frames or there.parked)
    work.published = _revision(work.runtime, there)
    return replace(
        there,
        roles=address.roles,
        channel=here.channel,
        language=there.language or here.language,
        frames=(*there.frames, *binding),
        parked=below if _answered(below) else there.parked,
        page=0,
    )


def _answered(frames: Sequence[Frame]) -> bool:
    return any(frame.variables for frame in frames)

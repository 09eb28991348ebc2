"""One turn of a conversation inside an open transaction: step, enact, resume, render, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway import log
from gateway.channel import Channel
from gateway.conversation.flow import Revision
from gateway.conversation.invited import spelled_out
from gateway.conversation.pinning import movable
from gateway.conversation.prompt import phrase, spoken
from gateway.conversation.session import Frame, Session, from_json, park, to_json
from gateway.conversation.step import Step, idle, resume, shortcut, step
from gateway.enact import enact
from gateway.enact.helping import capacity
from gateway.enact.work import Party, Work
from gateway.errors import FlowError, StoreError, StoreUnavailable
from gateway.messages import ChannelName, Inbound, Opening, Prompt, Rendered
from gateway.runtime import Runtime
from gateway.store.conversations import SESSION, AddressRow, address_by_id, save_session
from gateway.store.database import Transaction, Writer
from gateway.vault import DataKey

MOST_CALLS = 16  # commands and queries in one turn: a flow that asks for more goes round in a circle


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn came to. `address` is where the reply goes, with the conversation that goes on.

    `session` is None where the conversation stands as it stood.
    """

    address: AddressRow
    key: DataKey
    session: Session | None
    prompt: Prompt
    rendered: Rendered
    masked: bool
    ring: list[int] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """The question that stands now, as `flow.state`; empty where none does."""
        if self.session is None or not self.session.frames or self.session.offer:
            return ""
        return f"{self.session.frames[-1].flow}.{self.session.frames[-1].state}"

    @property
    def over(self) -> bool:
        """Whether the dialogue ends with this screen: a closing prompt of several pages ends with its last."""
        return self.prompt.closes and self.prompt.page >= self.rendered.pages - 1

    def save(self, tx: Writer, now: datetime) -> None:
        """Keeps where the conversation stands now."""
        if self.session is not None:
            revision, language = self.session.revision, self.session.language
            json = to_json(self.session)
            save_session(tx, self.address.conversation_id, self.key, json, revision, language, now)


def take_turn(
    runtime: Runtime,
    tx: Transaction,
    channel: Channel,
    address: AddressRow,
    inbound: Inbound,
    now: datetime,
    segments: Sequence[str] = (),
) -> Turn:
    """Moves the conversation of `address` by one message; the caller saves it. `segments` are a dialled short cut's.

    Raises `FlowError` for a flow that cannot go on, `VaultError` for a conversation that was erased.
    """
    key = runtime.vault.open_key(address.key)
    session, revision = _pinned(runtime, _session(address, key))
    session = _placed(runtime, session, address, inbound)
    session, inbound = _spelled_out(tx, revision, session, address, inbound, now)
    made = shortcut(revision, session, segments, now) if segments else step(revision, session, inbound, now)
    masked, ring = made.masked, list[int]()
    if made.call is not None:
        work = Work(
            runtime,
            tx,
            runtime.catalogue.current(),
            Party(
                address.conversation_id,
                address.id,
                key,
                address.present_roles,
                session.language,
                inbound.channel,
                inbound.carrier,
                revision.id,
                inbound.contact,
            ),
            now,
            ring,
        )
        made, rebound = _carry_out(work, made, revision)
        if rebound:
            address = address_by_id(tx, address.id)
            key = runtime.vault.open_key(address.key)
    prompt = made.prompt
    assert prompt is not None
    rendered = channel.render(prompt, inbound.network)
    session = made.session
    if session.pages != rendered.pages:
        session = replace(session, pages=rendered.pages)
    return Turn(address, key, session, prompt, rendered, masked, ring)


def _placed(runtime: Runtime, session: Session, address: AddressRow, inbound: Inbound) -> Session:
    """The session on the channel and phone that the message came from."""
    ussd = inbound.channel is ChannelName.USSD
    latin = ussd and runtime.catalogue.current().policy.network(inbound.network).latin
    roles = address.present_roles
    if (session.roles, session.channel, session.latin) == (roles, inbound.channel, latin):
        return session
    return replace(session, roles=roles, channel=inbound.channel.value, latin=latin)


def _spelled_out(
    tx: Transaction,
    revision: Revision,
    session: Session,
    address: AddressRow,
    inbound: Inbound,
    now: datetime,
) -> tuple[Session, Inbound]:
    """A provider's bare answer to the question about room, with the keyword that it lacks; all else as it is."""
    typed = inbound.opening is Opening.ANSWER and inbound.channel is not ChannelName.USSD and not inbound.mark
    if not typed or capacity.ROLE not in session.roles:
        return session, inbound
    whole = spelled_out(revision, session, inbound.text, capacity.LINK, now)
    if not whole or not capacity.asked_last(tx, address.id, now):
        return session, inbound
    return replace(session, frames=(), offer=""), replace(inbound, text=whole)


def apologise(runtime: Runtime, channel: Channel, address: AddressRow, inbound: Inbound) -> Turn:
    """What is said where a turn failed by our own fault: try later. The conversation stands where it stood.

    What came in is masked unless the open question is known not to be secret.
    """
    key = runtime.vault.open_key(address.key)
    session, revision = _pinned(runtime, _session(address, key))
    language = spoken(revision, session.language, session.latin)
    prompt = Prompt(phrase(revision, language, inbound.channel, "try_later"), language)
    masked = False
    if session.frames and inbound.opening is Opening.ANSWER:
        flow = revision.flows.get(session.frames[-1].flow)
        masked = getattr(flow and flow.states.get(session.frames[-1].state), "secret", True)
    return Turn(address, key, None, prompt, channel.render(prompt, inbound.network), masked)


def _session(address: AddressRow, key: DataKey) -> Session:
    """The session as it was left; a new conversation's is empty."""
    if address.session is None:
        return Session(revision="", language=address.language)
    return from_json(key.open(address.session, SESSION))


def _pinned(runtime: Runtime, session: Session) -> tuple[Session, Revision]:
    """What was asked, or put off, and was changed is finished where it began; all else goes on in the newest revision.

    Policy and notices are always the newest. Where the revision cannot be loaded any more, the conversation
    begins anew, in its language.
    """
    current = runtime.catalogue.current()
    if session.revision == current.id:
        return session, current.revision
    if not session.revision or (idle(session) and not session.parked):
        return replace(session, revision=current.id), current.revision
    try:
        asked = runtime.catalogue.pinned(session.revision).revision
    except StoreUnavailable:
        raise
    except (FlowError, StoreError) as error:
        log.get().error("revision_lost", revision=session.revision, error=type(error).__name__)
        return Session(current.id, session.language), current.revision
    if movable(asked, current.revision, session):
        return replace(session, revision=current.id), current.revision
    return session, asked


def _carry_out(work: Work, made: Step, revision: Revision) -> tuple[Step, bool]:
    """Carries out what the flow asks for until there is something to say; whether the conversation changed."""
    rebound = False
    for _ in range(MOST_CALLS):
        if made.call is None:
            return made, rebound
        result = enact(work, made.call)
        session = made.session
        if work.rebound is not None:
            rebound = True
            session, revision = _joined(work, session, revision)
        made = resume(revision, session, result, work.now)
    raise FlowError(f"more than {MOST_CALLS} calls without a question", state=made.session.frames[-1].state)


def _joined(work: Work, here: Session, revision: Revision) -> tuple[Session, Revision]:
    """The session that goes on after a phone and a chat became one conversation.

    The flow that bound them (the last frame) goes on top of the side with answers in it; where both have some,
    of the one asked last. The other is parked to be offered later, with all that was parked on either side.
    """
    address = address_by_id(work.tx, work.party.address_id)
    there = _session(address, work.runtime.vault.open_key(address.key))
    work.rebound = None
    below, binding = here.frames[:-1], here.frames[-1:]
    parked = (*here.parked, *there.parked)
    if not there.frames or (_answered(below) and here.asked_at >= there.asked_at):
        left = there.frames if _answered(there.frames) else ()
        return replace(here, roles=address.present_roles, parked=park(parked, left)), revision
    left = below if _answered(below) else ()
    there, revision = _pinned(work.runtime, there)
    joined = replace(
        there,
        roles=address.present_roles,
        channel=here.channel,
        language=there.language or here.language,
        frames=(*there.frames, *binding),
        parked=park(parked, left),
        page=0,
    )
    return joined, revision


def _answered(frames: Sequence[Frame]) -> bool:
    return any(frame.variables for frame in frames)

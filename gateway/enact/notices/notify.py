"""Telling people, providers and staff what they did not ask for just now, as the published notices say it.

A message is posted in the transaction of what it tells of. A dedupe key keeps the same thing from being told
twice. No person or provider who sent STOP is told anything. The staff are: somebody may wait for them in danger,
and a silence that their carrier reported cannot be told from their own STOP. In a country's quiet hours a notice
waits in the outbox for the morning, unless it says itself that it passes or what it tells is urgent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway import log
from gateway.catalogue.notices import Notice
from gateway.commands import Kind
from gateway.conversation.answers import shown
from gateway.enact.notices import news
from gateway.enact.work import Work
from gateway.messages import AddressKind, ChannelName, Outbound
from gateway.store import consents, outbox, people, providers, staff
from gateway.store.conversations import AddressRow, address_by_id, addresses_of, reveal
from gateway.store.staff import CASEWORKER, COMPLAINTS, SUPERVISOR, StaffRow
from gateway.text.parts import split

NOTICES = frozenset(
    "details_invitation callback_staff certificate_changed certificate_expiring holder_code leg_accepted_person "
    "leg_accepted_staff leg_completed_person leg_completed_staff leg_declined_person leg_declined_staff "
    "leg_no_show_person leg_offered leg_offered_staff leg_revoked_provider leg_scheduled_person "
    "leg_undelivered leg_withdrawn_provider phone_added referral_closed_person referral_unmet_person "
    "referral_unmet_staff review_staff registration_ask_person "
    "certificate_issued change_made_person change_refused_person "
    "registration_rejected_person review_answered_staff review_reminder_staff "
    "leg_ask_attended_person leg_ask_helped_person leg_attended_provider leg_attended_staff "
    "leg_confirmed_provider leg_expired_provider leg_late_staff leg_no_show_provider leg_no_show_staff "
    "leg_reminder_provider leg_service_late_staff leg_silent_provider referral_disputed_staff "
    "referral_served_person referral_served_staff referral_waiting_staff "
    "complaint_answered_person complaint_late_staff complaint_reminder_staff complaint_staff "
    "case_given_staff case_gone_staff cases_given_staff "
    "digest_staff undelivered_leg_staff undelivered_provider_staff undelivered_staff "
    "capacity_ask_provider provider_silent_staff "
    "verification_misses_staff leg_scheduled_provider leg_noted_provider leg_next_provider call_soon_person".split()
)
"""Every notice that this room sends: what a folder of flows must hold."""

_WAYS = {
    AddressKind.TELEGRAM: (ChannelName.TELEGRAM, "telegram"),
    AddressKind.PHONE: (ChannelName.SMS, "africastalking"),
}
"""By which channel and carrier an address is written to, the way tried first above."""

_SPREAD = 600  # seconds after the quiet hours over which what waited is sent
_MOST_PARTS = 2  # of an SMS with a list
_MOST_LINES = 60  # of a list, in a chat too: a message there has 4,096 letters at most


@dataclass(frozen=True, slots=True)
class ToPerson:
    """One of those who hold a conversation, at one of its addresses; by SMS if they themselves said yes to it."""

    conversation_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ToProvider:
    """All the phones of a provider: nobody knows which one is being looked at."""

    provider_id: int


@dataclass(frozen=True, slots=True)
class ToStaff:
    """Those of a role who cover an area (a P-code; empty: any), or one of them alone."""

    area: str
    role: str = CASEWORKER
    only: int | None = None


@dataclass(frozen=True, slots=True)
class ToMembers:
    """These of the staff and nobody in their place: what others may not know waits rather than being told to them."""

    staff_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ToConversation:
    """Whoever speaks in a conversation, named or not; by SMS only where they said yes to it there (`phones`)."""

    conversation_id: int
    phones: bool


Recipients = ToPerson | ToProvider | ToStaff | ToMembers | ToConversation


@dataclass(frozen=True, slots=True, repr=False)
class Telling:
    """One thing that is told: by which notice, to whom, what it shows, and the key under which it is told once."""

    name: str
    to: Recipients
    values: Mapping[str, str]
    dedupe: str
    urgent: bool = False

    def key(self, address_id: int) -> str:
        """The dedupe key of the letter to an address: nobody gets the same thing there twice."""
        return f"{self.dedupe}:{self.name}:{address_id}"

    def to_json(self) -> dict[str, Any]:
        """What a letter keeps of it, so that it can be told again by another way."""
        to = {"kind": type(self.to).__name__, **asdict(self.to)}
        return {"to": to, "values": dict(self.values), "dedupe": self.dedupe, "urgent": self.urgent}

    @classmethod
    def from_json(cls, name: str, kept: Mapping[str, Any]) -> Telling:
        """What a letter of this name kept."""
        to: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in kept["to"].items()
        }
        kind = _KINDS[to.pop("kind")]
        return cls(name, kind(**to), kept["values"], kept["dedupe"], kept["urgent"])


_KINDS = {kind.__name__: kind for kind in (ToPerson, ToProvider, ToStaff, ToMembers, ToConversation)}


@dataclass(frozen=True, slots=True, repr=False)
class Reader:
    """Somebody to tell: the addresses they may be written to at, the best first, and the language they read."""

    rows: tuple[AddressRow, ...]
    language: str
    staff_id: int | None = None


def notify(
    work: Work, name: str, to: Recipients, values: Mapping[str, str], dedupe: str, *, urgent: bool = False
) -> int:
    """Posts a notice to each recipient; returns how many can be reached, told now or before.

    `values` are codes and names as they are stored; each is shown as its kind is shown in the recipient's
    language. What is `urgent` wakes people up, and is never kept for a digest. Raises `KeyError` for a notice that is
    not published.
    """
    notice, telling = work.published.notices[name], Telling(name, to, values, dedupe, urgent)
    reached = 0
    for reader in readers(work, notice, to):
        reached += 1
        if urgent or not notice.digest or _news_at_once(work, telling, reader):
            post(work, telling, reader, reader.rows[0])
    if not reached and notice.audience != "person":
        log.get().warning("nobody_to_tell", reason=name)  # a person may well not want to be told
    return reached


def _news_at_once(work: Work, telling: Telling, reader: Reader) -> bool:
    member = reader.staff_id
    if member is None or not work.runtime.keeps_hours:
        return True
    return news.at_once(work, member, telling.name, telling.values, telling.key(member))


def post(work: Work, telling: Telling, reader: Reader, row: AddressRow) -> bool:
    """Posts what is told to one address of a reader; False where it was told there before."""
    notice, (channel, carrier) = work.published.notices[telling.name], _WAYS[row.kind]
    due = _due(work, notice, row, telling)
    letter = outbox.Letter(
        conversation_id=row.conversation_id,
        address_id=row.id,
        channel=channel,
        carrier=carrier,
        purpose=notice.name,
        handling=notice.handling,
        body=outbox.pack(
            work.vault.open_key(row.key), _message(work, notice, telling, reader, row), telling.to_json()
        ),
        dedupe=telling.key(row.id),
        due_at=due,
    )
    posted = outbox.post(work.tx, letter, work.now)
    if posted is not None and due is None:
        work.ring.append(posted)
    return posted is not None


def _due(work: Work, notice: Notice, row: AddressRow, telling: Telling) -> datetime | None:
    """The end of the quiet hours, where a notice waits for it; None for at once.

    Each address has a moment of its own within `_SPREAD` after the end: no carrier gets everything in one second,
    and until that moment what is new to an address goes on waiting with what came to it in the night.
    """
    if telling.urgent or not notice.waits:
        return None
    later = timedelta(seconds=row.id % _SPREAD)
    over = _night_over(work, work.now) or _night_over(work, work.now - later)
    return None if over is None else over + later


def wakes_at(work: Work) -> datetime:
    """When what is told now, and not urgent, is read at the earliest: now, or when the quiet hours are over."""
    return _night_over(work, work.now) or work.now


def _night_over(work: Work, moment: datetime) -> datetime | None:
    quiet = work.policy.quiet_hours
    if quiet is None or not work.runtime.keeps_hours:
        return None
    return quiet.over(moment, work.policy.calendar.utc_offset)


def _message(work: Work, notice: Notice, telling: Telling, reader: Reader, row: AddressRow) -> Outbound:
    channel, language = _WAYS[row.kind][0], reader.language or work.policy.language
    readable = _readable(work, notice, language, telling.values)
    may_press = notice.audience == "person" or notice.audience in row.roles
    return Outbound(
        channel,
        reveal(work.vault, row),
        _fitted(notice, language, channel, readable),
        notice.keyboard(language, channel, readable) if may_press else (),
    )


def _fitted(notice: Notice, language: str, channel: ChannelName, readable: dict[str, str]) -> str:
    """The text, without the last lines of a list that has more than a message can hold."""
    lists = [name for name, kind in notice.placeholders.items() if kind is Kind.LIST]
    kept = {name: readable[name].split("\n")[:_MOST_LINES] for name in lists}
    while True:
        text = notice.say(language, channel, readable | {name: "\n".join(kept[name]) for name in lists})
        if channel is not ChannelName.SMS or not any(kept.values()) or len(split(text).parts) <= _MOST_PARTS:
            return text
        max(kept.values(), key=len).pop()


def _readable(work: Work, notice: Notice, language: str, values: Mapping[str, str]) -> dict[str, str]:
    readable = {}
    for name, kind in notice.placeholders.items():
        value = values[name]
        if kind is Kind.LIST:
            readable[name] = "\n".join(_move(work, each, language) for each in value.split())
            continue
        label = work.policy.label(name, value, language) if kind is Kind.CODE else value
        readable[name] = shown(kind, label)
    return readable


def _move(work: Work, move: str, language: str) -> str:
    """One line of a list of `code:stage`."""
    code, _, stage = move.partition(":")
    return f"{shown(Kind.LEG_CODE, code)} {work.policy.label('stage', stage, language)}".rstrip()


# --- who is told, and where -------------------------------------------------------------------------------


def readers(work: Work, notice: Notice, to: Recipients) -> Iterator[Reader]:
    """Who is told; each can be reached at one address at least."""
    match to:
        case ToPerson(conversation_id, person_id):
            if people.lives(work.tx, person_id):
                phone_too = not notice.sms_consent or consents.given(work.tx, person_id, "sms")
                yield from _speaking(work, conversation_id, phones=phone_too)
        case ToConversation(conversation_id, phones):
            yield from _speaking(work, conversation_id, phones=phones)
        case ToProvider(provider_id):
            language = providers.by_id(work.tx, provider_id).language
            for row in _rows(work, providers.phones(work.tx, provider_id)):
                if _reachable(row) and not row.silenced:
                    yield Reader((row, *_chats_beside(work, row)), language)
        case ToMembers(staff_ids):
            yield from _members(work, [each for each in staff.active(work.tx) if each.id in staff_ids])
        case ToStaff():
            for circle in _circles(work, to):
                if found := list(_members(work, circle)):
                    yield from found
                    return


def _speaking(work: Work, conversation_id: int, *, phones: bool) -> Iterator[Reader]:
    """Whoever holds a conversation, unless they sent STOP."""
    rows = [row for row in addresses_of(work.tx, conversation_id) if not row.silenced]
    if best := _best([row for row in rows if phones or row.kind is not AddressKind.PHONE]):
        yield Reader(best, best[0].language)


def _members(work: Work, circle: Sequence[StaffRow]) -> Iterator[Reader]:
    for each in circle:
        if best := _best(_rows(work, staff.addresses(work.tx, each.id))):
            yield Reader(best, each.language, each.id)


def _chats_beside(work: Work, phone: AddressRow) -> list[AddressRow]:
    """The chats whose owner proved to own this phone."""
    rows = addresses_of(work.tx, phone.conversation_id)
    chats = [row for row in rows if row.kind is AddressKind.TELEGRAM and row.id != phone.id]
    return [row for row in chats if _reachable(row) and not row.silenced]


def _circles(work: Work, to: ToStaff) -> Iterator[list[StaffRow]]:
    """Who is meant, then whom to ask where none of those can be reached: a case never waits unseen."""
    employed = staff.active(work.tx)
    everyone = [each for each in employed if each.here(work.now)]  # others stand in for whoever is on leave
    yield [each for each in everyone if each.id == to.only]
    yield [each for each in everyone if each.role == to.role and covers(work, each, to.area)]
    yield [each for each in everyone if each.role == SUPERVISOR]
    yield everyone
    yield employed


def covers(work: Work, member: StaffRow, area: str) -> bool:
    """Whether an area (a P-code; empty: any) is one of those that somebody works for."""
    if member.role == COMPLAINTS:
        return False  # who looks at what went wrong has no part in it
    within = work.policy.gazetteer.within
    return not (area and member.areas) or any(within(area, own) for own in member.areas)


def _rows(work: Work, address_ids: Sequence[int]) -> list[AddressRow]:
    return [address_by_id(work.tx, each) for each in address_ids]


def _best(rows: Sequence[AddressRow]) -> tuple[AddressRow, ...]:
    """The addresses to write to in their order: a chat before a phone, since it costs nothing and shows more."""
    order = list(_WAYS)
    reachable = [row for row in rows if _reachable(row)]
    return tuple(sorted(reachable, key=lambda row: order.index(row.kind)))


def _reachable(row: AddressRow) -> bool:
    """A phone that was off is tried again; a chat whose owner blocked us is not."""
    blocked = row.unreachable and row.kind is AddressKind.TELEGRAM
    return row.kind in _WAYS and not blocked

"""Telling people, providers and staff what they did not ask for just now, as the published notices say it.

A message is posted in the transaction of what it tells of. A dedupe key keeps the same thing from being told
twice. No person or provider who sent STOP is told anything. The staff are: somebody may wait for them in danger,
and a silence that their carrier reported cannot be told from their own STOP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway import log
from gateway.catalogue.notices import Notice
from gateway.commands import Kind
from gateway.conversation.answers import shown
from gateway.enact.work import Work
from gateway.messages import AddressKind, ChannelName, Outbound
from gateway.store import consents, outbox, people, providers, staff
from gateway.store.conversations import AddressRow, address_by_id, addresses_of, reveal
from gateway.store.staff import CASEWORKER, SUPERVISOR, StaffRow

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
    "verification_misses_staff".split()
)
"""Every notice that this room sends: what a folder of flows must hold."""

_WAYS = {
    AddressKind.TELEGRAM: (ChannelName.TELEGRAM, "telegram"),
    AddressKind.PHONE: (ChannelName.SMS, "africastalking"),
}
"""By which channel and carrier an address is written to, the way tried first above."""


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


Recipients = ToPerson | ToProvider | ToStaff


def notify(work: Work, name: str, to: Recipients, values: Mapping[str, str], dedupe: str) -> int:
    """Posts a notice to each recipient; returns how many can be reached, told now or before.

    `values` are codes and names as they are stored; each is shown as its kind is shown in the recipient's
    language. Raises `KeyError` for a notice that is not published.
    """
    notice = work.published.notices[name]
    reached = 0
    for row, language in _recipients(work, notice, to):
        _post(work, notice, row, language or work.policy.language, values, f"{dedupe}:{name}:{row.id}")
        reached += 1
    if not reached and notice.audience != "person":
        log.get().warning("nobody_to_tell", reason=name)  # a person may well not want to be told
    return reached


def _post(
    work: Work, notice: Notice, row: AddressRow, language: str, values: Mapping[str, str], dedupe: str
) -> None:
    channel, carrier = _WAYS[row.kind]
    text = notice.say(language, channel, _readable(work, notice, language, values))
    message = Outbound(channel, reveal(work.vault, row), text)
    letter = outbox.Letter(
        conversation_id=row.conversation_id,
        address_id=row.id,
        channel=channel,
        carrier=carrier,
        purpose=notice.name,
        handling=notice.handling,
        body=outbox.pack(work.vault.open_key(row.key), message),
        dedupe=dedupe,
    )
    posted = outbox.post(work.tx, letter, work.now)
    if posted is not None:
        work.ring.append(posted)


def _readable(work: Work, notice: Notice, language: str, values: Mapping[str, str]) -> dict[str, str]:
    readable = {}
    for name, kind in notice.placeholders.items():
        value = values[name]
        label = work.policy.label(name, value, language) if kind is Kind.CODE else value
        readable[name] = shown(kind, label)
    return readable


# --- who is told, and where -------------------------------------------------------------------------------


def _recipients(work: Work, notice: Notice, to: Recipients) -> Iterator[tuple[AddressRow, str]]:
    """The addresses to write to, each with the language to write in."""
    match to:
        case ToPerson(conversation_id, person_id):
            if not people.lives(work.tx, person_id):
                return
            phone_too = not notice.sms_consent or consents.given(work.tx, person_id, "sms")
            rows = addresses_of(work.tx, conversation_id)
            allowed = [row for row in rows if phone_too or row.kind is not AddressKind.PHONE]
            for row in _best([row for row in allowed if not row.silenced]):
                yield row, row.language
        case ToProvider(provider_id):
            language = providers.by_id(work.tx, provider_id).language
            for row in _rows(work, providers.phones(work.tx, provider_id)):
                if _reachable(row) and not row.silenced:
                    yield row, language
        case ToStaff():
            for circle in _circles(work, to):
                found = [
                    (row, each.language)
                    for each in circle
                    for row in _best(_rows(work, staff.addresses(work.tx, each.id)))
                ]
                if found:
                    yield from found
                    return


def _circles(work: Work, to: ToStaff) -> Iterator[list[StaffRow]]:
    """Who is meant, then whom to ask where none of those can be reached: a case never waits unseen."""
    everyone = staff.active(work.tx)
    yield [each for each in everyone if each.id == to.only]
    yield [each for each in everyone if each.role == to.role and covers(work, each, to.area)]
    yield [each for each in everyone if each.role == SUPERVISOR]
    yield everyone


def covers(work: Work, member: StaffRow, area: str) -> bool:
    """Whether an area (a P-code; empty: any) is one of those that somebody works for."""
    within = work.policy.gazetteer.within
    return not (area and member.areas) or any(within(area, own) for own in member.areas)


def _rows(work: Work, address_ids: Sequence[int]) -> list[AddressRow]:
    return [address_by_id(work.tx, each) for each in address_ids]


def _best(rows: Sequence[AddressRow]) -> list[AddressRow]:
    """The one address to write to: a chat before a phone, since it costs nothing and shows more."""
    order = list(_WAYS)
    reachable = [row for row in rows if _reachable(row)]
    return sorted(reachable, key=lambda row: order.index(row.kind))[:1]


def _reachable(row: AddressRow) -> bool:
    """A phone that was off is tried again; a chat whose owner blocked us is not."""
    blocked = row.unreachable and row.kind is AddressKind.TELEGRAM
    return row.kind in _WAYS and not blocked

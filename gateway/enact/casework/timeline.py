"""Everything that happened to one referral, in order: for whoever takes a case over, and to answer for it later.

Codes only: who acted is a role with the code of a member of the staff or of a provider, never a name or a number.
Notes are told of without their text unless somebody reads them, and that is on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.enact.casework import case_notes as notes
from gateway.enact.referring.leg_due import LEG_KINDS, SILENCE, WATCH
from gateway.enact.work import Work
from gateway.store import case_notes, history, providers, referrals, staff
from gateway.store.callbacks import OPEN
from gateway.store.referrals import LegRow, ReferralRow

KINDS = ("opened", "event", "act", "callback", "notice", "note", "closed", "due")
"""What an entry tells of, in the order in which entries of one instant stand."""

_DONE = frozenset({"recorded", "given", "noted"})
"""Outcomes of acts whose effect stands in the timeline itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, or falls due. `id` is its row's, `code` the leg's that it is about, if any."""

    at: datetime
    kind: str
    id: int
    what: str
    who: str = ""
    code: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    text: str | None = field(default=None, repr=False)


def timeline(work: Work, referral: ReferralRow, reader: str = "") -> list[Entry]:
    """All of it, the oldest first, what is yet to come last. `reader` (`kind:id`) also reads the notes."""
    own = referrals.legs_of(work.tx, referral.id)
    entries = [
        Entry(referral.opened_at, "opened", referral.id, "opened", "person", detail=_asked(referral)),
        *_events(work, own),
        *_acts(work, referral, own),
        *_calls(work, referral),
        *_notices(work, referral, own),
        *_notes(work, referral, reader),
        *_due(work, referral, own),
    ]
    closed_at = referrals.closed_at(work.tx, referral.id)
    if closed_at is not None:
        detail = {"state": referral.state} | ({"reason": referral.reason} if referral.reason else {})
        entries.append(Entry(closed_at, "closed", referral.id, "closed", detail=detail))
    return sorted(entries, key=lambda each: (each.at, KINDS.index(each.kind), each.id))


def _asked(referral: ReferralRow) -> dict[str, str]:
    return {"need": referral.need, "area": referral.area, "priority": referral.priority}


def _events(work: Work, own: list[LegRow]) -> Iterator[Entry]:
    for leg in own:
        provider = providers.by_id(work.tx, leg.provider_id).code
        for row in referrals.events_of(work.tx, leg.id):
            detail = {"provider": provider, "state": row.state} | (
                {"detail": row.detail} if row.detail else {}
            )
            yield Entry(row.at, "event", row.id, row.event, who(work, row.actor), leg.code, detail)


def _acts(work: Work, referral: ReferralRow, own: list[LegRow]) -> Iterator[Entry]:
    """Who had the case, and what was tried in vain; what was done stands among the events."""
    codes = {f"leg:{leg.id}": leg.code for leg in own}
    for row in history.acts(work.tx, [f"referral:{referral.id}", *codes], referral.opened_at):
        if row.action != "case.note" and row.detail.get("outcome") not in _DONE:
            detail = {name: str(value) for name, value in row.detail.items() if value}
            code = codes.get(row.subject, "")
            yield Entry(row.at, "act", row.id, row.action, who(work, row.actor), code, detail)


def _calls(work: Work, referral: ReferralRow) -> Iterator[Entry]:
    until = referrals.closed_at(work.tx, referral.id)
    for call, taken_at in history.calls(work.tx, referral.conversation_id, referral.opened_at, until):
        detail = {"reason": call.reason}
        yield Entry(call.opened_at, "callback", call.id, "asked", "person", call.code, detail)
        if taken_at is not None and call.state != OPEN:
            by = who(work, f"staff:{call.staff_id}")
            yield Entry(taken_at, "callback", call.id, call.state, by, call.code, detail)


def _notices(work: Work, referral: ReferralRow, own: list[LegRow]) -> Iterator[Entry]:
    about = [f"referral:{referral.id}:", *(f"leg:{leg.id}:" for leg in own)]
    for letter in history.letters(work.tx, about):
        notice = work.published.notices.get(letter.purpose)
        to = notice.audience if notice else ""
        detail = {
            "channel": letter.channel,
            "state": letter.state,
            "delivery": letter.delivery,
            "code": letter.code,
        }
        shown = {name: value for name, value in detail.items() if value}
        yield Entry(letter.created_at, "notice", letter.id, letter.purpose, f"to {to}", detail=shown)
    for item in history.digests(work.tx, about):
        if item.told_at == item.at:
            continue  # told at once, by a letter
        told = {"state": "told", "told_at": item.told_at.isoformat()} if item.told_at else {"state": "waits"}
        by = who(work, f"staff:{item.staff_id}")
        yield Entry(item.at, "notice", item.id, item.notice, f"to {by}", detail={"channel": "digest"} | told)


def _notes(work: Work, referral: ReferralRow, reader: str) -> Iterator[Entry]:
    read = [each.text for each in notes.read(work, referral, reader)] if reader else []
    for place, row in enumerate(case_notes.of(work.tx, referral.id)):
        text = read[place] if place < len(read) else None
        detail = {"text": "unreadable"} if reader and text is None else {}
        yield Entry(row.at, "note", row.id, "noted", who(work, row.author), detail=detail, text=text)


def _due(work: Work, referral: ReferralRow, own: list[LegRow]) -> Iterator[Entry]:
    for leg in own:
        for kind, at in history.due(work.tx, LEG_KINDS, leg.id):
            yield Entry(at, "due", leg.id, kind.removeprefix("leg_"), code=leg.code)
    for kind, at in history.due(work.tx, (SILENCE, WATCH), referral.id):
        yield Entry(at, "due", referral.id, kind.removeprefix("referral_"))


def who(work: Work, actor: str) -> str:
    """An actor (`staff:3`) as the staff know them: `staff abebe`, `provider clinic`, `person`, `worker timers`."""
    role, _, key = actor.partition(":")
    match role:
        case "staff" if key.isdecimal():
            member = staff.by_id(work.tx, int(key))
            return f"staff {member.code}" if member else "staff"
        case "provider" if key.isdecimal():
            return f"provider {providers.by_id(work.tx, int(key)).code}"
        case "person" | "address":
            return {"person": "person", "address": "unknown phone"}[role]
        case _:
            return f"{role} {key}".strip()

"""Notes of the staff about a case: kept sealed, read by the staff of its area only, each reading on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.commands import AddNote, Result
from gateway.enact.casework.cases import case_of
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry import short_code
from gateway.store import audit, case_notes, people, staff
from gateway.store.referrals import ReferralRow


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """A note as it is read. `text` is None where the person was erased: nobody can read it any more."""

    at: datetime
    author: str
    text: str | None


def add_note(work: Work, command: AddNote) -> Result:
    """Keeps what one of the staff says of a case; to anyone but the staff of its area it does not exist."""
    if not short_code.check(command.code):
        return Result("mistyped", {})
    member = staff.by_address(work.tx, work.party.address_id)
    found = case_of(work, member, command.code) if member else None
    if member is None or found is None:
        return Result("unknown", {})
    if not command.text:
        return Result("needs_text", {})
    try:
        write(work, found[0], command.text, f"staff:{member.id}")
    except VaultError:
        return Result("unknown", {})  # of somebody erased nothing is kept any more
    return Result("noted", {})


def write(work: Work, referral: ReferralRow, text: str, author: str) -> None:
    """Keeps a note about a case; that it was written is on record. Raises `VaultError` for somebody erased."""
    person = people.by_id(work.tx, referral.person_id)
    case_notes.add(work.tx, work.vault, referral.id, person, author, text, work.now)
    audit.add(work.tx, author, "case.note", f"referral:{referral.id}", {}, work.now)


def read(work: Work, referral: ReferralRow, reader: str) -> list[Note]:
    """The notes about a case, the oldest first; that `reader` (`kind:id`) read them is on record."""
    audit.add(work.tx, reader, "case.notes_read", f"referral:{referral.id}", {}, work.now)
    return [Note(each.at, each.author, _text(work, each)) for each in case_notes.of(work.tx, referral.id)]


def _text(work: Work, note: case_notes.NoteRow) -> str | None:
    try:
        return case_notes.text_of(work.vault, people.by_id(work.tx, note.person_id), note)
    except VaultError:
        return None

"""What a publication would do to people in mid-conversation: who stands where, and where each would go.

Sessions are opened in memory, one after the other, and only counted: nothing of a person leaves here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gateway.catalogue.published import Catalogue
from gateway.conversation.flow import Revision
from gateway.conversation.pinning import MOVES, Fit, Hold, fit
from gateway.conversation.session import Frame, Session, from_json
from gateway.errors import FlowError, StoreError, StoreUnavailable, VaultError
from gateway.store import revisions
from gateway.store.conversations import SESSION
from gateway.store.database import Database
from gateway.vault import Vault


class Fate(StrEnum):
    """What becomes of a conversation."""

    MOVES = "moves"  # its question is the same: it goes on in the new revision
    STAYS = "stays"  # its question is finished where it began
    FREE = "free"  # nothing is asked or was put off: the next message starts on the new revision
    THERE = "there"  # it stands on this very revision
    LOST = "lost"  # its own revision cannot be loaded any more: it begins anew


@dataclass(frozen=True, slots=True)
class Standing:
    """So many conversations that stand at one place of one revision, and what becomes of them.

    `hold` says why they stay (a `Hold`), `at` names the flow and state that holds them, and `unset` the variables
    that would be without a value, or read otherwise.
    """

    revision: str
    flow: str
    state: str
    fate: Fate
    count: int
    hold: Hold | None = None
    at: str = ""
    unset: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def standing(catalogue: Catalogue, database: Database, vault: Vault, after: Revision) -> list[Standing]:
    """Every conversation that is kept, counted by where it stands; the most people first.

    What was erased, so that its key is gone, is not counted. Raises `StoreUnavailable`.
    """
    counts = Counter(_fates(catalogue, database, vault, after))
    found = [
        Standing(revision, flow, state, fate, count, how.hold, _place(how), how.variables)
        for (revision, flow, state, fate, how), count in counts.items()
    ]
    return sorted(
        found, key=lambda each: (-each.count, each.flow, each.state, each.revision, each.fate, each.at)
    )


_Fate = tuple[str, str, str, Fate, Fit]


def _fates(catalogue: Catalogue, database: Database, vault: Vault, after: Revision) -> Iterator[_Fate]:
    for kept in revisions.sessions(database):
        try:
            session = from_json(vault.open_key(kept.key).open(kept.session, SESSION))
        except (VaultError, ValueError, TypeError):
            continue
        top = _asked(session)
        fate, how = _fate(catalogue, session, after) if top else (Fate.FREE, MOVES)
        flow, state = (top.flow, top.state) if top else ("", "")
        yield session.revision, flow, state, fate, how


def _asked(session: Session) -> Frame | None:
    """The question that is open, or was put off and will be offered; None where there is none."""
    if session.frames:
        return session.frames[-1]
    return session.parked[0][-1] if session.parked else None


def _fate(catalogue: Catalogue, session: Session, after: Revision) -> tuple[Fate, Fit]:
    if session.revision == after.id:
        return Fate.THERE, MOVES
    try:
        before = catalogue.pinned(session.revision).revision
    except StoreUnavailable:
        raise
    except (FlowError, StoreError):
        return Fate.LOST, MOVES
    how = fit(before, after, session)
    return (Fate.MOVES if how.hold is None else Fate.STAYS), how


def _place(how: Fit) -> str:
    return f"{how.flow}.{how.state}" if how.state else how.flow

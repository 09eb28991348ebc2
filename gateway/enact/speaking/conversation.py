"""The conversation itself: its language, its silence, and the phone that turns out to be the same person's."""

from __future__ import annotations

from dataclasses import replace

from gateway.commands import BindPhone, Result, SetLanguage, StartMessages, StopMessages
from gateway.enact.notices.telling import OFFER
from gateway.enact.work import Work
from gateway.messages import AddressKind
from gateway.store import binding, conversations, unsent


def set_language(work: Work, command: SetLanguage) -> Result:
    """The caller keeps the language with the session. One that the policy does not have is not spoken."""
    if command.language in work.policy.languages:
        work.party = replace(work.party, language=command.language)
    return Result("set", {})


def stop_messages(work: Work, _: StopMessages) -> Result:
    """STOP is meant for the person, not for one of their addresses; what waits for the morning does not leave either.

    But for an offer: its leg goes on by what becomes of it. And for the staff, who are told all the same.
    """
    for row in conversations.addresses_of(work.tx, work.party.conversation_id):
        conversations.silence(work.tx, row.id, work.now)
    told = [notice.name for notice in work.published.notices.values() if notice.audience != "staff"]
    purposes = [name for name in told if name != OFFER]
    unsent.keep_back(work.tx, [work.party.conversation_id], purposes, None, "stopped", work.now)
    return Result("stopped", {})


def start_messages(work: Work, _: StartMessages) -> Result:
    """Undoes STOP."""
    for row in conversations.addresses_of(work.tx, work.party.conversation_id):
        conversations.silence(work.tx, row.id, None)
    return Result("started", {})


# --- one person, two conversations ------------------------------------------------------------------------


def bind_phone(work: Work, _: BindPhone) -> Result:
    """A proven phone joins this conversation; where it has one of its own, this one joins that.

    The phone's conversation stays, since USSD reaches it by the number alone. Whose open question goes on is
    not decided here: the caller holds one session and finds the other in the conversation of `rebound`.
    """
    contact = work.party.contact
    if contact is None or contact.kind is not AddressKind.PHONE:
        return Result("refused", {})
    mine = binding.lock(work.tx, work.party.conversation_id)
    if not binding.add_address(work.tx, work.vault, contact, mine, work.now):
        other = conversations.find_address(work.tx, work.vault, contact)
        if other is not None and other.former_id is not None:
            return Result("refused", {})  # nobody knows whose phone it is now: neither may have the other's
        if other is not None and other.conversation_id != mine.id:
            stays = binding.lock(work.tx, other.conversation_id)
            binding.move(work.tx, work.vault, mine, stays, work.now)
            key = work.vault.open_key(stays.key)
            work.party = replace(work.party, conversation_id=stays.id, key=key)
            work.rebound = stays.id
    return Result("bound", {})

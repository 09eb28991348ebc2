"""Whether a provider has room: asked each week, said by SMS at any time, and what follows where nobody answers.

Of the questions that a provider left unanswered one more is counted at each: matching then asks it after its equals,
and after some the staff of its areas are told once, who may call. Nobody is ever removed for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.commands import Result, SayCapacity
from gateway.enact.notices.notify import ToProvider, ToStaff, notify
from gateway.enact.work import Work
from gateway.store import audit, outbox, providers, timers
from gateway.store.database import Transaction
from gateway.store.providers import ACTIVE, CLOSED, FULL, OPEN, OfferedRow, ProviderRow
from gateway.text.clean import fold

ROLE = "provider"
LINK = "room"
"""The deep link whose keyword a bare answer to the question lacks."""

QUESTION, SILENT = "capacity_ask_provider", "provider_silent_staff"
PLAN, ASK, REMIND = "capacity_plan", "capacity_ask", "capacity_remind"
"""Timers of a provider: one who is new is given a day, asked on it, and reminded some days later."""

_ACTOR = "worker:timers"
_STATES = frozenset({OPEN, FULL, CLOSED})


# --- the provider says so ---------------------------------------------------------------------------------


def say_capacity(work: Work, command: SayCapacity) -> Result:
    """Notes what a provider says of one of its services, or of all. Said twice it is assured twice."""
    provider = providers.by_phone(work.tx, work.party.address_id)
    if provider is None:
        return Result("unknown", {})
    own = providers.offered_by(work.tx, provider.id)
    meant = [each for each in own if _named(work, each.need, command.need)] if command.need else own
    if not meant:
        return Result("no_service", {"services": _neutral(work, own)})
    if command.state not in _STATES:
        return Result("needs_state", {"services": _neutral(work, meant)})
    providers.assure(work.tx, [each.id for each in meant], command.state, work.now)
    providers.note_asking(work.tx, provider.id, {"answered_at": work.now, "unanswered": 0})
    timers.cancel(work.tx, REMIND, provider.id)
    detail = {"state": command.state, "needs": " ".join(each.need for each in meant)}
    audit.add(work.tx, f"provider:{provider.id}", "say_capacity", f"provider:{provider.id}", detail, work.now)
    return Result("recorded", {"services": _neutral(work, meant)})


def _named(work: Work, need: str, typed: str) -> bool:
    """Whether somebody calls a need so: by its neutral code, its code, or its name in any language."""
    service = work.policy.services.get(need)
    words = (need, *(service.labels.values() if service else ()), service.neutral if service else "")
    return fold(typed) in map(fold, words)


def _neutral(work: Work, offered: list[OfferedRow]) -> str:
    known = work.policy.services
    return " ".join(known[each.need].neutral for each in offered if each.need in known)


def asked_last(tx: Transaction, address_id: int, now: datetime) -> bool:
    """Whether the question about room is the newest that was sent to an address."""
    return outbox.newest_to(tx, address_id, now) == QUESTION


# --- the gateway asks -------------------------------------------------------------------------------------


def plan(tx: Transaction, provider_id: int, now: datetime) -> None:
    """Has a provider asked each week from now on, if it is not yet. For whoever writes the directory."""
    if not timers.pending(tx, (PLAN, ASK), provider_id):
        timers.schedule(tx, PLAN, provider_id, now)


def begin(work: Work, provider_id: int) -> None:
    """Gives a provider the day of its first question. Handler of the timer `capacity_plan`."""
    question = work.policy.capacity_question
    if question is not None and not timers.pending(work.tx, (ASK,), provider_id):
        timers.schedule(
            work.tx, ASK, provider_id, question.first(work.policy.calendar, work.now, provider_id)
        )


def ask(work: Work, provider_id: int) -> None:
    """Asks whether a provider has room, and counts a question that it left open. Handler of `capacity_ask`.

    One that is paused is not asked again until the directory has it back.
    """
    question, provider = work.policy.capacity_question, providers.by_id(work.tx, provider_id)
    if question is None or provider.status != ACTIVE:
        return
    if providers.offered_by(work.tx, provider_id):
        unanswered = provider.unanswered + _waits(provider)
        providers.note_asking(work.tx, provider_id, {"asked_at": work.now, "unanswered": unanswered})
        detail = {"unanswered": str(unanswered)}
        audit.add(work.tx, _ACTOR, "ask_capacity", f"provider:{provider_id}", detail, work.now)
        _put(work, provider_id, "")
        timers.schedule(work.tx, REMIND, provider_id, work.now + question.remind)
        if unanswered == question.tell_after:
            _tell_staff(work, provider, unanswered)
    timers.schedule(work.tx, ASK, provider_id, question.next(work.policy.calendar, work.now, provider_id))


def remind(work: Work, provider_id: int) -> None:
    """Asks once more who has not answered. Handler of `capacity_remind`."""
    provider = providers.by_id(work.tx, provider_id)
    if provider.status == ACTIVE and _waits(provider):
        _put(work, provider_id, "again:")


def _waits(provider: ProviderRow) -> bool:
    """Whether the newest question has no answer."""
    asked, answered = provider.asked_at, provider.answered_at
    return asked is not None and (answered is None or answered < asked)


def _put(work: Work, provider_id: int, which: str) -> None:
    key = f"provider:{provider_id}:room:{which}{work.now:%Y%m%d}"
    notify(work, QUESTION, ToProvider(provider_id), {}, key)


def _tell_staff(work: Work, provider: ProviderRow, count: int) -> None:
    """Tells the caseworkers of every area that it serves; who works in several of them hears it once."""
    values, key = {"place": provider.neutral_name, "count": str(count)}, f"provider:{provider.id}:silent"
    for area in providers.areas_of(work.tx, provider.id):
        notify(work, SILENT, ToStaff(area), values, f"{key}:{work.now:%Y%m%d}")


HANDLERS: Mapping[str, Callable[[Work, int], None]] = {PLAN: begin, ASK: ask, REMIND: remind}

"""What a provider is asked for, as a list that each of its phones can read: codes and stages, nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.commands import MyRequests, RequestAt, Result
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import provider_legs, providers
from gateway.store.provider_legs import AtProvider
from referral_engine.model import LegState

MOST_LISTED = 3
"""Requests of one list: in the languages of large letters a screen has room for no more."""

_WAITS_FOR: Mapping[str, str] = {
    LegState.QUEUED: "asked",
    LegState.UNDELIVERED: "asked",
    LegState.SENT: "asked",
    LegState.RECEIVED: "asked",
    LegState.WAITLISTED: "waiting",
    LegState.ACCEPTED: "accepted",
    LegState.SCHEDULED: "scheduled",
    LegState.IN_SERVICE: "in_service",
}
"""What can be done with a leg, by where it stands."""

_ON_ITS_WAY = frozenset({LegState.QUEUED.value, LegState.UNDELIVERED.value})


def my_requests(work: Work, query: MyRequests) -> Result:
    """A screen of live legs; behind the last of them the list begins anew."""
    found = _mine(work)
    if not found:
        return Result("none", {})
    codes = [each.code for each in found]
    begin = codes.index(query.after) + 1 if query.after in codes else 0
    shown = found[begin : begin + MOST_LISTED] or found[:MOST_LISTED]
    listed = [{"value": each.code, "label": _label(work, each)} for each in shown]
    if len(found) <= MOST_LISTED:
        return Result("all", {"requests": listed})
    return Result("some", {"requests": listed, "last": shown[-1].code})


def request_at(work: Work, query: RequestAt) -> Result:
    """What one of them waits for; to anyone but its own provider it is over."""
    state = next((each.state for each in _mine(work) if each.code == query.code), "")
    return Result(_WAITS_FOR.get(state, "over"), {"code": query.code})


def _mine(work: Work) -> list[AtProvider]:
    provider = providers.by_phone(work.tx, work.party.address_id)
    return provider_legs.live_of(work.tx, provider.id) if provider else []


def _label(work: Work, leg: AtProvider) -> str:
    """A stage, a neutral service and the code, which stands last: so it reads from either side.

    An offer that has not left yet is called sent: whoever reads the list has it now.
    """
    state = LegState.SENT.value if leg.state in _ON_ITS_WAY else leg.state
    stage = work.policy.label("stage", state, work.party.language)
    service = work.policy.service_neutral(leg.need) if leg.need in work.policy.services else ""
    return " ".join(filter(None, (stage, service, short_code.shown(leg.code))))

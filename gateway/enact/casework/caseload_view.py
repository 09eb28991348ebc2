"""How the caseload stands: somebody's own cases, one case, and what a supervisor sees of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from gateway.commands import MyCases, Result, ShowCase, TeamLoad
from gateway.enact.casework.cases import calls_for, case_of, is_for, priority_of
from gateway.enact.notices.notify import covers
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.registry import short_code
from gateway.store import callbacks, caseload, staff
from gateway.store.callbacks import CallbackRow
from gateway.store.caseload import CaseRow
from gateway.store.staff import CASEWORKER, SUPERVISOR, StaffRow
from referral_engine.model import LIVE, LegState, ReferralState

PAGE = 3  # cases that one screen offers
MOST_SHOWN = 8  # members of a team in one message
UNMET_SHOWN = timedelta(days=7)
"""So long a case that nobody could take still stands among somebody's own: its person may need a word."""

ANSWER, VISIT, QUESTION, ACT, CALL, OVER = "answer", "visit", "question", "act", "call", "over"
"""What comes next: the provider's answer, the first visit, our question to the person, one of us, a call, nothing."""


class Trouble(IntEnum):
    """What is the matter with a case, the worst first."""

    LATE = 0
    DISPUTED = 1
    UNMET = 2
    WAITING = 3  # nothing more happens by itself
    NONE = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: `days` since it opened, and what comes `next`, by when."""

    case: CaseRow
    trouble: Trouble
    days: int
    next: str
    due: datetime


def standing(work: Work, case: CaseRow) -> Standing:
    """How a case stands now."""
    trouble = _trouble(work.now, case)
    coming = sorted((at, what) for what, at in _times(case) if at is not None and at > work.now)
    due, what = coming[0] if coming else (work.now, ACT)
    if case.state != ReferralState.OPEN:
        due, what = case.closed_at or work.now, OVER
    elif trouble in (Trouble.DISPUTED, Trouble.WAITING):
        due, what = work.now, ACT
    return Standing(case, trouble, (work.now - case.opened_at).days, what, due)


def _times(case: CaseRow) -> Iterable[tuple[str, datetime | None]]:
    yield ANSWER, case.acknowledge_by
    yield ANSWER, case.accept_by
    yield ANSWER, case.promised_at if case.leg == LegState.WAITLISTED else None
    yield VISIT, case.serve_by
    yield QUESTION, case.ask_at


def _trouble(now: datetime, case: CaseRow) -> Trouble:
    if case.state != ReferralState.OPEN:
        return Trouble.UNMET if case.state == ReferralState.UNMET else Trouble.NONE
    passed = (at for what, at in _times(case) if what != QUESTION and at is not None and at <= now)
    if case.leg in LIVE and any(passed):
        return Trouble.LATE
    if case.disputed and case.leg not in LIVE:
        return Trouble.DISPUTED
    stuck = case.leg not in LIVE and case.leg != LegState.COMPLETED  # that one waits for the person's answer
    return Trouble.WAITING if stuck or case.leg == LegState.UNDELIVERED else Trouble.NONE


def worst_first(work: Work, cases: Iterable[CaseRow]) -> list[Standing]:
    """Cases by what is the matter with them, the oldest first among equals."""
    shown = [standing(work, case) for case in cases]
    return sorted(shown, key=lambda each: (each.trouble, each.case.opened_at, each.case.id))


# --- by SMS, Telegram and USSD ----------------------------------------------------------------------------


def my_cases(work: Work, query: MyCases) -> Result:
    """Who waits for a call, then one's own open cases and those that nobody could take lately, the worst first."""
    member = staff.by_address(work.tx, work.party.address_id)
    if member is None:
        return Result("unknown", {})
    unmet = caseload.of_staff(work.tx, member.id, ReferralState.UNMET.value)
    lately = [each for each in unmet if each.closed_at and work.now - each.closed_at < UNMET_SHOWN]
    mine = worst_first(work, [*caseload.of_staff(work.tx, member.id), *lately])
    listed = [{"value": each.code, "label": _call_label(work, each)} for each in calls_for(work, member)]
    listed += [{"value": each.case.code, "label": _label(work, each)} for each in mine]
    if not listed:
        return Result("none", {})
    pages = -(-len(listed) // PAGE)
    page = query.page if query.page < pages else 0
    offered = listed[page * PAGE : (page + 1) * PAGE]
    return Result("some", {"cases": offered, "next": (page + 1) % pages})


_MARKS: Mapping[Trouble, str] = {Trouble.LATE: "! ", Trouble.DISPUTED: "? ", Trouble.UNMET: "? "}


def _label(work: Work, each: Standing) -> str:
    stage = work.policy.label("stage", each.case.leg, work.party.language)
    return f"{_MARKS.get(each.trouble, '')}{short_code.shown(each.case.code)} {stage}, {each.days}"


def _call_label(work: Work, callback: CallbackRow) -> str:
    urgency = work.policy.label("priority", priority_of(callback).value, work.party.language)
    return f"! {short_code.shown(callback.code)} {urgency}"


def show_case(work: Work, query: ShowCase) -> Result:
    """Where a case stands; to anyone but the staff of its area it does not exist."""
    if not short_code.check(query.code):
        return Result("mistyped", {})
    member = staff.by_address(work.tx, work.party.address_id)
    called = callbacks.by_code(work.tx, query.code) if member else None
    if member is not None and called is not None and is_for(work, member, called):
        return _call_shown(work, called)
    found = case_of(work, member, query.code) if member else None
    if found is None:
        return Result("unknown", {})
    shown = standing(work, one(work, found[0].id))
    values = {
        "code": shown.case.code,
        "stage": work.policy.label("stage", shown.case.leg, work.party.language),
        "next": shown.next,
        "day": (shown.due + work.policy.calendar.utc_offset).date().isoformat(),
    }
    return Result("shown", values)


def _call_shown(work: Work, callback: CallbackRow) -> Result:
    values = {
        "code": callback.code,
        "stage": work.policy.label("priority", priority_of(callback).value, work.party.language),
        "next": CALL,
        "day": (callback.opened_at + work.policy.calendar.utc_offset).date().isoformat(),
    }
    return Result("shown", values)


def one(work: Work, referral_id: int) -> CaseRow:
    """The case of a referral that has a leg. Raises `StoreError`."""
    case = caseload.by_id(work.tx, referral_id)
    if case is None:
        raise StoreError("no such case")
    return case


def team_load(work: Work, _: TeamLoad) -> Result:
    """Counts only: who has how many, and how many of them late."""
    member = staff.by_address(work.tx, work.party.address_id)
    if member is None:
        return Result("unknown", {})
    if member.role != SUPERVISOR:
        return Result("refused", {})
    lines = [
        f"{each.code or '-'}{'*' if each.away_until else ''} {each.open}/{each.late}"
        for each in loads(work, member)[:MOST_SHOWN]
    ]
    return Result("shown", {"team": ", ".join(lines)})


# --- for supervisors --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """What one of the staff has: open cases, late and disputed ones among them, and the age of the oldest in days.

    `code` is empty for what is nobody's. `full`: they have as many as the policy means them to have.
    """

    code: str
    open: int
    late: int
    disputed: int
    oldest_days: int
    away_until: datetime | None
    full: bool


def loads(work: Work, seen_by: StaffRow | None = None) -> list[Load]:
    """The caseload of everyone, those with the most late cases first; of a supervisor's areas where one is named."""
    cases = [standing(work, each) for each in caseload.in_state(work.tx, ReferralState.OPEN.value)]
    if seen_by is not None:
        cases = [each for each in cases if covers(work, seen_by, each.case.area)]
    held: dict[int | None, list[Standing]] = {}
    for each in cases:
        held.setdefault(each.case.staff_id, []).append(each)
    team = [
        each
        for each in staff.active(work.tx)
        if each.id in held or (each.role == CASEWORKER and _near(work, seen_by, each))
    ]
    rows = [_load(work, each, held.get(each.id, [])) for each in team]
    rows.sort(key=lambda each: (-each.late, -each.open, each.code))
    return rows + ([_load(work, None, held[None])] if None in held else [])


def _near(work: Work, supervisor: StaffRow | None, member: StaffRow) -> bool:
    """Whether a supervisor and somebody share an area."""
    if supervisor is None or not supervisor.areas or not member.areas:
        return True
    within = work.policy.gazetteer.within
    return any(within(one, two) or within(two, one) for one in supervisor.areas for two in member.areas)


def _load(work: Work, member: StaffRow | None, cases: list[Standing]) -> Load:
    return Load(
        code=member.code if member else "",
        open=len(cases),
        late=sum(each.trouble is Trouble.LATE for each in cases),
        disputed=sum(each.case.disputed for each in cases),
        oldest_days=max((each.days for each in cases), default=0),
        away_until=member.away_until if member and not member.here(work.now) else None,
        full=member is not None and len(cases) >= work.policy.most_cases,
    )

"""Carries out commands and answers queries: the pure rooms decide, the store remembers.

Conversations, console and API come in by the same `enact`, inside a transaction that their caller opened.
"""

from __future__ import annotations

from typing import assert_never

from gateway import commands
from gateway.commands import Call, Result
from gateway.enact import (
    answers,
    cases,
    consents,
    conversation,
    matching,
    people,
    pins,
    referrals,
    verification,
)
from gateway.enact.work import Work


def enact(work: Work, call: Call) -> Result:  # noqa: C901 -- one case a call, so that a forgotten one is a type error
    """Carries out one call; the result is one of the call's outcomes with its values."""
    match call:
        case commands.SetLanguage():
            return conversation.set_language(work, call)
        case commands.StopMessages():
            return conversation.stop_messages(work, call)
        case commands.StartMessages():
            return conversation.start_messages(work, call)
        case commands.BindPhone():
            return conversation.bind_phone(work, call)
        case commands.RequestCallback():
            return cases.request_callback(work, call)
        case commands.RecordConsent():
            return consents.record_consent(work, call)
        case commands.OpenRegistration():
            return people.open_registration(work, call)
        case commands.RegisterPerson():
            return people.register_person(work, call)
        case commands.MyPeople():
            return people.my_people(work, call)
        case commands.FindPlaces():
            return people.find_places(work, call)
        case commands.OtherCalendar():
            return people.other_calendar(work, call)
        case commands.HasPin():
            return pins.has_pin(work, call)
        case commands.ChoosePin():
            return pins.choose_pin(work, call)
        case commands.ShowCertificate():
            return pins.show_certificate(work, call)
        case commands.VerifyCertificate():
            return verification.verify_certificate(work, call)
        case commands.FindService():
            return matching.find_service(work, call)
        case commands.RequestReferral():
            return referrals.request_referral(work, call)
        case commands.ReferralStatus():
            return referrals.referral_status(work, call)
        case commands.WithdrawReferral():
            return referrals.withdraw_referral(work, call)
        case commands.AnswerLeg():
            return answers.answer_leg(work, call)
        case commands.AnswerCase():
            return cases.answer_case(work, call)
        case _:
            assert_never(call)

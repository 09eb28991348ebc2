"""Carries out commands and answers queries: the pure rooms decide, the store remembers.

Conversations, console and API come in by the same `enact`, inside a transaction that their caller opened.
"""

from __future__ import annotations

from typing import assert_never

from gateway import commands
from gateway.commands import Call, Result
from gateway.enact.assigning import leave
from gateway.enact.casework import case_notes, caseload_view, cases, handover, on_behalf, rebooking
from gateway.enact.certifying import own_certificates
from gateway.enact.complaining import complaints
from gateway.enact.helping import capacity
from gateway.enact.holding import doubts, pins
from gateway.enact.referring import answers, at_provider, feedback, matching
from gateway.enact.registering import claiming, correcting, deciding, details, mydata, people
from gateway.enact.requesting import referrals
from gateway.enact.speaking import consents, conversation
from gateway.enact.verifying import holder_codes, verification
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
        case commands.LeavePhone():
            return doubts.leave_phone(work, call)
        case commands.RecordConsent():
            return consents.record_consent(work, call)
        case commands.OpenRegistration():
            return people.open_registration(work, call)
        case commands.RegisterPerson():
            return people.register_person(work, call)
        case commands.SaveDetail():
            return details.save_detail(work, call)
        case commands.NextDetail():
            return details.next_detail(work, call)
        case commands.CorrectAnswers():
            return correcting.correct_answers(work, call)
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
        case commands.ChangePin():
            return pins.change_pin(work, call)
        case commands.DoubtedPeople():
            return doubts.doubted_people(work, call)
        case commands.ProvePin():
            return doubts.prove_pin(work, call)
        case commands.ClaimPerson():
            return claiming.claim_person(work, call)
        case commands.RequestPhoneChange():
            return claiming.request_phone_change(work, call)
        case commands.MyData():
            return mydata.my_data(work, call)
        case commands.ShowCertificate():
            return own_certificates.show_certificate(work, call)
        case commands.VerifyCertificate():
            return verification.verify_certificate(work, call)
        case commands.ReplaceCertificate():
            return own_certificates.replace_certificate(work, call)
        case commands.WhoChecked():
            return own_certificates.who_checked(work, call)
        case commands.SendHolderCode():
            return holder_codes.send_holder_code(work, call)
        case commands.CheckHolderCode():
            return holder_codes.check_holder_code(work, call)
        case commands.FindService():
            return matching.find_service(work, call)
        case commands.MyRequests():
            return at_provider.my_requests(work, call)
        case commands.RequestAt():
            return at_provider.request_at(work, call)
        case commands.RequestReferral():
            return referrals.request_referral(work, call)
        case commands.ReferralStatus():
            return referrals.referral_status(work, call)
        case commands.WithdrawReferral():
            return referrals.withdraw_referral(work, call)
        case commands.SayCapacity():
            return capacity.say_capacity(work, call)
        case commands.AnswerLeg():
            return answers.answer_leg(work, call)
        case commands.AnswerCase():
            return cases.answer_case(work, call)
        case commands.AnswerHelp():
            return feedback.answer_help(work, call)
        case commands.AnswerFor():
            return on_behalf.answer_for(work, call)
        case commands.WhoCan():
            return rebooking.who_can(work, call)
        case commands.RebookReferral():
            return rebooking.rebook_referral(work, call)
        case commands.ReferredPlaces():
            return complaints.referred_places(work, call)
        case commands.FileComplaint():
            return complaints.file_complaint(work, call)
        case commands.ReadAnswer():
            return complaints.read_answer(work, call)
        case commands.JudgeAnswer():
            return complaints.judge_answer(work, call)
        case commands.WaitingComplaints():
            return complaints.waiting_complaints(work, call)
        case commands.TakeComplaint():
            return complaints.take_complaint(work, call)
        case commands.AnswerReview():
            return deciding.answer_review(work, call)
        case commands.GiveCase():
            return handover.give_case(work, call)
        case commands.GoAway():
            return leave.go_away(work, call)
        case commands.ComeBack():
            return leave.come_back(work, call)
        case commands.AddNote():
            return case_notes.add_note(work, call)
        case commands.MyCases():
            return caseload_view.my_cases(work, call)
        case commands.ShowCase():
            return caseload_view.show_case(work, call)
        case commands.TeamLoad():
            return caseload_view.team_load(work, call)
        case _:
            assert_never(call)

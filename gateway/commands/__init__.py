"""Every command and query, typed, with the outcomes that a flow must handle.

A conversation, the console and the API issue the same ones. A *command* changes the register, a *query*
only reads it. Each class names its outcomes and, for each outcome, the results that a flow may save.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import get_args, get_type_hints

from gateway.commands.base import BaseQuery, Result
from gateway.commands.caseload import (
    AddNote,
    ComeBack,
    GiveCase,
    GoAway,
    MyCases,
    ShowCase,
    TeamLoad,
)
from gateway.commands.certifying import (
    CheckHolderCode,
    ReplaceCertificate,
    SendHolderCode,
    ShowCertificate,
    VerifyCertificate,
    WhoChecked,
)
from gateway.commands.complaining import (
    FileComplaint,
    JudgeAnswer,
    ReadAnswer,
    ReferredPlaces,
    TakeComplaint,
    WaitingComplaints,
)
from gateway.commands.deciding import AnswerCase, AnswerFor, AnswerReview, RebookReferral, WhoCan
from gateway.commands.holding import (
    ChangePin,
    ChoosePin,
    ClaimPerson,
    DoubtedPeople,
    HasPin,
    MyData,
    MyPeople,
    ProvePin,
    RequestPhoneChange,
)
from gateway.commands.kinds import SECRETS, Kind, Results
from gateway.commands.referring import (
    AnswerHelp,
    AnswerLeg,
    FindService,
    MyRequests,
    ReferralStatus,
    RequestAt,
    RequestReferral,
    SayCapacity,
    WithdrawReferral,
)
from gateway.commands.registering import (
    CorrectAnswers,
    FindPlaces,
    NextDetail,
    OpenRegistration,
    OtherCalendar,
    RecordConsent,
    RegisterPerson,
    SaveDetail,
)
from gateway.commands.speaking import (
    BindPhone,
    LeavePhone,
    RequestCallback,
    SetLanguage,
    StartMessages,
    StopMessages,
)

Command = (
    SetLanguage
    | StopMessages
    | StartMessages
    | BindPhone
    | RequestCallback
    | LeavePhone
    | RecordConsent
    | OpenRegistration
    | RegisterPerson
    | SaveDetail
    | CorrectAnswers
    | ChoosePin
    | ProvePin
    | ChangePin
    | ClaimPerson
    | RequestPhoneChange
    | MyData
    | ShowCertificate
    | VerifyCertificate
    | ReplaceCertificate
    | WhoChecked
    | SendHolderCode
    | CheckHolderCode
    | RequestReferral
    | WithdrawReferral
    | SayCapacity
    | AnswerLeg
    | AnswerHelp
    | AnswerCase
    | AnswerFor
    | RebookReferral
    | AnswerReview
    | GiveCase
    | GoAway
    | ComeBack
    | AddNote
    | FileComplaint
    | ReadAnswer
    | JudgeAnswer
    | TakeComplaint
)
Query = (
    FindPlaces
    | OtherCalendar
    | NextDetail
    | MyPeople
    | HasPin
    | DoubtedPeople
    | FindService
    | ReferralStatus
    | ReferredPlaces
    | WaitingComplaints
    | WhoCan
    | MyCases
    | ShowCase
    | TeamLoad
    | MyRequests
    | RequestAt
)
Call = Command | Query

CALLS: Mapping[str, type[Call]] = {}
"""Every call by the name that flows use: the class's name in snake case."""


def is_query(call: type[Call]) -> bool:
    """Whether a call only reads."""
    return issubclass(call, BaseQuery)


def arguments(call: type[Call]) -> Mapping[str, tuple[Kind, bool]]:
    """Each argument's kind, and whether it must be given."""
    hints = get_type_hints(call, include_extras=True)
    return {
        field.name: (get_args(hints[field.name])[1], field.default is field.default_factory is MISSING)
        for field in fields(call)
    }


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


CALLS = {_snake(call.__name__): call for call in get_args(Call)}

__all__ = [
    "CALLS",
    "SECRETS",
    "AddNote",
    "AnswerCase",
    "AnswerFor",
    "AnswerHelp",
    "AnswerLeg",
    "AnswerReview",
    "BindPhone",
    "Call",
    "ChangePin",
    "CheckHolderCode",
    "ChoosePin",
    "ClaimPerson",
    "ComeBack",
    "Command",
    "CorrectAnswers",
    "DoubtedPeople",
    "FileComplaint",
    "FindPlaces",
    "FindService",
    "GiveCase",
    "GoAway",
    "HasPin",
    "JudgeAnswer",
    "Kind",
    "LeavePhone",
    "MyCases",
    "MyData",
    "MyPeople",
    "MyRequests",
    "NextDetail",
    "OpenRegistration",
    "OtherCalendar",
    "ProvePin",
    "Query",
    "ReadAnswer",
    "RebookReferral",
    "RecordConsent",
    "ReferralStatus",
    "ReferredPlaces",
    "RegisterPerson",
    "ReplaceCertificate",
    "RequestAt",
    "RequestCallback",
    "RequestPhoneChange",
    "RequestReferral",
    "Result",
    "Results",
    "SaveDetail",
    "SayCapacity",
    "SendHolderCode",
    "SetLanguage",
    "ShowCase",
    "ShowCertificate",
    "StartMessages",
    "StopMessages",
    "TakeComplaint",
    "TeamLoad",
    "VerifyCertificate",
    "WaitingComplaints",
    "WhoCan",
    "WhoChecked",
    "WithdrawReferral",
    "arguments",
    "is_query",
]

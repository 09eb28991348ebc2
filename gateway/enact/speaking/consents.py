"""Consents: each answer with the version, language and channel of the question."""

from __future__ import annotations

from gateway.commands import RecordConsent, Result
from gateway.enact.registering import details
from gateway.enact.requesting import opening
from gateway.enact.work import Work
from gateway.store import consents, people


def record_consent(work: Work, command: RecordConsent) -> Result:
    """Keeps a yes or no. Without a person of this conversation it is the conversation's, until one registers."""
    party = work.party
    person = people.held_by(work.tx, party.conversation_id, command.person) if command.person else None
    consents.add(
        work.tx,
        person_id=person.id if person else None,
        conversation_id=party.conversation_id,
        purpose=command.purpose,
        given=command.given,
        revision=party.revision,
        language=party.language,
        channel=party.channel.value,
        now=work.now,
    )
    if person is not None and command.purpose == "sms" and command.given:
        details.plan(work, person.id)
    if person is not None and command.purpose == "share" and command.given:
        opening.open_drafts(work, person)
    return Result("recorded", {})

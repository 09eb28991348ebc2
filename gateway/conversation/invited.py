"""A bare answer to something that was sent unasked: `1` where that message said what 1 means."""

from __future__ import annotations

from datetime import datetime

from gateway.conversation.flow import Revision
from gateway.conversation.navigation import reaches
from gateway.conversation.session import Session
from gateway.conversation.walk import Walk
from gateway.text.clean import fold


def spelled_out(revision: Revision, session: Session, text: str, link: str, now: datetime) -> str:
    """A bare answer with the keyword of a deep link in front, as if that had been typed too; empty where it is none.

    An answer is a word for the first variable that the link's trigger takes, while nothing else is open: no question
    that was asked of late, nor an older one with answers behind it. A word that is a keyword itself stays that.
    """
    trigger = next((each for each in revision.links.get(link, ()) if reaches(each, session.roles)), None)
    folded = fold(text)
    if trigger is None or not trigger.words or not trigger.take or folded not in trigger.take[0].words:
        return ""
    if any(reaches(each, session.roles) for each in revision.keywords.get(folded, ())):
        return ""
    return f"{trigger.words[0]} {text}" if _at_rest(Walk(revision, session, now)) else ""


def _at_rest(walk: Walk) -> bool:
    walk.reopen()
    return not walk.offer and (not walk.frames or (walk.stale and not walk.answered()))

"""The six digits by which people answer for a leg, a call-back, a review or a complaint; no two share them."""

from __future__ import annotations

from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import callbacks, complaints, referrals, reviews

_FINDERS = (referrals.leg_by_code, callbacks.by_code, reviews.by_code, complaints.by_code)


def draw(work: Work) -> str:
    """A code that no case has yet. Another may take it before it is kept: whoever keeps it draws again then."""
    code = short_code.draw(work.runtime.below)
    while any(find(work.tx, code) is not None for find in _FINDERS):
        code = short_code.draw(work.runtime.below)
    return code

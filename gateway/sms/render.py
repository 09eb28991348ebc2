"""A prompt as a text message."""

from __future__ import annotations

from gateway.messages import Prompt, Rendered
from gateway.text.screens import Profile, fit

WHOLE = Profile(septets=None, ucs2=None)
"""A message is not cut into pages: the carrier cuts it into parts, and the phone joins them."""


def render(prompt: Prompt) -> Rendered:
    """The whole text, its numbered options under it, and the way back."""
    return Rendered(fit(prompt, WHOLE)[0])

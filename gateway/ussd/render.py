"""A prompt as a USSD screen."""

from __future__ import annotations

from collections.abc import Callable

from gateway.messages import Prompt, Rendered
from gateway.text.screens import Profile, fit

GOES_ON, CLOSES = "CON ", "END "

Limits = Callable[[str], Profile]
"""What a network, named by its code, can show on a screen; `prefix` is the length of `CON `."""


def render(prompt: Prompt, profile: Profile) -> Rendered:
    """One page, with the prefix that keeps the dialogue open or ends it.

    A closing prompt of several pages ends the dialogue with its last: before that there is more to ask for.
    """
    pages = fit(prompt, profile)
    page = min(prompt.page, len(pages) - 1)
    last = page == len(pages) - 1
    return Rendered((CLOSES if prompt.closes and last else GOES_ON) + pages[page].lstrip(), len(pages))

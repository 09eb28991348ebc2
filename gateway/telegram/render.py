"""A prompt as a Telegram message."""

from __future__ import annotations

from gateway.messages import Choice, Prompt, Rendered
from gateway.text.screens import Profile, fit

MESSAGE = Profile(septets=4096, ucs2=4096, options="buttons")
"""A message holds 4096 characters; counted in UTF-16 units, as here, it is never too long."""


def render(prompt: Prompt) -> Rendered:
    """The text of a page, and a button for each option, More and Back.

    A button sends its key, as if it were typed, behind the prompt's mark. The options of a text of several pages
    stand under its end.
    """
    pages = fit(prompt, MESSAGE)
    page = min(prompt.page, len(pages) - 1)
    buttons: tuple[Choice, ...] = ()
    if page < len(pages) - 1:
        buttons = (Choice(MESSAGE.more_key, prompt.more or MESSAGE.more_key, "more"),)
    else:
        buttons = prompt.choices
    if prompt.back:
        key = MESSAGE.alt_back_key if prompt.zero_is_answer else MESSAGE.back_key
        buttons = (*buttons, Choice(key, prompt.back, "back"))
    if prompt.mark:
        buttons = tuple([Choice(f"{prompt.mark}:{each.key}", each.label, each.value) for each in buttons])
    contact_label = prompt.contact_label if prompt.wants_contact else ""
    return Rendered(pages[page], len(pages), buttons, contact_label)

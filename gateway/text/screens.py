"""Fits a prompt to what a channel can show, cut into pages at option borders.

A page is the text, one option a line as `1 Label`, then `9 More` and `0 Back`. There is no dot or bracket after
a key: in right-to-left text it would jump to the wrong side. Each page is measured in its own alphabet, so one
Amharic label does not shorten the pages before it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from gateway.messages import Prompt
from gateway.text import gsm7
from gateway.text.alphabets import measure

_SMALLEST = 16  # units: keys, one letter of a label, its ".." and the navigation keys need that much
_CUT_OFF = ".."

PAGE_BREAK = "\f"
"""In a text: what follows begins another page."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one channel can show on a page.

    `septets` and `ucs2` limit a page in GSM-7 and in UTF-16 units, None where nothing does (SMS is cut into
    parts later; a chat counts characters, so both are its limit). `prefix` is taken off them for what the door
    puts first, such as `CON `. With `buttons` the options are not part of the text, nor are More and Back.
    Raises `ValueError` for limits too small to show anything.
    """

    septets: int | None = 160
    ucs2: int | None = 70
    prefix: int = 0
    back_key: str = "0"
    alt_back_key: str = "99"
    more_key: str = "9"
    options: Literal["numbered", "buttons"] = "numbered"

    def __post_init__(self) -> None:
        limits = [limit for limit in (self.septets, self.ucs2) if limit is not None]
        if any(limit - self.prefix < _SMALLEST for limit in limits):
            raise ValueError(f"a page needs room for at least {_SMALLEST} units beside its prefix")

    def holds(self, page: str) -> bool:
        """Whether a page fits, its prefix included, in the alphabet it needs."""
        septets = gsm7.septets(page)
        if septets is not None:
            return self.septets is None or self.prefix + septets <= self.septets
        return self.ucs2 is None or self.prefix + measure(page)[1] <= self.ucs2


def fit(prompt: Prompt, profile: Profile) -> tuple[str, ...]:
    """Every page of a prompt, at least one, as shown but without the door's prefix. Keys are the same on all.

    An option stands whole on one page; a label too long for a page of its own ends in `..`. A text too long is
    cut between words, and a word too long for a page inside, but never before a combining mark. Where the text does
    not fit one page, the tight one stands in for it, if there is one.
    """
    if profile.options == "buttons":
        options, more, back = [], [], []
    else:
        options = [f"{choice.key} {choice.label}" for choice in prompt.choices]
        back_key = profile.alt_back_key if prompt.zero_is_answer else profile.back_key
        back = [f"{back_key} {prompt.back}"] if prompt.back else []
        more = [f"{profile.more_key} {prompt.more}".rstrip()]
    text = prompt.text.strip()
    for text in filter(None, (prompt.text.strip(), prompt.tight.strip())):
        whole = _page(text, *options, *back)
        if PAGE_BREAK not in text and profile.holds(whole):
            return (whole,)
    foot = _page(*more, *back)
    # Beside a foot over half of the narrower page a text could not go on: such a foot keeps its keys alone.
    if not profile.holds(f"{foot}\n{foot}\u1200"):
        more, back = [line.split(" ", 1)[0] for line in more], [line.split(" ", 1)[0] for line in back]
    *before, text = [part.strip() for part in text.split(PAGE_BREAK) if part.strip()] or [""]
    first = [page for part in before for page in _turned(part, more, back, profile)]
    return (*first, *_pages(text, options, more, back, profile))


def _page(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _turned(text: str, more: list[str], back: list[str], profile: Profile) -> Iterator[str]:
    """The pages of a text that others follow."""
    while not profile.holds(whole := _page(text, *more, *back)):
        longest = _longest(text, lambda head: profile.holds(_page(head, *more, *back)))
        cut = _word_border(text, longest)
        yield _page(text[:cut].rstrip(), *more, *back)
        text = text[cut:].lstrip()
    yield whole


def _pages(
    text: str, options: list[str], more: list[str], back: list[str], profile: Profile
) -> Iterator[str]:
    """The pages in order: as much of the text as fits, then as many options as fit, until the rest fits."""

    def fits(*body: str) -> bool:
        return profile.holds(_page(*body, *more, *back))

    options = [_shortened(option, fits) for option in options]
    while not profile.holds(last := _page(text, *options, *back)):
        if not fits(text):
            cut = _word_border(text, _longest(text, fits))
            yield _page(text[:cut].rstrip(), *more, *back)
            text = text[cut:].lstrip()
            continue
        count = 0
        while count < len(options) and fits(text, *options[: count + 1]):
            count += 1
        yield _page(text, *options[:count], *more, *back)
        text, options = "", options[count:]
    yield last


def _shortened(option: str, fits: Callable[[str], bool]) -> str:
    if fits(option):
        return option
    longest = _longest(option, lambda head: fits(head + _CUT_OFF))
    return option[: _letter_border(option, longest)].rstrip() + _CUT_OFF


def _longest(text: str, fits: Callable[[str], bool]) -> int:
    """The length of the longest head that fits; of one character, that is at least, by the smallest profile."""
    return max(1, bisect_right(range(1, len(text) + 1), False, key=lambda length: not fits(text[:length])))


def _word_border(text: str, longest: int) -> int:
    """Where to cut, at or before `longest`: at a space, or inside a word longer than a page."""
    space = max(text.rfind(" ", 0, longest + 1), text.rfind("\n", 0, longest + 1))
    return space if space > 0 else _letter_border(text, longest)


def _letter_border(text: str, longest: int) -> int:
    """The last place at or before `longest` that no combining mark follows. Astral and escaped characters are
    single characters here, so a pair cannot be cut."""
    cut = longest
    while 0 < cut < len(text) and unicodedata.category(text[cut])[0] == "M":
        cut -= 1
    return cut or longest

"""Screens that read otherwise in a newer revision: before and after, in every language, on every channel.

Each is shown in its worst case, made by the engine itself, with the room it takes: on USSD on the smallest screen of
all networks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gateway.authoring.analysis.prompts import Form, cases
from gateway.authoring.project import USSD_PREFIX, Project
from gateway.messages import ChannelName, Prompt
from gateway.text.alphabets import Alphabet, measure
from gateway.text.parts import ALONE, EACH_OF_SEVERAL, split
from gateway.text.screens import Profile, fit

CHAT = 4096
"""UTF-16 units that a Telegram message holds."""

Place = tuple[str, str, str]
"""Flow, state, language."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One prompt in its worst case. `used` of `limit` are septets or UTF-16 units of the fullest of `pages`.

    Of an SMS `pages` are the parts that are paid for, and `used` and `limit` count them all together.
    """

    text: str
    used: int
    limit: int
    pages: int


@dataclass(frozen=True, slots=True)
class ChangedScreen:
    """A prompt before and after; None where there is none."""

    flow: str
    state: str
    language: str
    channel: str
    before: Screen | None
    after: Screen | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def changed_screens(before: Project, after: Project) -> list[ChangedScreen]:
    """Every question and ending that reads otherwise, in the order of the newer files, those that went last."""
    return [each for channel in ChannelName for each in _changed(before, after, channel)]


def _changed(before: Project, after: Project, channel: ChannelName) -> Iterator[ChangedScreen]:
    older, newer = _shown(before, channel), _shown(after, channel)
    smallest = [
        min((profile for _, profile in each.profiles()), key=_room, default=Profile(prefix=USSD_PREFIX))
        for each in (before, after)
    ]
    for place in [*newer, *(place for place in older if place not in newer)]:
        if older.get(place) == newer.get(place) and smallest[0] == smallest[1]:
            continue  # it is cut into the same pages
        was = _fullest(older.get(place, ()), channel, smallest[0])
        now = _fullest(newer.get(place, ()), channel, smallest[1])
        if was is None or now is None or was.text != now.text:
            yield ChangedScreen(*place, channel.value, was, now)


def _shown(project: Project, channel: ChannelName) -> dict[Place, list[Prompt]]:
    """Each prompt as it is first shown: several where values may be written in two alphabets."""
    found: dict[Place, list[Prompt]] = {}
    for case in cases(project, channel):
        if case.form is not Form.AGAIN:
            found.setdefault((case.flow, case.state, case.language), []).append(case.prompt)
    return found


def _fullest(prompts: Iterable[Prompt], channel: ChannelName, smallest: Profile) -> Screen | None:
    screens = [_screen(prompt, channel, smallest) for prompt in prompts]
    return max(screens, key=_fullness, default=None)


def _room(profile: Profile) -> tuple[int, int]:
    return profile.septets or CHAT, profile.ucs2 or CHAT


def _fullness(screen: Screen) -> tuple[int, float]:
    return screen.pages, screen.used / screen.limit


def _screen(prompt: Prompt, channel: ChannelName, smallest: Profile) -> Screen:
    match channel:
        case ChannelName.USSD:
            return _paged(fit(prompt, smallest), smallest)
        case ChannelName.SMS:
            (whole,) = fit(prompt, Profile(septets=None, ucs2=None))
            parts = split(whole)
            room = ALONE if len(parts.parts) == 1 else EACH_OF_SEVERAL
            return Screen(whole, measure(whole)[1], room[parts.alphabet] * len(parts.parts), len(parts.parts))
        case ChannelName.TELEGRAM:
            buttons = [f"[{choice.label}]" for choice in prompt.choices]
            pages = fit(prompt, Profile(septets=CHAT, ucs2=CHAT, options="buttons"))
            used = max(len(page.encode("utf-16-le")) // 2 for page in pages)
            return Screen("\n".join([*pages, *buttons]), used, CHAT, len(pages))


def _paged(pages: tuple[str, ...], profile: Profile) -> Screen:
    fullest = Screen("", 0, 1, 1)
    for page in pages:
        alphabet, units = measure(page)
        limit = profile.septets if alphabet is Alphabet.GSM7 else profile.ucs2
        screen = Screen("", profile.prefix + units, limit or CHAT, 1)
        fullest = max(fullest, screen, key=_fullness)
    return Screen("\n--\n".join(pages), fullest.used, fullest.limit, len(pages))

"""What is shown at a place, replayed in every language and on every channel: no screen over its limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gateway.authoring.exploring.play import Broken, Player, Spot, decides_by
from gateway.authoring.rehearsing.rehearsal import PROFILES
from gateway.conversation.wording import LATIN
from gateway.messages import ChannelName, Prompt
from gateway.text.parts import split
from gateway.text.screens import Profile, fit

MOST_PAGES = 4
"""Pages of one USSD screen that people still turn."""

MOST_PARTS = 5
"""Parts of one text message that people still read, and that we still pay for."""


def everywhere(player: Player, spot: Spot, profiles: tuple[tuple[str, Profile], ...]) -> Iterator[Broken]:
    """The same conversation in every language and on every channel; what of it does not fit."""
    for language in player.revision.languages:
        ways = [(channel, False) for channel in ChannelName]
        if language + LATIN in player.revision.variants:
            ways.append((ChannelName.USSD, True))
        for channel, latin in ways:
            shown = _replayed(player, spot, language, channel, latin)
            if shown is None or shown.prompt is None:
                continue
            for problem in _misfits(shown.prompt, channel, profiles):
                yield Broken(f"{problem} in {language}{LATIN if latin else ''}", shown)


def _replayed(player: Player, spot: Spot, language: str, channel: ChannelName, latin: bool) -> Spot | None:
    """The spot's path once more, in a language and on a channel; None where the flow itself goes another way.

    With `latin` on a phone that draws Latin letters only.
    """
    first, *rest = spot.path
    if not first.session.language:
        language = ""
    session = replace(first.session, language=language, channel=channel.value, latin=latin)
    here = replace(first, session=session)
    differs = False
    for each in rest:
        assert each.act is not None
        here = player.act(here, each.act)
        differs = differs or decides_by(player.trace, player.revision)
        if [(frame.flow, frame.state) for frame in here.session.frames] != [
            (frame.flow, frame.state) for frame in each.session.frames
        ]:
            if differs:
                return None
            raise Broken(f"on {channel.value} in {language} the same answers lead elsewhere", here)
    return here


def _misfits(
    prompt: Prompt, channel: ChannelName, profiles: tuple[tuple[str, Profile], ...]
) -> Iterator[str]:
    if channel is ChannelName.USSD:
        for label, profile in profiles:
            pages = fit(prompt, profile)
            if not all(map(profile.holds, pages)):
                yield f"a screen is over the limit of {label}"
            if len(pages) > MOST_PAGES:
                yield f"the screen has {len(pages)} pages on {label}, more than {MOST_PAGES}"
    elif channel is ChannelName.SMS:
        parts = split(fit(prompt, PROFILES[channel])[0]).parts
        if len(parts) > MOST_PARTS:
            yield f"the text message has {len(parts)} parts, more than {MOST_PARTS}"
    elif not PROFILES[channel].holds(prompt.text):
        yield "the Telegram message is over its limit"

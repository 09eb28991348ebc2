"""What a publication would do, for whoever is about to press the button: people first, then screens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from gateway.authoring.project import Project
from gateway.authoring.revising.changed_screens import ChangedScreen, Screen, changed_screens
from gateway.authoring.revising.impact import Fate, Standing, standing
from gateway.authoring.revising.publishing import SHORT
from gateway.catalogue.published import assemble
from gateway.conversation.pinning import Hold
from gateway.messages import ChannelName

if TYPE_CHECKING:
    from gateway.runtime import Runtime

_FATES: Mapping[Fate, str] = {
    Fate.MOVES: "go on in the new revision",
    Fate.STAYS: "finish where they began",
    Fate.FREE: "start on the new revision",
    Fate.THERE: "stand on this revision already",
    Fate.LOST: "begin anew: their revision cannot be loaded any more",
}
_HOLDS: Mapping[Hold, str] = {
    Hold.GONE: "{at} is not there any more",
    Hold.CHANGED: "the question {at} changed",
    Hold.RETYPED: "at {at} the answers {unset} would read otherwise",
    Hold.UNSET: "from {at} on {unset} would be unset",
}


def show(runtime: Runtime, after: Project, as_json: bool) -> None:
    """Prints who stands where, and the screens that read otherwise than in the current revision."""
    current, name = runtime.catalogue.newest(), after.bundle.id
    revision = assemble(after.bundle, runtime.settings.country).revision  # as this country would speak it
    people = standing(runtime.catalogue, runtime.database, runtime.vault, revision)
    screens: list[ChangedScreen] = []
    if current is not None:
        screens = changed_screens(Project.read(runtime.catalogue.bundle(current)), after)
    if as_json:
        told = {
            "revision": name,
            "current": current,
            "standing": [each.to_dict() for each in people],
            "screens": [each.to_dict() for each in screens],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(current, name, people, screens)))


def _lines(
    current: str | None, after: str, people: Sequence[Standing], screens: Sequence[ChangedScreen]
) -> Iterator[str]:
    if current == after:
        yield f"{after[:SHORT]} is published already: nothing would change."
    elif current is None:
        yield f"{after[:SHORT]} would be the first revision."
    else:
        yield f"{after[:SHORT]} would take the place of {current[:SHORT]}. Nothing is published by this."
    yield "\nWho stands where"
    yield from (_people(each) for each in people)
    if not people:
        yield "  nobody"
    yield "\nScreens that read otherwise, each in its worst case (used of limit)"
    for screen in screens:
        yield from _screens(screen)
    if not screens:
        yield "  none"


def _people(each: Standing) -> str:
    place = f"{each.flow}.{each.state}" if each.flow else "nothing is asked"
    why = ""
    if each.hold is not None:
        why = ": " + _HOLDS[each.hold].format(at=each.at, unset=", ".join(each.unset))
    name = each.revision[:SHORT] or "no revision"
    return f"  {each.count:>6}  {place:<32} on {name:<{SHORT}}  {_FATES[each.fate]}{why}"


def _screens(each: ChangedScreen) -> Iterator[str]:
    was, now = _room(each.before, each.channel), _room(each.after, each.channel)
    yield f"  {each.flow}.{each.state} in {each.language} by {each.channel}: {was} -> {now}"
    yield from _marked("-", each.before)
    yield from _marked("+", each.after)


def _room(screen: Screen | None, channel: str) -> str:
    if screen is None:
        return "not there"
    what = "parts" if channel == ChannelName.SMS else "pages"
    several = "" if screen.pages == 1 else f", {screen.pages} {what}"
    return f"{screen.used} of {screen.limit}{several}"


def _marked(mark: str, screen: Screen | None) -> list[str]:
    return [f"    {mark} {line}" for line in screen.text.splitlines()] if screen else []

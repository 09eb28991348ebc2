"""Reads the texts of flows: per language, per channel, cut at their placeholders."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from gateway.conversation.flow import Pieces, Words
from gateway.conversation.source import Node
from gateway.messages import ChannelName

VARIANTS = {ChannelName.USSD: "ussd", ChannelName.SMS: "sms", ChannelName.TELEGRAM: "rich"}
"""The key under which an author writes a text for one channel; `text` is for the rest."""

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def read(
    base: Node,
    language: str,
    translations: Mapping[str, Node],
    languages: Collection[str],
    names: Collection[str],
) -> Words:
    """A text in every language: its translation, else the base text. Placeholders must be among `names`."""
    plain = _channels(base, names)
    if missing := [VARIANTS[channel] for channel in VARIANTS if channel not in plain]:
        raise base.fault(f"the text is missing for {', '.join(missing)}: add 'text'")
    written = {language: plain}
    written |= {other: plain | _channels(node, names) for other, node in translations.items()}
    pieces: dict[tuple[str, str], Pieces] = {("", channel): cut for channel, cut in plain.items()}
    for each in languages:
        pieces |= {(each, channel): cut for channel, cut in written.get(each, plain).items()}
    used = frozenset(name for cut in pieces.values() for name in cut[1::2])
    return Words(pieces, frozenset(written), used)


def _channels(node: Node, names: Collection[str]) -> dict[ChannelName, Pieces]:
    if isinstance(node.value, str):
        return dict.fromkeys(VARIANTS, _cut(node, names))
    if not isinstance(node.value, Mapping):
        raise node.fault("expected text: put it in quotes")
    node.only("text", *VARIANTS.values())
    cuts = {key: _cut(text, names) for key, text in node.items()}
    keys = {channel: key if key in cuts else "text" for channel, key in VARIANTS.items()}
    return {channel: cuts[key] for channel, key in keys.items() if key in cuts}


def _cut(node: Node, names: Collection[str]) -> Pieces:
    cut = tuple(_PLACEHOLDER.split(node.text()))
    for literal in cut[::2]:
        if "{" in literal or "}" in literal:
            raise node.fault("a placeholder is {variable}, nothing else may stand in braces")
    for name in cut[1::2]:
        if name not in names:
            raise node.unknown("placeholder", name, names)
    return cut

"""Reads the texts of flows: per language, per channel, cut at their placeholders."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from gateway.conversation.flow import Pieces, Words
from gateway.conversation.source import Node
from gateway.messages import ChannelName
from gateway.text import gsm7
from gateway.text.romanise import romanised

VARIANTS = {ChannelName.USSD: "ussd", ChannelName.SMS: "sms", ChannelName.TELEGRAM: "rich"}
"""The key under which an author writes a text for one channel; `text` is for the rest."""

LATIN = "-Latn"
"""What the tag of a language in Latin letters ends in (BCP 47)."""

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def variants(languages: Mapping[str, str]) -> tuple[str, ...]:
    """The tags of Latin variants: of every language whose own name is not in Latin letters."""
    return tuple(f"{tag}{LATIN}" for tag, name in languages.items() if gsm7.septets(name) is None)


def read(
    base: Node,
    language: str,
    translations: Mapping[str, Node],
    languages: Collection[str],
    names: Collection[str],
) -> Words:
    """A text in every language: its translation, else the base text. Placeholders must be among `names`.

    A Latin variant that nobody wrote is the language's own text romanised, where its script can be.
    """
    plain = _channels(base, names)
    if missing := [VARIANTS[channel] for channel in VARIANTS if channel not in plain]:
        raise base.fault(f"the text is missing for {', '.join(missing)}: add 'text'")
    written = {language: plain}
    written |= {other: plain | _channels(node, names) for other, node in translations.items()}
    pieces: dict[tuple[str, str], Pieces] = {("", channel): cut for channel, cut in plain.items()}
    for each in languages:
        if each.endswith(LATIN) and each not in written:
            own = written.get(each.removesuffix(LATIN), plain)
            latin = {channel: _romanised(cut) or plain[channel] for channel, cut in own.items()}
        else:
            latin = written.get(each, plain)
        pieces |= {(each, channel): cut for channel, cut in latin.items()}
    used = frozenset(name for cut in pieces.values() for name in cut[1::2])
    return Words(pieces, frozenset(written), used)


@lru_cache(maxsize=2048)
def _romanised(cut: Pieces) -> Pieces:
    """A text in Latin letters; nothing where a letter of it has none."""
    literals = [romanised(literal) for literal in cut[::2]]
    if any(gsm7.septets(literal) is None for literal in literals):
        return ()
    return tuple(literals[place // 2] if place % 2 == 0 else cut[place] for place in range(len(cut)))


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
            raise node.fault("a placeholder is {variable}, nothing else may stand in braces", "text.braces")
    for name in cut[1::2]:
        if name not in names:
            raise node.unknown("placeholder", name, names)
    return cut

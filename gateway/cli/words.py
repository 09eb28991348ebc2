"""What the flow files say, so that a story can be held against them in any language and survives a rewording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gateway.catalogue.files import Bundle
from gateway.cli.phones import flat

SPOKEN = ("choose", "ask", "say")


class Words:
    """The texts of a folder of flows. `channel` is the flow files' own: ussd, sms or rich."""

    def __init__(self, bundle: Bundle) -> None:
        self._data = {path: source.data for path, source in bundle.sources.items()}

    def text(self, flow: str, state: str, language: str, channel: str) -> str:
        """What a state says."""
        spoken = self._spoken(flow, state, language)
        return _for(next(spoken[kind] for kind in SPOKEN if kind in spoken), channel)

    def label(self, flow: str, state: str, code: str, language: str, channel: str) -> str:
        """What an option is called; the code itself where the state has no such option: then it is typed."""
        option = self._spoken(flow, state, language).get("options", {}).get(code, code)
        return _for(option["label"] if isinstance(option, Mapping) and "label" in option else option, channel)

    def is_choice(self, flow: str, state: str, code: str) -> bool:
        """Whether a state offers a code to choose."""
        return code in self._base(flow)[state].get("options", {})

    def notice(self, name: str, language: str) -> re.Pattern[str]:
        """A notice as it arrives."""
        return pattern(_for(self._data[f"notices/{name}.yaml"]["text"][language], "sms"))

    def phrase(self, name: str, language: str) -> str:
        """One of the machine's own words."""
        return str(self._data["phrases.yaml"]["phrases"][name][language])

    def keyword(self, flow: str, number: int = 0) -> str:
        """The first word of a flow's trigger that is written in this place."""
        return str(self._data[f"{flow}/flow.yaml"]["triggers"][0]["words"][number])

    def keyword_of(self, flow: str, go: str, number: int = 0) -> str:
        """The word written in this place of the trigger that leads to a state."""
        triggers = self._data[f"{flow}/flow.yaml"]["triggers"]
        return str(next(each for each in triggers if each["go"] == go)["words"][number])

    def _base(self, flow: str) -> Mapping[str, Any]:
        states: Mapping[str, Any] = self._data[f"{flow}/flow.yaml"]["states"]
        return states

    def _spoken(self, flow: str, state: str, language: str) -> Mapping[str, Any]:
        base = self._base(flow)[state]
        translated = self._data.get(f"{flow}/text.{language}.yaml", {}).get("states", {}).get(state, {})
        return {**base, **translated}


def pattern(text: str) -> re.Pattern[str]:
    """A text with placeholders as a pattern that captures them by name (the first of each)."""
    seen: set[str] = set()
    parts = []
    for part in re.split(r"(\{\w+\})", flat(text)):
        name = part[1:-1]
        if not re.fullmatch(r"\{\w+\}", part):
            parts.append(re.escape(part))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>.+?)")
    if parts and parts[-1] == "" and parts[-2].endswith(".+?)"):
        parts[-2] = parts[-2].replace(".+?)", r"\S+)")
    return re.compile("".join(parts))


def _for(text: Any, channel: str) -> str:
    return str(text.get(channel, text.get("text", ""))) if isinstance(text, Mapping) else str(text)

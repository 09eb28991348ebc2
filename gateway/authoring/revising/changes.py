"""What two revisions differ in, as sentences that an operator reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gateway.conversation.flow import Words
from gateway.conversation.wording import VARIANTS
from gateway.messages import ChannelName
from gateway.text.alphabets import Alphabet, measure

SCREEN = {Alphabet.GSM7: 160 - len("CON "), Alphabet.UCS2: 70 - len("CON ")}
"""Room of a usual USSD screen beside its prefix, in septets or UTF-16 units."""

_PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")
_CHANNELS = {ChannelName.USSD: "on USSD", ChannelName.SMS: "by SMS", ChannelName.TELEGRAM: "in chat"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `where` is `flow`, `flow.state`, `notices.name`, `policies.so` and so on.

    `kind` is a stable id, such as `text`, `option.go` or `state.added`; `said` the sentence. `language` is that of a
    text.
    """

    where: str
    kind: str
    said: str
    language: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.where}: {self.said}"


def quoted(text: str) -> str:
    """A text in straight quotes, on one line."""
    return f"'{' '.join(text.split())}'"


def length(text: str) -> str:
    """How much of a usual screen a text takes: `82 of 156`. The values of its placeholders come on top."""
    fixed = _PLACEHOLDER.sub("", text)
    alphabet, units = measure(fixed)
    return f"{units} of {SCREEN[alphabet]}{'' if fixed == text else ' without its values'}"


def joined(words: Words, language: str, channel: ChannelName) -> str:
    """A text as its author wrote it, placeholders in braces."""
    pieces = words.of(language, channel)
    return "".join(f"{{{piece}}}" if place % 2 else piece for place, piece in enumerate(pieces))


def texts(where: str, what: str, before: Words | None, after: Words | None) -> Iterator[Change]:
    """The differences of one text in every language it is written in. `what` names it: `text`, `label of 'yes'`."""
    kind = what.split(" ", 1)[0]
    if before is None and after is None:
        return
    if before is None or after is None:
        given = (before or after or _NOTHING).given
        language = min(given) if given else ""
        shown = joined(before or after or _NOTHING, "", ChannelName.SMS)
        verb = "added" if before is None else "taken away"
        yield Change(
            where,
            f"{kind}.{'added' if before is None else 'removed'}",
            f"{what} {verb}: {quoted(shown)}",
            language,
        )
        return
    for language in sorted(before.given | after.given):
        yield from _text(where, kind, what, before, after, language)


def _text(where: str, kind: str, what: str, before: Words, after: Words, language: str) -> Iterator[Change]:
    if language not in before.given:
        shown = joined(after, language, ChannelName.USSD)
        said = f"{what} translated into {language}: {_sized(kind, shown)}"
        yield Change(where, f"{kind}.translated", said, language)
        return
    if language not in after.given:
        yield Change(where, f"{kind}.untranslated", f"{what} is no longer written in {language}", language)
        return
    differing = {
        channel: (was, now)
        for channel in VARIANTS
        if (was := joined(before, language, channel)) != (now := joined(after, language, channel))
    }
    alike = len(differing) == len(VARIANTS) and len(set(differing.values())) == 1
    for channel, (was, now) in differing.items():
        place = language if alike else f"{language} {_CHANNELS[channel]}"
        said = f"{what} changed in {place}: {quoted(was)} -> {_sized(kind, now)}"
        yield Change(where, kind, said, language)
        if alike:
            return


def _sized(kind: str, text: str) -> str:
    """A text quoted, with its length where it has a screen to itself."""
    return f"{quoted(text)} ({length(text)})" if kind == "text" else quoted(text)


_NOTHING = Words({}, frozenset())

"""Values in a text that give way where a USSD screen is too small for them.

A value that may give way stands between two control characters, which no value holds (`clean` takes them away);
the first says how.
"""

from __future__ import annotations

import re

from gateway.conversation.flow import Long
from gateway.text.screens import PAGE_BREAK

_OPEN = {Long.TRUNCATE: "\x01", Long.OWN_PAGE: "\x02", Long.LEAVE_OUT: "\x03"}
_CLOSE = "\x04"
_MARK = re.compile("[\x01-\x04]")
_MARKED = re.compile("([\x01-\x03])([^\x04]*)\x04")
_KEPT = 12  # letters of a truncated value, its ".." included


def marked(value: str, long: Long) -> str:
    """A value that may give way."""
    return f"{_OPEN[long]}{value}{_CLOSE}" if value else value


def both(text: str) -> tuple[str, str]:
    """A text as it is, and as it is where it must be tight: empty where nothing gives way."""
    if _CLOSE not in text:
        return text, ""
    return _MARK.sub("", text), _tidied(_MARKED.sub(_tight, text))


def _tidied(text: str) -> str:
    """No double spaces where a value was left out, and no comma before a gap or at the head of a page."""
    text = re.sub(r" +([,.;،؛])", r"\1", re.sub(" {2,}", " ", text))
    return re.sub(rf"{PAGE_BREAK}\s*[,.;:،؛፣፤፦።]\s*", PAGE_BREAK, text).strip()


def _tight(value: re.Match[str]) -> str:
    how, text = value.groups()
    if how == _OPEN[Long.LEAVE_OUT]:
        return ""
    if how == _OPEN[Long.OWN_PAGE]:
        return f"{PAGE_BREAK}{text}{PAGE_BREAK}"
    return text if len(text) <= _KEPT else text[: _KEPT - 2].rstrip() + ".."

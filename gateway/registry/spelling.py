"""One key for the many spellings of a Somali, Arabic, Oromo or Amharic word in Latin letters.

Romanisation differs by the office that wrote it: Hargeysa, Hargeisa; Xudur, Hudur, Huddur; Ceerigaabo, Erigavo.
The rules give up what such offices disagree on. Letters of other scripts pass through.
"""

from __future__ import annotations

import re

from gateway.text.clean import fold

_ARTICLE = re.compile(r"\b(?:al|el) (?=\w)")
# In this order: the digraphs before their letters. S stands for sh, which Italians wrote sc and the French ch.
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"sch|sh|ch|sc(?=[ei])", "S"),
        (r"kh|x", "h"),
        (r"ts|th", "s"),
        (r"dh", "d"),
        (r"gh", "g"),
        (r"c", ""),
        (r"q", "k"),
        (r"p", "b"),
        (r"v", "f"),
        (r"[wo]", "u"),
        (r"[ye]", "i"),
        (r"\W", ""),
        (r"(.)\1+", r"\1"),
    )
)


def key(text: str) -> str:
    """The key of a name: equal for most spellings of it, and near for the rest."""
    spelled = _ARTICLE.sub("", fold(text))
    for pattern, replacement in _RULES:
        spelled = pattern.sub(replacement, spelled)
    return spelled

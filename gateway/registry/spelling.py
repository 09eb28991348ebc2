"""One key for the many spellings of a Somali, Arabic, Oromo or Amharic word in Latin letters.

Romanisation differs by the office that wrote it: Hargeysa, Hargeisa; Xudur, Hudur, Huddur; Ceerigaabo, Erigavo.
The rules give up what such offices disagree on. Ethiopic is read as people write it in Latin letters; of Arabic, the
forms of one letter become one. Letters of other scripts pass through.
"""

from __future__ import annotations

import re

from gateway.text.clean import fold
from gateway.text.romanise import romanised

_ARTICLE = re.compile(r"\b(?:(?:[ae](?:[lndrstzjg]|sh)) (?=\w)|ال(?=\w\w))")
# In this order: the digraphs before their letters. S stands for sh, which Italians wrote sc and the French ch.
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"sch|sh|ch|sc(?=[ei])", "S"),
        (r"dj", "j"),
        (r"kh|x", "h"),
        (r"ts|th|z", "s"),
        (r"dh", "d"),
        (r"gh", "g"),
        (r"c", ""),
        (r"q", "k"),
        (r"p", "b"),
        (r"v", "f"),
        (r"[wo]", "u"),
        (r"[ye]", "i"),
        (r"(?<=[aiu])h\b", ""),
        (r"[أإآٱ]", "ا"),
        (r"ة", "ه"),
        (r"ى", "ي"),
        (r"\W", ""),
        (r"(.)\1+", r"\1"),
    )
)
_ITALIAN = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ch(?=[ei])|c(?![ei])", "k"),
        (r"gi(?=[aou])|g(?=[ei])", "j"),
        (r"c(?=[ei])", "ch"),
    )
)


def key(text: str) -> str:
    """The key of a name: equal for most spellings of it, and near for the rest."""
    return _ruled(_ARTICLE.sub("", _latin(text)))


def keys(text: str) -> tuple[str, ...]:
    """The keys of all that the letters of a name may be read as: with what looks like an article (El Wak is Ceel
    Waaq), and as an Italian wrote it (Candala, Giohar). The first is `key`."""
    plain = _latin(text)
    italian = plain
    for pattern, replacement in _ITALIAN:
        italian = pattern.sub(replacement, italian)
    return tuple(dict.fromkeys([key(text), _ruled(plain), _ruled(_ARTICLE.sub("", italian))]))


def _latin(text: str) -> str:
    return fold(romanised(text))


def _ruled(spelled: str) -> str:
    for pattern, replacement in _RULES:
        spelled = pattern.sub(replacement, spelled)
    return spelled

"""What a name is compared by: its tokens, each with a key that most spellings share and its bones without vowels.

A name of the region is own, father's and grandfather's name. `Abd al-Rashid`, `Nur ad-Din` and `Gebre Selassie` are
one token each; the article, `bin` and titles are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from gateway.text.clean import fold

_ARABIC = re.compile("[\u0621-\u064a\u066e-\u06d3]")
_ETHIOPIC = re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f]")
# Short vowels are not written in Arabic, so they are missing here and only bones may be compared.
_ARABIC_LETTERS = str.maketrans(
    {
        **dict(zip("ابتجحدرزسصضطغفقكلمنهويىةپڤگچ", "abtjhdrsssdtgfkklmnhuiiabfgS", strict=True)),
        **dict.fromkeys("أإآٱ", "a"),
        **dict(zip("ثخذشظعؤئ", "shdSsaui", strict=True)),
        "ء": "",
    }
)
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"sch|sh|ch|sc(?=[ei])", "S"),
        (r"dj|gi(?=[aou])", "j"),
        (r"ph", "f"),
        (r"ck", "k"),
        (r"kh|x", "h"),
        (r"th|ts", "s"),
        (r"dh", "d"),
        (r"gh", "g"),
        (r"c", ""),
        (r"q", "k"),
        (r"p", "b"),
        (r"v", "f"),
        (r"z", "s"),
        (r"(?<!abd)(?<=[^aeiou])o$", "a"),  # Faadumo is Fatuma
        (r"[ou]+|w", "u"),
        (r"[ye]", "i"),
        (r"(.)\1+", r"\1"),
        (r"(?<=a)h$", ""),
    )
)
_ABD = re.compile(r"abd[aiu]?l*(?=..)")
_DIN = re.compile(r"[aiu]?d?d[iy]n$")

_DROPPED = frozenset(
    "al el bin ibn ben bint binti bnt wad ould weled dr mr mrs ms ato wro weizero woizero sheikh shaikh sheik sheekh "
    "shekh cheikh scek sayyid sayid ustaz eng بن ابن بنت ود ال الشيخ شيخ አቶ ወሮ ወይዘሮ".split()
)
_ARTICLES = frozenset("al el ul ad ed ud ar er ur as es us an en un ash esh ush at et ut az ez uz".split())
_SERVANT = frozenset(
    "abd abdul abdal abdel abdur abdir abdou abdoul abdu cabd cabdul cabdi abdi عبد አብድ አብዱል".split()
)
_BARE_SERVANT = frozenset("abdi cabdi abdu abdou".split())  # names by themselves, too
_FATHER_OF = frozenset("abu abou aba ابو أبو አቡ umm um om ام أم".split())
_FAITH = frozenset("din diin deen eddin uddin addin aldin eldin الدين دين ዲን".split())
_FIRST_HALF = frozenset(
    "gebre gebra gabra welde wolde walda weldu tekle takla habte zere fikre amde ገብረ ወልደ ተክለ ሀብተ ሃብተ".split()
)
_SECOND_HALF = frozenset(
    "mariam maryam mariyam michael mikael selassie silassie sellasie selase giorgis georgis yesus eyesus kidan "
    "medhin medhen kristos meskel tsadik tsadkan ማርያም ሚካኤል ሥላሴ ስላሴ ጊዮርጊስ ኢየሱስ ኪዳን መድህን መስቀል".split()
)
_BEFORE_SECOND = frozenset("haile hayle hayla haila ኃይለ ኀይለ ሀይለ ሃይለ".split())
_LONGEST = 5  # tokens; what is beyond tells nothing more


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name. `plain`: folded letters; `key`: equal for most spellings; `bones`: the key's consonants,
    `A` for a vowel at the front and a final `a` kept. `vowels`: whether the script writes them."""

    plain: str
    key: str
    bones: str
    vowels: bool


def tokens(name: str, regional: bool = True) -> tuple[Token, ...]:
    """The tokens of a name as typed, in order. Without `regional` the words are only folded and undoubled."""
    words = fold(name).split()
    if not regional:
        return tuple(_western(word) for word in words[:_LONGEST])
    parts = [part for part in map(_token, _joined(words)) if part.key]
    return tuple(parts[:_LONGEST]) or tuple(_western(word) for word in words[:_LONGEST])


def together(one: Token, other: Token) -> Token:
    """Two words read as one, for a name that somebody wrote apart."""
    key = _undoubled(one.key + other.key)
    return Token(one.plain + other.plain, key, bones(key), one.vowels and other.vowels)


def bones(key: str) -> str:
    """The consonants of a key: `nur` and `nuur` are `nr`, `nura` is `nra`, `ahmid` is `Ahmd`."""
    front = "A" if key[:1] in ("a", "i", "u") else ""
    end = "a" if len(key) > 1 and key.endswith("a") else ""
    return front + re.sub("[aiu]", "", key).replace("g", "k") + end  # Tariq is Tarig in Sudan


def _joined(words: list[str]) -> list[str]:
    """Compounds as single words, titles and articles left out."""
    kept: list[str] = []
    waiting = ""  # the first half of a compound
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if waiting and (word in _ARTICLES or word == "ال"):
            continue
        if waiting:
            kept.append(waiting + _unarticled(word))
            waiting = ""
        elif _opens(word, following):
            waiting = word
        elif kept and (word in _FAITH or (word in _ARTICLES and following in _FAITH)):
            kept[-1] += "din" if word in _FAITH else ""
        elif word not in _DROPPED or len(words) == 1:
            kept.append(_unarticled(word))
    return [*kept, waiting] if waiting else kept


def _opens(word: str, following: str) -> bool:
    """Whether a word is the first half of a compound with the next."""
    if not following:
        return False
    if word in _SERVANT:
        return word not in _BARE_SERVANT or _spelled(following) in _ATTRIBUTES
    if word in _FIRST_HALF or word in _FATHER_OF:
        return True
    return word in _BEFORE_SECOND and following in _SECOND_HALF


def _unarticled(word: str) -> str:
    """A word without the Arabic article written onto it."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=65536)  # words alone: no whole name stays in memory
def _token(word: str) -> Token:
    arabic = bool(_ARABIC.search(word))
    key = _arabic_key(word) if arabic else _spelled(word)
    return Token(word, key, bones(key), not arabic)


def _arabic_key(word: str) -> str:
    """Arabic letters in the letters of a key: a final `ه` or `ى` reads as `ة`, and the short vowels stay missing."""
    letters = re.sub("[هةى]$", "a", word)
    compound = re.match("عبد(?:ال)?(?=..)", letters)
    if compound:
        letters = "عبد" + letters[compound.end() :].removeprefix("ل")
    return _undoubled(_DIN.sub("din", letters.translate(_ARABIC_LETTERS)))


def _spelled(word: str) -> str:
    """The key of a word in Latin letters or in any other script that writes its vowels."""
    if _ETHIOPIC.search(word):
        word = re.sub(r"ts'|s'", "ts", anyascii(word).lower()).replace("'", "")
    elif not word.isascii():
        word = re.sub(r"[^a-z]", "", anyascii(word).lower())
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    compound = _ABD.match(word)
    if compound and len(word) > 4:
        word = "abd" + word[compound.end() :]
    return _undoubled(_DIN.sub("din", word) if len(word) > 5 else word)


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=65536)
def _western(word: str) -> Token:
    key = _undoubled(word)
    return Token(word, key, bones(key.replace("o", "u").replace("e", "i").replace("y", "i")), True)


# What follows Abd: an attribute of God. Only before one of these is a bare Abdi part of a compound.
_ATTRIBUTES = frozenset(
    _spelled(attribute)
    for attribute in (
        "rashid rahman rahim aziz kadir salam karim wahab nasir hakim latif fatah razak malik ghani hamid samad wahid "
        "gafar majid jabar kafi shakur alim halim rashiid raxmaan raxiim casiis qaadir salaan kariim naasir xakiim"
    ).split()
)

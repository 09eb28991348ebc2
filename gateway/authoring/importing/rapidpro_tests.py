"""The tests of RapidPro's routers: which of them make a choice or a number, and each as a condition of ours (CEL)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from gateway.authoring.importing.xpath import Untranslatable

WORDS = frozenset(
    ("has_any_word", "has_all_words", "has_phrase", "has_only_phrase", "has_only_text", "has_beginning")
)
NUMBERS = frozenset(
    (
        "has_number",
        "has_number_between",
        "has_number_eq",
        "has_number_gt",
        "has_number_gte",
        "has_number_lt",
        "has_number_lte",
    )
)
_COMPARES = {"eq": "==", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def condition(test: str, arguments: Sequence[str], variable: str, numeric: bool) -> str:
    """A test of a variable in CEL. Raises `Untranslatable`."""
    if test in NUMBERS:
        if not numeric:
            raise Untranslatable(f"{test} tests what is kept as text here")
        return _number(test, arguments, variable)
    if numeric:
        raise Untranslatable(f"{test} tests what is kept as a number here")
    if test not in _TEXTS:
        raise Untranslatable(f"there is no {test} here")
    return _TEXTS[test](arguments, variable)


def _number(test: str, arguments: Sequence[str], variable: str) -> str:
    if not all(re.fullmatch(r"-?\d{1,9}", each.strip()) for each in arguments):
        raise Untranslatable("its numbers are not whole")
    if test == "has_number":
        return "true"
    if test == "has_number_between" and len(arguments) == 2:
        return f"{variable} >= {int(arguments[0])} && {variable} <= {int(arguments[1])}"
    if len(arguments) != 1:
        raise Untranslatable(f"{test} has other arguments here")
    return f"{variable} {_COMPARES[test.rsplit('_', 1)[1]]} {int(arguments[0])}"


def _matches(pattern: str) -> Callable[[Sequence[str], str], str]:
    def write(arguments: Sequence[str], variable: str) -> str:
        words = [re.escape(word) for each in arguments for word in each.split()]
        if not words:
            raise Untranslatable("it has no words")
        joined = pattern.format(any="|".join(words), phrase=r"\s+".join(words))
        return f"{variable}.matches({_quoted(joined)})"

    return write


def _all_words(arguments: Sequence[str], variable: str) -> str:
    one = _matches(r"(?i)(^|\W)({any})($|\W)")
    return " && ".join(one([word], variable) for each in arguments for word in each.split()) or "true"


def _pattern(arguments: Sequence[str], variable: str) -> str:
    if len(arguments) != 1 or re.search(r"\(\?[=!<]|\\\d", arguments[0]):
        raise Untranslatable("the pattern looks ahead or back")
    return f"{variable}.matches({_quoted('(?i)' + arguments[0])})"


def _equal(arguments: Sequence[str], variable: str) -> str:
    return f"{variable} == {_quoted(arguments[0] if arguments else '')}"


_TEXTS: Mapping[str, Callable[[Sequence[str], str], str]] = {
    "has_text": lambda _arguments, variable: f"{variable} != ''",
    "has_any_word": _matches(r"(?i)(^|\W)({any})($|\W)"),
    "has_all_words": _all_words,
    "has_phrase": _matches(r"(?i)(^|\W){phrase}($|\W)"),
    "has_only_phrase": _matches(r"(?i)^\W*{phrase}\W*$"),
    "has_beginning": _matches(r"(?i)^\W*{phrase}"),
    "has_only_text": _equal,
    "has_pattern": _pattern,
}


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

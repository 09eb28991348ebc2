"""Expressions of XLSForms (a part of XPath) as conditions of ours (CEL)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError

LONGEST = 2000  # characters: far above any that a person wrote

_GRAMMAR = r"""
?start: or
?or: and ("or" and)*            -> either
?and: comparison ("and" comparison)* -> both
?comparison: sum (COMPARES sum)?
?sum: value (ADDS value)*       -> total
?value: "${" NAME "}"           -> variable
      | "."                     -> itself
      | NUMBER                  -> number
      | STRING                  -> string
      | NAME "(" [or ("," or)*] ")" -> call
      | "(" or ")"              -> group
NAME: /[A-Za-z_][A-Za-z0-9_.-]*/
COMPARES: "!=" | "<=" | ">=" | "=" | "<" | ">"
ADDS: "+" | "-"
NUMBER: /-?[0-9]+/
STRING: /'[^'\\]*'/ | /"[^"\\]*"/
%ignore /\s+/
"""
_SELECTED = re.compile(r"selected\(\s*\$\{([A-Za-z0-9_.-]+)\}\s*,\s*['\"]([^'\"]*)['\"]\s*\)")
_PARSER = Lark(_GRAMMAR, parser="earley", maybe_placeholders=False)


class Untranslatable(Exception):
    """An expression that has no counterpart; the message says which part of it."""


def to_cel(expression: str, variables: Mapping[str, str | Sequence[str]], itself: str = "") -> str:
    """An expression in CEL. `variables` maps names of the form to ours (several for a choice of many); `itself` is `.`.

    Raises `Untranslatable`.
    """
    if len(expression) > LONGEST:
        raise Untranslatable("it is too long")
    try:
        tree = _PARSER.parse(_with_selected(expression, variables))
    except LarkError:
        raise Untranslatable("it is not an expression that we know") from None
    try:
        return str(_Writer(variables, itself).transform(tree))
    except VisitError as error:
        if isinstance(error.orig_exc, Untranslatable):
            raise error.orig_exc from None
        raise


@v_args(inline=True)
class _Writer(Transformer[Token, str]):
    def __init__(self, variables: Mapping[str, str | Sequence[str]], itself: str) -> None:
        super().__init__()
        self._variables, self._itself = variables, itself

    def either(self, *parts: str) -> str:
        return parts[0] if len(parts) == 1 else f"({' || '.join(parts)})"

    def both(self, *parts: str) -> str:
        return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"

    def comparison(self, left: str, operator: str, right: str) -> str:
        return f"{left} {'==' if operator == '=' else operator} {right}"

    def total(self, *parts: str) -> str:
        return " ".join(parts)

    def group(self, inner: str) -> str:
        return f"({inner})"

    def number(self, digits: str) -> str:
        return str(digits)

    def string(self, quoted: str) -> str:
        return f"'{quoted[1:-1]}'" if "'" not in quoted[1:-1] else str(quoted)

    def itself(self) -> str:
        if not self._itself:
            raise Untranslatable("'.' stands where there is no answer")
        return self._itself

    def variable(self, name: str) -> str:
        whole, _, number = str(name).partition(".")
        ours = self._variables.get(str(name), self._variables.get(whole))
        if number.isdigit() and not isinstance(ours, str) and ours:
            return ours[int(number) - 1]
        if not isinstance(ours, str):
            raise Untranslatable(f"${{{name}}} was not carried over as one answer")
        return ours

    def call(self, name: str, *arguments: str) -> str:
        known: Mapping[str, Callable[..., str]] = {
            "not": lambda inner: f"!({inner})",
            "true": lambda: "true",
            "false": lambda: "false",
            "string-length": lambda inner: f"size({inner})",
        }
        if name not in known:
            raise Untranslatable(f"there is no {name}() here")
        try:
            return known[name](*arguments)
        except TypeError:
            raise Untranslatable(f"{name}() has other arguments here") from None


def _with_selected(expression: str, variables: Mapping[str, str | Sequence[str]]) -> str:
    """The expression with every `selected(${x}, 'a')` written as comparisons, which `to_cel` knows."""
    return _SELECTED.sub(lambda found: _selected(found, variables), expression)


def _selected(found: re.Match[str], variables: Mapping[str, str | Sequence[str]]) -> str:
    name, code = found.group(1), found.group(2)
    ours = variables.get(name)
    if ours is None:
        return str(found.group(0))
    names = [name] if isinstance(ours, str) else [f"{name}.{number}" for number in range(1, len(ours) + 1)]
    return "(" + " or ".join(f"${{{each}}} = '{code}'" for each in names) + ")"

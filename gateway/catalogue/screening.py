"""The screening rules and entitlement classes of a country, read from their published file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from gateway.catalogue.files import Bundle
from gateway.conversation.source import Node
from gateway.errors import FlowError
from gateway.registry import screening
from gateway.registry.conditions import Program
from gateway.registry.screening import FACTS, GRADES, RELATIONS, Entitlement, Rule, Ruleset, Tier

STAFF_LANGUAGE = "en"
"""What every reason is written in; a language more is welcome."""

_TIERS = (Tier.IMMEDIATE.value, Tier.HIGH.value)  # the third is what is left
_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE = re.compile(r"[A-Z]")
_UNDECLARED = re.compile(r"undeclared reference to '(\w+)'")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file of rules holds."""

    ruleset: Ruleset = Ruleset()
    entitlements: tuple[Entitlement, ...] = ()


def read_rules(
    bundle: Bundle, named: Node | None, languages: Collection[str], codes: Collection[str]
) -> Rules:
    """The rules of the file that a policy names, a path below the folder of flows; none where it names none.

    `codes` are those that answers can have: a rule that asks for another would never hold. Raises `FlowError` with
    file and line.
    """
    if named is None:
        return Rules()
    source = bundle.sources.get(named.text())
    if source is None:
        raise named.fault(
            f"there is no file {named.text()}", hint="It is a path below the folder of the flows"
        )
    root = Node.of(source)
    root.only("rules", "entitlements")
    known = {*codes, *GRADES, *RELATIONS, *Tier}
    rules = tuple(_rule(id, node, languages, known) for id, node in root.need("rules").items())
    given = root.get("entitlements")
    entitlements = tuple(
        _entitlement(code, node, languages, known) for code, node in (given.items() if given else ())
    )
    return Rules(Ruleset(rules, _version(rules)), entitlements)


def _rule(id: str, node: Node, languages: Collection[str], known: Collection[str]) -> Rule:
    node.only("tier", "factor", "if", "why")
    if not _ID.fullmatch(id):
        raise node.fault(f"the id '{id}' is not made of small letters, digits and _, 32 at most")
    tier, factor = node.get("tier"), node.get("factor")
    if (tier is None) == (factor is None or not factor.flag()):
        raise node.fault(
            "a rule gives a tier or is a factor: one of the two", hint="Write 'factor: true', or a tier"
        )
    given = Tier(tier.among(_TIERS, "tier")) if tier else None
    when = _condition(node.need("if"), "factors" if given else "", known)
    why = _words(node.need("why"), languages, (STAFF_LANGUAGE,))
    return Rule(id, given, when, why)


def _entitlement(code: str, node: Node, languages: Collection[str], known: Collection[str]) -> Entitlement:
    node.only("if", "label")
    if not _CODE.fullmatch(code):
        raise node.fault(
            f"'{code}' is not a capital letter: a class is named by one, so that it gives nothing away"
        )
    when = _condition(node.need("if"), "tier", known)
    return Entitlement(code, when, _words(node.need("label"), languages, languages))


def _condition(node: Node, reckoned: str, known: Collection[str]) -> Program:
    """A condition that compiles, and compares with nothing that nobody can answer."""
    try:
        program = screening.condition(node.text(), reckoned)
    except FlowError as error:
        strange = _UNDECLARED.search(error.problem)
        if strange:
            raise node.unknown("fact", strange[1], (*FACTS, *([reckoned] if reckoned else ()))) from None
        raise node.fault(error.problem, "types.condition") from None
    for code in program.quoted:
        if code not in known:
            raise node.unknown("code", code, known)
    return program


def _words(node: Node, languages: Collection[str], needed: Collection[str]) -> dict[str, str]:
    """What people read, by language."""
    for language in needed:
        node.need(language)
    node.only(*languages, STAFF_LANGUAGE)
    return {language: text.text() for language, text in node.items()}


def _version(rules: tuple[Rule, ...]) -> str:
    """A hash of what decides. Words may be mended, and the rules stay the same."""
    digest = hashlib.sha256()
    for rule in rules:
        digest.update(f"{rule.id}\0{rule.tier or 'factor'}\0{rule.when.text}\0".encode())
    return digest.hexdigest()

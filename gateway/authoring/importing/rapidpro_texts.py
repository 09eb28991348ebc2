"""RapidPro's expressions in texts (`@results.age`, `@(fields.name)`), its languages, and what they are here."""

from __future__ import annotations

import re
from collections.abc import Mapping

LANGUAGES = {
    "eng": "en",
    "som": "so",
    "amh": "am",
    "orm": "om",
    "gaz": "om",
    "tir": "ti",
    "ara": "ar",
    "swa": "sw",
    "swh": "sw",
}
"""ISO 639-3 tags of theirs, and ours."""

_EXPRESSION = re.compile(r"@(?:\(([^()]{1,200})\)|([a-z][a-z0-9_]*(?:\.[a-z0-9_]+){0,4}))")
_TAIL = re.compile(r"\.(value|input|category|name)$")


def reference(expression: str) -> str:
    """What an expression refers to: `results.age`, `fields.town`, `contact.name`; empty for anything else."""
    bare = expression.strip().removeprefix("@").strip("()").strip().lower()
    bare = bare.removeprefix("run.").replace("contact.fields.", "fields.")
    if bare in ("contact.name", "contact.first_name"):
        return "contact.name"
    if bare == "contact.language":
        return bare
    bare = _TAIL.sub("", bare) if bare.count(".") > 1 else bare
    return bare if re.fullmatch(r"(results|fields)\.[a-z0-9_]+", bare) else ""


def shown(text: str, known: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with `{variable}` for each expression that is `known`, and the expressions that are not."""
    unknown: list[str] = []

    def place(found: re.Match[str]) -> str:
        ours = known.get(reference(found[0]))
        if ours is None:
            unknown.append(found[0])
            return ""
        return f"\x01{ours}\x02"

    text = re.sub(r"[{}]", "", _EXPRESSION.sub(place, text.replace("@@", "\x03")))
    return text.replace("\x01", "{").replace("\x02", "}").replace("\x03", "@"), unknown

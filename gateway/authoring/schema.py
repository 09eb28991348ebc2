"""The JSON Schema (draft 2020-12) of `flow.yaml`, made from the code that reads it, for editors."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

from gateway.commands import CALLS, Call, Kind, arguments
from gateway.conversation.answers import BOUNDS
from gateway.conversation.expression import LONGEST
from gateway.conversation.flow import Alphabet, Audience, Long, Role
from gateway.conversation.states import KINDS, LITERALS, MOST_OPTIONS, RETRIES
from gateway.conversation.wording import VARIANTS

Schema = dict[str, Any]

_JSON_TYPES = {str: "string", int: "integer", bool: "boolean"}


def schema() -> Schema:
    """The schema of one flow's own file, as plain JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow of the Returnee Gateway",
        **_object(
            {
                "flow": _described("string", "The name of the flow, which others enter it by."),
                "title": _described("string", "What operators call it."),
                "language": _described("string", "The language that its texts stand in here."),
                "audience": {"enum": list(Audience), "description": "Whose keywords reach it."},
                "role": {"enum": list(Role), "description": "What the machine itself enters it for."},
                "mute": _described(
                    "boolean", "Whether keywords are not heard in it, but for stop, help and language."
                ),
                "start": _ref("name", "The state it begins with, if not the first."),
                "triggers": {
                    "type": "array",
                    "items": _ref("trigger"),
                    "description": "The ways in from outside.",
                },
                "variables": {
                    "type": "object",
                    "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
                    "additionalProperties": _ref("variable"),
                    "description": "What the flow remembers.",
                },
                "states": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": _ref("state"),
                    "description": "The steps of the conversation, by name.",
                },
            },
            ("flow", "language", "states"),
        ),
        "$defs": {
            "name": {"type": "string", "pattern": r"\S"},
            "text": _text(),
            "variable": _variable(),
            "trigger": _trigger(),
            "option": _option(),
            "state": _state(),
            **_kinds(),
        },
    }


def written() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


# --- small parts ------------------------------------------------------------------------------------------


def _described(type: str, description: str, **more: Any) -> Schema:
    return {"type": type, "description": description, **more}


def _ref(name: str, description: str = "") -> Schema:
    return {"$ref": f"#/$defs/{name}"} | ({"description": description} if description else {})


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return made | ({"required": list(required)} if required else {})


def _text() -> Schema:
    """A text, or one for each channel; `text` is for those that have none of their own."""
    said = {"type": "string", "pattern": r"\S"}
    channels = list(VARIANTS.values())
    apart = _object(dict.fromkeys(("text", *channels), said))
    apart["anyOf"] = [{"required": ["text"]}, {"required": channels}]
    return {"description": "What people read; {variable} shows a variable.", "anyOf": [said, apart]}


def _words(description: str) -> Schema:
    return {"type": "array", "items": {"type": "string", "pattern": r"\S"}, "description": description}


def _variable() -> Schema:
    bound = {"type": "integer", "minimum": 0}
    made = _object(
        {
            "type": {"enum": list(Kind)},
            "min": {**bound, "description": "The least number, or the least letters of a text."},
            "max": {**bound, "description": "The greatest number, or the most letters of a text."},
            "values": {
                "type": "object",
                "additionalProperties": _words("Words that mean this code."),
                "description": "The codes it can hold, each with the words that people type for it.",
            },
            "alphabet": {
                "enum": list(Alphabet),
                "description": "The letters that its values are written in.",
            },
        },
        ("type",),
    )
    made["allOf"] = [
        {"if": _type_is(*BOUNDS), "else": {"properties": {"min": False, "max": False}}},
        {"if": _type_is(Kind.CODE), "else": {"properties": {"values": False}}},
    ]
    return made


def _type_is(*kinds: Kind) -> Schema:
    return {"properties": {"type": {"enum": list(kinds)}}}


def _trigger() -> Schema:
    made = _object(
        {
            "words": _words("What people send to come here, in all languages."),
            "take": {
                "type": "array",
                "items": _ref("name"),
                "description": "The variables that what stands behind the word is taken into.",
            },
            "go": _ref("name", "The state it leads to, if not the first."),
            "link": _described("string", "The payload of a deep link.", pattern="^[A-Za-z0-9_-]{1,64}$"),
        }
    )
    return made | {"anyOf": [{"required": ["words"]}, {"required": ["link"]}]}


def _option() -> Schema:
    return _object(
        {
            "label": _ref("text"),
            "synonyms": _words("Other words that people may type for it."),
            "go": _ref("name", "The state it leads to, if not that of the question."),
        },
        ("label",),
    )


# --- states -----------------------------------------------------------------------------------------------


def _state() -> Schema:
    """Exactly one kind, told by its key; a text with which the flow ends has `end` too."""
    ways = []
    for kind in KINDS:
        asked: Schema = {"required": [kind]}
        if kind == "end":
            asked["not"] = {"required": ["say"]}
        ways.append({"if": asked, "then": _ref(kind)})
    return {"type": "object", "anyOf": [{"required": [kind]} for kind in KINDS], "allOf": ways}


def _kinds() -> dict[str, Schema]:
    go = _ref("name", "The state that follows.")
    end = {"const": True, "description": "The flow is over."}
    say = _object({"say": _ref("text"), "go": go, "end": end, "long": _long()}, ("say",))
    return {
        "say": say | {"oneOf": [{"required": ["go"]}, {"required": ["end"]}]},
        "choose": _choose(),
        "ask": _object({"ask": _ref("text"), **_question()}, ("ask", "save", "go")),
        "do": _do(),
        "decide": _decide(),
        "enter": _object(
            {"enter": _ref("name", "The flow to enter, which comes back here."), "go": go}, ("enter", "go")
        ),
        "end": _object({"end": end}),
    }


def _long() -> Schema:
    return {
        "enum": [each for each in Long if each],
        "description": "What gives way where a USSD screen is too small for the values in the text.",
    }


def _question() -> Schema:
    return {
        "save": _ref("name", "The variable that keeps the answer."),
        "invalid": _ref("text"),
        "retries": _described(
            "integer", f"Wrong answers before it lets go; {RETRIES} if not said.", minimum=0
        ),
        "too_many": _ref("name", "The state that too many wrong answers lead to."),
        "contact": _described("boolean", "Whether a shared phone number answers it."),
        "go": _ref("name", "The state that an answer leads to."),
        "long": _long(),
    }


def _choose() -> Schema:
    made = _object(
        {
            "choose": _ref("text"),
            "options": {
                "type": "object",
                "maxProperties": MOST_OPTIONS,
                "additionalProperties": _ref("option"),
                "description": "The options by code, in the order they are shown.",
            },
            "from": _ref("name", "The variable with the list whose entries are offered before the options."),
            "most": _described(
                "integer", "The most entries of the list that are offered.", minimum=1, maximum=MOST_OPTIONS
            ),
            **_question(),
        },
        ("choose",),
    )
    made["anyOf"] = [{"required": ["options"]}, {"required": ["from"]}]
    made["dependentRequired"] = {"from": ["most", "go"], "most": ["from"]}
    return made


def _decide() -> Schema:
    condition = _described("string", "A condition in CEL, such as age_years > 17.", maxLength=LONGEST)
    branch = _object({"if": condition, "go": _ref("name")}, ("if", "go"))
    otherwise = _object(
        {"else": _ref("name", "Where to go if no condition holds; the last of the list.")}, ("else",)
    )
    listed = {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [branch, otherwise]},
        "contains": {"required": ["else"]},
        "maxContains": 1,
        "description": "The first condition that holds says where to go.",
    }
    return _object({"decide": listed}, ("decide",))


def _do() -> Schema:
    named = [{"const": name, "description": inspect.getdoc(call)} for name, call in CALLS.items()]
    made = _object(
        {"do": {"anyOf": named}, "with": {"type": "object"}, "on": {"type": "object"}}, ("do", "on")
    )
    made["allOf"] = [
        {"if": {"properties": {"do": {"const": name}}}, "then": _call(call)} for name, call in CALLS.items()
    ]
    return made


def _call(call: type[Call]) -> Schema:
    """What a call is given, and what must follow each of its outcomes."""
    wanted = arguments(call)
    required = tuple(name for name, (_, needed) in wanted.items() if needed)
    outcomes = {
        outcome: _object(
            {
                "save": _object({name: _ref("name", f"a {kind}") for name, kind in results.items()}),
                "go": _ref("name"),
            },
            ("go",),
        )
        for outcome, results in call.outcomes.items()
    }
    given = _object({name: _given(kind) for name, (kind, _) in wanted.items()}, required)
    made: Schema = {"properties": {"with": given, "on": _object(outcomes, tuple(outcomes))}}
    return made | ({"required": ["with"]} if required else {})


def _given(kind: Kind) -> Schema:
    """The name of a variable; or a value itself, where one can be written down."""
    variable = _ref("name", f"A variable that holds a {kind}.")
    if kind not in LITERALS:
        return variable
    value = {"type": _JSON_TYPES[LITERALS[kind]]}
    return {"anyOf": [variable, _object({"value": value}, ("value",))]}

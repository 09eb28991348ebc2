"""RapidPro, TextIt and other flow exports of specification 13, written as flows of ours.

Source of the meaning: the documentation of the open-source engine `goflow`. A message right before a wait becomes the
question; a router of words becomes a choice, of numbers a number, anything else a text with decisions behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from gateway.authoring.importing import Imported, LeftOut
from gateway.authoring.importing import rapidpro_nodes as nodes
from gateway.authoring.importing.draft import Draft, name_of, tidy
from gateway.authoring.importing.rapidpro_texts import LANGUAGES
from gateway.authoring.importing.rapidpro_writing import OVER, Object, Writing
from gateway.errors import FlowError

LARGEST = 20_000_000  # bytes of an export


def read(data: bytes) -> Imported:
    """Every flow of an export. Raises `FlowError` for what is no export of specification 13."""
    sources = _sources(data)
    names: dict[str, str] = {}
    for source in sources:
        names[source["uuid"]] = name_of(str(source.get("name", "flow")), names.values())
    files: dict[str, str] = {}
    left_out: list[LeftOut] = []
    for source in sources:
        try:
            draft = _flow(source, names)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise FlowError(f"the flow '{names[source['uuid']]}' of the export is not sound") from None
        files |= draft.files()
        left_out += draft.left_out
    return Imported(files, tuple(left_out))


def _sources(data: bytes) -> list[Object]:
    if len(data) > LARGEST:
        raise FlowError(f"the export is larger than {LARGEST // 1_000_000} MB")
    try:
        export = orjson.loads(data)
        flows = list(export["flows"])
        if not flows:
            raise FlowError("the export holds no flow")
        for flow in flows:
            if str(flow.get("spec_version", "")).split(".")[0] != "13":
                raise FlowError(
                    "the export is of another specification than 13: open and save it in a newer RapidPro"
                )
            if not isinstance(flow["nodes"], list) or not isinstance(flow["uuid"], str):
                raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, RecursionError):
        raise FlowError("is no export of RapidPro flows") from None
    return flows


def _flow(source: Object, flows: Mapping[str, str]) -> Draft:
    language = LANGUAGES.get(str(source.get("language", "")), "en")
    name = flows[source["uuid"]]
    draft = Draft(name, tidy(str(source.get("name", name))), language)
    writing = Writing(draft, source, flows)
    if source.get("type", "messaging") != "messaging":
        draft.leave_out(name, f"the type {source['type']}", "every flow here is one of messages")
    for tag in source.get("localization", {}):
        if tag not in LANGUAGES:
            draft.leave_out(name, f"the language {tag}", "it is none of ours")
    for node in source["nodes"]:
        writing.nodes[node["uuid"]] = node
        writing.entries[node["uuid"]] = name_of(_wanted(node), (*writing.entries.values(), OVER))
    nodes.declare(writing)
    for node in source["nodes"]:
        nodes.write(writing, node)
    draft.states[OVER] = {"end": True}
    return draft


def _wanted(node: Object) -> str:
    """What a node's first state is called: by its result, its sort of action, or its place."""
    if result := node.get("router", {}).get("result_name"):
        return str(result)
    actions: Sequence[Object] = node.get("actions", ())
    return str(actions[0]["type"]).removeprefix("set_") if actions else "split"

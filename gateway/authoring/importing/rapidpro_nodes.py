"""The nodes of a RapidPro flow: actions in order, then the router."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.authoring.importing.draft import name_of
from gateway.authoring.importing.rapidpro_tests import NUMBERS, WORDS, condition
from gateway.authoring.importing.rapidpro_texts import LANGUAGES, reference
from gateway.authoring.importing.rapidpro_writing import OVER, Object, Writing
from gateway.authoring.importing.xpath import Untranslatable
from gateway.conversation.states import MOST_OPTIONS

LONGEST_TEXT = 160


def declare(writing: Writing) -> None:
    """Declares what each wait keeps, and finds the message that asks for it."""
    for uuid, node in writing.nodes.items():
        if _waits(node):
            result = str(node["router"].get("result_name") or "")
            ours = name_of(result or "answer", writing.draft.variables)
            writing.draft.variables[ours] = {"type": _kind(node)}
            writing.answers[uuid] = ours
            if result:
                writing.known[f"results.{name_of(result)}"] = ours
            if (message := _asking(writing, node)) is not None:
                writing.questions[uuid] = message
                writing.moved.add(message["uuid"])
    for node in writing.nodes.values():
        for action in node.get("actions", ()):
            value = str(action.get("value") or action.get("name") or "")
            if (alias := _alias(action)) and reference(value) in writing.known:
                writing.known.setdefault(alias, writing.known[reference(value)])


def _alias(action: Object) -> str:
    """The name under which an action keeps a result once more; empty for any other action."""
    match action["type"]:
        case "set_run_result":
            return f"results.{name_of(str(action.get('name', '')))}"
        case "set_contact_field":
            return f"fields.{action.get('field', {}).get('key', '')}"
        case "set_contact_name":
            return "contact.name"
        case _:
            return ""


def write(writing: Writing, node: Object) -> None:
    """The states of one node."""
    steps = [action for action in node.get("actions", ()) if action["uuid"] not in writing.moved]
    carried = [action for action in steps if _carried(writing, action)]
    name = entry = writing.entries[node["uuid"]]
    writing.draft.states[entry] = {}  # its place in the file
    for action in carried:
        following = writing.draft.name(f"{entry}_then")
        writing.draft.states[following] = {}
        _ACTIONS[action["type"]](writing, action, name, following)
        name = following
    router = node.get("router")
    if router and _waits(node):
        _wait(writing, node, name)
    elif router:
        _split(writing, node, name)
    else:
        exits = node.get("exits") or [{"uuid": ""}]
        writing.draft.states[name] = {"decide": [{"else": writing.target(node, exits[0]["uuid"])}]}


# --- actions ----------------------------------------------------------------------------------------------


def _carried(writing: Writing, action: Object) -> bool:
    """Whether an action becomes a state; what becomes neither a state nor an alias is listed."""
    kind, where = action["type"], str(action["uuid"])
    if kind == "send_msg":
        for key in ("attachments", "quick_replies", "template"):
            if action.get(key):
                writing.leave_out(where, key, "a basic phone shows text only")
        return bool(writing.texts(action)[writing.draft.language])
    if kind == "set_contact_language" and action.get("language") in LANGUAGES:
        return True
    if kind == "enter_flow" and action.get("flow", {}).get("uuid") in writing.flows:
        return True
    if (alias := _alias(action)) and alias in writing.known:
        return False
    writing.leave_out(where, f"the action {kind}", "nothing here does that")
    return False


def _say(writing: Writing, action: Object, name: str, following: str) -> None:
    writing.draft.add(name, "say", writing.texts(action), go=following)


def _enter(writing: Writing, action: Object, name: str, following: str) -> None:
    writing.draft.states[name] = {"enter": writing.flows[action["flow"]["uuid"]], "go": following}


def _language(writing: Writing, action: Object, name: str, following: str) -> None:
    writing.draft.states[name] = {
        "do": "set_language",
        "with": {"language": {"value": LANGUAGES[action["language"]]}},
        "on": {"set": {"go": following}},
    }


_ACTIONS: Mapping[str, Callable[[Writing, Object, str, str], None]] = {
    "send_msg": _say,
    "enter_flow": _enter,
    "set_contact_language": _language,
}


# --- waits ------------------------------------------------------------------------------------------------


def _waits(node: Object) -> bool:
    wait: Object = (node.get("router") or {}).get("wait") or {}
    return bool(wait.get("type") == "msg")


def _cases(node: Object) -> list[Object]:
    return list(node["router"].get("cases", ()))


def _kind(node: Object) -> str:
    """The kind of variable that a wait keeps: of a choice, a number, a date or a text."""
    types = {case["type"] for case in _cases(node)}
    if types and types <= WORDS and _words(node) is not None:
        return "code"
    if types and types <= NUMBERS:
        return "number"
    return "date" if types == {"has_date"} else "text"


def _words(node: Object) -> dict[str, list[str]] | None:
    """The words of each category but the default; None where two share one, or there are too many for keys."""
    router, found = node["router"], dict[str, list[str]]()
    taken: dict[str, str] = {}
    for case in _cases(node):
        category = case["category_uuid"]
        given = case.get("arguments") or [""]
        for word in given[0].split() if case["type"] == "has_any_word" else given:
            if taken.setdefault(word.lower(), category) != category:
                return None
            found.setdefault(category, []).append(word)
    found.pop(router.get("default_category_uuid"), None)
    return found if 0 < len(found) <= MOST_OPTIONS else None


def _asking(writing: Writing, node: Object) -> Object | None:
    """The message that asks: the last of the node itself, or of the first node that leads straight here."""
    for before in (node, *_leading(writing, node)):
        actions: list[Object] = before.get("actions") or []
        if actions and actions[-1]["type"] == "send_msg" and actions[-1]["uuid"] not in writing.moved:
            return actions[-1]
    return None


def _leading(writing: Writing, node: Object) -> Iterator[Object]:
    for before in writing.nodes.values():
        leads = any(exit.get("destination_uuid") == node["uuid"] for exit in before.get("exits", ()))
        if leads and not before.get("router"):
            yield before


def _wait(writing: Writing, node: Object, name: str) -> None:
    router, where = node["router"], str(node["uuid"])
    if timeout := router["wait"].get("timeout"):
        writing.leave_out(
            where, f"a time-out of {timeout.get('seconds', '?')} seconds", "an answer is waited for"
        )
    message = writing.questions.get(where)
    if message is None:
        writing.leave_out(where, "a wait that no message asks for", "it says 'Please answer.'")
        texts: Mapping[str, str] = {writing.draft.language: "Please answer."}
    else:
        texts = writing.texts(message)
    ours = writing.answers[where]
    kind = writing.draft.variables[ours]["type"]
    if kind == "code":
        _choose(writing, node, name, texts, ours)
    else:
        _ask(writing, node, name, texts, ours, kind)


def _exit(writing: Writing, node: Object, category_uuid: str) -> str:
    """Where a category leads."""
    for category in node["router"].get("categories", ()):
        if category["uuid"] == category_uuid:
            return writing.target(node, category.get("exit_uuid", ""))
    return OVER


def _otherwise(writing: Writing, node: Object, name: str) -> dict[str, Any]:
    """What follows an answer that no test takes: the default's exit at once, or the question again."""
    leads = _exit(writing, node, node["router"].get("default_category_uuid", ""))
    return {} if leads == name else {"retries": 0, "too_many": leads}


def _choose(writing: Writing, node: Object, name: str, texts: Mapping[str, str], ours: str) -> None:
    categories = {each["uuid"]: each for each in node["router"]["categories"]}
    writing.draft.add(name, "choose", texts, save=ours, **_otherwise(writing, node, name))
    words = _words(node) or {}
    order = {"yes": 0, "no": 1}
    for uuid in sorted(words, key=lambda uuid: order.get(name_of(categories[uuid]["name"]), 2)):
        label = writing.texts(categories[uuid], "name")
        synonyms = dict.fromkeys(
            word for word in words[uuid] if word.lower() != label[writing.draft.language].lower()
        )
        code = name_of(categories[uuid]["name"])
        writing.draft.add_option(name, code, label, _exit(writing, node, uuid), tuple(synonyms))


def _ask(writing: Writing, node: Object, name: str, texts: Mapping[str, str], ours: str, kind: str) -> None:
    if kind == "text":
        writing.draft.variables[ours]["max"] = LONGEST_TEXT
    other = _otherwise(writing, node, name) if kind != "text" else {}
    cases = _cases(node)
    default = _exit(writing, node, node["router"].get("default_category_uuid", ""))
    if not cases or kind == "date":
        go = _exit(writing, node, cases[0]["category_uuid"]) if cases else default
        writing.draft.add(name, "ask", texts, save=ours, go=go, **other)
        return
    decide = writing.draft.name(f"{name}_split")
    writing.draft.add(name, "ask", texts, save=ours, go=decide, **other)
    writing.draft.states[decide] = {"decide": _branches(writing, node, ours, kind == "number")}


def _branches(writing: Writing, node: Object, ours: str, numeric: bool) -> list[dict[str, str]]:
    """The decision behind an answer; a test that has no counterpart is listed, and goes the default's way."""
    branches = []
    for case in _cases(node):
        arguments = [str(each) for each in case.get("arguments") or ()]
        go = _exit(writing, node, case["category_uuid"])
        try:
            branches.append({"if": condition(case["type"], arguments, ours, numeric), "go": go})
        except Untranslatable as fault:
            writing.leave_out(
                str(node["uuid"]), f"the test {case['type']} {' '.join(arguments)}".strip(), str(fault)
            )
    return [*branches, {"else": _exit(writing, node, node["router"].get("default_category_uuid", ""))}]


# --- splits -----------------------------------------------------------------------------------------------


def _split(writing: Writing, node: Object, name: str) -> None:
    """A router that asks nobody: by a result, a field or the language; else the default's way, and it is listed."""
    router, draft = node["router"], writing.draft
    operand = str(router.get("operand", ""))
    if operand == "@child.run.status" or operand == "@child.status":
        done = next(
            (case["category_uuid"] for case in _cases(node) if "completed" in case.get("arguments", ())), ""
        )
        draft.states[name] = {"decide": [{"else": _exit(writing, node, done)}]}
        return
    what = reference(operand)
    if what == "contact.language":
        draft.states[name] = {"decide": _by_language(writing, node)}
        return
    ours = writing.known.get(what)
    if ours is None:
        writing.leave_out(
            str(node["uuid"]), f"a split by {router.get('type')} {operand}".strip(), "it goes the default way"
        )
        default = router.get("default_category_uuid") or router.get("categories", [{}])[0].get("uuid", "")
        draft.states[name] = {"decide": [{"else": _exit(writing, node, default)}]}
        return
    if draft.variables[ours]["type"] == "code":
        draft.states[name] = {"decide": _by_code(writing, node, ours)}
    else:
        numeric = draft.variables[ours]["type"] == "number"
        draft.states[name] = {"decide": _branches(writing, node, ours, numeric)}


def _by_language(writing: Writing, node: Object) -> list[dict[str, str]]:
    branches = []
    for case in _cases(node):
        for tag in case.get("arguments") or ():
            if tag.lower() in LANGUAGES:
                go = _exit(writing, node, case["category_uuid"])
                branches.append({"if": f"language == '{LANGUAGES[tag.lower()]}'", "go": go})
            else:
                writing.leave_out(str(node["uuid"]), f"the language {tag}", "it is none of ours")
    return [*branches, {"else": _exit(writing, node, node["router"].get("default_category_uuid", ""))}]


def _by_code(writing: Writing, node: Object, ours: str) -> list[dict[str, str]]:
    """A choice is kept as its category's code: tests for the category's words are tests for the code."""
    branches = []
    for case in _cases(node):
        if case["type"] not in WORDS:
            writing.leave_out(str(node["uuid"]), f"the test {case['type']}", "the answer is one of a list")
            continue
        codes = [name_of(each) for each in case.get("arguments") or ()]
        go = _exit(writing, node, case["category_uuid"])
        branches.append({"if": " || ".join(f"{ours} == '{code}'" for code in codes) or "false", "go": go})
    return [*branches, {"else": _exit(writing, node, node["router"].get("default_category_uuid", ""))}]

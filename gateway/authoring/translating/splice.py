"""Puts changed values into a YAML text by cutting out and pasting in: whatever did not change stays byte for byte.

Writing a whole document anew would lay out flow mappings, long lines and comments in another way, and a reviewer would
no longer see what a translator did. Entries are changed and added, never taken away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from gateway.errors import FlowError

WIDTH = 120  # letters of a line, where a value can go to the next one
_TRAPS = frozenset(("yes", "no", "on", "off", "y", "n", "true", "false", "null"))  # no words to some readers
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

Splice = tuple[int, int, str]
"""From, to and what comes there."""


def rewritten(text: str, wanted: Any, path: str) -> str:
    """The text, so changed that it reads as `wanted`: mappings and lists of texts in the order they should have.

    Values that are no texts stay as they are. Raises `FlowError` for a text that cannot be changed so, such as one
    with an anchor; `path` is its name.
    """
    splices = sorted(_changes(text, _composed(text), wanted, False), key=lambda each: each[0])
    for start, end, pasted in reversed(splices):
        text = text[:start] + pasted + text[end:]
    if splices and not _reads(_composed(text), wanted):
        raise FlowError("cannot be changed by machine", file=path, hint="edit it by hand, without & and *")
    return text


def _composed(text: str) -> Any:
    """The text's root, or None where it is not YAML or empty."""
    try:
        return yaml.compose(text, _Loader)
    except yaml.YAMLError:
        return None


def _reads(node: Any, wanted: Any) -> bool:
    """Whether a node reads as `wanted`."""
    match wanted:
        case Mapping():
            if not isinstance(node, MappingNode):
                return wanted == {} and isinstance(node, ScalarNode)
            found = {key.value: value for key, value in node.value}
            same = len(found) == len(node.value) and found.keys() == wanted.keys()
            return same and all(_reads(found[key], value) for key, value in wanted.items())
        case list():
            there = isinstance(node, SequenceNode) and len(node.value) == len(wanted)
            return there and all(map(_reads, node.value, wanted))
        case str():
            return isinstance(node, ScalarNode) and node.value == wanted
    return isinstance(node, ScalarNode)


def _changes(text: str, node: Node, wanted: Any, in_flow: bool) -> Iterator[Splice]:
    """What to cut and paste below a node. `in_flow`: it stands between braces or brackets."""
    if isinstance(node, MappingNode) and isinstance(wanted, Mapping):
        flows = in_flow or bool(node.flow_style)
        old = {key.value: (key, value) for key, value in node.value}
        for key, value in wanted.items():
            if key not in old:
                continue
            name, place = old[key]
            if isinstance(value, Mapping) and isinstance(place, ScalarNode) and not place.value:
                yield _filled(name, value, flows)
            else:
                yield from _changes(text, place, value, flows)
        yield from _added(text, node, old, wanted, flows)
    elif _differs(node, wanted):
        start, end = node.start_mark.index, node.end_mark.index
        quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
        tail = "\n" if text[start:end].endswith("\n") else ""  # a block scalar ends behind its line
        yield start, end, _inline(wanted, in_flow, quoted) + tail


def _filled(name: Node, value: Mapping[str, Any], in_flow: bool) -> Splice:
    """What comes behind a key that had no value."""
    place = name.end_mark.index + 1
    column = name.start_mark.column + 2
    return place, place, f" {_flow(value)}" if in_flow else "\n" + "\n".join(_block(value, column))


def _differs(node: Node, wanted: Any) -> bool:
    """Whether a text, or a list of texts, is another one. Values of other kinds are not ours to change."""
    match wanted:
        case str():
            return not isinstance(node, ScalarNode) or node.value.strip() != wanted.strip()
        case list() if all(isinstance(each, str) for each in wanted):
            texts = isinstance(node, SequenceNode) and all(
                isinstance(each, ScalarNode) for each in node.value
            )
            return not texts or [each.value for each in node.value] != wanted
        case Mapping():
            return True
    return False


def _added(
    text: str, node: MappingNode, old: Mapping[str, tuple[Node, Node]], wanted: Mapping[str, Any], flows: bool
) -> Iterator[Splice]:
    """The entries that a mapping lacks, each behind the one it follows in `wanted`."""
    behind: tuple[Node, Node] | None = None
    added = 0  # letters pasted at this place, for the length of its line
    for key, value in wanted.items():
        if key in old:
            behind, added = old[key], 0
            continue
        if flows:
            splice = _added_in_flow(text, node, behind, f"{_key(key)}: {_flow(value)}", added)
            added += len(splice[2])
        else:
            column = node.value[0][0].start_mark.column
            lines = "\n".join(_block({key: value}, column))
            splice = _added_in_block(text, node, behind, lines)
        yield splice


def _added_in_flow(
    text: str, node: MappingNode, behind: tuple[Node, Node] | None, entry: str, added: int
) -> Splice:
    if behind is None:
        place = node.start_mark.index + 1
        return place, place, f"{entry}, " if node.value else entry
    place = _end(behind[1])
    line = place - (text.rfind("\n", 0, place) + 1) + added
    if line + len(entry) + 3 > WIDTH:
        return place, place, ",\n" + " " * node.value[0][0].start_mark.column + entry
    return place, place, f", {entry}"


def _added_in_block(text: str, node: MappingNode, behind: tuple[Node, Node] | None, lines: str) -> Splice:
    if behind is None:
        place = text.rfind("\n", 0, node.start_mark.index) + 1
        return place, place, f"{lines}\n"
    place = _end(behind[1])
    if text[:place].endswith("\n"):  # behind a block scalar
        return place, place, f"{lines}\n"
    place = text.find("\n", place)
    return (len(text), len(text), f"\n{lines}") if place < 0 else (place, place, f"\n{lines}")


def _end(node: Node) -> int:
    """Where a value ends: a block mapping's own mark stands behind the comments that follow it."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _block(entries: Mapping[str, Any], column: int) -> Iterator[str]:
    """Entries as lines. A mapping of texts alone goes on one line where it fits and is no question."""
    for key, value in entries.items():
        head = " " * column + _key(key) + ":"
        if not isinstance(value, Mapping):
            yield f"{head} {_inline(value, False, False)}"
            continue
        line = f"{head} {_flow(value)}"
        short = key == "options" or value.keys() == {"say"} or column > 2
        if short and len(line) <= WIDTH and not any(isinstance(each, Mapping) for each in value.values()):
            yield line
        else:
            yield head
            yield from _block(value, column + 2)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        entries = [f"{_key(key)}: {_inline(each, True, key == 'say')}" for key, each in value.items()]
        return "{" + ", ".join(entries) + "}"
    return _inline(value, True, False)


def _inline(value: Any, in_flow: bool, quoted: bool) -> str:
    if isinstance(value, Mapping):
        return _flow(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each, True, False) for each in value) + "]"
    if not quoted and _stands_bare(value, in_flow):
        return str(value)
    return _escaped(value)


def _key(key: str) -> str:
    return key if _stands_bare(key, True) else _escaped(key)


def _stands_bare(text: str, in_flow: bool) -> bool:
    """Whether a text reads as itself without quotes; what does not begin with a letter might be a number or a date."""
    if not text[:1].isalpha() or text.lower() in _TRAPS or "\n" in text:
        return False
    return _reads(_composed(f"{{k: {text}}}" if in_flow else f"k: {text}"), {"k": text})


def _escaped(text: str) -> str:
    letters = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else _code(each) for each in letters)


def _code(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"

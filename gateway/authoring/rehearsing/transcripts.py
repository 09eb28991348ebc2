"""Transcripts: what a person says, what we say and what we ask the world to do, written as YAML beside a flow.

A file `flows/<flow>/transcripts/<name>.yaml` holds

    transcript: One sentence that says what happens
    channel: ussd            # ussd, sms or telegram
    channels: all            # or a list; without it all three, unless a turn needs a phone or a chat of one kind
    language: so             # left out: none chosen yet
    roles: [provider]        # left out: anybody
    stubs:                   # how the world answers each command and query; of a list one after the other,
      my_people: {outcome: one, values: {person: K7R249XM}}     # and the last one from then on
    turns:
      - dial: ""             # a new dialogue, or a dialled short cut: "1*2"
      - say: "1"             # the person types, or presses a button
      - link: register       # a deep link is followed
      - share: "+251911000077"
      - hear: [Main menu, 1 Register]       # each stands in what we say, options as `key label` a line
      - call: record_consent                # the next command; a query may be named or left out
        with: {purpose: register}           # some of its arguments
      - closes: true         # the dialogue ends here, or does not
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from gateway.authoring.project import Project
from gateway.commands import CALLS, Result
from gateway.conversation.source import Node, Path, Source, words
from gateway.messages import ChannelName
from gateway.text.clean import fold

VERBS = ("dial", "say", "link", "share", "hear", "call", "closes")
_LIKE_A_FLAG = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n", "null"})
_OF_ONE_CHANNEL = frozenset({"dial", "link", "share"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `value` is a text; the texts of `hear`; or the flag of `closes`. `arguments` are those of `call`."""

    verb: str
    value: Any
    arguments: Mapping[str, Any]
    node: Node


@dataclass(frozen=True, slots=True)
class Script:
    """A transcript as read. `channel` is its own, `channels` are all that it is played on."""

    title: str
    channel: ChannelName
    channels: tuple[ChannelName, ...]
    language: str
    roles: tuple[str, ...]
    stubs: Mapping[str, tuple[Result, ...]]
    turns: tuple[Turn, ...]
    node: Node


def transcripts(project: Project, flow: str) -> Iterator[Source]:
    """The transcripts beside a flow, in the order of their names."""
    folder, _, _ = project.flow_sources[flow].flow.path.rpartition("/")
    return project.bundle.under(f"{folder}/transcripts")


def read(given: Source | Mapping[str, Any]) -> Script:
    """A transcript. Raises `FlowError` with file and line for one that cannot be played."""
    root = Node.of(given if isinstance(given, Source) else Source("transcript", given))
    root.only("transcript", "channel", "channels", "language", "roles", "stubs", "turns")
    channel = ChannelName(root.need("channel").among(ChannelName, "channel"))
    turns = tuple(map(_turn, root.need("turns").each()))
    language, stubs = root.get("language"), root.get("stubs")
    return Script(
        root.need("transcript").text(),
        channel,
        _channels(root.get("channels"), channel, turns),
        language.text() if language and language.value else "",
        words(root.get("roles")),
        read_stubs(stubs) if stubs else {},
        turns,
        root,
    )


def _channels(node: Node | None, own: ChannelName, turns: tuple[Turn, ...]) -> tuple[ChannelName, ...]:
    """The channels to play it on, its own first."""
    if node is None:
        everywhere = not any(turn.verb in _OF_ONE_CHANNEL for turn in turns)
        named = list(ChannelName) if everywhere else []
    elif node.value == "all":
        named = list(ChannelName)
    else:
        named = [ChannelName(each.among(ChannelName, "channel")) for each in node.each()]
    return (own, *[each for each in named if each is not own])


def _turn(node: Node) -> Turn:
    verb = next((each for each in VERBS if each in node.mapping()), "")
    if not verb:
        raise node.unknown("turn", next(iter(node.mapping()), ""), VERBS)
    node.only(verb, *(("with",) if verb == "call" else ()))
    inner = node.at(verb)
    arguments: Mapping[str, Any] = {}
    match verb:
        case "hear":
            value: Any = tuple(each.text() for each in heard(inner))
        case "closes":
            value = inner.flag()
        case "call":
            value = inner.among(CALLS, "command or query")
            arguments = given.mapping() if (given := node.get("with")) else {}
        case _:
            value = str(inner.value)
    return Turn(verb, value, arguments, node)


def heard(node: Node) -> list[Node]:
    """The places of the texts of a `hear`: one text, or a list of them."""
    return [node] if isinstance(node.value, str) else list(node.each())


def read_stubs(node: Node) -> dict[str, tuple[Result, ...]]:
    """How each command and query comes out, the first time and later. Raises `FlowError` with file and line."""
    return {name: _stubs(name, each) for name, each in node.items()}


def _stubs(name: str, node: Node) -> tuple[Result, ...]:
    if name not in CALLS:
        raise node.unknown("command or query", name, CALLS)
    outcomes = CALLS[name].outcomes
    results = []
    for each in node.each() if isinstance(node.value, list) else (node,):
        each.only("outcome", "values")
        outcome = each.need("outcome").among(outcomes, "outcome")
        values = each.get("values")
        if values:
            values.mapping()
        results.append(Result(outcome, dict(values.value) if values else {}))
    if not results:
        raise node.fault("the list of outcomes is empty")
    return tuple(results)


# --- writing ----------------------------------------------------------------------------------------------


def dumped(script: Mapping[str, Any]) -> str:
    """A transcript as the text of a file: turns in a line or two, as people write them by hand."""
    stream = io.StringIO()
    _yaml().dump(_laid_out(script), stream)
    return stream.getvalue()


def reworded(text: str, unheard: Mapping[Path, str]) -> str:
    """A transcript's text with other words at some places of its `hear` turns. Comments and order stay."""
    yaml = _yaml()
    script = yaml.load(text)
    for path, said in unheard.items():
        inner = script
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = DoubleQuotedScalarString(said)
    stream = io.StringIO()
    yaml.dump(script, stream)
    return stream.getvalue()


def closest(expected: str, said: str, others: Sequence[str] = ()) -> str:
    """The line of what is said now that is most like what was expected, and that no other expected text is in."""
    lines = said.split("\n")
    free = [line for line in lines if not any(other in line for other in others)]
    return get_close_matches(expected, free or lines, 1, cutoff=0)[0]


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _laid_out(script: Mapping[str, Any]) -> CommentedMap:
    """The transcript with what is short on one line."""
    laid_out = CommentedMap(script)
    for key in ("channels", "roles"):
        if key in laid_out:
            laid_out[key] = _on_a_line(laid_out[key])
    if "stubs" in laid_out:
        laid_out["stubs"] = CommentedMap(
            (name, _on_a_line(each) if isinstance(each, dict) else list(map(_on_a_line, each)))
            for name, each in script["stubs"].items()
        )
    laid_out["turns"] = [
        CommentedMap((key, _on_a_line(value)) for key, value in turn.items()) for turn in script["turns"]
    ]
    return laid_out


def _on_a_line(value: Any) -> Any:
    """A value in flow style, its texts in double quotes."""
    if isinstance(value, str):
        plain = value.isidentifier() and fold(value) not in _LIKE_A_FLAG
        return value if plain else DoubleQuotedScalarString(value)
    if isinstance(value, dict):
        return _flowing(CommentedMap({key: _on_a_line(inner) for key, inner in value.items()}))
    if isinstance(value, list | tuple):
        return _flowing(CommentedSeq(map(_on_a_line, value)))
    return value


def _flowing(collection: Any) -> Any:
    collection.fa.set_flow_style()
    return collection

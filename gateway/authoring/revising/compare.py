"""What differs between two revisions: in screens and paths, not in lines.

Two projects in, a list of changes out, in the order in which a reader meets them: flows by name, each with its states
in the order of the newer file, then the machine's own phrases, notices, policies and other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from gateway.authoring.project import Project
from gateway.authoring.revising.changes import Change, joined, length, quoted, texts
from gateway.authoring.revising.compare_states import KINDS, states
from gateway.catalogue.notices import Notice
from gateway.conversation.flow import (
    Ask,
    Choose,
    Decide,
    Do,
    Enter,
    Flow,
    Say,
    State,
    Trigger,
    Variable,
    Words,
)
from gateway.messages import ChannelName

ALIKE = 0.6
"""How alike two texts must be for a state that went and one that came to be taken for one that was renamed."""

_OTHER = re.compile(
    r"(^policies/.*\.yaml|^notices/.*\.yaml|^phrases\.yaml|/flow\.yaml|/text\.[A-Za-z-]+\.yaml)$"
)


def compare(before: Project, after: Project) -> list[Change]:
    """Every difference. Empty where the two say and do the same."""
    changes: list[Change] = []
    flows, newer = before.revision.flows, after.revision.flows
    for name in sorted(flows.keys() | newer.keys()):
        changes += _flows(name, flows.get(name), newer.get(name))
    changes += _phrases(before, after)
    for name in sorted(before.notices.keys() | after.notices.keys()):
        changes += _notices(name, before.notices.get(name), after.notices.get(name))
    decided = _decided(before) | _decided(after)
    for path in sorted(decided):
        changes += _policies(path, before, after)
    changes += _others(before.bundle.texts, after.bundle.texts, decided)
    return changes


# --- flows ------------------------------------------------------------------------------------------------


def _flows(name: str, before: Flow | None, after: Flow | None) -> Iterator[Change]:
    if before is None or after is None:
        flow = before or after
        assert flow is not None
        verb, kind = ("added", "flow.added") if before is None else ("taken away", "flow.removed")
        yield Change(name, kind, f"the flow '{flow.title}' is {verb}, {len(flow.states)} states")
        return
    for what in ("title", "language", "audience", "role", "mute"):
        was, now = getattr(before, what), getattr(after, what)
        if was != now:
            yield Change(name, what, f"{what}: {_shown(was)} -> {_shown(now)}")
    renamed = _renamed(before, after)
    if renamed.get(before.start, before.start) != after.start:
        yield Change(name, "start", f"starts at {after.start} (was {before.start})")
    yield from _triggers(name, before.triggers, after.triggers, renamed)
    yield from _variables(name, before.variables, after.variables)
    yield from _states(name, before, after, renamed)


def _states(name: str, before: Flow, after: Flow, renamed: Mapping[str, str]) -> Iterator[Change]:
    older = {new: old for old, new in renamed.items()}
    for state in after.states:
        where = f"{name}.{state}"
        was = before.states.get(older.get(state, state))
        if was is None:
            yield Change(
                where, "state.added", f"is added: {KINDS[type(after.states[state])]}{_text(after, state)}"
            )
            continue
        if state in older:
            yield Change(where, "state.renamed", f"is {older[state]} under a new name")
        yield from states(where, _aimed(was, renamed), after.states[state])
    for state in before.states:
        if state not in after.states and state not in renamed:
            said = f"is taken away: {KINDS[type(before.states[state])]}{_text(before, state)}"
            yield Change(f"{name}.{state}", "state.removed", said)


def _text(flow: Flow, state: str) -> str:
    found = flow.states[state]
    if not isinstance(found, Say | Choose | Ask):
        return ""
    shown = joined(found.text, flow.language, ChannelName.USSD)
    return f" {quoted(shown)} ({length(shown)})"


def _renamed(before: Flow, after: Flow) -> dict[str, str]:
    """States that went, each with the one that came in its place if they are much alike."""
    gone = [state for state in before.states if state not in after.states]
    come = [state for state in after.states if state not in before.states]
    pairs = sorted(
        ((_likeness(before.states[old], after.states[new]), old, new) for old in gone for new in come),
        reverse=True,
    )
    renamed: dict[str, str] = {}
    for likeness, old, new in pairs:
        if likeness >= ALIKE and old not in renamed and new not in renamed.values():
            renamed[old] = new
    return renamed


def _likeness(before: State, after: State) -> float:
    """From 0 to 1; two ends tell too little to be called one."""
    if type(before) is not type(after):
        return 0.0
    match before, after:
        case (Say() | Choose() | Ask(), Say() | Choose() | Ask()):
            was, now = (joined(each.text, "", ChannelName.SMS) for each in (before, after))
            return SequenceMatcher(None, was, now, autojunk=False).ratio()
        case Do(), Do():
            return float(before.call is after.call and before.given == after.given)
        case Decide(), Decide():
            return float(
                [each.text for each, _ in before.branches] == [each.text for each, _ in after.branches]
            )
        case Enter(), Enter():
            return float(before.flow == after.flow and before.go == after.go)
    return 0.0


def _aimed(value: Any, renamed: Mapping[str, str]) -> Any:
    """A state with its targets under their new names, so that a new name is told once."""
    if not renamed or not is_dataclass(value) or isinstance(value, type | Words | Variable):
        return value
    aimed: dict[str, Any] = {}
    for each in fields(value):
        found = getattr(value, each.name)
        if each.name in ("go", "too_many", "otherwise"):
            aimed[each.name] = renamed.get(found, found)
        elif each.name in ("options", "outcomes"):
            aimed[each.name] = {key: _aimed(inner, renamed) for key, inner in found.items()}
        elif each.name == "branches":
            aimed[each.name] = tuple((condition, renamed.get(go, go)) for condition, go in found)
    return replace(value, **aimed)


def _triggers(
    name: str, before: tuple[Trigger, ...], after: tuple[Trigger, ...], renamed: Mapping[str, str]
) -> Iterator[Change]:
    was = {word: (renamed.get(each.go, each.go), _taken(each)) for each in before for word in _ways(each)}
    now = {word: (each.go, _taken(each)) for each in after for word in _ways(each)}
    for word in sorted(was.keys() - now.keys()):
        yield Change(name, "trigger.removed", f"{word} no longer opens it")
    for word, (go, taken) in now.items():
        behind = f", and takes {taken} behind it" if taken else ""
        if word not in was:
            yield Change(name, "trigger.added", f"{word} opens it at {go}{behind}")
        elif was[word] != (go, taken):
            yield Change(name, "trigger", f"{word} now opens it at {go}{behind} (was {was[word][0]})")


def _ways(trigger: Trigger) -> list[str]:
    return [f"the word '{word}'" for word in trigger.words] + (
        [f"the link '{trigger.link}'"] if trigger.link else []
    )


def _taken(trigger: Trigger) -> str:
    return ", ".join(each.name for each in trigger.take)


def _variables(name: str, before: Mapping[str, Variable], after: Mapping[str, Variable]) -> Iterator[Change]:
    for variable in sorted(before.keys() | after.keys()):
        was, now = before.get(variable), after.get(variable)
        where = f"{name}.variables.{variable}"
        if was is None and now is not None:
            yield Change(where, "variable.added", f"is declared, {now.kind}")
        elif now is None:
            yield Change(where, "variable.removed", "is no longer declared")
        elif was is not None:
            for what, key in _DECLARED.items():
                if (old := getattr(was, key)) != (new := getattr(now, key)):
                    yield Change(where, "variable", f"{what}: {_shown(old)} -> {_shown(new)}")


_DECLARED = {"type": "kind", "min": "least", "max": "most", "values": "words", "alphabet": "alphabet"}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(sorted(value)) or "nothing"
    return "nothing" if value in ("", None) else str(value)


# --- the rest of a revision -------------------------------------------------------------------------------


def _phrases(before: Project, after: Project) -> Iterator[Change]:
    was, now = before.revision, after.revision
    for language in [*was.languages, *now.languages]:
        if (language in was.languages) != (language in now.languages):
            verb = "is offered now" if language in now.languages else "is no longer offered"
            yield Change("phrases.languages", "language", f"the language {language} {verb}", language)
    for name in sorted(was.phrases.keys() | now.phrases.keys()):
        yield from texts(f"phrases.{name}", "text", was.phrases.get(name), now.phrases.get(name))
    for word in sorted(was.moves.keys() | now.moves.keys()):
        if (old := was.moves.get(word)) != (new := now.moves.get(word)):
            yield Change("phrases.words", "word", f"'{word}': {_shown(old)} -> {_shown(new)}")


def _notices(name: str, before: Notice | None, after: Notice | None) -> Iterator[Change]:
    where = f"notices.{name}"
    if before is None or after is None:
        yield Change(
            where, *(("notice.added", "is added") if before is None else ("notice.removed", "is taken away"))
        )
        return
    for what in ("audience", "handling", "sms_consent", "language"):
        if (was := getattr(before, what)) != (now := getattr(after, what)):
            yield Change(where, what, f"{what}: {_shown(was)} -> {_shown(now)}")
    for language, shape in sorted(before.texts.keys() | after.texts.keys()):
        old, new = before.texts.get((language, shape)), after.texts.get((language, shape))
        place = language if shape == "text" else f"{language} ({shape})"
        if old is None and new is not None:
            yield Change(where, "text.translated", f"text written in {place}: {quoted(new)}", language)
        elif new is None:
            yield Change(where, "text.untranslated", f"text is no longer written in {place}", language)
        elif old is not None and old != new:
            yield Change(where, "text", f"text changed in {place}: {quoted(old)} -> {quoted(new)}", language)
    yield from _buttons(where, before, after)


def _buttons(where: str, before: Notice, after: Notice) -> Iterator[Change]:
    was, now = ({button.name: button for button in notice.buttons} for notice in (before, after))
    for name in [*was, *(name for name in now if name not in was)]:
        old, new = was.get(name), now.get(name)
        if old is None or new is None:
            yield Change(where, "button", f"the button {name} is {'added' if old is None else 'taken away'}")
        elif old.send != new.send:
            yield Change(
                where, "button", f"the button {name} sends: {quoted(old.send)} -> {quoted(new.send)}"
            )
        elif old.labels != new.labels:
            yield Change(where, "button", f"the button {name} is labelled otherwise")


def _decided(project: Project) -> set[str]:
    """The policies, and the rules that they name."""
    policies = {source.path: source.data for source in project.bundle.under("policies")}
    named = [data.get("screening") for data in policies.values() if isinstance(data, Mapping)]
    return {*policies, *(each for each in named if isinstance(each, str) and each in project.bundle.sources)}


def _policies(path: str, before: Project, after: Project) -> Iterator[Change]:
    where = path.removesuffix(".yaml").replace("/", ".")
    older, newer = before.bundle.sources.get(path), after.bundle.sources.get(path)
    was = dict(_leaves(older.data)) if older else {}
    now = dict(_leaves(newer.data)) if newer else {}
    for key in [*was, *(key for key in now if key not in was)]:
        if was.get(key) != now.get(key):
            said = f"{_shown(was.get(key))} -> {_shown(now.get(key))}"
            yield Change(f"{where}.{key}", "policy", said)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value under its keys, as `timers.urgent.accept.hours`; a plain list is one value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else value


def _others(before: Mapping[str, str], after: Mapping[str, str], told: Set[str]) -> Iterator[Change]:
    """Files that nobody hears or reads on a phone: tables, transcripts, the directory."""
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was == now or path in told or _OTHER.search(path):
            continue
        if was is None or now is None:
            yield Change(path, "file", "the file is added" if was is None else "the file is taken away")
        else:
            old, new = set(was.splitlines()), set(now.splitlines())
            said = f"{len(new - old)} lines came, {len(old - new)} lines went"
            yield Change(path, "file", said)

"""Which mistakes would be noticed: each is made in memory, then loader, transcripts and check look at it in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.authoring.findings import Finding, Severity
from gateway.authoring.mutating.mutants import Mutant, mutants
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.rehearsal import play
from gateway.authoring.rehearsing.transcripts import Script, read, transcripts
from gateway.authoring.rules import choices, ends, known, structure, translations, values
from gateway.catalogue.files import Bundle
from gateway.conversation import load, states
from gateway.conversation.flow import Flow, Revision, Role, State
from gateway.conversation.source import FlowSource, Node, Source
from gateway.conversation.states import Draft
from gateway.errors import FlowError

GOAL = 0.85
"""The part of all mistakes that should be noticed."""

_RULES = (structure, ends, known, values, choices)
"""What may find a mistake; one in a translation is for `translations` alone. The other rules look at lengths and pushed
texts, which no mistake here touches."""


@dataclass(slots=True)
class Mutated:
    """What came of the mistakes. `by` counts the noticed ones by who noticed; `kinds` all and noticed ones by kind."""

    mutants: int = 0
    by: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    survivors: list[Mutant] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """The mistakes that were noticed."""
        return self.by.total()

    @property
    def enough(self) -> bool:
        """Whether the goal is met, and by transcripts that come true."""
        return not self.failing and self.killed >= GOAL * self.mutants

    def note(self, mutant: Mutant, by: str) -> None:
        """Counts one mistake; `by` is empty where nobody noticed."""
        self.mutants += 1
        counts = self.kinds.setdefault(mutant.kind, [0, 0])
        counts[0] += 1
        if by:
            self.by[by] += 1
            counts[1] += 1
        else:
            self.survivors.append(mutant)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "mutants": self.mutants,
            "killed": self.killed,
            "by": dict(sorted(self.by.items())),
            "kinds": {kind: {"mutants": a, "killed": b} for kind, (a, b) in sorted(self.kinds.items())},
            "survivors": [each.to_dict() for each in self.survivors],
            "failing": self.failing,
        }


@dataclass(frozen=True, slots=True)
class _Played:
    """A transcript that comes true, and the states that it passes."""

    script: Script
    visited: frozenset[tuple[str, str]]


def mutate(project: Project, chosen: Sequence[str] = (), most: int | None = None) -> Mutated:
    """Makes every mistake in the flows of some names, or all; at most `most`, spread evenly over all of them.

    Transcripts that do not come true as the files stand take no part and are named in `failing`.
    """
    found, played = Mutated(), []
    for name in project.revision.flows:
        for source in transcripts(project, name):
            try:
                script = read(source)
                base = play(project.revision, script)
            except FlowError:
                found.failing.append(source.path)
                continue
            if base.failure:
                found.failing.append(source.path)
            else:
                played.append(_Played(script, frozenset(base.visited)))
    before = _Before(project)
    made = [mutant for name in chosen or project.revision.flows for mutant in mutants(project, name)]
    for mutant in _spread(made, most):
        found.note(mutant, _noticed(project, mutant, played, before))
    return found


def _spread(made: list[Mutant], most: int | None) -> Iterator[Mutant]:
    if most is None or most >= len(made):
        yield from made
    else:
        yield from (made[place * len(made) // most] for place in range(most))


def _noticed(project: Project, mutant: Mutant, played: Sequence[_Played], before: _Before) -> str:
    """Who notices: `loader`, `transcripts`, `check`, or nobody."""
    source = mutant.applied(project.flow_sources[mutant.flow])
    try:
        revision = _loaded(project, mutant.flow, source)
    except FlowError:
        return "loader"
    for each in played:
        if _touches(mutant, each.visited) and play(revision, each.script, noting=False).failure:
            return "transcripts"
    return "check" if before.differs(mutant, revision, source) else ""


def _touches(mutant: Mutant, visited: frozenset[tuple[str, str]]) -> bool:
    """Whether a transcript comes past a mistake; a variable may be met anywhere in its flow."""
    if mutant.variable:
        return any(flow == mutant.flow for flow, _ in visited)
    return (mutant.flow, mutant.state) in visited


class _Before:
    """What the check says of the files as they stand, to tell what is new in what it says of a mistake."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[str, frozenset[Finding]] = {}

    def differs(self, mutant: Mutant, revision: Revision, source: FlowSource) -> bool:
        """Whether the check would refuse the mistake, or for a translation at least say something new."""
        translated = mutant.flow if mutant.kind == "translation" else ""
        if translated not in self._found:
            self._found[translated] = _findings(self._project, translated)
        sources = {
            **self._project.bundle.sources,
            **{each.path: each for each in (source.flow, *source.texts)},
        }
        bundle = Bundle(self._project.bundle.texts, sources)
        changed = replace(self._project, bundle=bundle, revision=revision)
        new = _findings(changed, translated) - self._found[translated]
        return any(translated or each.severity is Severity.ERROR for each in new)


def _findings(project: Project, translated: str) -> frozenset[Finding]:
    """What the rules find; of the one flow that is named only its translations."""
    if not translated:
        return frozenset(finding for rules in _RULES for finding in rules.findings(project))
    flows = {translated: project.revision.flows[translated]}
    alone = replace(project, revision=replace(project.revision, flows=flows), notices={})
    return frozenset(translations.findings(alone))


# --- loading one flow -------------------------------------------------------------------------------------


def _loaded(project: Project, name: str, source: FlowSource) -> Revision:
    """The revision with one flow read anew. Of the others only the names matter to it. Raises `FlowError`."""
    base = project.revision
    others = [_placeholder(flow) for flow in base.flows.values() if flow.name != name]
    read = _Rereader(project, name)
    flow = load.revision(base.id, (source, *others), project.phrases.source, read=read).flows[name]
    anew = dict(zip(map(id, base.flows[name].triggers), flow.triggers, strict=True))
    return replace(
        base,
        flows={**base.flows, name: flow},
        roles={role: flow if each.name == name else each for role, each in base.roles.items()},
        keywords={
            word: tuple(anew.get(id(each), each) for each in triggers)
            for word, triggers in base.keywords.items()
        },
        links={
            link: tuple(anew.get(id(each), each) for each in triggers)
            for link, triggers in base.links.items()
        },
    )


class _Rereader:
    """Reads a flow's states again: those that a mistake left alone are known."""

    def __init__(self, project: Project, flow: str) -> None:
        self._flow, self._root = project.revision.flows[flow], project.root(flow)
        self._texts = project.texts(flow)

    def __call__(self, name: str, node: Node, draft: Draft) -> State:
        pairs = [(node.value, self._root.value["states"].get(name))]
        pairs += [
            (each.value.get(name), self._texts[language].value["states"].get(name))
            for language, each in draft.texts.items()
        ]
        if draft.variables == self._flow.variables and all(now is before for now, before in pairs):
            return self._flow.states[name]
        return states.read(name, node, draft)


def _placeholder(flow: Flow) -> FlowSource:
    """A flow of a name that ends at once; the main one stays the main one."""
    data: dict[str, Any] = {"flow": flow.name, "language": flow.language, "states": {"over": {"end": True}}}
    if flow.role is Role.MAIN:
        data["role"] = flow.role.value
    return FlowSource(Source(flow.path, data))

"""Whether everything that is said fits the phones: each prompt and notice at its longest, in every language.

Screens are cut by the code that cuts them for people. What people type and what commands give is as long as it can
be (`worst`), so a finding may speak of a screen that few will ever see; nobody sees one that is worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.authoring.analysis import prompts, worst
from gateway.authoring.analysis.pages import cuts
from gateway.authoring.analysis.prompts import Case, Form
from gateway.authoring.analysis.worst import Facts, Letters
from gateway.authoring.findings import Finding, Rule, Severity, rule
from gateway.authoring.project import Project
from gateway.catalogue.notices import Notice
from gateway.catalogue.policy import Tariff
from gateway.conversation.flow import Alphabet, Ask, Choose, Flow, Long, Say
from gateway.conversation.prompt import BACK, BACK_WHERE_ZERO_ANSWERS
from gateway.conversation.source import Node, Path
from gateway.messages import ChannelName, Choice
from gateway.text.alphabets import measure
from gateway.text.gsm7 import septets
from gateway.text.parts import split
from gateway.text.screens import Profile, fit

MOST_SCREENS = 3
"""Screens of a question when it is first asked: whoever has to turn more pages has forgotten the first."""

MOST_AGAIN = 5
"""Screens of a question with all that can stand there: what was wrong, and the answer of before."""

MOST_LAST = 1
"""Screens of what closes a dialogue: the call may end before anybody turns a page."""

MOST_PARTS = 4
"""SMS parts of a reply that somebody asked for."""

MOST_NOTICE_PARTS = 2
"""SMS parts of what is pushed: it goes out often, and nobody asked for it."""

WHOLE = Profile(septets=None, ucs2=None)
"""An SMS is not cut into pages: the carrier cuts it into parts."""

PAGES = rule(
    "fit.pages",
    f"A question takes at most {MOST_AGAIN} USSD screens at its longest, complaint and old answer included.",
)
TURNS = rule(
    "fit.turns",
    f"A question takes at most {MOST_SCREENS} USSD screens when it is first asked.",
    Severity.WARNING,
)
LAST = rule(
    "fit.last", f"The last words of a dialogue take at most {MOST_LAST} USSD screen.", Severity.WARNING
)
LABEL = rule("fit.label", "A label is shown whole on a USSD screen.")
CONTAGION = rule(
    "fit.contagion",
    "A value in Arabic or Ethiopic letters does not push a text in Latin letters over its USSD screen.",
    Severity.WARNING,
)
SMS = rule("fit.sms", f"An answer by SMS takes at most {MOST_PARTS} parts at its longest.", Severity.WARNING)
NOTICE = rule(
    "fit.notice", f"A notice takes at most {MOST_NOTICE_PARTS} SMS parts at its longest.", Severity.WARNING
)


_ALLOWED: Mapping[Form, tuple[tuple[Rule, int], ...]] = {
    Form.ASKED: ((TURNS, MOST_SCREENS), (PAGES, MOST_AGAIN)),
    Form.AGAIN: ((PAGES, MOST_AGAIN),),
    Form.END: ((LAST, MOST_LAST),),
}
Place = tuple[str, Path]
"""Where a text is written: its file, and the path in it."""

_BACK = "\0back"  # stands for Back among the codes of options


@dataclass(frozen=True, slots=True)
class WorstScreen:
    """The fullest screen of a flow in a language. `units` of `limit` are septets or UTF-16 units, `CON ` included.

    `flow` is empty for what the machine says by itself.
    """

    flow: str
    state: str
    language: str
    profile: str
    units: int
    limit: int
    pages: int


def findings(project: Project) -> Iterator[Finding]:
    """Everything that does not fit."""
    yield from _screens(project)
    yield from _labels(project)
    yield from _contagion(project)
    yield from _sms(project)
    yield from _notices(project)


def worst_screens(project: Project) -> list[WorstScreen]:
    """For each flow, language and kind of network the screen that is nearest to too much."""
    found: dict[tuple[str, str, str], WorstScreen] = {}
    for cut in project.once(cuts):
        case = cut.case
        for label, profile in project.profiles():
            pages = cut.pages[profile]
            units, limit = max((_used(page, profile) for page in pages), key=lambda used: used[0] / used[1])
            key = case.flow, case.language, label
            screen = WorstScreen(case.flow, case.state, case.language, label, units, limit, len(pages))
            if key not in found or _load(screen) > _load(found[key]):
                found[key] = screen
    return [found[key] for key in sorted(found)]


def _load(screen: WorstScreen) -> tuple[int, float]:
    return screen.pages, screen.units / screen.limit


def _used(page: str, profile: Profile) -> tuple[int, int]:
    """The room that a page takes, and the room there is."""
    limit = profile.ucs2 if septets(page) is None else profile.septets
    return profile.prefix + measure(page)[1], limit or 1


# --- screens ----------------------------------------------------------------------------------------------


def _screens(project: Project) -> Iterator[Finding]:
    """At most one finding of a rule for a text as it is written: the case that takes the most screens."""
    most: dict[tuple[Rule, Place], tuple[int, Case, str, Node]] = {}
    profiles = project.profiles()
    for cut in project.once(cuts):
        case = cut.case
        for label, profile in profiles:
            count = len(cut.pages[profile])
            for broken, allowed in _ALLOWED[case.form]:
                if count > allowed:
                    node = prompts.place(project, case.flow, case.state, case.language, ChannelName.USSD)
                    key = broken, _place(node)
                    if key not in most or count > most[key][0]:
                        most[key] = count, case, label, node
    for (broken, _), (count, case, label, node) in most.items():
        allowed = dict(_ALLOWED[case.form])[broken]
        own = " with values in their own letters" if case.letters is Letters.OWN else ""
        yield broken.at(
            node,
            f"{case.form.value}, this can take {count} screens in '{case.language}'{own} (network {label}); "
            f"{allowed} {'is' if allowed == 1 else 'are'} the most",
            "Make the text, its labels or what is said just before it shorter; or say what becomes of long values "
            "in it: long: truncate, own_page or leave_out",
        )


def _place(node: Node) -> Place:
    return node.source.path, node.path


def _labels(project: Project) -> Iterator[Finding]:
    """One finding for each label as it is written that is not shown whole on some network."""
    told: set[Place] = set()
    profiles = project.profiles()
    for cut in project.once(cuts):
        case = cut.case
        for label, profile in profiles:
            lines = {line for page in cut.pages[profile] for line in page.split("\n")}
            for choice in _cut_labels(project, case, lines):
                node = _option(project, case, choice.value)
                if _place(node) not in told:
                    told.add(_place(node))
                    yield LABEL.at(
                        node,
                        f"the label '{choice.label}' is not shown whole in '{case.language}' (network {label})",
                        "Choose a shorter label, of a few words",
                    )


def _cut_labels(project: Project, case: Case, lines: set[str]) -> Iterator[Choice]:
    """The choices, Back among them, that no line of the pages shows."""
    choices = list(case.prompt.choices)
    if case.flow and isinstance(project.revision.flows[case.flow].states[case.state], Ask):
        choices = []  # the only one keeps an old answer, which stands above it in full
    if case.prompt.back:
        key = BACK_WHERE_ZERO_ANSWERS if case.prompt.zero_is_answer else BACK
        choices.append(Choice(key, case.prompt.back, _BACK))
    return (choice for choice in choices if f"{choice.key} {choice.label}" not in lines)


def _option(project: Project, case: Case, code: str) -> Node:
    """Where an option stands: in its translation, in the flow, or else its question."""
    if code == _BACK:
        return prompts.phrase_place(project, "back", case.language)
    if case.flow == prompts.MACHINE:
        return prompts.phrase_place(project, code, case.language)
    for root in (project.texts(case.flow).get(case.language), project.root(case.flow)):
        node = root
        for key in ("states", case.state, "options", code):
            node = node.at(key) if node and isinstance(node.value, Mapping) and key in node.value else None
        if node:
            return node.under(case.state)
    return project.state(case.flow, case.state)


def _contagion(project: Project) -> Iterator[Finding]:
    """One finding a state: the languages in Latin letters whose screen one foreign value breaks up."""
    languages = [each for each in project.languages if septets(project.revision.languages[each]) is not None]
    for flow in project.revision.flows.values():
        for state in flow.states.values():
            if not isinstance(state, Say | Choose | Ask) or state.long is not Long.NOTHING:
                continue
            names = [name for name in sorted(state.text.names) if _foreign(project, flow, name)]
            hit = [each for each in languages if names and _breaks(project, flow, state, each)]
            if hit:
                yield CONTAGION.at(
                    prompts.place(project, flow.name, state.name, flow.language, ChannelName.USSD),
                    f"one Arabic or Ethiopic letter in {' or '.join(f'{{{name}}}' for name in names)} halves the room "
                    f"of this screen, and it no longer fits ({', '.join(hit)})",
                    "Say what becomes of long values here: long: truncate, own_page or leave_out; or, if the value "
                    "is never in other letters, declare its variable with alphabet: latin",
                )


def _foreign(project: Project, flow: Flow, name: str) -> bool:
    """Whether a variable can hold letters outside GSM-7."""
    own = flow.variables[name].alphabet is Alphabet.ANY
    return own and septets(prompts.read_as(project, flow, name)) is None


def _breaks(project: Project, flow: Flow, state: Say | Choose | Ask, language: str) -> bool:
    """Whether values in their own letters make more screens of a text than Latin ones."""
    latin, own = (prompts.alone(project, flow, state, language, each) for each in Letters)
    return any(len(fit(own, profile)) > len(fit(latin, profile)) for _, profile in project.profiles())


# --- messages ---------------------------------------------------------------------------------------------


def _sms(project: Project) -> Iterator[Finding]:
    """One finding for each text as it is written that makes too long an SMS: its longest."""
    most: dict[Place, tuple[int, str, str, Node]] = {}
    for case in prompts.cases(project, ChannelName.SMS):
        body = fit(case.prompt, WHOLE)[0]
        if (count := len(split(body).parts)) > MOST_PARTS:
            node = prompts.place(project, case.flow, case.state, case.language, ChannelName.SMS)
            if count > most.get(_place(node), (0,))[0]:
                most[_place(node)] = count, body, case.language, node
    for _, body, language, node in most.values():
        yield SMS.at(
            node,
            f"at its longest this is an SMS of {_bill(project, body)} in '{language}'; {MOST_PARTS} parts are the most",
            "Make it shorter for SMS with a text of its own under sms:",
        )


def _notices(project: Project) -> Iterator[Finding]:
    known = project.once(worst.facts)
    for name, notice in sorted(project.notices.items()):
        root = project.notice_root(name).at("text")
        for (language, form), text in notice.texts.items():
            if form == "rich":
                continue
            body = _longest_notice(project, notice, language, text, known)
            if len(split(body).parts) > MOST_NOTICE_PARTS:
                node = root.at(language)
                yield NOTICE.at(
                    node.at(form) if isinstance(node.value, Mapping) else node,
                    f"at its longest this notice is an SMS of {_bill(project, body)} in '{language}'; "
                    f"{MOST_NOTICE_PARTS} parts are the most",
                    "Make it shorter",
                )


def _longest_notice(project: Project, notice: Notice, language: str, text: str, known: Facts) -> str:
    filled = {}
    for name, kind in notice.placeholders.items():
        labels = [
            policy.label(name, code, language)
            for policy in project.policies.values()
            for code in policy.labels.get(name, {})
        ]
        filled[name] = worst.notice_value(kind, labels, known)
    return re.sub(r"\{([a-z_]+)\}", lambda found: filled.get(found[1], ""), text)


def _bill(project: Project, body: str) -> str:
    """The parts of a message, and what they cost where a policy names a price: `3 parts (0.0237 USD)`."""
    count = len(split(body).parts)
    tariffs: set[Tariff] = {policy.sms for policy in project.policies.values() if policy.sms}
    costs = sorted(
        f"{count * each.price:.4f}".rstrip("0").rstrip(".") + f" {each.currency}" for each in tariffs
    )
    return f"{count} part{'s' if count > 1 else ''}" + (f" ({', '.join(costs)})" if costs else "")

"""What the loader refuses: files of another shape, names that nothing bears, types that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.findings import RULES, Finding, rule
from gateway.authoring.project import Project
from gateway.errors import FlowError

_SENTENCES = {
    "yaml": "A file is not YAML: an indent, a bracket or a quote is wrong.",
    "shape": "Something is missing, stands in the wrong place or has another form than it must have.",
    "name.twice": "Two things bear one name, so that one of them would never be found.",
    "name.form": "A name that a variable or a link cannot have.",
    "text.braces": "Braces in a text that hold no variable's name.",
    "types.variable": "A variable's bounds or values do not go with its type.",
    "types.answer": "An answer cannot be saved into a variable of this type.",
    "types.taken": "A variable cannot be taken from behind a keyword.",
    "types.list": "A question offers options from a variable that is no list.",
    "types.argument": "A call is given a value of the wrong type, or not all that it needs.",
    "types.result": "A result of a call is saved into a variable of another type.",
    "types.outcomes": "An outcome of a call leads nowhere.",
    "types.condition": "A condition has a mistake in it, compares what cannot be compared, or is no yes or no.",
    "choices.else": "A list of conditions has no last way on for when none of them holds.",
    "choices.count": "A question has no option, or more than there are keys.",
    "choices.order": "Yes is always 1 and no is 2, in every question.",
    "choices.duplicate": "One word answers two options.",
    "choices.trigger": "Two flows are entered by one word or link.",
    "ends.circle": "States that lead round to each other with no question between them.",
    "ends.mutual": "Flows that enter each other.",
    "ends.nowhere": "Something that leads nowhere.",
    "secret.path": "A PIN must go straight from its question to the call that takes it.",
    "notice.button": "A button of a notice is too long, or holds what a button cannot send.",
    "notice.words": "A button of a notice sends words that lead nowhere.",
}

_UNKNOWN = {
    "key": "A word that means nothing in this place.",
    "state": "A state that the flow does not have.",
    "variable": "A variable that the flow does not declare.",
    "placeholder": "A variable in a text that the flow does not declare, or that cannot be shown.",
    "option": "A translation of an option that the question does not have.",
    "flow": "A flow that there is not.",
    "call": "A call that there is not.",
    "argument": "An argument that the call does not take.",
    "outcome": "An outcome that the call does not have.",
    "result": "A result that the outcome does not bring.",
    "language": "A language that phrases.yaml does not name.",
    "type": "A type of variable that there is not.",
    "alphabet": "An alphabet that there is not.",
    "way": "A way to treat a long text that there is not.",
    "role": "A role that there is not.",
    "audience": "An audience that there is not.",
    "kind": "A kind of placeholder that there is not.",
    "handling": "A way to treat a notice that there is not.",
    "review": "A way to review registrations that there is not.",
    "fact": "A screening rule asks for something that is not known of anybody.",
    "code": "A screening rule compares with a code that nobody can answer.",
    "tier": "A tier of screening that there is not.",
}

_HINTS = {
    "yaml": "Look at the indents, brackets and quotes of this line and the one above",
    "name.twice": "Give one of them another name",
    "text.braces": "Write the name of one variable alone between the braces",
    "types.variable": "Take it out, or give the variable another type",
    "types.answer": "Save it into a variable of another type",
    "types.taken": "Take it out of 'take', and ask for it",
    "types.list": "Under 'from' stands a variable of type list",
    "types.argument": "Give it a variable that holds what it needs",
    "types.result": "Save it into a variable of its own type",
    "types.condition": "Text stands in quotes, numbers do not, and each name must be declared under 'variables'",
    "choices.count": "Put the rest behind an option that leads to a second question",
    "choices.duplicate": "Take the word out in one of the two places",
    "choices.trigger": "Take the word out of one of the two flows",
    "choices.global": "Choose another word",
    "ends.circle": "Put a question between them, or let one of them end",
    "ends.mutual": "A flow that was entered comes back by itself: let it end instead",
    "ends.nowhere": "Say under 'go' which state follows",
    "secret.path": "Let the question lead to the call, and nothing else lead there",
}
"""How to mend what the loader refuses, where it does not say so itself."""

for _id, _sentence in _SENTENCES.items():
    rule(_id, _sentence)
for _what, _sentence in _UNKNOWN.items():
    rule(f"unknown.{_what}", _sentence)


def findings(project: Project) -> Iterator[Finding]:
    """Every fault that the loader went on past."""
    return map(of, project.faults)


def of(fault: FlowError) -> Finding:
    """A loader's fault as a finding."""
    state = f" (state {fault.state})" if fault.state else ""
    id = fault.rule if fault.rule in RULES else "shape"
    hint = fault.hint or _HINTS.get(id, "")
    return Finding(
        fault.file, fault.line, fault.column, id, fault.problem + state, hint[:1].upper() + hint[1:]
    )

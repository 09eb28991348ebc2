"""What differs between two versions of one state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.authoring.revising.changes import Change, texts
from gateway.conversation.flow import Ask, Choose, Decide, Do, End, Enter, Given, Outcome, Say, State

KINDS: Mapping[type, str] = {
    Say: "a text without a question",
    Choose: "a question with options",
    Ask: "an open question",
    Do: "a command",
    Decide: "a decision",
    Enter: "another flow",
    End: "an end",
}
"""How each kind of state is spoken of."""


def states(where: str, before: State, after: State) -> Iterator[Change]:
    """The differences of a state that bears one name; `where` is `flow.state`. Targets must bear the same names."""
    if type(before) is not type(after):
        said = f"was {KINDS[type(before)]}, is now {KINDS[type(after)]}"
        yield Change(where, "kind", said)
        return
    match before, after:
        case Say(), Say():
            yield from texts(where, "text", before.text, after.text)
            yield from _leads(where, before.go, after.go)
            yield from _value(where, "long", "what gives way on a small screen", before.long, after.long)
        case Choose() | Ask(), Choose() | Ask():
            yield from _questions(where, before, after)
        case Do(), Do():
            yield from _commands(where, before, after)
        case Decide(), Decide():
            yield from _decisions(where, before, after)
        case Enter(), Enter():
            yield from _value(where, "enter", "the flow that is entered", before.flow, after.flow)
            yield from _leads(where, before.go, after.go)


def _leads(where: str, before: str, after: str, what: str = "", kind: str = "go") -> Iterator[Change]:
    """`what` is empty for the state itself, or names what leads on: `the option 'no'`."""
    if before == after:
        return
    was = f" (was {before})" if before else ""
    said = f"now leads to {after}{was}" if after else f"now ends the flow{was}"
    yield Change(where, kind, f"{what} {said}".strip())


def _value(where: str, kind: str, what: str, before: object, after: object) -> Iterator[Change]:
    if before != after:
        yield Change(where, kind, f"{what}: {_shown(before)} -> {_shown(after)}")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in ("", None) else str(value)


# --- questions --------------------------------------------------------------------------------------------


def _questions(where: str, before: Choose | Ask, after: Choose | Ask) -> Iterator[Change]:
    yield from texts(where, "text", before.text, after.text)
    yield from texts(where, "complaint", before.invalid, after.invalid)
    if isinstance(before, Choose) and isinstance(after, Choose):
        yield from _options(where, before, after)
        yield from _value(where, "from", "the list it is chosen from", before.source, after.source)
        yield from _value(where, "most", "entries of the list shown", before.most, after.most)
    yield from _value(where, "save", "the answer is kept as", before.save, after.save)
    yield from _leads(where, before.go, after.go)
    yield from _value(where, "retries", "wrong answers before it gives up", before.retries, after.retries)
    yield from _value(where, "too_many", "after too many wrong answers", before.too_many, after.too_many)
    yield from _value(where, "contact", "takes a shared phone", before.contact, after.contact)
    yield from _value(where, "long", "what gives way on a small screen", before.long, after.long)


def _options(where: str, before: Choose, after: Choose) -> Iterator[Change]:
    for code in before.options:
        if code not in after.options:
            yield Change(where, "option.removed", f"the option '{code}' is taken away")
    for code, option in after.options.items():
        was = before.options.get(code)
        if was is None:
            said = f"the option '{code}' is added, as key {_key(after, code)}, and leads to {option.go}"
            yield Change(where, "option.added", said)
            continue
        yield from texts(where, f"label of '{code}'", was.label, option.label)
        # A default target that moved is said once, by the question's own 'go'.
        if was.go != option.go and not (before.go and was.go == before.go and option.go == after.go):
            yield from _leads(where, was.go, option.go, f"the option '{code}'", "option.go")
    stayed = [code for code in before.options if code in after.options]
    if stayed != [code for code in after.options if code in before.options]:
        order = ", ".join(f"{_key(after, code)} {code}" for code in after.options)
        yield Change(where, "option.order", f"the keys changed: they are now {order}")
    yield from _words(where, before, after)


def _key(state: Choose, code: str) -> int:
    return [*state.options].index(code) + 1


def _words(where: str, before: Choose, after: Choose) -> Iterator[Change]:
    """Typed words that came, went, or changed their meaning; keys are said by the options."""
    for code in after.options:
        if code not in before.options:
            continue
        was, now = _typed(before, code), _typed(after, code)
        if now - was:
            said = f"the option '{code}' is also chosen by {_listed(now - was)}"
            yield Change(where, "option.words", said)
        if was - now:
            said = f"the option '{code}' is no longer chosen by {_listed(was - now)}"
            yield Change(where, "option.words", said)


def _typed(state: Choose, code: str) -> set[str]:
    return {word for word, meant in state.answers.items() if meant == code and not word.isdecimal()}


def _listed(words: set[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


# --- commands, decisions ----------------------------------------------------------------------------------


def _commands(where: str, before: Do, after: Do) -> Iterator[Change]:
    yield from _value(where, "do", "the command", before.call.__name__, after.call.__name__)
    was = {each.argument: _passed(each) for each in before.given}
    now = {each.argument: _passed(each) for each in after.given}
    for argument in sorted(was.keys() | now.keys()):
        yield from _value(
            where, "with", f"passes on as '{argument}'", was.get(argument, ""), now.get(argument, "")
        )
    for outcome in sorted(before.outcomes.keys() | after.outcomes.keys()):
        yield from _outcomes(where, outcome, before.outcomes.get(outcome), after.outcomes.get(outcome))


def _passed(given: Given) -> str:
    return given.variable or f"always {_shown(given.literal)}"


def _outcomes(where: str, name: str, before: Outcome | None, after: Outcome | None) -> Iterator[Change]:
    if before is None or after is None:
        verb = "is added" if before is None else "is taken away"
        yield Change(where, "outcome", f"the outcome '{name}' {verb}")
        return
    yield from _leads(where, before.go, after.go, f"the outcome '{name}'", "outcome.go")
    was, now = dict(before.saves), dict(after.saves)
    for result in sorted(was.keys() | now.keys()):
        what = f"of the outcome '{name}' the result '{result}' is kept as"
        yield from _value(where, "outcome.save", what, was.get(result, ""), now.get(result, ""))


def _decisions(where: str, before: Decide, after: Decide) -> Iterator[Change]:
    was = {condition.text: go for condition, go in before.branches}
    now = {condition.text: go for condition, go in after.branches}
    for text in sorted(was.keys() - now.keys()):
        yield Change(where, "condition.removed", f"no longer asks whether {text}")
    for text, go in now.items():
        if text not in was:
            yield Change(where, "condition.added", f"asks whether {text}: then it leads to {go}")
        else:
            yield from _leads(where, was[text], go, f"where {text}", "condition.go")
    if [text for text in was if text in now] != [text for text in now if text in was]:
        order = ", then ".join(now)
        yield Change(where, "condition.order", f"asks in another order: {order}")
    yield from _leads(where, before.otherwise, after.otherwise, "else", "condition.go")

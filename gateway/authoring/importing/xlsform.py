"""XLSForms (ODK, Kobo, SurveyCTO): read by pyxform, written as a flow of ours.

Source of the form's meaning: https://xlsform.org. Groups are opened out, `relevant` becomes a decision before the
question, `constraint` bounds or a decision behind it, and a choice of many is asked again until "no more".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.authoring.importing import Imported
from gateway.authoring.importing.draft import Draft, Texts, name_of, tidy
from gateway.authoring.importing.xlsform_rows import Question, labels, language_of, questions, read_workbook
from gateway.authoring.importing.xpath import Untranslatable, to_cel
from gateway.commands import Kind
from gateway.conversation import expression
from gateway.conversation.states import MOST_OPTIONS
from gateway.errors import FlowError

ROUNDS = 4  # times that a choice of many is asked
LONGEST_TEXT = 160

_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_BOUNDS = re.compile(r"\.\s*(>=|<=|>|<)\s*(\d+)")
_NO_MORE = {
    "en": "No more", "so": "Wax kale maya", "am": "ሌላ የለም", "om": "Kan biraa hin jiru", "ti": "ካልእ የለን",
    "ar": "لا شيء آخر", "sw": "Hakuna zaidi",
}  # fmt: skip
_NO_ANSWER = {
    "en": "No answer", "so": "Jawaab ma leh", "am": "መልስ የለኝም", "om": "Deebii hin qabu", "ti": "መልሲ የብለይን",
    "ar": "بلا جواب", "sw": "Sina jibu",
}  # fmt: skip
_MORE_CHOICES = {
    "en": "Something else", "so": "Wax kale", "am": "ሌላ", "om": "Kan biraa", "ti": "ካልእ", "ar": "شيء آخر",
    "sw": "Kingine",
}  # fmt: skip
_UNUSED = frozenset(
    {"start", "end", "today", "deviceid", "phonenumber", "username", "audit", "calculate", "hidden"}
)


@dataclass
class _Form:
    """The flow being written, and what the form's names became."""

    draft: Draft
    languages: tuple[str, ...]
    named: dict[str, str | tuple[str, ...]] = field(default_factory=dict)

    def texts(self, given: Any) -> Texts:
        """A label by our languages; the base language's where one lacks it. Answers of the form become placeholders."""
        by_language = given if isinstance(given, Mapping) else {"": given or ""}
        found = {
            language: str(text) for label, text in by_language.items() if (language := language_of(label))
        }
        base = found.get(self.draft.language) or str(next(iter(by_language.values()), ""))
        found = {self.draft.language: base} | {
            each: found[each] for each in self.languages if found.get(each)
        }
        return {language: self._placed(tidy(text)) for language, text in found.items()}

    def _placed(self, text: str) -> str:
        """The text with our placeholders for the form's; any other brace goes."""
        parts = _REFERENCE.split(text)
        for place, part in enumerate(parts):
            if place % 2:
                ours = self.named.get(part, ())
                names = (ours,) if isinstance(ours, str) else ours
                parts[place] = " ".join(f"{{{name}}}" for name in names)
            else:
                parts[place] = re.sub(r"[{}]", "", part)
        return "".join(parts).strip()

    def condition(self, given: str, itself: str = "") -> str:
        """An expression of the form in CEL. Raises `Untranslatable`."""
        written = to_cel(given, self.named, itself)
        kinds = {name: Kind(each["type"]) for name, each in self.draft.variables.items()}
        try:
            expression.compile(written, kinds)
        except FlowError as fault:
            raise Untranslatable(fault.problem) from None
        return written


def read(workbook: bytes, name: str, languages: Sequence[str]) -> Imported:
    """A workbook (.xlsx or .xls) as a flow called `name`. `languages` are those we speak.

    Raises `FlowError` for what is no XLSForm.
    """
    form = read_workbook(workbook, name)
    spoken = [each for label in labels(form) if (each := language_of(label)) in languages]
    wanted = language_of(form.get("default_language", ""))
    base = wanted if wanted in languages else (spoken or ["en"])[0]
    title = tidy(str(form.get("title") or name))
    draft = Draft(name_of(name), title if title != "data" else name, base)
    writing = _Form(draft, tuple(dict.fromkeys(spoken)))
    for label in sorted(set(labels(form))):
        if label != "default" and language_of(label) not in languages:
            draft.leave_out("language", label, "it is none of ours")
    _write(writing, list(questions(form.get("children", ()), "", draft)))
    return Imported(draft.files(), tuple(draft.left_out))


# --- writing ----------------------------------------------------------------------------------------------


def _write(form: _Form, questions: Sequence[Question]) -> None:
    """One state or more for each question, each leading to the next."""
    names = {question.name: name_of(question.name) for question in questions}
    carried = [question for question in questions if _kind(question) or _listed(form, question)]
    for number, question in enumerate(carried):
        following = names[carried[number + 1].name] if number + 1 < len(carried) else "over"
        start = names[question.name]
        ask = start
        if question.relevant:
            ask = f"{start}_asked"
            _decide(form, question, start, ask, following)
        _WRITERS[_kind(question)](form, question, ask, following)
        _mention(form, question)
    form.draft.states["over"] = {"end": True}


def _kind(question: Question) -> str:
    kinds = {
        "note": "note",
        "text": "text",
        "integer": "integer",
        "date": "date",
        "select one": "one",
        "select all that apply": "many",
    }
    return kinds.get(question.type, "")


def _listed(form: _Form, question: Question) -> bool:
    """Lists a row that has no counterpart; never carried."""
    if question.type not in _UNUSED or question.type == "calculate":
        form.draft.leave_out(
            question.name, f"a question of the type '{question.type}'", "a basic phone has no such answer"
        )
    else:
        form.draft.leave_out(question.name, question.type, "the device of the form's own app fills it in")
    return False


def _mention(form: _Form, question: Question) -> None:
    """Lists what a carried row lost."""
    row = question.row
    for key, why in (
        ("default", "nothing is filled in beforehand"),
        ("media", "a basic phone shows text only"),
    ):
        if row.get(key):
            form.draft.leave_out(question.name, key, why)
    if appearance := row.get("control", {}).get("appearance"):
        form.draft.leave_out(question.name, f"appearance '{appearance}'", "a phone shows it in its own way")
    if choice_filter := row.get("choice_filter"):
        form.draft.leave_out(question.name, f"choice_filter {choice_filter}", "every choice is offered")
    if question.bind("calculate"):
        form.draft.leave_out(question.name, "a calculation", "nothing is reckoned from answers")


def _decide(form: _Form, question: Question, name: str, ask: str, following: str) -> None:
    """Asks only where the form says so; where that cannot be said here, it is asked of everybody."""
    try:
        condition = form.condition(question.relevant)
    except Untranslatable as fault:
        form.draft.leave_out(question.name, f"relevant {question.relevant}", f"{fault}; everybody is asked")
        form.draft.states[name] = {"decide": [{"else": ask}]}
        return
    form.draft.states[name] = {"decide": [{"if": condition, "go": ask}, {"else": following}]}


def _note(form: _Form, question: Question, name: str, following: str) -> None:
    form.draft.add(name, "say", form.texts(question.row.get("label")), go=following)


def _text(form: _Form, question: Question, name: str, following: str) -> None:
    if not question.bind("required"):
        form.draft.leave_out(question.name, "not required", "it is asked of everybody; `-` passes it by")
    _open(form, question, name, following, {"type": "text", "max": LONGEST_TEXT})


def _date(form: _Form, question: Question, name: str, following: str) -> None:
    if not question.bind("required"):
        form.draft.leave_out(question.name, "not required", "it is asked of everybody")
    _open(form, question, name, following, {"type": "date"})


def _integer(form: _Form, question: Question, name: str, following: str) -> None:
    """Bounds that are plain numbers go to the variable, which says the constraint's message itself."""
    if not question.bind("required"):
        form.draft.leave_out(question.name, "not required", "it is asked of everybody")
    constraint = str(question.bind("constraint"))
    variable: dict[str, Any] = {"type": "number"}
    bounds = _BOUNDS.findall(constraint)
    plain = bounds and not re.sub(r"[\s()]|and", "", _BOUNDS.sub("", constraint))
    for operator, digits in bounds if plain else ():
        number = int(digits) + {">": 1, "<": -1}.get(operator, 0)
        variable["min" if operator[0] == ">" else "max"] = number
    _open(form, question, name, following, variable, checked=bool(plain))


def _open(
    form: _Form,
    question: Question,
    name: str,
    following: str,
    variable: dict[str, Any],
    checked: bool = False,
) -> None:
    """An open question, and behind it the constraint that is not checked yet."""
    draft = form.draft
    ours = name_of(question.name, draft.variables)
    draft.variables[ours] = variable
    form.named[question.name] = ours
    constraint = str(question.bind("constraint"))
    wrong = form.texts(question.bind("jr:constraintMsg")) if question.bind("jr:constraintMsg") else None
    go = following
    if constraint and not checked:
        try:
            condition = form.condition(constraint, ours)
        except Untranslatable as fault:
            draft.leave_out(question.name, f"constraint {constraint}", str(fault))
        else:
            go = f"{name}_check"
            draft.states[name] = {}
            draft.states[go] = {"decide": [{"if": condition, "go": following}, {"else": f"{name}_wrong"}]}
            draft.add(f"{name}_wrong", "say", wrong or form.texts(question.row.get("label")), go=name)
    draft.add(name, "ask", _asked(form, question), wrong, save=ours, go=go)


def _asked(form: _Form, question: Question) -> Texts:
    """The question, its hint behind it."""
    label = form.texts(question.row.get("label") or question.name)
    if not (hint := question.row.get("hint")):
        return label
    hints = form.texts(hint)
    return {language: f"{text} {hints.get(language, '')}".strip() for language, text in label.items()}


def _one(form: _Form, question: Question, name: str, following: str) -> None:
    """A choice of one; where an answer is not required, none is one."""
    ours = name_of(question.name, form.draft.variables)
    form.draft.variables[ours] = {"type": "code"}
    form.named[question.name] = ours
    choices = _choices(form, question)
    if not question.bind("required"):
        choices.append(("no_answer", _own(_NO_ANSWER, form)))
    _offer(form, question, name, ours, [(code, label, following) for code, label in choices])


def _many(form: _Form, question: Question, name: str, following: str) -> None:
    """A choice of many: asked again until "no more", each answer kept by itself."""
    choices = _choices(form, question)
    rounds = min(ROUNDS, len(choices))
    if len(choices) > ROUNDS:
        form.draft.leave_out(
            question.name, f"more than {ROUNDS} answers", f"it is asked {ROUNDS} times at most"
        )
    names = tuple(
        name_of(f"{question.name}_{number}", form.draft.variables) for number in range(1, rounds + 1)
    )
    form.named[question.name] = names
    for number, ours in enumerate(names):
        form.draft.variables[ours] = {"type": "code"}
        state = name if number == 0 else f"{name}_{number + 1}"
        go = f"{name}_{number + 2}" if number + 1 < rounds else following
        offered = [(code, label, go) for code, label in choices]
        offered.append(("no_more", _own(_NO_MORE, form), following))
        _offer(form, question, state, ours, offered)


def _choices(form: _Form, question: Question) -> list[tuple[str, Texts]]:
    """The codes and labels of a list, yes and no first, as everywhere here."""
    found = [
        (name_of(str(each["name"])), form.texts(each.get("label")))
        for each in question.row.get("choices", ())
    ]
    order = {"yes": 0, "no": 1}
    if {"yes", "no"} <= {code for code, _ in found}:
        found.sort(key=lambda each: order.get(each[0], 2))
    return found


def _own(words: Mapping[str, str], form: _Form) -> Texts:
    """Words of our own in the languages of the form."""
    base = {form.draft.language: words.get(form.draft.language, words["en"])}
    return base | {language: words[language] for language in form.languages if language in words}


def _offer(
    form: _Form, question: Question, name: str, ours: str, offered: list[tuple[str, Texts, str]]
) -> None:
    """A choice; where it has more options than keys, the last leads to the rest."""
    now, rest = offered, list[tuple[str, Texts, str]]()
    if len(offered) > MOST_OPTIONS:
        now, rest = offered[: MOST_OPTIONS - 1], offered[MOST_OPTIONS - 1 :]
        now = [*now, ("more_choices", _own(_MORE_CHOICES, form), f"{name}_more")]
    form.draft.add(name, "choose", _asked(form, question), save=ours)
    for code, label, go in now:
        form.draft.add_option(name, code, label, go)
    if rest:
        _offer(form, question, f"{name}_more", ours, rest)


_WRITERS: Mapping[str, Callable[[_Form, Question, str, str], None]] = {
    "note": _note,
    "text": _text,
    "integer": _integer,
    "date": _date,
    "one": _one,
    "many": _many,
}

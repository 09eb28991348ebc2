"""An author's mistake is told with file, line and state, and nearly always with the way to mend it."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from ruamel.yaml import YAML

from gateway.conversation import load
from gateway.conversation.flow import Revision
from gateway.conversation.source import FlowSource, Node, Source
from gateway.errors import FlowError

PHRASES = """\
languages: {en: English, so: Soomaali}
phrases:
  back: {en: Back}
  more: {en: More}
  invalid_choice: {en: Choose.}
  too_many: {en: Later.}
  resume: {en: Go on?}
  continue: {en: Continue}
  start_again: {en: Again}
  parked: {en: Open.}
  before: {en: "Before: {answer}"}
  keep: {en: "Keep {answer}"}
  share_phone: {en: Share}
  try_later: {en: Later.}
  nothing_here: {en: Nothing.}
  nothing_more: {en: All right.}
words:
  back: [BACK]
  home: [MENU]
  more: [MORE]
  yes: [YES, HAA]
  no: [NO]
"""

FLOW = """\
flow: f
language: en
role: main
audience: anyone
triggers:
  - {words: [REG], take: [num], go: a}
variables:
  code: {type: code, values: {x: [EX]}}
  num: {type: number}
  name: {type: text}
  found: {type: list}
  pin: {type: pin}
  person: {type: person}
  spot: {type: place}
states:
  a:
    choose: Which, {name}?
    save: code
    options:
      "yes": {label: Yes, go: b}
      "no": {label: No, go: e}
  b: {ask: Name?, save: name, go: c}
  c:
    do: find_places
    with: {typed: name}
    on:
      found: {save: {place: spot}, go: d}
      several: {save: {places: found}, go: l}
      none: {go: b}
  d:
    decide:
      - {if: num > 2, go: e}
      - {else: p}
  l: {choose: Where?, from: found, most: 4, save: spot, go: d}
  p: {ask: PIN?, save: pin, go: q}
  q:
    do: choose_pin
    with: {person: person, pin: pin}
    on: {chosen: {go: e}, weak: {go: p}, exists: {go: e}}
  e: {say: "Bye {name}", end: true}
"""

TEXT = """\
language: so
reviewed_by: ""
states:
  a: {choose: "Kee, {name}?", options: {"yes": Haa, "no": {label: Maya, synonyms: [MAY]}}}
  b: {ask: Magac?}
"""


def source(path: str, text: str) -> Source:
    """A YAML text as the catalogue hands it on: plain data, and the line of each value."""
    lines: dict[tuple[str | int, ...], tuple[int, int]] = {}

    def plain(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            for key in value:
                line, column = value.lc.key(key)
                lines[*path, key] = line + 1, column + 1
            return {key: plain(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            for place in range(len(value)):
                line, column = value.lc.item(place)
                lines[*path, place] = line + 1, column + 1
            return [plain(each, (*path, place)) for place, each in enumerate(value)]
        return value

    return Source(path, plain(YAML().load(text), ()), lines)


def loaded(flow: str = FLOW, text: str = TEXT, phrases: str = PHRASES, other: str = "") -> Revision:
    flows = [FlowSource(source("f/flow.yaml", flow), (source("f/text.so.yaml", text),))]
    if other:
        flows.append(FlowSource(source("g/flow.yaml", other)))
    return load.revision("r", flows, source("phrases.yaml", phrases))


def test_the_flow_of_this_table_loads():
    """So that each row below fails for its own mistake alone."""
    revision = loaded()
    assert list(revision.flows["f"].states) == ["a", "b", "c", "d", "l", "p", "q", "e"]
    assert revision.flows["f"].states["a"].text.given == {"en", "so"}
    assert revision.flows["f"].states["b"].text.of("so", "sms") == ("Magac?",)
    assert revision.flows["f"].states["a"].answers == dict.fromkeys(
        ("1", "yes", "haa"), "yes"
    ) | dict.fromkeys(("2", "no", "maya", "may"), "no")


FLOW_MISTAKES = [
    ("state: b", "flow: f", "state: f", 1, "", "unknown key 'state'"),
    ("language", "language: en", "language: xx", 2, "", "unknown language 'xx'"),
    ("role", "role: main", "role: man", 3, "", "unknown role 'man'. Did you mean 'main'?"),
    ("no main", "role: main", "role: help", 0, "", "no flow has the role main"),
    ("audience", "audience: anyone", "audience: all", 4, "", "unknown audience 'all'"),
    ("trigger's target", "take: [num], go: a", "go: aa", 6, "", "unknown state 'aa'. Did you mean 'a'?"),
    ("trigger without words", "words: [REG], take: [num]", "take: [num]", 6, "", "needs 'words' or a 'link'"),
    ("trigger's link", "words: [REG]", "link: 'a b'", 6, "", "at most 64 letters"),
    ("trigger takes a pin", "take: [num]", "take: [pin]", 6, "", "pin cannot be taken"),
    ("trigger takes behind a text", "take: [num]", "take: [name, num]", 6, "", "nothing is left behind name"),
    ("word of navigation", "words: [REG]", "words: [back]", 6, "", "'back' already means back"),
    ("word twice", "words: [REG], take: [num], go: a}", "words: [REG]}\n  - {words: [reg]}", 7, "", "enters f"),
    ("word is a number", "words: [REG]", "words: [12]", 6, "", "put it in quotes"),
    ("variable's type", "type: number", "type: numbr", 9, "", "unknown type 'numbr'. Did you mean 'number'?"),
    ("variable's name", "  num:", "  roles:", 9, "", "'roles' is no name for a variable"),
    ("variable named like a type", "  num:", "  list:", 9, "", "'list' is no name for a variable"),
    ("variable's bounds", "{type: number}", "{type: number, min: 3, max: 2}", 9, "", "'min' is above 'max'"),
    ("bounds of no number", "{type: place}", "{type: place, max: 2}", 14, "", "a place has no 'max'"),
    ("values of no code", "{type: place}", "{type: place, values: {a: []}}", 14, "", "has no 'values'"),
    ("two kinds of state", "b: {ask: Name?,", "b: {ask: Name?, say: x,", 22, "b", "a state is exactly one of"),
    ("no kind of state", "{choose: Where?, ", "{", 34, "l", "a state is exactly one of"),
    ("target", "save: name, go: c", "save: name, go: cc", 22, "b", "unknown state 'cc'. Did you mean 'c'?"),
    ("key of a state", "save: name, go: c", "save: name, got: c", 22, "b", "unknown key 'got'. Did you mean 'go'?"),
    ("ask without save", "ask: Name?, save: name", "ask: Name?", 22, "b", "'save' is missing"),
    ("ask of an untypable", "ask: Name?, save: name", "ask: Name?, save: spot", 22, "b", "a place cannot be typed"),
    ("undeclared variable", "ask: Name?, save: name", "ask: Name?, save: nam", 22, "b", "Did you mean 'name'?"),
    ("placeholder", "Which, {name}?", "Which, {nam}?", 17, "a", "unknown placeholder 'nam'"),
    ("placeholder of a pin", "Which, {name}?", "Which, {pin}?", 17, "a", "unknown placeholder 'pin'"),
    ("expression in text", "Which, {name}?", "Which, {name.upper()}?", 17, "a", "nothing else may stand in braces"),
    ("label with a placeholder", "label: Yes", 'label: "{name}"', 20, "a", "unknown placeholder"),
    ("label is a number", "label: Yes", "label: 1", 20, "a", "put it in quotes"),
    ("option leads nowhere", "label: Yes, go: b", "label: Yes", 20, "a", "the option 'yes' leads nowhere"),
    ("option's key", '"yes": {label', "1: {label", 19, "a", "the key 1 is not a word: put it in quotes"),
    ("yes is 1", '"yes": {label: Yes', '"ok": {label: Ok, go: b}\n      "yes": {label: Yes', 19, "a", "yes is always"),
    ("word for two options", "label: No", "label: Yes", 21, "a", "'Yes' also answers the option 'yes'"),
    ("choice saved as number", "save: code\n", "save: num\n", 18, "a", "a choice is not saved as number"),
    ("choice from no list", "from: found", "from: name", 34, "l", "the variable name is no list"),
    ("choice without most", "most: 4, ", "", 34, "l", "'most' is missing"),
    ("too many options", "most: 4", "most: 9", 34, "l", "a question has 1 to 8 options"),
    ("contact without go", "save: code\n", "contact: true\n", 16, "a", "'contact' needs a 'go'"),
    ("call", "do: find_places", "do: find_place", 24, "c", "unknown call 'find_place'. Did you mean 'find_places'?"),
    ("argument missing", "with: {typed: name}", "with: {}", 25, "c", "the argument 'typed' is missing"),
    ("argument unknown", "{typed: name}", "{typd: name}", 25, "c", "unknown argument 'typd'. Did you mean 'typed'?"),
    ("argument's kind", "{typed: name}", "{typed: num}", 25, "c", "'typed' is a text, the variable num a number"),
    ("a pin is no text", "{typed: name}", "{typed: pin}", 25, "c", "'typed' is a text, the variable pin a pin"),
    ("literal's kind", "{typed: name}", "{typed: {value: 3}}", 25, "c", "takes no such value: it is a text"),
    ("literal pin", "pin: pin}", "pin: {value: '1234'}}", 38, "q", "takes no such value: it is a pin"),
    ("outcome missing", "      none: {go: b}\n", "", 26, "c", "the outcome 'none' is not handled"),
    ("outcome unknown", "none: {go", "non: {go", 29, "c", "unknown outcome 'non'. Did you mean 'none'?"),
    ("result unknown", "save: {place:", "save: {plce:", 27, "c", "unknown result 'plce'"),
    ("result's kind", "save: {place: spot}", "save: {place: person}", 27, "c", "'place' is a place"),
    ("condition", "num > 2", "num > '2'", 32, "d", "no matching overload"),
    ("condition's name", "num > 2", "nun > 2", 32, "d", "undeclared reference to 'nun'"),
    ("condition's type", "num > 2", "num", 32, "d", "the condition is not true or false"),
    ("condition on a pin", "num > 2", "pin == ''", 32, "d", "undeclared reference to 'pin'"),
    ("no else", "- {else: p}", "- {if: num > 3, go: p}", 33, "d", "without an 'else'"),
    ("pin kept", "save: pin, go: q", "save: pin, go: e", 35, "p", "straight to the call"),
    ("pin call from elsewhere", "{else: p}", "{else: q}", 36, "q", "reached only from its question, not from d"),
    ("say without end", ", end: true}", "}", 40, "e", "either 'go' or 'end: true'"),
    ("end is false", "end: true}", "end: false}", 40, "e", "'end' can only be true"),
    ("circle", "none: {go: b}", "none: {go: c}", 23, "c", "a circle without a question: c"),
    ("longer circle", "{if: num > 2, go: e}", "{if: num > 2, go: c}", 23, "c", "a circle without a question: c > d"),
    ("flow entered unknown", "e: {say", "x: {enter: h, go: a}\n  e: {say", 40, "x", "unknown flow"),
    ("flow enters itself", "e: {say", "x: {enter: f, go: a}\n  e: {say", 40, "x", "enter each other"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "state", "problem"),
    [row[1:] for row in FLOW_MISTAKES],
    ids=[row[0] for row in FLOW_MISTAKES],
)
def test_a_mistake_in_a_flow(old, new, line, state, problem):
    """One change to a flow that loads."""
    assert old in FLOW
    with pytest.raises(FlowError) as caught:
        loaded(FLOW.replace(old, new, 1))
    assert problem in str(caught.value)
    assert (caught.value.line, caught.value.state) == (line, state)
    assert caught.value.file == ("phrases.yaml" if not line else "f/flow.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "state", "problem"),
    [
        ("language: so", "language: en", 1, "", "a text in en already"),
        ("language: so", "language: xx", 1, "", "unknown language 'xx'"),
        ("  b: {ask", "  bb: {ask", 5, "", "unknown state 'bb'. Did you mean 'b'?"),
        ("{ask: Magac?}", "{aks: Magac?}", 5, "b", "unknown key 'aks'. Did you mean 'ask'?"),
        ('"no": {label', '"noo": {label', 4, "a", "unknown option 'noo'. Did you mean 'no'?"),
        ("Kee, {name}?", "Kee, {magac}?", 4, "a", "unknown placeholder 'magac'"),
        ("synonyms: [MAY]", "synonyms: [HAA]", 21, "a", "'HAA' also answers the option 'yes'"),
    ],
)
def test_a_mistake_in_a_translation(old, new, line, state, problem):
    """A text that no state bears would never be shown."""
    assert old in TEXT
    with pytest.raises(FlowError) as caught:
        loaded(text=TEXT.replace(old, new, 1))
    assert problem in str(caught.value)
    assert (caught.value.line, caught.value.state) == (line, state)


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("  back: {en: Back}\n", "", 2, "'back' is missing"),
        ("  back: {en", "  bakc: {en", 3, "unknown key 'bakc'. Did you mean 'back'?"),
        ("back: {en: Back}", "back: {so: Dib}", 3, "'en' is missing"),
        (
            "back: {en: Back}",
            "back: {en: '{answr}'}",
            3,
            "unknown placeholder 'answr'. Did you mean 'answer'?",
        ),
        ("no: [NO]", "no: [YES]", 22, "'yes' already means yes"),
        ("languages: {en: English, so: Soomaali}", "languages: {}", 1, "no language is named"),
    ],
)
def test_a_mistake_in_the_phrases(old, new, line, problem):
    """The machine's own words are held to the same."""
    assert old in PHRASES
    with pytest.raises(FlowError) as caught:
        loaded(phrases=PHRASES.replace(old, new, 1))
    assert problem in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("phrases.yaml", line)


@pytest.mark.parametrize(
    ("other", "file", "line", "problem"),
    [
        ("flow: f\nlanguage: en\nstates: {e: {end: true}}", "g/flow.yaml", 1, "two flows are called f"),
        (
            "flow: g\nlanguage: en\nrole: main\nstates: {e: {end: true}}",
            "g/flow.yaml",
            3,
            "has the role main too",
        ),
        (
            "flow: g\nlanguage: en\ntriggers:\n  - {words: [Reg]}\nstates: {e: {end: true}}",
            "g/flow.yaml",
            4,
            "the word 'reg' already enters f",
        ),
    ],
)
def test_a_mistake_between_flows(other, file, line, problem):
    """What only the flows together can have."""
    with pytest.raises(FlowError) as caught:
        loaded(other=other)
    assert problem in str(caught.value)
    assert (caught.value.file, caught.value.line) == (file, line)


@pytest.mark.parametrize("broken", [None, [], "text", 3, {"flow": None}, {"flow": "f", "states": []}])
def test_a_file_of_another_shape_is_a_mistake_too(broken):
    """Whatever YAML can hold."""
    with pytest.raises(FlowError):
        load.revision("r", [FlowSource(Source("f.yaml", broken))], source("phrases.yaml", PHRASES))


def test_any_one_value_of_another_type_is_told_or_taken():
    """A flow with any value replaced loads or is refused, and nothing else."""
    whole, phrases = source("f/flow.yaml", FLOW), source("phrases.yaml", PHRASES)

    def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        return [path, *(deeper for key, each in items for deeper in paths(each, (*path, key)))]

    for path in paths(whole.data)[1:]:
        for odd in (None, 7, True, "zzz", [], {}, [None], {"a": None}):
            data = copy.deepcopy(whole.data)
            place = data
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = odd
            with contextlib.suppress(FlowError):
                load.revision("r", [FlowSource(Source("f", data))], phrases)


def test_a_fault_is_told_at_the_nearest_line_known():
    """A key inside a value that has no line of its own."""
    node = Node(Source("x", {"a": {"b": 1}}, {("a",): (4, 1)}), {"a": {"b": 1}}).at("a").at("b")
    assert str(node.fault("odd")) == "x:4: odd"

"""What two revisions differ in is said of screens and paths, in words that an operator knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited import edited

from gateway.authoring.project import Project
from gateway.authoring.revising.changed_screens import changed_screens
from gateway.authoring.revising.compare import compare
from gateway.catalogue.files import Bundle, read_folder

ORDER = """\
flow: order
title: Order
language: en
triggers:
  - {words: [ORDER], go: size}
variables:
  size: {type: code}
  count: {type: number, max: 9}
  people: {type: list}
  who: {type: person}
states:
  size:
    choose: Which size?
    save: size
    options:
      s: {label: Small}
      m: {label: Middle, synonyms: [medium]}
      l: {label: Large, go: sorry}
    go: count
  count:
    ask: How many do you want?
    save: count
    invalid: Please type a number.
    go: enough
  enough:
    decide:
      - {if: "count == 0", go: sorry}
      - {else: look}
  look:
    do: my_people
    on:
      none: {go: sorry}
      one: {save: {person: who}, go: done}
      several: {save: {people: people}, go: done}
  sorry: {say: "Then not.", go: size}
  done: {say: {text: "{count} of {size}.", rich: "You get {count} of {size}."}, end: true}
"""
FILES = {
    "order/flow.yaml": ORDER,
    "order/text.so.yaml": "language: so\nreviewed_by: ''\nstates:\n  size:\n    choose: Cabbir kee?\n"
    "    options: {s: Yar}\n",
    "main/flow.yaml": "flow: main\nlanguage: en\nrole: main\nstates:\n  menu:\n    choose: Menu?\n"
    "    options:\n      order: {label: Order, go: order}\n  order: {enter: order, go: menu}\n",
    "phrases.yaml": "languages: {en: English, so: Soomaali}\nphrases:\n"
    + "".join(
        f"  {name}: {{en: {name}}}\n"
        for name in "back more invalid_choice too_many resume continue start_again parked before keep".split()
        + "share_phone try_later nothing_here nothing_more".split()
    )
    + 'words: {back: [BACK], home: [MENU], more: [MORE], "yes": [YES], "no": [NO]}\n',
    "notices/ready.yaml": "notice: ready\naudience: person\nhandling: resend\ntext:\n  en: It is ready.\n",
    "policies/so.yaml": "country: SO\nscreening: rules.yaml\ntimers: {urgent: {hours: 24}}\nrest_days: [5, 6]\n",
    "rules.yaml": "rules:\n  older: {factor: true, if: age_max >= 60, why: {en: May be 60}}\n",
    "policies/places.csv": "code,name\n1,One\n2,Two\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A small folder of an operator."""
    folder: Path = tmp_path_factory.mktemp("flows")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return read_folder(folder)


def said(before: Bundle, after: Bundle) -> list[str]:
    return [str(each) for each in compare(Project.read(before), Project.read(after))]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "order/flow.yaml",
            "Which size?",
            "What size?",
            ["order.size: text changed in en: 'Which size?' -> 'What size?' (10 of 156)"],
        ),
        (
            "order/text.so.yaml",
            "Cabbir kee?",
            "Cabbirka?",
            ["order.size: text changed in so: 'Cabbir kee?' -> 'Cabbirka?' (9 of 156)"],
        ),
        (
            "order/text.so.yaml",
            "Cabbir kee?",
            "መጠን?",
            ["order.size: text changed in so: 'Cabbir kee?' -> 'መጠን?' (4 of 66)"],
        ),
        (
            "order/text.so.yaml",
            "{s: Yar}",
            "{s: Yar, l: Weyn}",
            [
                "order.size: label of 'l' translated into so: 'Weyn'",
                "order.size: the option 'l' is also chosen by 'weyn'",
            ],
        ),
        (
            "order/text.so.yaml",
            "    choose: Cabbir kee?\n",
            "",
            ["order.size: text is no longer written in so"],
        ),
        (
            "order/flow.yaml",
            "You get {count}",
            "Here come {count}",
            [
                (
                    "order.done: text changed in en in chat: 'You get {count} of {size}.' -> "
                    "'Here come {count} of {size}.' (15 of 156 without its values)"
                )
            ],
        ),
        (
            "order/flow.yaml",
            "go: sorry}\n    go: count",
            "go: done}\n    go: count",
            ["order.size: the option 'l' now leads to done (was sorry)"],
        ),
        (
            "order/flow.yaml",
            "    go: count\n",
            "    go: look\n",
            ["order.size: now leads to look (was count)"],
        ),
        (
            "order/flow.yaml",
            "      m: {label: Middle, synonyms: [medium]}\n",
            "",
            ["order.size: the option 'm' is taken away"],
        ),
        (
            "order/flow.yaml",
            "    go: count\n",
            "      x: {label: Huge}\n    go: count\n",
            ["order.size: the option 'x' is added, as key 4, and leads to count"],
        ),
        (
            "order/flow.yaml",
            "      s: {label: Small}\n      m: {label: Middle, synonyms: [medium]}\n",
            "      m: {label: Middle}\n      s: {label: Small}\n",
            [
                "order.size: the keys changed: they are now 1 m, 2 s, 3 l",
                "order.size: the option 'm' is no longer chosen by 'medium'",
            ],
        ),
        (
            "order/flow.yaml",
            "    invalid: Please type a number.\n",
            "    retries: 1\n    too_many: sorry\n",
            [
                "order.count: complaint taken away: 'Please type a number.'",
                "order.count: wrong answers before it gives up: 3 -> 1",
                "order.count: after too many wrong answers: nothing -> sorry",
            ],
        ),
        (
            "order/flow.yaml",
            '      - {if: "count == 0", go: sorry}\n',
            '      - {if: "count > 5", go: size}\n      - {if: "count == 0", go: size}\n',
            [
                "order.enough: asks whether count > 5: then it leads to size",
                "order.enough: where count == 0 now leads to size (was sorry)",
            ],
        ),
        (
            "order/flow.yaml",
            "one: {save: {person: who}, go: done}",
            "one: {go: sorry}",
            [
                "order.look: the outcome 'one' now leads to sorry (was done)",
                "order.look: of the outcome 'one' the result 'person' is kept as: who -> nothing",
            ],
        ),
        (
            "order/flow.yaml",
            "words: [ORDER], go: size",
            "words: [BUY], take: [count], go: look",
            [
                "order: the word 'order' no longer opens it",
                "order: the word 'buy' opens it at look, and takes count behind it",
            ],
        ),
        ("order/flow.yaml", "max: 9", "max: 12", ["order.variables.count: max: 9 -> 12"]),
        (
            "order/flow.yaml",
            'say: "Then not.", go: size',
            'say: "Then not.", end: true',
            ["order.sorry: now ends the flow (was size)"],
        ),
        (
            "order/flow.yaml",
            'sorry: {say: "Then not.", go: size}',
            "sorry: {enter: main, go: size}",
            ["order.sorry: was a text without a question, is now another flow"],
        ),
        (
            "phrases.yaml",
            "more: {en: more}",
            "more: {en: next, so: kale}",
            [
                "phrases.more: text changed in en: 'more' -> 'next' (4 of 156)",
                "phrases.more: text translated into so: 'kale' (4 of 156)",
            ],
        ),
        ("phrases.yaml", "home: [MENU]", "home: [MENU, START]", ["phrases.words: 'start': nothing -> home"]),
        (
            "notices/ready.yaml",
            "It is ready.",
            "Come and get it.",
            ["notices.ready: text changed in en: 'It is ready.' -> 'Come and get it.'"],
        ),
        ("policies/so.yaml", "hours: 24", "hours: 12", ["policies.so.timers.urgent.hours: 24 -> 12"]),
        ("policies/so.yaml", "[5, 6]", "[6]", ["policies.so.rest_days: 5, 6 -> 6"]),
        ("rules.yaml", ">= 60", ">= 65", ["rules.rules.older.if: age_max >= 60 -> age_max >= 65"]),
    ],
    ids=lambda each: each[0][:60] if isinstance(each, list) else "",
)
def test_one_change_is_said_once(files: Bundle, path: str, old: str, new: str, expected: list[str]) -> None:
    """Each kind of change in one sentence, with its place; nothing else is said to have changed."""
    assert said(files, edited(files, path, (old, new))) == expected


def test_nothing_differs(files: Bundle) -> None:
    """Comments and the order of keys in a file are nobody's screen or path."""
    after = edited(
        files, "order/flow.yaml", ("title: Order\nlanguage: en\n", "# new\nlanguage: en\ntitle: Order\n")
    )
    assert said(files, after) == []


def test_a_state_under_a_new_name(files: Bundle) -> None:
    """It is guessed by its text, and what leads to it is not told as a change."""
    names = [
        ("go: count\n", "go: how_many\n"),
        ("  count:\n    ask: How many do you", "  how_many:\n    ask: How many would you"),
    ]
    assert said(files, edited(files, "order/flow.yaml", *names)) == [
        "order.how_many: is count under a new name",
        "order.how_many: text changed in en: 'How many do you want?' -> 'How many would you want?' (24 of 156)",
    ]


def test_states_that_came_and_went(files: Bundle) -> None:
    """What is not alike is not taken for a new name; a new screen is shown with its length."""
    after = edited(
        files,
        "order/flow.yaml",
        ("go: sorry}\n    go: count", "go: colour}\n    go: count"),
        (
            '  sorry: {say: "Then not.", go: size}',
            '  colour: {say: "We have red, blue and green.", go: size}',
        ),
        ("go: sorry}\n      - {else", "go: colour}\n      - {else"),
        ("none: {go: sorry}", "none: {go: colour}"),
    )
    assert said(files, after) == [
        "order.size: the option 'l' now leads to colour (was sorry)",
        "order.enough: where count == 0 now leads to colour (was sorry)",
        "order.look: the outcome 'none' now leads to colour (was sorry)",
        "order.colour: is added: a text without a question 'We have red, blue and green.' (28 of 156)",
        "order.sorry: is taken away: a text without a question 'Then not.' (9 of 156)",
    ]


def test_files_that_nobody_reads_on_a_phone(files: Bundle) -> None:
    """Tables, transcripts and flows that came or went are told by file."""
    texts = {**files.texts, "policies/places.csv": "code,name\n1,One\n3,Three\n"}
    sources = dict(files.sources)
    for path in ("order/flow.yaml", "order/text.so.yaml"):
        del texts[path], sources[path]
    main = edited(
        files, "main/flow.yaml", ("order: {enter: order, go: menu}", "order: {say: Soon., go: menu}")
    )
    path = "main/flow.yaml"
    after = Bundle({**texts, path: main.texts[path]}, {**sources, path: main.sources[path]})
    assert said(files, after) == [
        "main.order: was another flow, is now a text without a question",
        "order: the flow 'Order' is taken away, 6 states",
        "policies/places.csv: 1 lines came, 1 lines went",
    ]


def test_it_is_the_same_each_time(shipped: Bundle) -> None:
    """Two looks at the same change list it in the same order."""
    after = edited(shipped, "registration/flow.yaml", ("Are you female or male?", "Female or male?"))
    both = Project.read(shipped), Project.read(after)
    first = compare(*both)
    assert [each.where for each in first] == ["registration.sex"]
    assert compare(*both) == first


def test_changed_screens_before_and_after(shipped: Bundle) -> None:
    """A reworded question is shown on each channel in its own language only, with what it takes of the screen."""
    after = edited(shipped, "registration/flow.yaml", ("Are you female or male?", "Female or male?"))
    found = changed_screens(Project.read(shipped), Project.read(after))
    assert [(each.flow, each.state, each.language, each.channel) for each in found] == [
        ("registration", "sex", "en", channel) for channel in ("ussd", "sms", "telegram")
    ]
    for each in found:
        assert each.before is not None
        assert each.after is not None
        assert "Female or male?" in each.after.text
        assert each.before.used - each.after.used == len("Are you ")
    assert [each.after.limit for each in found if each.after] == [160, 160, 4096]


def test_a_screen_that_turns_to_wide_letters(shipped: Bundle) -> None:
    """One curly apostrophe: the limit falls to 70, and the screen needs more pages."""
    after = edited(
        shipped, "registration/flow.yaml", ("Are you female or male?", "What’s your sex, female or male?")
    )
    ussd = changed_screens(Project.read(shipped), Project.read(after))[0]
    assert ussd.before is not None
    assert ussd.after is not None
    assert (ussd.before.limit, ussd.before.pages) == (160, 1)
    assert (ussd.after.limit, ussd.after.pages > 1) == (70, True)

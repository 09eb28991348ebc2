"""What a loaded flow is: frozen, with every table a step needs made beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from gateway.commands import Call, Kind
from gateway.conversation.expression import Condition
from gateway.messages import ChannelName, Choice
from gateway.registry.calendars import Calendar

Pieces = tuple[str, ...]
"""A text cut at its placeholders: literals at even positions, the names of variables at odd ones."""


class Role(StrEnum):
    """What the machine itself enters a flow for."""

    STOP = "stop"
    HELP = "help"
    LANGUAGE = "language"
    CONTACT = "contact"  # a phone was shared
    MAIN = "main"  # nothing else is open


class Audience(StrEnum):
    """Whose keywords reach a flow. Where two flows share a word, the narrower audience has it."""

    PROVIDER = "provider"
    STAFF = "staff"
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in every language of the revision and for every channel; `given` are the languages written.

    The key ("", channel) is the base language, spoken until a language is chosen.
    """

    pieces: Mapping[tuple[str, str], Pieces]
    given: frozenset[str]
    names: frozenset[str] = frozenset()

    def of(self, language: str, channel: str) -> Pieces:
        """The text for a language and channel; an unknown one reads the base language's plain text."""
        return self.pieces.get((language, channel)) or self.pieces["", ChannelName.SMS]


class Long(StrEnum):
    """What becomes of the values in a text where a USSD screen is too small for them."""

    NOTHING = ""  # the text goes on over several pages
    TRUNCATE = "truncate"
    OWN_PAGE = "own_page"
    LEAVE_OUT = "leave_out"


class Alphabet(StrEnum):
    """What the values of a variable may be written in."""

    LATIN = "latin"  # letters of GSM-7 only: a screen keeps its 160
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable. `least` and `most` bound a number, or the length of a text or PIN.

    `words` are the folded words typed for each code of a CODE variable.
    """

    name: str
    kind: Kind
    least: int
    most: int
    words: Mapping[str, str] = field(default_factory=dict)
    alphabet: Alphabet = Alphabet.ANY


@dataclass(frozen=True, slots=True)
class Option:
    """One fixed option of a question."""

    code: str
    label: Words
    go: str


@dataclass(frozen=True, slots=True)
class Say:
    """Text that stands above whatever comes next; `go` is empty where the flow ends with it."""

    name: str
    text: Words
    go: str
    long: Long = Long.NOTHING


@dataclass(frozen=True, slots=True)
class Question:
    """What both kinds of question share. `save` and `too_many` may be empty; so may `go` where each option has one.

    `zero`: 0 may be the answer, so Back is 99. `keeps`: key 1 keeps an old answer. `secret`: what is typed must be
    masked wherever it passed.
    """

    name: str
    text: Words
    save: str
    invalid: Words | None
    retries: int
    too_many: str
    contact: bool
    go: str
    zero: bool
    keeps: bool
    secret: bool
    long: Long


@dataclass(frozen=True, slots=True)
class Choose(Question):
    """A choice among fixed options, after those of the list in variable `source`, if any.

    `answers` maps every folded word to an option's code: its label in each language, its synonyms, the words of
    yes and no and, without a list, its key. `choices` are what is shown, for each language and channel.
    """

    options: Mapping[str, Option]
    answers: Mapping[str, str]
    choices: Mapping[tuple[str, str], tuple[Choice, ...]]
    source: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True)
class Ask(Question):
    """An open question whose answer is parsed as the kind of the variable it saves into."""

    variable: Variable


@dataclass(frozen=True, slots=True)
class Given:
    """One argument of a call: a variable's name, or a literal where that is empty.

    An unset variable leaves an `optional` argument out, and passes `unset` for another.
    """

    argument: str
    variable: str
    literal: Any
    unset: Any
    optional: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows one outcome: results saved as (result, variable), and where to go."""

    saves: tuple[tuple[str, str], ...]
    go: str


@dataclass(frozen=True, slots=True)
class Do:
    """A command or query."""

    name: str
    call: type[Call]
    reads: bool
    given: tuple[Given, ...]
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Decide:
    """The first branch whose condition holds, or `otherwise`; `facts`: a condition asks for more than variables."""

    name: str
    branches: tuple[tuple[Condition, str], ...]
    otherwise: str
    facts: bool


@dataclass(frozen=True, slots=True)
class Enter:
    """Another flow, which returns here and goes on to `go`."""

    name: str
    flow: str
    go: str


@dataclass(frozen=True, slots=True)
class End:
    """The flow is over."""

    name: str


State = Say | Choose | Ask | Do | Decide | Enter | End


@dataclass(frozen=True, slots=True)
class Trigger:
    """A way into a flow from outside: folded words, or a deep link's payload.

    What follows the words is taken into the `take` variables in order.
    """

    flow: str
    go: str
    words: tuple[str, ...]
    link: str
    take: tuple[Variable, ...]
    audience: Audience
    role: Role | None


@dataclass(frozen=True, slots=True)
class Labels:
    """Where the label of a stored code is found: the fixed options, and the lists, it was chosen from."""

    fixed: Mapping[str, Words]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow. `answered` are the variables that its questions save into."""

    name: str
    title: str
    language: str
    audience: Audience
    role: Role | None
    mute: bool
    start: str
    triggers: tuple[Trigger, ...]
    variables: Mapping[str, Variable]
    states: Mapping[str, State]
    labels: Mapping[str, Labels]
    answered: frozenset[str]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a country's policy sets.

    `resume_after`: after how long an open question is no longer simply asked again. `language`: spoken until one
    is chosen; empty, each flow speaks its own. `calendars`: what the speakers of a language count years in, where
    that is not the Gregorian one.
    """

    resume_after: timedelta = timedelta(hours=1)
    language: str = ""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revision:
    """Everything an operator published at once, immutable.

    `variants` are the languages in Latin letters that phones without their own are answered in, such as `am-Latn`.
    `keywords` maps folded words to triggers, the narrower audience first, and `longest` is the most words in
    one; `moves` maps the folded words of back, home and more; `offers` the answers to "continue or start again?".
    """

    id: str
    flows: Mapping[str, Flow]
    phrases: Mapping[str, Words]
    languages: Mapping[str, str]
    variants: frozenset[str]
    settings: Settings
    roles: Mapping[Role, Flow]
    keywords: Mapping[str, tuple[Trigger, ...]]
    longest: int
    links: Mapping[str, tuple[Trigger, ...]]
    moves: Mapping[str, str]
    offers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Revision({self.id}, {len(self.flows)} flows)"

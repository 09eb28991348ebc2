"""The shipped conversations load, say what their transcripts promise, and fit a basic phone's screen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import flows
from gateway.commands import CALLS, Call, Kind, Result
from gateway.commands import is_query as only_reads
from gateway.conversation.flow import Ask, Choose, Flow, Question, Revision, Role, Say, Words
from gateway.conversation.session import Session, from_json, to_json
from gateway.conversation.step import Step, resume, shortcut, step
from gateway.messages import Address, AddressKind, ChannelName, Choice, Inbound, Opening, Prompt
from gateway.text import gsm7
from gateway.text.screens import Profile, fit

ROOT = Path(flows.__file__).parent
TRANSCRIPTS = sorted(ROOT.glob("*/transcripts/*.yaml"))
NAMES = {call: name for name, call in CALLS.items()}
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SCREEN = Profile(septets=160, ucs2=70, prefix=len("CON "))
PHONE = Address(AddressKind.PHONE, "+251911000077")
GSM7_LANGUAGES = ("en", "so")

LONG_ANSWERS = {
    Kind.TEXT: "Woqooyi Galbeed",
    Kind.PERSON_NAME: "Almaz Tesfaye Bekele",
    Kind.CODE: "Someone to talk to",
    Kind.PLACE: "Woqooyi Galbeed",
    Kind.PERSON: "K7R2 49XM",
    Kind.LEG_CODE: "12345-5",
    Kind.CERTIFICATE_NUMBER: "5284 0173 9255",
    Kind.MONTH: "03/2028",
}
"""What a placeholder may hold at worst, by kind."""

LISTED = {Kind.PLACE: "Woqooyi Galbeed", Kind.PERSON: "A T B"}
"""The label of a list's entry: places by name, people by initials."""

TWO_SCREENS = {
    ("certificate", "which", "am"),
    ("main", "menu", "am"),
    ("registration", "country", "am"),
    ("registration", "need", "am"),
    ("registration", "other_country", "am"),
    ("registration", "return_type", "am"),
    ("registration", "which_area", "am"),
    ("replies", "why", "am"),
    ("services", "need", "am"),
    ("services", "which", "am"),
    ("services", "which_area", "am"),
}
"""The questions that a basic phone shows on two pages: Ethiopic has room for 66 letters only."""


# --- transcripts ------------------------------------------------------------------------------------------


@dataclass
class Rehearsal:
    """Plays one transcript: stubs answer for the world, the session is written and read at every step."""

    revision: Revision
    script: Mapping[str, Any]
    session: Session = field(init=False)
    prompt: Prompt | None = None
    calls: deque[tuple[str, Call]] = field(default_factory=deque)
    stubs: dict[str, deque[Mapping[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.session = Session(
            revision=self.revision.id,
            language=self.script.get("language", ""),
            roles=tuple(self.script.get("roles", ())),
            channel=self.script["channel"],
        )
        given = self.script.get("stubs", {})
        self.stubs = {name: deque(each if isinstance(each, list) else [each]) for name, each in given.items()}

    def play(self) -> None:
        """Every turn in order; a command that no turn expects is a fault, a query need not be named."""
        for turn in self.script["turns"]:
            match turn:
                case {"dial": text}:
                    self._send(str(text), Opening.DIALLED)
                case {"say": text}:
                    self._send(str(text), Opening.ANSWER)
                case {"link": payload}:
                    self._send(payload, Opening.LINK)
                case {"share": number}:
                    self._send("", Opening.CONTACT, Address(AddressKind.PHONE, number))
                case {"hear": expected}:
                    self._hear([expected] if isinstance(expected, str) else expected)
                case {"call": name}:
                    self._called(name, turn.get("with", {}))
                case {"closes": closes}:
                    assert self._prompt.closes is closes, shown(self._prompt)
                case _:
                    pytest.fail(f"a turn that nobody understands: {turn}")
        self._nothing_unsaid()

    def _send(self, text: str, opening: Opening, contact: Address | None = None) -> None:
        self._nothing_unsaid()
        channel = ChannelName(self.script["channel"])
        inbound = Inbound(channel, "simulator", PHONE, text, "1", opening=opening, contact=contact)
        if opening is Opening.DIALLED and text:
            moved = shortcut(self.revision, self.session, text.split("*"), NOW)
        else:
            moved = step(self.revision, self.session, inbound, NOW)
        while moved.call is not None:
            self._keep(moved)
            name = NAMES[type(moved.call)]
            self.calls.append((name, moved.call))
            moved = resume(self.revision, self.session, self._answer(name), NOW)
        self._keep(moved)
        self.prompt = moved.prompt
        if channel is ChannelName.USSD:
            assert len(fit(self._prompt, SCREEN)) <= 2, shown(self._prompt)

    def _keep(self, moved: Step) -> None:
        self.session = from_json(to_json(moved.session))

    def _answer(self, name: str) -> Result:
        assert name in self.stubs, f"{name} was called and has no stub"
        queue = self.stubs[name]
        stub = queue.popleft() if len(queue) > 1 else queue[0]
        return Result(stub["outcome"], stub.get("values", {}))

    @property
    def _prompt(self) -> Prompt:
        assert self.prompt is not None
        return self.prompt

    def _hear(self, expected: list[str]) -> None:
        for each in expected:
            assert each in shown(self._prompt)

    def _called(self, name: str, arguments: Mapping[str, Any]) -> None:
        while self.calls and self.calls[0][0] != name and only_reads(type(self.calls[0][1])):
            self.calls.popleft()
        assert self.calls, f"{name} was not called; we said: {shown(self._prompt)}"
        called, call = self.calls.popleft()
        assert called == name
        assert {key: getattr(call, key) for key in arguments} == arguments

    def _nothing_unsaid(self) -> None:
        unsaid = [name for name, call in self.calls if not only_reads(type(call))]
        assert not unsaid, f"called, and the transcript does not say so: {unsaid}"
        self.calls.clear()


def shown(prompt: Prompt) -> str:
    """A prompt as one text: what is said, then `key label` a line."""
    return "\n".join([prompt.text, *(f"{each.key} {each.label}" for each in prompt.choices)])


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_transcript(path: Path, revision: Revision, read_yaml: Any) -> None:
    """Every transcript comes true, though the session is written and read again between all steps."""
    Rehearsal(revision, read_yaml(path)).play()


@pytest.mark.parametrize("name", ["main", "registration", "services", "verify", "replies"])
def test_the_main_flows_have_transcripts(name: str) -> None:
    """Every flow of the first story ships the conversations that prove it."""
    assert any(path.parent.parent.name == name for path in TRANSCRIPTS)


# --- what people read -------------------------------------------------------------------------------------


def questions(revision: Revision) -> Iterator[tuple[Flow, Choose | Ask]]:
    for flow in revision.flows.values():
        for state in flow.states.values():
            if isinstance(state, Choose | Ask):
                yield flow, state


def texts(revision: Revision) -> Iterator[tuple[str, Words]]:
    """Everything that a person may read, with the place it stands at."""
    yield from revision.phrases.items()
    for flow in revision.flows.values():
        for name, state in flow.states.items():
            place = f"{flow.name}.{name}"
            if isinstance(state, Question | Say):
                yield place, state.text
            if isinstance(state, Question) and state.invalid:
                yield f"{place}.invalid", state.invalid
            if isinstance(state, Choose):
                yield from ((f"{place}.{code}", option.label) for code, option in state.options.items())


def worst(words: Words, flow: Flow, language: str) -> str:
    """A text for USSD with long answers in its placeholders."""
    pieces = words.of(language, ChannelName.USSD)
    kinds = {name: variable.kind for name, variable in flow.variables.items()}
    filled = [LONG_ANSWERS.get(kinds[each], "30") if place % 2 else each for place, each in enumerate(pieces)]
    return "".join(filled)


def screens(revision: Revision, flow: Flow, state: Choose | Ask, language: str) -> tuple[str, ...]:
    """The pages of a question on a basic phone, Back and a full list included."""
    choices: tuple[Choice, ...] = ()
    if isinstance(state, Choose):
        listed = flow.variables[state.save].kind if state.source else Kind.PLACE
        labels = [LISTED[listed]] * state.most
        labels += [option.label.of(language, ChannelName.USSD)[0] for option in state.options.values()]
        choices = tuple(Choice(str(key), label, "") for key, label in enumerate(labels, 1))
    back, more = (revision.phrases[name].of(language, ChannelName.USSD)[0] for name in ("back", "more"))
    return fit(Prompt(worst(state.text, flow, language), language, choices, back, more), SCREEN)


def test_every_role_has_its_flow(revision: Revision) -> None:
    """STOP, HELP, language, contact and the main menu always lead somewhere."""
    assert set(revision.roles) == set(Role)


def test_everything_is_translated(revision: Revision) -> None:
    """No text falls back to English in Somali or Amharic."""
    missing = [place for place, words in texts(revision) if words.given != set(revision.languages)]
    assert not missing


def test_translations_are_drafts_until_signed(read_yaml: Any) -> None:
    """Every translation says who reviewed it, and none claims a review that did not happen."""
    for path in ROOT.glob("*/text.*.yaml"):
        assert read_yaml(path)["reviewed_by"] == "", path


@pytest.mark.parametrize("language", GSM7_LANGUAGES)
def test_only_letters_that_keep_the_screen_large(revision: Revision, language: str) -> None:
    """English and Somali stay within GSM-7: one curly quote would halve the room."""
    for place, words in texts(revision):
        if place != "language.pick" and not place.startswith("language.pick."):
            for channel in ChannelName:
                assert gsm7.septets("".join(words.of(language, channel)[::2])) is not None, place


def test_questions_fit_one_screen(revision: Revision) -> None:
    """A question stands with its options and Back on one screen, but for those that are known to need two."""
    pages = {
        (flow.name, state.name, language): len(screens(revision, flow, state, language))
        for flow, state in questions(revision)
        for language in revision.languages
    }
    assert {place for place, count in pages.items() if count == 2} == TWO_SCREENS
    assert max(pages.values()) == 2


def test_the_first_screen_holds_the_whole_question(revision: Revision) -> None:
    """Where options go on to another page, the question and its first option stand together."""
    for flow, state in questions(revision):
        for language in revision.languages:
            first = screens(revision, flow, state, language)[0]
            assert first.startswith(worst(state.text, flow, language)), (flow.name, state.name, language)
            assert "\n1 " in first or isinstance(state, Ask), (flow.name, state.name, language)


def test_danger_is_on_the_first_screen(revision: Revision) -> None:
    """Nobody in danger has to turn a page, in any language."""
    main = revision.roles[Role.MAIN]
    menu = main.states["menu"]
    assert isinstance(menu, Choose)
    for language in revision.languages:
        label = menu.options["danger"].label.of(language, ChannelName.USSD)[0]
        assert label in screens(revision, main, menu, language)[0]


def test_last_words_fit_one_screen(revision: Revision) -> None:
    """What closes a dialogue stands on one screen: after END there is no next page."""
    for flow in revision.flows.values():
        for state in flow.states.values():
            if isinstance(state, Say) and not state.go:
                for language in revision.languages:
                    text = worst(state.text, flow, language)
                    assert SCREEN.holds(text), (flow.name, state.name, language, len(text))

"""The shipped conversations load, say what their transcripts promise, and fit a basic phone's screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import flows
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.coverage import Trace, exits
from gateway.authoring.rehearsing.rehearsal import play, playings
from gateway.authoring.rehearsing.transcripts import read, transcripts
from gateway.commands import Kind
from gateway.conversation.flow import Ask, Choose, Flow, Question, Revision, Role, Say, Words
from gateway.messages import ChannelName, Choice, Prompt
from gateway.text import gsm7
from gateway.text.screens import Profile, fit

ROOT = Path(flows.__file__).parent
TRANSCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/transcripts/*.yaml"))
SCREEN = Profile(septets=160, ucs2=70, prefix=len("CON "))
GSM7_LANGUAGES = ("en", "so", "om", "sw")

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

LISTED = {
    Kind.PLACE: "Woqooyi Galbeed",
    Kind.PERSON: "A T B",
    Kind.LEG_CODE: "accepted S1 12345-5",
    Kind.CODE: "Centre Three",
    Kind.TEXT: "abebe_addis",
}
"""The label of a list's entry: places by name, people by initials, requests by stage, service and code, providers
by neutral name, colleagues by their code."""

WIDE_LANGUAGES = ("am", "ti", "ar")
TWO_SCREENS = {
    "caseload.last_page",
    "caseload.one_page",
    "caseworker.opened",
    "caseworker.where",
    "caseworker.why",
    "caseworker.why_not",
    "certificate.which",
    "complaint.about",
    "complaint.which",
    "correct.country",
    "correct.other_country",
    "correct.which",
    "correct.which_area",
    "grievance.which",
    "main.menu",
    "details.care",
    "details.education",
    "details.hear",
    "details.nationality",
    "details.occupation",
    "details.other_occupation",
    "details.remember",
    "details.route",
    "details.see",
    "details.speak",
    "details.time_abroad",
    "details.walk",
    "details.which",
    "details.which_origin",
    "mydata.what",
    "mydata.which",
    "registration.country",
    "registration.need",
    "registration.other_country",
    "registration.return_type",
    "registration.which_area",
    "replies.why",
    "requests.accepted",
    "requests.asked",
    "requests.which",
    "requests.which_of_many",
    "requests.why",
    "services.need",
    "services.which",
    "services.which_area",
    "who.which",
}
"""The questions that a basic phone shows on two pages in these languages: it has room for 66 of their letters only."""

EXACT_WORDS = {("details.care", language) for language in ("en", "so", "om")} | {
    ("details.speak", language) for language in GSM7_LANGUAGES
}
"""Two questions of the Washington Group Short Set, which are asked in its words or not at all."""


# --- transcripts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TRANSCRIPTS)
def test_transcript(path: str, project: Project) -> None:
    """Every transcript comes true on every network, and none leads to a third page of a USSD screen."""
    for stage, played in playings(project, read(project.bundle.sources[path])):
        assert played.failure is None, f"{stage.label}: {played.failure}"
        if stage.channel is ChannelName.USSD:
            assert max((len(step.screens) for step in played.steps), default=0) <= 2, stage.label


def test_transcripts_take_nearly_every_way(project: Project) -> None:
    """Of all options, outcomes, branches and answers of the shipped flows, transcripts pass at least nine in ten."""
    passed = Trace()
    for flow in project.revision.flows:
        for source in transcripts(project, flow):
            passed.add(play(project.revision, source).trace)
    ways = set(exits(project.revision))
    missed = sorted(map(str, ways - passed.exits))
    assert len(missed) <= len(ways) / 10, missed


def test_every_flow_has_transcripts(project: Project) -> None:
    """Every flow ships conversations that prove it."""
    assert {path.split("/")[0] for path in TRANSCRIPTS} == set(project.revision.flows)


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
    """Languages in Latin letters stay within GSM-7: one curly quote would halve the room."""
    for place, words in texts(revision):
        if place != "language.pick" and not place.startswith("language.pick."):
            for channel in ChannelName:
                assert gsm7.septets("".join(words.of(language, channel)[::2])) is not None, place


def test_questions_fit_one_screen(revision: Revision) -> None:
    """A question stands with its options and Back on one screen, but for those that are known to need two."""
    several = {
        (f"{flow.name}.{state.name}", language): count
        for flow, state in questions(revision)
        for language in revision.languages
        if (count := len(screens(revision, flow, state, language))) > 1
    }
    known = {(place, language) for place in TWO_SCREENS for language in WIDE_LANGUAGES}
    known |= EXACT_WORDS | {("language.pick", language) for language in revision.languages}
    assert set(several) == known
    assert set(several.values()) == {2}


def test_the_first_question_of_all_fits_one_screen(revision: Revision) -> None:
    """Who has chosen no language cannot read a word for "more": all languages stand on one screen."""
    asked = play(revision, {"transcript": "x", "channel": "ussd", "turns": [{"dial": ""}]}).steps[0]
    assert [choice.value for choice in asked.prompt.choices] == list(revision.languages)
    assert len(asked.screens) == 1


def test_the_first_screen_holds_the_whole_question(revision: Revision) -> None:
    """Where options go on to another page, the question and its first option stand together.

    A question that cuts long values cuts them until it does, which the check of the flows proves.
    """
    for flow, state in questions(revision):
        if state.long:
            continue
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

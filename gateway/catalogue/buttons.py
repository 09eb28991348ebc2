"""Buttons under notices: a tap sends words that a person could have typed, wherever a channel has buttons."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.commands import Kind
from gateway.conversation.answers import shown, take
from gateway.conversation.flow import Audience, Revision
from gateway.conversation.navigation import reaches
from gateway.conversation.source import Node
from gateway.messages import Choice
from gateway.text.clean import clean, fold

MOST_BUTTONS = 6
"""Buttons under one notice: each is a row of its own."""

MOST_DATA = 64
"""Bytes that a button may send: Telegram's bound on the data of a button."""

LONGEST_LABEL = 20
"""Letters of a label that stand on a narrow phone in one line."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SAMPLE = shown(Kind.LEG_CODE, "123455")
_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # words with a day in them are read against some day
_ROLES: Mapping[str, tuple[str, ...]] = {
    "person": (),
    "provider": (Audience.PROVIDER.value,),
    "staff": (Audience.STAFF.value,),
}


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `send` are the words of a tap, with placeholders; `labels` what is read on it, by language."""

    name: str
    send: str
    labels: Mapping[str, str]

    def choice(self, language: str, values: Mapping[str, str]) -> Choice:
        """The button for one message; `values` are ready to be read."""
        return Choice(filled(self.send, values), self.labels[language], self.name)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def read_buttons(
    node: Node | None, placeholders: Mapping[str, Kind], languages: Collection[str]
) -> tuple[Button, ...]:
    """The buttons of a notice: `name: {send: words, label: {language: text}}`, a label in each language.

    Only the code of a request may stand in the words: they are kept by the carrier, and sent back by whoever
    pretends to press. Raises `FlowError`.
    """
    if node is None:
        return ()
    found = tuple([_button(name, each, placeholders, languages) for name, each in node.items()])
    if not 0 < len(found) <= MOST_BUTTONS:
        raise node.fault(f"a notice has 1 to {MOST_BUTTONS} buttons", "notice.button")
    return found


def _button(name: str, node: Node, placeholders: Mapping[str, Kind], languages: Collection[str]) -> Button:
    node.only("send", "label")
    send, label = node.need("send"), node.need("label")
    for used in _PLACEHOLDER.findall(send.text()):
        if used not in placeholders:
            raise send.unknown("placeholder", used, placeholders)
        if placeholders[used] is not Kind.LEG_CODE:
            problem = f"a button sends the code of a request, and not {{{used}}}"
            raise send.fault(problem, "notice.button", "take it out, or say it in the text")
    if len(_pressed(send).encode()) > MOST_DATA:
        raise send.fault(f"a button sends at most {MOST_DATA} bytes", "notice.button", "send fewer words")
    label.only(*languages)
    labels = {language: label.need(language) for language in languages}
    for each in labels.values():
        if len(each.text()) > LONGEST_LABEL:
            problem = f"a button's label has at most {LONGEST_LABEL} letters"
            raise each.fault(problem, "notice.button", "choose a shorter one, of a word or two")
    return Button(name, send.text(), {language: each.text() for language, each in labels.items()})


def check_words(node: Node | None, audience: str, revision: Revision) -> None:
    """Refuses words that lead nowhere for those who read the notice. Raises `FlowError`."""
    for _, each in node.items() if node else ():
        send = each.need("send")
        if not _leads(revision, _pressed(send), _ROLES[audience]):
            problem = f"'{send.text()}' is understood by no flow that this audience can use"
            hint = "Send a keyword of a flow, with what that flow takes from behind it"
            raise send.fault(problem, "notice.words", hint)


def _pressed(send: Node) -> str:
    return _PLACEHOLDER.sub(_SAMPLE, send.text())


def _leads(revision: Revision, text: str, roles: tuple[str, ...]) -> bool:
    """Whether a text, typed, enters a flow with every word of it understood: whatever else is asked just then."""
    words = clean(text).split(" ")
    for count in range(min(revision.longest, len(words)), 0, -1):
        for trigger in revision.keywords.get(fold(" ".join(words[:count])), ()):
            if reaches(trigger, roles):
                return take(trigger.take, words[count:], _DAY)[1]
    return False

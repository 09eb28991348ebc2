"""How many letters a translator may use: what a phone shows or an SMS holds, less what stands beside the text."""

from __future__ import annotations

import re

from gateway.authoring.project import USSD_PREFIX, Project
from gateway.authoring.texts import Text
from gateway.catalogue.buttons import LONGEST_LABEL
from gateway.commands import Kind
from gateway.conversation.flow import Ask, Choose, Flow, Pieces, Variable
from gateway.messages import ChannelName
from gateway.text.alphabets import Alphabet, measure
from gateway.text.parts import ALONE
from gateway.text.screens import Profile

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_LONGEST = {
    Kind.AGE: 3,
    Kind.YEAR: 4,
    Kind.NUMBER: 4,
    Kind.MONTH: 7,
    Kind.DATE: 10,
    Kind.CERTIFICATE_NUMBER: 14,
    Kind.LEG_CODE: 7,
    Kind.PERSON: 8,
    Kind.PHONE: 16,
}
_LABEL = 20  # letters of a place, or of an option, that takes the place of a placeholder
_LEAST, _LEAST_LABEL = (
    16,
    8,
)  # where less room is left, the text goes on to a second screen and no number helps


class Room:
    """The room of each text of a project. The narrowest network of all policies counts."""

    def __init__(self, project: Project) -> None:
        self._project = project
        profiles = [profile for _, profile in project.profiles()] or [Profile(prefix=USSD_PREFIX)]
        self._screen = {
            Alphabet.GSM7: min(each.septets or ALONE[Alphabet.GSM7] for each in profiles) - USSD_PREFIX,
            Alphabet.UCS2: min(each.ucs2 or ALONE[Alphabet.UCS2] for each in profiles) - USSD_PREFIX,
        }

    def alphabet(self, language: str) -> Alphabet:
        """The alphabet that a language needs, seen by the name it gives itself; a Latin variant needs the small one."""
        own_name = self._project.revision.languages.get(language, "")
        return measure(own_name)[0]

    def limit(self, text: Text, language: str) -> int | None:
        """The most letters outside the placeholders, or None where no single number holds.

        A screen is shared with the options and with Back, and a placeholder takes the room of its longest value.
        """
        if text.kind == "button":
            return LONGEST_LABEL
        alphabet = self.alphabet(language)
        if text.channel == "rich" or text.kind in ("synonyms", "phrase"):
            return None
        if text.kind == "notice" or text.channel == "sms":
            room = ALONE[alphabet]
        else:
            room = self._screen[alphabet] - self._beside(text, language)
        room -= self._values(text)
        return room if room >= (_LEAST_LABEL if text.kind == "label" else _LEAST) else None

    def used(self, text: str) -> int:
        """The letters of a text that count: those outside its placeholders."""
        return measure(PLACEHOLDER.sub("", text))[1]

    def _beside(self, text: Text, language: str) -> int:
        """What stands on the same screen as a text of a flow: the question, its options, Back."""
        flow = self._project.revision.flows[text.flow]
        state = flow.states.get(text.state)
        if not isinstance(state, Choose | Ask):
            return 0
        back = self._project.revision.phrases["back"].of(language, ChannelName.USSD)[0]
        lines = [f"99 {back}" if state.zero else f"0 {back}"]
        if isinstance(state, Choose):
            lines += ["1 " + "x" * _LABEL] * state.most
            for code, option in state.options.items():
                own = text.kind == "label" and text.place.path[3:4] == (code,)
                lines.append("1 " if own else f"1 {option.label.of(language, ChannelName.USSD)[0]}")
        taken = sum(1 + measure(line)[1] for line in lines)
        if text.kind in ("label", "invalid"):
            taken += 1 + _size(state.text.of(language, ChannelName.USSD), flow)
        return taken

    def _values(self, text: Text) -> int:
        """The room of the longest values of the placeholders in a text."""
        names = PLACEHOLDER.findall(text.base)
        if text.kind == "notice":
            return sum(_LONGEST.get(kind, _LABEL) for kind in self._kinds(text, names))
        flow = self._project.revision.flows.get(text.flow)
        return sum(longest(flow.variables[name]) for name in names if name in flow.variables) if flow else 0

    def _kinds(self, text: Text, names: list[str]) -> list[Kind]:
        notice = self._project.notices[text.key.split(".", 1)[0]]
        return [notice.placeholders[name] for name in names if name in notice.placeholders]


def longest(variable: Variable) -> int:
    """The most letters that a variable's value takes on a screen."""
    if variable.kind in (Kind.TEXT, Kind.PERSON_NAME):
        return variable.most or _LABEL
    return _LONGEST.get(variable.kind, _LABEL)


def _size(pieces: Pieces, flow: Flow) -> int:
    literals = sum(measure(piece)[1] for piece in pieces[::2])
    return literals + sum(longest(flow.variables[name]) for name in pieces[1::2] if name in flow.variables)

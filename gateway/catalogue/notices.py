"""Notices: what is pushed to people, providers and staff without their asking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.catalogue.buttons import Button, check_words, filled, read_buttons
from gateway.commands import Kind
from gateway.conversation.flow import Revision
from gateway.conversation.source import Node, Source
from gateway.messages import ChannelName, Choice, Handling

AUDIENCES = ("person", "provider", "staff")
_KEYS = "notice audience handling sms_consent quiet digest placeholders text buttons reviewed_by".split()
_TOLD_TOGETHER = frozenset({"code", "stage"})
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SHAPES = {ChannelName.USSD: "ussd", ChannelName.SMS: "sms", ChannelName.TELEGRAM: "rich"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `texts` is keyed by (language, shape), shape being `text`, `sms` or `rich`.

    `sms_consent` says that a person gets it by SMS only after a yes to "may we send SMS". `waits` says that it
    does not come in the quiet hours, `digest` that many of its kind are told to the staff together.
    """

    name: str
    audience: str
    handling: Handling
    sms_consent: bool
    language: str
    placeholders: Mapping[str, Kind]
    texts: Mapping[tuple[str, str], str]
    buttons: tuple[Button, ...] = ()
    waits: bool = True
    digest: bool = False

    def say(self, language: str, channel: ChannelName, values: Mapping[str, str]) -> str:
        """The text in a language, or in the notice's first one. `values` are ready to be read."""
        for spoken in (language, self.language):
            for shape in (_SHAPES[channel], "text"):
                text = self.texts.get((spoken, shape))
                if text is not None:
                    return filled(text, values)
        raise KeyError(self.name)

    def keyboard(self, language: str, channel: ChannelName, values: Mapping[str, str]) -> tuple[Choice, ...]:
        """What can be pressed under the text, in its language; nothing where a channel has no buttons."""
        if channel is not ChannelName.TELEGRAM:
            return ()
        spoken = language if any(written == language for written, _ in self.texts) else self.language
        return tuple([button.choice(spoken, values) for button in self.buttons])


def read_notice(source: Source, revision: Revision | None = None) -> Notice:
    """A notice from its file, its buttons held against the flows of a revision where one is given.

    Raises `FlowError`.
    """
    root = Node.of(source)
    root.only(*_KEYS)
    declared = root.get("placeholders")
    placeholders = {
        name: Kind(node.among([kind.value for kind in Kind], "kind"))
        for name, node in (declared.items() if declared else ())
    }
    texts: dict[tuple[str, str], str] = {}
    given = root.need("text")
    if not given.mapping():
        raise given.fault("a notice says nothing in any language")
    for language, node in given.items():
        shapes = dict(node.items()) if isinstance(node.value, Mapping) else {"text": node}
        for shape, text in shapes.items():
            texts[language, shape] = _checked(text, placeholders)
    consent, quiet, digest = root.get("sms_consent"), root.get("quiet"), root.get("digest")
    audience = root.need("audience").among(AUDIENCES, "audience")
    buttons = read_buttons(root.get("buttons"), placeholders, dict.fromkeys(given.mapping()))
    if revision is not None:
        check_words(root.get("buttons"), audience, revision)
    return Notice(
        name=root.need("notice").text(),
        audience=audience,
        handling=Handling(root.need("handling").among([each.value for each in Handling], "handling")),
        sms_consent=consent.flag() if consent else False,
        language=next(iter(texts))[0],
        placeholders=placeholders,
        texts=texts,
        buttons=buttons,
        waits=quiet is None or quiet.among(("waits", "passes"), "way in the quiet hours") == "waits",
        digest=digest is not None and _gathers(digest, audience, placeholders),
    )


def _gathers(node: Node, audience: str, placeholders: Mapping[str, Kind]) -> bool:
    """Whether many of a notice's kind are told together: that shows a code and a stage each, to the staff."""
    fits = audience == "staff" and "code" in placeholders and placeholders.keys() <= _TOLD_TOGETHER
    if node.flag() and not fits:
        raise node.fault("only what tells the staff a {code}, or that and a {stage}, is told together")
    return node.flag()


def _checked(node: Node, placeholders: Mapping[str, Kind]) -> str:
    text = node.text()
    for name in _PLACEHOLDER.findall(text):
        if name not in placeholders:
            raise node.unknown("placeholder", name, placeholders)
    return text

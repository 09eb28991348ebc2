"""Notices: what is pushed to people, providers and staff without their asking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.commands import Kind
from gateway.conversation.source import Node, Source
from gateway.messages import ChannelName, Handling

AUDIENCES = ("person", "provider", "staff")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SHAPES = {ChannelName.USSD: "ussd", ChannelName.SMS: "sms", ChannelName.TELEGRAM: "rich"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `texts` is keyed by (language, shape), shape being `text`, `sms` or `rich`.

    `sms_consent` says that a person gets it by SMS only after a yes to "may we send SMS".
    """

    name: str
    audience: str
    handling: Handling
    sms_consent: bool
    language: str
    placeholders: Mapping[str, Kind]
    texts: Mapping[tuple[str, str], str]

    def say(self, language: str, channel: ChannelName, values: Mapping[str, str]) -> str:
        """The text in a language, or in the notice's first one. `values` are ready to be read."""
        for spoken in (language, self.language):
            for shape in (_SHAPES[channel], "text"):
                text = self.texts.get((spoken, shape))
                if text is not None:
                    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
        raise KeyError(self.name)


def read_notice(source: Source) -> Notice:
    """A notice from its file. Raises `FlowError`."""
    root = Node.of(source)
    root.only("notice", "audience", "handling", "sms_consent", "placeholders", "text", "reviewed_by")
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
    consent = root.get("sms_consent")
    return Notice(
        name=root.need("notice").text(),
        audience=root.need("audience").among(AUDIENCES, "audience"),
        handling=Handling(root.need("handling").among([each.value for each in Handling], "handling")),
        sms_consent=consent.flag() if consent else False,
        language=next(iter(texts))[0],
        placeholders=placeholders,
        texts=texts,
    )


def _checked(node: Node, placeholders: Mapping[str, Kind]) -> str:
    text = node.text()
    for name in _PLACEHOLDER.findall(text):
        if name not in placeholders:
            raise node.unknown("placeholder", name, placeholders)
    return text

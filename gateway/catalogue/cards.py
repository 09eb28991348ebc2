"""What printed cards and the offline page say, by language, and in whose name: read from the published files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.cards.face import Words
from gateway.catalogue.files import Bundle
from gateway.catalogue.policy import FOLDER
from gateway.conversation.source import Node
from gateway.errors import FlowError

FILE = "card.yaml"
CARD = ("title", "valid_to", "by_sms", "offline")
PAGE = (
    "title text check camera stop picture list signed not_expired expired not_withdrawn withdrawn forged foreign "
    "number birth_year list_of days_old later no_reader no_check no_code list_taken list_older list_foreign clock"
).split()

Text = Mapping[str, str]
"""What is said, by language."""


@dataclass(frozen=True, slots=True)
class CardTexts:
    """`card` and `page` hold texts by name; `languages` are tags and their own names, in the order they are offered.
    `language` is the country's.

    Where a text has no translation, its first language stands for it.
    """

    issuer: Text
    card: Mapping[str, Text]
    page: Mapping[str, Text]
    languages: Mapping[str, str]
    language: str

    def words(self, language: str) -> Words:
        """What a card in a language says."""
        said = {name: _in(language, text) for name, text in self.card.items()}
        return Words(language=language, issuer=_in(language, self.issuer), **said)

    def spoken(self) -> dict[str, dict[str, str]]:
        """Every text of the offline page by language and name, the issuer among them."""
        texts = {**self.page, "issuer": self.issuer}
        return {
            language: {name: _in(language, text) for name, text in texts.items()}
            for language in self.languages
        }


def read_card_texts(bundle: Bundle, country: str) -> CardTexts:
    """The texts for a country (`et`). Raises `FlowError` with file and line."""
    source, phrases = bundle.sources.get(FILE), bundle.sources.get("phrases.yaml")
    policy = bundle.sources.get(f"{FOLDER}/{country.lower()}.yaml")
    if source is None or phrases is None or policy is None:
        raise FlowError(f"{FILE}, phrases.yaml or the policy of '{country}' is missing", file=FILE)
    languages = {tag: each.text() for tag, each in Node.of(phrases).need("languages").items()}
    root, decided = Node.of(source), Node.of(policy)
    root.only("reviewed_by", "card", "page")
    return CardTexts(
        _text(decided.need("issuer"), languages),
        _texts(root.need("card"), CARD, languages),
        _texts(root.need("page"), PAGE, languages),
        languages,
        decided.need("language").text(),
    )


def _texts(node: Node, names: Iterable[str], languages: Mapping[str, str]) -> dict[str, Text]:
    node.only(*names)
    return {name: _text(node.need(name), languages) for name in names}


def _text(node: Node, languages: Mapping[str, str]) -> Text:
    node.only(*languages)
    if not node.mapping():
        raise node.fault("says nothing in any language")
    return {language: each.text() for language, each in node.items()}


def _in(language: str, text: Text) -> str:
    return text.get(language) or next(iter(text.values()))

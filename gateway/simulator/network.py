"""The phones, dialogues and chats of the simulated world: all in memory, all bounded, one lock.

Every change raises `version`, so that a page can ask for news only.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.text.alphabets import measure
from gateway.text.parts import split

MOST_PHONES = 2_000
MESSAGES_KEPT = 200  # a phone or chat
LOG_KEPT = 200


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the play: a phone, perhaps a Telegram account. `met`: the chat was begun before."""

    number: str
    name: str
    role: str = "returnee"  # returnee | provider | staff
    telegram: int = 0
    met: bool = False

    def __repr__(self) -> str:
        return f"Character({self.role})"


@dataclass(slots=True)
class Text:
    """A message on a phone or in a chat. `mine` is what the phone's holder wrote."""

    id: str
    mine: bool
    body: str
    at: float
    status: str = ""
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    pressed: str = ""

    def plain(self) -> dict[str, Any]:
        """As the page reads it, with its measure as an SMS."""
        cut = split(self.body)
        return {
            "id": self.id,
            "mine": self.mine,
            "body": self.body,
            "at": self.at,
            "status": self.status,
            "buttons": self.buttons,
            "pressed": self.pressed,
            "parts": len(cut.parts),
            "alphabet": cut.alphabet.value,
            "units": measure(self.body)[1],
        }


@dataclass(slots=True)
class Dialogue:
    """A USSD dialogue as the network holds it: what was typed so far, and the screen that shows now."""

    session: str
    code: str
    typed: list[str]
    began: float
    screen: str = ""
    open: bool = True
    hops: int = 0
    cut: bool = False  # the screen was longer than a radio message and lost its end

    def plain(self) -> dict[str, Any]:
        alphabet, units = measure(self.screen)
        return {
            "code": self.code,
            "screen": self.screen,
            "open": self.open,
            "hops": self.hops,
            "cut": self.cut,
            "alphabet": alphabet.value,
            "units": units,
        }


@dataclass(slots=True)
class Phone:
    """One number: its messages, and the dialogue it is in. `busy` while the network waits for a screen."""

    character: Character
    texts: deque[Text] = field(default_factory=lambda: deque(maxlen=MESSAGES_KEPT))
    dialogue: Dialogue | None = None
    busy: bool = False

    def plain(self) -> dict[str, Any]:
        return {
            "number": self.character.number,
            "name": self.character.name,
            "role": self.character.role,
            "texts": [text.plain() for text in self.texts],
            "dialogue": self.dialogue.plain() if self.dialogue else None,
        }


@dataclass(slots=True)
class Chat:
    """One Telegram account's chat with the bot."""

    character: Character
    begun: bool
    blocked: bool = False
    messages: deque[Text] = field(default_factory=lambda: deque(maxlen=MESSAGES_KEPT))
    share_label: str = ""  # the keyboard's button that shares the phone number

    def plain(self) -> dict[str, Any]:
        return {
            "id": self.character.telegram,
            "name": self.character.name,
            "role": self.character.role,
            "number": self.character.number,
            "begun": self.begun,
            "blocked": self.blocked,
            "share_label": self.share_label,
            "messages": [message.plain() for message in self.messages],
        }


class Network:
    """The world behind the carriers. Callers change it inside `changing()` and read it by `state()`."""

    def __init__(self, cast: Sequence[Character], clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.version = 0
        self._lock = threading.RLock()
        self._cast = tuple(cast)
        self._phones: dict[str, Phone] = {}
        self._chats: dict[int, Chat] = {}
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_KEPT)
        self._people(self._cast)

    def _people(self, cast: Sequence[Character]) -> None:
        for each in cast:
            if each.number:
                self._phones[each.number] = Phone(each)
            if each.telegram:
                self._chats[each.telegram] = Chat(each, begun=each.met)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Holds the lock for a change that readers then see whole."""
        with self._lock:
            yield
            self.version += 1

    def phone(self, number: str) -> Phone:
        """The phone of a number; a number never seen gets one. Past the bound the oldest guest goes."""
        with self._lock:
            found = self._phones.get(number)
            if found is None:
                if len(self._phones) >= MOST_PHONES:
                    known = {each.number for each in self._cast}
                    self._phones.pop(next(each for each in self._phones if each not in known))
                found = self._phones[number] = Phone(Character(number, number, "guest"))
            return found

    def chat(self, user: int) -> Chat | None:
        """The chat of a Telegram account, None for a stranger's id."""
        return self._chats.get(user)

    def note(self, way: str, what: str, detail: str, outcome: str) -> None:
        """Adds a line to what the carriers saw: `way` is `to` the gateway or `from` it."""
        with self.changing():
            self._log.append(
                {"at": self.clock(), "way": way, "what": what, "detail": detail[:400], "outcome": outcome}
            )

    def state(self) -> dict[str, Any]:
        """Everything that a page shows, as plain data."""
        with self._lock:
            return {
                "version": self.version,
                "phones": [phone.plain() for phone in self._phones.values()],
                "chats": [chat.plain() for chat in self._chats.values()],
                "log": list(self._log),
            }

    def reset(self) -> None:
        """All phones as new."""
        with self.changing():
            self._phones.clear()
            self._chats.clear()
            self._log.clear()
            self._people(self._cast)

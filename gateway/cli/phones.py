"""The simulator's phones as a story uses them: over HTTP, with everything that passes printed."""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from gateway.errors import GatewayError

PATIENCE = 15.0  # seconds for a message to come
POLL_SECONDS = 0.05
MOST_PAGES = 9


class StoryFailed(GatewayError):
    """Something did not happen as the story tells it; the message says what was awaited."""


class World:
    """The running simulator. `url` is the gateway's address."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self.say = say

    def do(self, action: str, **said: Any) -> Any:
        """One action of a phone's holder. Raises `StoryFailed` where the simulator refuses it."""
        return self._ask("POST", action, json.dumps(said).encode())

    def phone(self, number: str) -> dict[str, Any]:
        """A phone as it is now."""
        return self._one("phones", "number", number)

    def chat(self, user: int) -> dict[str, Any]:
        """A chat as it is now."""
        return self._one("chats", "id", user)

    def _one(self, group: str, key: str, value: object) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self._ask("GET", "state")[group] if each[key] == value)
        return found

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        line = HTTPConnection(self._host, self._port, timeout=30)
        try:
            line.request(method, f"/simulator/{path}", body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            text = answer.read()
        finally:
            line.close()
        if answer.status != 200:
            raise StoryFailed(f"the simulator answered {answer.status} to {path}")
        return json.loads(text)


class Person(ABC):
    """Somebody who speaks with the gateway. `seen` is how many of its messages were read so far."""

    channel = ""

    def __init__(self, world: World, name: str, language: str) -> None:
        self.world, self.name, self.language = world, name, language
        self.seen = 0

    @abstractmethod
    def messages(self) -> list[dict[str, Any]]:
        """What the gateway sent, oldest first."""

    @abstractmethod
    def pick(self, label: str) -> str:
        """Chooses the option with this label; returns what comes next."""

    @abstractmethod
    def write(self, text: str) -> str:
        """Types a text; returns what comes next."""

    def hear(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        """Waits for a message that holds the pattern, reading past others. Raises `StoryFailed`."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for message in self.messages()[self.seen :]:
                self.seen += 1
                self._show(message)
                if found := pattern.search(flat(message["body"])):
                    return found
            time.sleep(POLL_SECONDS)
        raise StoryFailed(f"{self.name} waited for {what} and it did not come")

    def _next(self) -> str:
        self.hear(re.compile(""), "an answer")
        return str(self.messages()[self.seen - 1]["body"])

    def _show(self, message: dict[str, Any]) -> None:
        labels = [" ".join(f"[{each['label']}]" for each in row) for row in message.get("buttons", ())]
        first, *rest = message["body"].split("\n") + labels
        self.world.say(f"    {self.name} reads   │ {first}")
        for each in rest:
            self.world.say(f"    {'':{len(self.name)}}         │ {each}")

    def _typed(self, text: str) -> None:
        self.world.say(f"    {self.name} sends   » {text}")


class Texting(Person):
    """By SMS."""

    channel = "sms"

    def __init__(self, world: World, name: str, language: str, number: str) -> None:
        super().__init__(world, name, language)
        self.number = number

    def messages(self) -> list[dict[str, Any]]:
        return [each for each in self.world.phone(self.number)["texts"] if not each["mine"]]

    def write(self, text: str) -> str:
        self._typed(text)
        self.world.do("text", number=self.number, text=text)
        return self._next()

    def pick(self, label: str) -> str:
        """By the option's number, as the text shows it."""
        return self.write(key_of(self.messages()[-1]["body"], label) or label)


class Calling(Person):
    """By USSD. `screen` is what the phone shows now."""

    channel = "ussd"

    def __init__(self, world: World, name: str, language: str, number: str) -> None:
        super().__init__(world, name, language)
        self.number, self.screen = number, ""

    def messages(self) -> list[dict[str, Any]]:
        return [each for each in self.world.phone(self.number)["texts"] if not each["mine"]]

    def dial(self, code: str) -> str:
        """Dials; returns the first screen."""
        self.world.say(f"    {self.name} dials   » {code}")
        return self._screen(self.world.do("dial", number=self.number, code=code))

    def hang_up(self) -> None:
        """Drops the call."""
        self.world.say(f"    {self.name} hangs up")
        self.world.do("hang-up", number=self.number)

    def write(self, text: str) -> str:
        self._typed(text)
        return self._screen(self.world.do("answer", number=self.number, text=text))

    def pick(self, label: str) -> str:
        """By the option's key, on whichever page of the menu it stands."""
        for _ in range(MOST_PAGES):
            if key := key_of(self.screen, label):
                return self.write(key)
            self.write("9")  # more
        raise StoryFailed(f"{self.name} finds no option for the answer")

    def _screen(self, phone: dict[str, Any]) -> str:
        dialogue = phone["dialogue"]
        self.screen = dialogue["screen"]
        self._show({"body": self.screen})
        if dialogue["cut"]:
            raise StoryFailed(f"{self.name} sees a screen that is too long for the air")
        return self.screen


class Chatting(Person):
    """By Telegram."""

    channel = "rich"

    def __init__(self, world: World, name: str, language: str, user: int) -> None:
        super().__init__(world, name, language)
        self.user = user

    def messages(self) -> list[dict[str, Any]]:
        return [each for each in self.world.chat(self.user)["messages"] if not each["mine"]]

    def write(self, text: str) -> str:
        self._typed(text)
        self.world.do("chat/write", user=self.user, text=text)
        return self._next()

    def pick(self, label: str) -> str:
        """By its button under the last message."""
        message = self.messages()[-1]
        for row in message["buttons"]:
            for button in row:
                if label in button["label"]:
                    self.world.say(f"    {self.name} presses » [{button['label']}]")
                    self.world.do("chat/press", user=self.user, message=message["id"], data=button["data"])
                    return self._next()
        raise StoryFailed(f"{self.name} finds no button for the answer")

    def share_contact(self) -> str:
        """Presses the keyboard's button that shares the phone number."""
        label = self.world.chat(self.user)["share_label"]
        if not label:
            raise StoryFailed(f"{self.name} is offered no button to share the phone number")
        self.world.say(f"    {self.name} presses » [{label}]")
        self.world.do("chat/contact", user=self.user)
        return self._next()


def flat(text: str) -> str:
    """A text on one line, to compare."""
    return " ".join(text.split())


def key_of(screen: str, label: str) -> str:
    """The key of the option with this label on a screen; empty where it does not stand there."""
    found = re.search(rf"^(\d+)[ .)]+{re.escape(label)}\s*$", screen, re.MULTILINE)
    return found[1] if found else ""

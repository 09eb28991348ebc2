"""The bot: reads an update, knows nothing of the library that sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gateway.carriers.entrance import storable
from gateway.carriers.telegram import NAME, Webhook, update
from gateway.channel import WebhookRequest
from gateway.errors import Malformed
from gateway.messages import Address, AddressKind, ChannelName, Inbound, Opening, Prompt, Rendered
from gateway.telegram.render import render
from gateway.text.phones import e164

LONGEST = 4096
_LARGEST = 2**53

_START = re.compile(r"/start(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_DATA = re.compile(r"(?:([0-9a-f]{8}):)?(.*)", re.DOTALL)
_GROUPING = re.compile(r"[\s().-]")

Json = Mapping[str, Any]


class TelegramBot(Webhook):
    """The channel and receiver of one bot's private chats. `bot` is its name in our webhook's address."""

    __slots__ = ("bot",)

    def __init__(self, bot: str, secret: str) -> None:
        super().__init__(secret)
        self.bot = bot

    @property
    def name(self) -> ChannelName:
        return ChannelName.TELEGRAM

    def read(self, request: WebhookRequest) -> Inbound:
        """A message or a pressed button of a private chat.

        Raises `Malformed` for everything else, which is kept and not repeated: edited messages, groups, and
        kinds of update that nobody asked for or that are not known yet.
        """
        given = update(request.body)
        number = str(_number(given, "update_id"))
        if "message" in given:
            return _message(number, _object(given, "message"))
        if "callback_query" in given:
            return _pressed(number, _object(given, "callback_query"))
        raise Malformed("edited_message" if "edited_message" in given else "unknown_update")

    def render(self, prompt: Prompt, network: str = "") -> Rendered:
        """The text with its buttons."""
        return render(prompt)


def _message(number: str, message: Json) -> Inbound:
    """A text, a contact, or something else (a picture, a voice): that is answered like an unreadable text."""
    address = _private_chat(message)
    text = _text(message, "text") or _text(message, "caption")
    opening = Opening.ANSWER
    if started := _START.fullmatch(text):
        text = started[1] or ""
        opening = Opening.LINK if text else Opening.DIALLED
    contact = None
    if "contact" in message:
        opening, contact = Opening.CONTACT, _own_phone(message)
    return Inbound(
        channel=ChannelName.TELEGRAM,
        carrier=NAME,
        address=address,
        text=text,
        provider_id=number,
        opening=opening,
        contact=contact,
    )


def _pressed(number: str, query: Json) -> Inbound:
    """A button: its data is the mark of its prompt and its key, or the words of a notice; the query waits."""
    query_id = _text(query, "id")
    if not query_id:
        raise Malformed("callback_query_id_missing")
    data = _DATA.fullmatch(_text(query, "data"))
    assert data is not None  # it matches everything
    return Inbound(
        channel=ChannelName.TELEGRAM,
        carrier=NAME,
        address=_private_chat(_object(query, "message")),
        text=data[2],
        provider_id=number,
        opening=Opening.ANSWER if data[1] else Opening.PRESSED,
        transport=query_id[:64],
        mark=data[1] or "",
    )


def _private_chat(message: Json) -> Address:
    chat = _object(message, "chat")
    if chat.get("type") != "private":
        raise Malformed("not_a_private_chat")
    return Address(AddressKind.TELEGRAM, str(_number(chat, "id")))


def _own_phone(message: Json) -> Address | None:
    """The phone that the sender shared, if Telegram vouches that it is the sender's own account."""
    contact = _object(message, "contact")
    if contact.get("user_id") is None or contact["user_id"] != _number(_object(message, "from"), "id"):
        return None
    digits = _GROUPING.sub("", _text(contact, "phone_number")).removeprefix("+")
    number = e164(f"+{digits}")
    return Address(AddressKind.PHONE, number) if number else None


def _object(parent: Json, name: str) -> Json:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name}_missing")
    return value


def _number(parent: Json, name: str) -> int:
    value = parent.get(name)
    if type(value) is not int or abs(value) > _LARGEST:  # True would be an int to isinstance
        raise Malformed(f"{name}_not_a_number")
    return value


def _text(parent: Json, name: str) -> str:
    value = parent.get(name, "")
    if not isinstance(value, str):
        raise Malformed(f"{name}_not_a_text")
    if len(value) > LONGEST:
        raise Malformed(f"{name}_too_long")
    return storable(value)

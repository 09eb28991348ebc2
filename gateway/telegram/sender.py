"""Sends a message to a private Telegram chat."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from gateway.carriers.telegram_client import Markup, TelegramClient
from gateway.errors import SendError
from gateway.messages import AddressKind, Outbound, Receipt

MOST_UNITS = 4096  # UTF-16 units of a text: the library checks neither this
MOST_DATA = 64  # nor the bytes that a button carries


class TelegramSender:
    """The way to chats by one bot."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client

    def send(self, outbound: Outbound) -> Receipt:
        """Returns the message's id; raises `SendError`, at once for what is not a chat."""
        value = outbound.address.value
        if outbound.address.kind is not AddressKind.TELEGRAM or not value.lstrip("-").isdecimal():
            raise SendError("not_a_chat")
        return self._client.send(int(value), cut(outbound.body), keyboard(outbound), outbound.answers)


def cut(text: str) -> str:
    """As much of a text as a message holds; no character is split."""
    return text.encode("utf-16-le")[: 2 * MOST_UNITS].decode("utf-16-le", "ignore")


def keyboard(outbound: Outbound) -> Markup | None:
    """Buttons under the message, one a row, each sending its key; with a phone to share, keys that send labels.

    Telegram lets only the keyboard at the bottom ask for a contact, and a message has one keyboard.
    """
    if outbound.contact_label:
        share = KeyboardButton(outbound.contact_label, request_contact=True)
        rows = [[share], *([KeyboardButton(choice.label)] for choice in outbound.buttons)]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    rows_inline = [
        [InlineKeyboardButton(choice.label, callback_data=choice.key)]
        for choice in outbound.buttons
        if 0 < len(choice.key.encode()) <= MOST_DATA
    ]
    return InlineKeyboardMarkup(rows_inline) if rows_inline else None

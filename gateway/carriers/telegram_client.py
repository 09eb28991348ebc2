"""Sending by a Telegram bot, through python-telegram-bot over our line."""

from __future__ import annotations

import time
import warnings
from datetime import timedelta

from telegram import Bot, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from gateway import log
from gateway.carriers.wire import NEVER_SENT, REST, Wire
from gateway.errors import SendError
from gateway.messages import Receipt

LONGEST_REST = 60.0  # seconds that all chats are left alone at most, whatever the bot is told
LONGEST_WAIT = 3600.0  # seconds that one chat is
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup

ERRORS: tuple[tuple[type[TelegramError], SendError], ...] = (
    (Forbidden, SendError("forbidden", unreachable=True)),  # blocked, or never begun
    (ChatMigrated, SendError("chat_migrated", unreachable=True)),  # a group: we speak in private chats only
    (InvalidToken, SendError("invalid_token", retryable=True, retry_after=REST)),
    (EndPointNotFound, SendError("no_such_method", retryable=True, retry_after=REST)),
    (BadRequest, SendError("bad_request")),  # before NetworkError, which it is a kind of
    (NetworkError, SendError("no_answer", ambiguous=True)),  # time-outs and 5xx too
    (TelegramError, SendError("unreadable", ambiguous=True)),
)
"""The library's exceptions in the outbox's terms: the first that fits."""


class TelegramClient:
    """One bot. Made for one process; its `Bot` is made with the first call, on the line's own loop."""

    def __init__(self, token: str, base_url: str, wire: Wire | None = None) -> None:
        self._token, self._base_url, self._wire = token, base_url, wire or Wire()
        self._bot: Bot | None = None
        self._full: tuple[int, float] | None = None  # the chat that was refused last, and until when

    def send(self, chat_id: int, text: str, markup: Markup | None = None, answers: str = "") -> Receipt:
        """Acknowledges the callback query `answers`, if any, and sends a message; raises `SendError`."""
        try:
            return self._wire.call(self._send(chat_id, text, markup, answers))
        except TimeoutError:
            raise SendError("no_answer", ambiguous=True) from None
        except RetryAfter as error:
            raise self._refused(chat_id, _seconds(error)) from None
        except TelegramError as error:
            raise translate(error) from None

    def _refused(self, chat_id: int, seconds: float) -> SendError:
        """Too many messages: to this chat, or, where another chat was refused a moment ago, to all of them.

        Telegram says only for how long.
        """
        now, last = time.monotonic(), self._full
        self._full = (chat_id, now + min(seconds, LONGEST_REST))
        if last is None or last[0] == chat_id or last[1] < now:
            return SendError(
                "retry_after", retryable=True, retry_after=min(seconds, LONGEST_WAIT), only_this=True
            )
        return SendError("retry_after", retryable=True, retry_after=min(seconds, LONGEST_REST))

    async def _send(self, chat_id: int, text: str, markup: Markup | None, answers: str) -> Receipt:
        bot = self._ready()
        if answers:
            try:
                await bot.answer_callback_query(answers)
            except TelegramError as error:  # it is too old, or answered already: the message matters more
                log.get().info("callback_query_unanswered", error=type(error).__name__)
        message = await bot.send_message(chat_id, text, reply_markup=markup)
        return Receipt(f"{chat_id}:{message.message_id}", "sent")

    def _ready(self) -> Bot:
        if self._bot is None:
            # RetryAfter warns of its own attribute's coming type; `_seconds` takes both.
            warnings.filterwarnings("ignore", "(?s).*retry_after", PTBDeprecationWarning)
            self._bot = Bot(
                self._token,
                base_url=f"{self._base_url}/bot",
                request=HTTPXRequest(httpx_kwargs=self._wire.client_options()),
                get_updates_request=HTTPXRequest(httpx_kwargs=self._wire.client_options()),
            )
        return self._bot


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def translate(error: TelegramError) -> SendError:
    """What a failure means for the letter, by what was heard and whether anything was sent."""
    if isinstance(error.__cause__, NEVER_SENT):
        return SendError("unreached", retryable=True, retry_after=REST)
    return next(known for kind, known in ERRORS if isinstance(error, kind))

"""Telegram's Bot API, both sides: what a person does in a private chat, and what the bot asks for.

Shapes are those of the Bot API: updates as JSON with the secret header, methods as form posts whose
`reply_markup` is JSON in a string, answers `{"ok": …, "result": …}`.
"""

from __future__ import annotations

import hmac
import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from gateway.simulator.callbacks import Answer, Callback, Callbacks
from gateway.simulator.faults import Fault, Faults
from gateway.simulator.network import Chat, Network, Text
from gateway.simulator.replies import HELD_SECONDS, Reply, as_html, as_json
from gateway.simulator.wiring import Wiring

LONGEST_TEXT = 4096
LONGEST_DATA = 64  # bytes of a button's callback_data
RETRY_AFTER = 2  # seconds, with a 429
RETRY_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0) + (60.0,) * 60
UPDATE_SECONDS = 60.0
BOT_ID = 7_000_000_001


class Telegram:
    """The carrier. `retry_waits` are the seconds before an update is posted again."""

    def __init__(
        self,
        wiring: Wiring,
        network: Network,
        callbacks: Callbacks,
        faults: Faults,
        *,
        retry_waits: tuple[float, ...] = RETRY_WAITS,
    ) -> None:
        self._wiring, self._network, self._callbacks, self._faults = wiring, network, callbacks, faults
        self._retry_waits = retry_waits
        self._updates = itertools.count(810_000_001)
        self._messages = itertools.count(101)
        self._queries: dict[str, Text] = {}
        self._methods: Mapping[str, Callable[[Mapping[str, str]], Reply]] = {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "answercallbackquery": self._answer_callback_query,
            "editmessagereplymarkup": self._edit_reply_markup,
            "setwebhook": _yes,
            "deletewebhook": _yes,
            "setmycommands": _yes,
            "sendchataction": _yes,
        }

    # --- what a person does -------------------------------------------------------------------------------

    def write(self, user: int, body: str) -> None:
        """Writes to the bot. `/start payload` is what following a deep link sends."""
        chat = self._open(user)
        mine, message = self._said(chat, body)
        if body.startswith("/"):
            command = body.split()[0]
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        self._update({"message": message}, body, mine)

    def share_contact(self, user: int, of: str = "") -> None:
        """Shares the own phone number, by the keyboard's button; or, with `of`, somebody else's card."""
        chat = self._open(user)
        with self._network.changing():
            chat.share_label = "" if not of else chat.share_label
        number = of or chat.character.number
        mine, message = self._said(chat, f"☎ {number}")
        del message["text"]
        contact: dict[str, Any] = {"phone_number": number.lstrip("+"), "first_name": chat.character.name}
        if not of:
            contact["user_id"] = user
        self._update({"message": message | {"contact": contact}}, "shares a phone number", mine)

    def press(self, user: int, message_id: str, data: str) -> None:
        """Presses a button under a message."""
        chat = self._open(user)
        message = next((each for each in chat.messages if each.id == message_id and not each.mine), None)
        if message is None:
            return
        query = uuid.uuid4().hex
        with self._network.changing():
            message.pressed, message.status = data, "waiting"
            self._queries[query] = message
            while len(self._queries) > 1_000:
                del self._queries[next(iter(self._queries))]
        self._update(
            {
                "callback_query": {
                    "id": query,
                    "from": _user(chat),
                    "message": self._sent(chat, message),
                    "chat_instance": str(user),
                    "data": data,
                }
            },
            f"presses {data}",
        )

    def block(self, user: int, blocked: bool = True) -> None:
        """Blocks the bot, or lets it in again."""
        with self._network.changing():
            self._open(user).blocked = blocked

    # --- what the bot asks for ----------------------------------------------------------------------------

    def call(self, token: str, method: str, form: Mapping[str, str]) -> Reply:
        """`POST /bot<token>/<method>`; the method's name in any case, as the Bot API takes it."""
        if not hmac.compare_digest(token.encode(), self._wiring.telegram_token.encode()):
            return _refused(401, "Unauthorized")
        done = self._methods.get(method.lower())
        if done is None:
            return _refused(404, "Not Found")
        fault = None
        if method.lower() == "sendmessage":
            fault = self._faults.strikes(Fault.ERROR, Fault.TOO_MANY, Fault.HTML, Fault.TIMEOUT, Fault.RESET)
        match fault:
            case Fault.ERROR:
                reply = as_html(500)
            case Fault.HTML:
                reply = as_html(200)
            case Fault.TOO_MANY:
                reply = _too_many()
            case _:
                reply = done(form)
        outcome = fault.value if fault else str(reply.status)
        self._network.note("from", method, form.get("text", ""), outcome)
        if fault is Fault.TIMEOUT:
            return Reply(reply.status, reply.body, hold=HELD_SECONDS)
        return Reply(reply.status, reply.body, reply.content_type, broken=fault is Fault.RESET)

    def _get_me(self, _form: Mapping[str, str]) -> Reply:
        return _result(
            {
                "id": BOT_ID,
                "is_bot": True,
                "first_name": "Returnee Gateway",
                "username": f"{self._wiring.telegram_bot}_bot",
                "can_join_groups": False,
                "can_read_all_group_messages": False,
                "supports_inline_queries": False,
            }
        )

    def _send_message(self, form: Mapping[str, str]) -> Reply:
        body, chat = form.get("text", ""), self._chat_of(form)
        if chat is None or not chat.begun:
            return _refused(400, "Bad Request: chat not found")
        if chat.blocked:
            return _refused(403, "Forbidden: bot was blocked by the user")
        if not body.strip():
            return _refused(400, "Bad Request: message text is empty")
        if len(body.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            return _refused(400, "Bad Request: message is too long")
        markup = json.loads(form.get("reply_markup") or "{}")
        rows = markup.get("inline_keyboard", [])
        if any(len(each.get("callback_data", "").encode()) > LONGEST_DATA for row in rows for each in row):
            return _refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message = Text(str(next(self._messages)), False, body, self._network.clock(), "delivered")
        message.buttons = [
            [{"label": each["text"], "data": each.get("callback_data", "")} for each in row] for row in rows
        ]
        with self._network.changing():
            chat.messages.append(message)
            if "keyboard" in markup:
                keys = [each for row in markup["keyboard"] for each in row if isinstance(each, dict)]
                chat.share_label = next((key["text"] for key in keys if key.get("request_contact")), "")
            elif markup.get("remove_keyboard"):
                chat.share_label = ""
        return _result(self._sent(chat, message))

    def _answer_callback_query(self, form: Mapping[str, str]) -> Reply:
        message = self._queries.pop(form.get("callback_query_id", ""), None)
        if message is None:
            return _refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        with self._network.changing():
            message.status = "delivered"
        return _result(True)

    def _edit_reply_markup(self, form: Mapping[str, str]) -> Reply:
        chat = self._chat_of(form)
        for message in chat.messages if chat else ():
            if chat is not None and message.id == form.get("message_id") and not message.mine:
                with self._network.changing():
                    message.buttons = []
                return _result(self._sent(chat, message))
        return _refused(400, "Bad Request: message to edit not found")

    # --- updates ------------------------------------------------------------------------------------------

    def _open(self, user: int) -> Chat:
        chat = self._network.chat(user)
        if chat is None:
            raise KeyError("no such account")
        with self._network.changing():
            chat.begun = True
        return chat

    def _chat_of(self, form: Mapping[str, str]) -> Chat | None:
        chat_id = form.get("chat_id", "")
        return self._network.chat(int(chat_id)) if chat_id.lstrip("-").isdecimal() else None

    def _said(self, chat: Chat, body: str) -> tuple[Text, dict[str, Any]]:
        mine = Text(str(next(self._messages)), True, body, self._network.clock(), "sending")
        with self._network.changing():
            chat.messages.append(mine)
        return mine, {
            "message_id": int(mine.id),
            "from": _user(chat),
            "chat": _chat(chat),
            "date": int(mine.at),
            "text": body,
        }

    def _sent(self, chat: Chat, message: Text) -> dict[str, Any]:
        sent = {
            "message_id": int(message.id),
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Returnee Gateway"},
            "chat": _chat(chat),
            "date": int(message.at),
            "text": message.body,
        }
        if message.buttons:
            rows = [
                [{"text": each["label"], "callback_data": each["data"]} for each in row]
                for row in message.buttons
            ]
            sent["reply_markup"] = {"inline_keyboard": rows}
        return sent

    def _update(self, what: Mapping[str, Any], detail: str, mine: Text | None = None) -> None:
        def after(answer: Answer) -> None:
            self._network.note("to", "Telegram update", detail, str(answer))
            if answer.taken and mine is not None:
                with self._network.changing():
                    mine.status = "delivered"

        body = json.dumps({"update_id": next(self._updates), **what}, ensure_ascii=False)
        callback = Callback(
            f"/telegram/{self._wiring.telegram_bot}",
            body.encode(),
            {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": self._wiring.telegram_secret,
            },
            UPDATE_SECONDS,
            self._retry_waits,
            after,
        )
        for _ in range(2 if self._faults.strikes(Fault.REPEATED) else 1):
            self._callbacks.later(callback)


def _user(chat: Chat) -> dict[str, Any]:
    return {"id": chat.character.telegram, "is_bot": False, "first_name": chat.character.name}


def _chat(chat: Chat) -> dict[str, Any]:
    return {"id": chat.character.telegram, "first_name": chat.character.name, "type": "private"}


def _yes(_form: Mapping[str, str]) -> Reply:
    return _result(True)


def _result(value: Any) -> Reply:
    return as_json(200, {"ok": True, "result": value})


def _refused(status: int, why: str) -> Reply:
    return as_json(status, {"ok": False, "error_code": status, "description": why})


def _too_many() -> Reply:
    return as_json(
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {RETRY_AFTER}",
            "parameters": {"retry_after": RETRY_AFTER},
        },
    )

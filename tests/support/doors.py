"""Phones and chats behind the real web application, for tests: here the carriers are the tests themselves."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask.testing import FlaskClient

TOKEN = "t" * 32
SECRET = "s" * 32
SERVICE = "*384*1234#"


def environment(database_url: str, redis_url: str = "unix:///nowhere.sock") -> dict[str, str]:
    """Settings of a gateway whose carriers are on loopback, where nobody listens."""
    return {
        f"GATEWAY_{name}": value
        for name, value in {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode(),
            "AT_USERNAME": "tests",
            "AT_API_KEY": "k" * 32,
            "AT_WEBHOOK_TOKENS": TOKEN,
            "AT_BASE_URL": "http://127.0.0.1:9",
            "TELEGRAM_TOKEN": "1:tests",
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_BASE_URL": "http://127.0.0.1:9",
            "SQLITE_SYNCHRONOUS": "NORMAL",
            "MODE": "training",
        }.items()
    }


@dataclass
class Caller:
    """A USSD phone and the carrier behind it."""

    client: FlaskClient
    phone: str
    session: str = ""
    typed: list[str] = field(default_factory=list)
    dialogues: int = 0

    def dial(self, shortcut: str = "") -> str:
        """Begins a dialogue."""
        self.dialogues += 1
        self.session = f"ATUid_{sha256(f'{self.phone} {self.dialogues}'.encode()).hexdigest()[:32]}"
        self.typed = shortcut.split("*") if shortcut else []
        return self.post()

    def say(self, text: str) -> str:
        """Types an answer."""
        self.typed.append(text)
        return self.post()

    def post(self, **changes: Any) -> str:
        """One hop with everything typed so far."""
        form = {
            "sessionId": self.session,
            "phoneNumber": self.phone,
            "networkCode": "63601",
            "serviceCode": SERVICE,
            "text": "*".join(self.typed),
        }
        answer = self.client.post(f"/ussd/africastalking/{TOKEN}", data=form | changes)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


def text_message(client: FlaskClient, phone: str, text: str, number: str) -> int:
    """One incoming SMS; the status the door answers."""
    form = {"id": number, "from": phone, "to": "8384", "text": text, "date": "2026-05-01 06:04:45"}
    return client.post(f"/sms/africastalking/{TOKEN}", data=form).status_code


def chat_message(client: FlaskClient, user: int, number: int, **message: Any) -> int:
    """One Telegram message of a private chat."""
    update = {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1,
            "chat": {"id": user, "type": "private"},
            "from": {"id": user, "is_bot": False, "first_name": "x"},
            **message,
        },
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return client.post("/telegram/returnee", json=update, headers=headers).status_code

"""How a simulated carrier answers a request of the gateway, misbehaviour included."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

HELD_SECONDS = 20.0  # longer than any client waits
HTML_PAGE = "<html><head><title>Server Error</title></head><body><h1>Something went wrong</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, after `hold` seconds; `broken`: the connection is reset instead."""

    status: int
    body: str = ""
    content_type: str = "application/json"
    hold: float = 0.0
    broken: bool = False


def as_json(status: int, value: Any) -> Reply:
    """An answer in JSON. The content type has no charset: a client here compares it letter by letter."""
    return Reply(status, json.dumps(value, ensure_ascii=False))


def as_html(status: int) -> Reply:
    """The page that a proxy before the carrier shows."""
    return Reply(status, HTML_PAGE, "text/html; charset=utf-8")

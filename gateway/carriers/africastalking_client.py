"""Sending SMS by Africa's Talking, through its own library over our line.

The library builds the request; the exchange is ours, because its own follows redirects with the API key, reads
answers of any size, waits for a dripping server as long as that likes, and drops the HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from africastalking.SMS import SMSService

from gateway.carriers.wire import NEVER_SENT, REST, Wire
from gateway.errors import SendError
from gateway.messages import Receipt


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code of the carrier means: by default, refused for good."""

    code: str
    accepted: bool = False
    retryable: bool = False
    ambiguous: bool = False
    rest: float | None = None  # the carrier refuses everybody: leave it alone for so many seconds
    unreachable: bool = False

    def error(self, rest: float | None = None) -> SendError:
        """The verdict as the outbox takes it."""
        return SendError(
            self.code,
            retryable=self.retryable,
            ambiguous=self.ambiguous,
            retry_after=self.rest if rest is None else rest,
            unreachable=self.unreachable,
        )


RECIPIENTS: Mapping[int, Verdict] = {
    100: Verdict("Processed", accepted=True),
    101: Verdict("Sent", accepted=True),
    102: Verdict("Queued", accepted=True),
    401: Verdict("RiskHold"),
    402: Verdict("InvalidSenderId", retryable=True),
    403: Verdict("InvalidPhoneNumber"),
    404: Verdict("UnsupportedNumberType"),
    405: Verdict("InsufficientBalance", retryable=True, rest=REST),
    406: Verdict("UserInBlacklist", unreachable=True),
    407: Verdict("CouldNotRoute"),
    409: Verdict("DoNotDisturb", unreachable=True),
    500: Verdict("InternalServerError", retryable=True),
    501: Verdict("GatewayError", retryable=True),
    502: Verdict("RejectedByGateway", retryable=True),
}
"""The carrier's status of one recipient."""

STATUSES: Mapping[int, Verdict] = {
    400: Verdict("http_400"),
    401: Verdict("http_401", retryable=True, rest=REST),
    403: Verdict("http_403", retryable=True, rest=REST),
    404: Verdict("http_404", retryable=True, rest=REST),
    405: Verdict("http_405", retryable=True, rest=REST),
    413: Verdict("http_413"),
    429: Verdict("http_429", retryable=True, rest=REST),
}
"""HTTP statuses that say something by themselves. A redirect is nobody's answer; the rest may have taken it."""

REDIRECTED = Verdict("redirected", retryable=True, rest=REST)
UNREACHED = Verdict("unreached", retryable=True, rest=REST)
NO_RECIPIENT = Verdict("no_recipient", retryable=True)  # what a wrong sender id gives, with 201
UNREADABLE = Verdict("unreadable", ambiguous=True)
SILENT = Verdict("no_answer", ambiguous=True)
LONGEST_REST = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes = field(repr=False)
    retry_after: str = ""


class _Service(SMSService):  # type: ignore[misc]
    """The library's request, answered by our line: the one place that leans on its inner names."""

    def __init__(self, username: str, api_key: str, base_url: str, wire: Wire) -> None:
        self._root, self._wire = base_url, wire
        self._client: httpx.AsyncClient | None = None
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        self._baseUrl = self._contentUrl = f"{self._root}/version1"

    def _make_request(self, url: str, method: str, headers: Any, data: Any, **_: Any) -> Answer:
        return self._wire.call(self._exchange(url, method, headers, data))

    async def _exchange(self, url: str, method: str, headers: Any, data: Any) -> Answer:
        if self._client is None:
            self._client = httpx.AsyncClient(**self._wire.client_options())
        answer = await self._client.request(method, url, headers=headers, data=data)
        return Answer(answer.status_code, answer.content, answer.headers.get("Retry-After", ""))


class AfricasTalkingClient:
    """One application's account. `base_url` is the carrier's, a region's, or a loopback's."""

    def __init__(self, username: str, api_key: str, base_url: str, wire: Wire | None = None) -> None:
        self._service = _Service(username, api_key, base_url, wire or Wire())

    def send(self, number: str, text: str, sender: str = "") -> Receipt:
        """Sends one SMS to an E.164 number and returns when the carrier took it; raises `SendError` otherwise."""
        try:
            answer: Answer = self._service.send(text, [number], sender or None)
        except NEVER_SENT:
            raise UNREACHED.error() from None
        except (httpx.HTTPError, TimeoutError):
            raise SILENT.error() from None
        return judge(answer, number)


def judge(answer: Answer, number: str) -> Receipt:
    """What the carrier made of one message; raises `SendError` for all but a recipient that it accepted."""
    if 300 <= answer.status < 400:
        raise REDIRECTED.error()
    if not 200 <= answer.status < 300:
        verdict = STATUSES.get(answer.status, Verdict(f"http_{answer.status}", ambiguous=True))
        raise verdict.error(_rest(answer.retry_after) if verdict.rest is not None else None)
    recipients = _recipients(answer.body)
    if not recipients:
        raise NO_RECIPIENT.error()
    ours = next((one for one in recipients if one.get("number") == number), recipients[0])
    code = ours.get("statusCode")
    if not isinstance(code, int):
        raise UNREADABLE.error()
    verdict = RECIPIENTS.get(code, Verdict(f"status_{code}", ambiguous=True))
    if not verdict.accepted:
        raise verdict.error()
    return Receipt(str(ours.get("messageId") or ""), verdict.code)


def _recipients(body: bytes) -> list[dict[str, Any]]:
    """The entries of an answer, whatever its content type says. Raises `SendError` for what is not one."""
    try:
        found = orjson.loads(body)["SMSMessageData"]["Recipients"]
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise UNREADABLE.error()


def _rest(header: str) -> float | None:
    """A Retry-After in seconds, bounded; its other form, a date, is not worth a clock."""
    return min(float(header), LONGEST_REST) if header.isascii() and header.isdigit() else None

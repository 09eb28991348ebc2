"""Africa's Talking, both sides: what a phone's holder does, and what the gateway asks for.

Shapes are those of its callbacks (form posts: USSD hops and ends, incoming SMS, delivery reports) and of its
messaging endpoint (`POST /version1/messaging`, 201 with one entry a recipient).
"""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from gateway.simulator.callbacks import Answer, Callback, Callbacks
from gateway.simulator.faults import Fault, Faults
from gateway.simulator.network import Dialogue, Network, Phone, Text
from gateway.simulator.replies import HELD_SECONDS, Reply, as_html, as_json
from gateway.simulator.wiring import Wiring
from gateway.text.alphabets import Alphabet, measure
from gateway.text.parts import split

NETWORKS = {"+251": "63601", "+254": "63902", "+256": "64101"}
"""Network codes that the carrier publishes; elsewhere it sends one that nobody documents."""
ELSEWHERE = "99999"

RADIO = {Alphabet.GSM7: 182, Alphabet.UCS2: 80}
"""Room of one USSD message on the air, in septets or UTF-16 units."""

NO_CONNECTION = "Connection problem or invalid MMI code."
HOP_SECONDS = 10.0
RETRY_SECONDS, RETRIES = 60.0, 720  # each minute, for twelve hours
REPORT_SECONDS = (0.3, 0.9)  # after the message was taken: sent, delivered

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class AfricasTalking:
    """The carrier. `retry_seconds` is the wait before an incoming SMS or a report is posted again."""

    def __init__(
        self,
        wiring: Wiring,
        network: Network,
        callbacks: Callbacks,
        faults: Faults,
        *,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._wiring, self._network, self._callbacks, self._faults = wiring, network, callbacks, faults
        self._retry_seconds = retry_seconds
        self._dates = 0

    # --- what a phone's holder does -----------------------------------------------------------------------

    def dial(self, number: str, code: str) -> Phone:
        """Dials a code and waits for its screen. A longer code (`…*1*2#`) is a short cut through menus."""
        phone = self._network.phone(number)
        base = self._wiring.service_code.rstrip("#")
        dialled = code.strip().rstrip("#")
        self.hang_up(number)
        dialogue = Dialogue(f"ATUid_{uuid.uuid4().hex}", code, [], self._network.clock())
        if dialled != base and not dialled.startswith(base + "*"):
            with self._network.changing():
                dialogue.screen, dialogue.open, phone.dialogue = NO_CONNECTION, False, dialogue
            return phone
        dialogue.typed.extend(part for part in dialled[len(base) :].split("*") if part)
        return self._hop(phone, dialogue)

    def answer(self, number: str, text: str) -> Phone:
        """Types a reply to the screen and waits for the next; nothing happens where no dialogue is open."""
        phone = self._network.phone(number)
        dialogue = phone.dialogue
        if dialogue is None or not dialogue.open or phone.busy:
            return phone
        dialogue.typed.append(text)
        return self._hop(phone, dialogue)

    def hang_up(self, number: str) -> Phone:
        """Drops the dialogue; the gateway may hear of it by the end event."""
        phone = self._network.phone(number)
        with self._network.changing():
            dialogue = phone.dialogue
            dropped = dialogue is not None and dialogue.open
            if dialogue is not None:
                dialogue.open = False
        if dialogue is not None and dropped:
            self._end(phone, dialogue, "Incomplete")
        return phone

    def text(self, number: str, body: str, message_id: str = "") -> None:
        """Sends an SMS to the gateway's short code; posted each minute until a door takes it."""
        phone = self._network.phone(number)
        message = Text(message_id or str(uuid.uuid4()), True, body, self._network.clock(), "sending")
        with self._network.changing():
            phone.texts.append(message)
        fields = {
            "linkId": str(uuid.uuid4()),
            "text": body,
            "to": self._wiring.short_code,
            "id": message.id,
            "date": self._date(),
            "from": number,
            "networkCode": network_of(number),
        }
        self._post("sms/africastalking", "", fields, "SMS", body, message=message)

    # --- what the gateway asks for ------------------------------------------------------------------------

    def messaging(self, api_key: str, form: Mapping[str, str]) -> Reply:
        """`POST /version1/messaging`: takes a message for its recipients, or misbehaves as it was told."""
        if not hmac.compare_digest(api_key.encode(), self._wiring.api_key.encode()):
            return Reply(401, "The supplied authentication is invalid", "text/plain; charset=utf-8")
        body = form.get("message", "")
        numbers = [each for each in form.get("to", "").split(",") if each][:100]
        fault = self._faults.strikes(
            Fault.ERROR, Fault.TOO_MANY, Fault.NO_RECIPIENTS, Fault.HTML, Fault.TIMEOUT, Fault.RESET
        )
        outcome = fault.value if fault else "201"
        self._network.note("from", "SMS", f"{', '.join(numbers)}: {body}", outcome)
        match fault:
            case Fault.ERROR:
                return as_html(500)
            case Fault.TOO_MANY:
                return Reply(429, "Too Many Requests", "text/plain; charset=utf-8")
            case Fault.HTML:
                return as_html(200)
        wrong_sender = form.get("from") not in {None, "", self._wiring.short_code}
        if fault is Fault.NO_RECIPIENTS or wrong_sender:
            return as_json(201, {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}})
        taken = as_json(201, self._taken(body, numbers))
        if fault is Fault.TIMEOUT:
            return Reply(taken.status, taken.body, hold=HELD_SECONDS)
        return Reply(taken.status, taken.body, broken=fault is Fault.RESET)

    def _taken(self, body: str, numbers: list[str]) -> dict[str, object]:
        recipients = [self._recipient(body, number) for number in numbers]
        good = sum(each["statusCode"] == 101 for each in recipients)
        parts = len(split(body).parts)
        cost = f"Total Cost: ETB {0.8 * good * parts:.4f}"
        summary = f"Sent to {good}/{len(numbers)} {cost} Message parts: {parts}"
        return {"SMSMessageData": {"Message": summary, "Recipients": recipients}}

    def _recipient(self, body: str, number: str) -> dict[str, object]:
        if not _NUMBER.fullmatch(number):
            return {
                "statusCode": 403,
                "number": number,
                "status": "InvalidPhoneNumber",
                "cost": "0",
                "messageId": "None",
            }
        message = Text(f"ATXid_{uuid.uuid4().hex}", False, body, self._network.clock(), "taken")
        self._deliver(number, message)
        return {
            "statusCode": 101,
            "number": number,
            "status": "Success",
            "cost": "ETB 0.8000",
            "messageId": message.id,
        }

    def _deliver(self, number: str, message: Text) -> None:
        """Puts the message on the phone and arranges its reports."""
        undelivered = self._faults.strikes(Fault.UNDELIVERED) is not None
        if not undelivered:
            with self._network.changing():
                self._network.phone(number).texts.append(message)
        if self._faults.strikes(Fault.SILENT):
            return
        statuses = ("Sent", "Failed") if undelivered else ("Sent", "Success")
        if self._faults.strikes(Fault.EARLY):
            self._report(number, message, statuses[-1], 0.0)
            return
        if self._faults.strikes(Fault.DISORDER):
            statuses = statuses[::-1]
        for status, delay in zip(statuses, REPORT_SECONDS, strict=True):
            self._report(number, message, status, delay)

    # --- callbacks ----------------------------------------------------------------------------------------

    def _report(self, number: str, message: Text, status: str, delay: float) -> None:
        fields = {
            "id": message.id,
            "status": status,
            "phoneNumber": number,
            "networkCode": network_of(number),
            "retryCount": "0",
        }
        if status == "Failed":
            fields["failureReason"] = "DeliveryFailure"
        done = message if status in {"Success", "Failed"} else None
        self._post("sms/africastalking", "/reports", fields, "Delivery report", status, delay, done)

    def _hop(self, phone: Phone, dialogue: Dialogue) -> Phone:
        number, typed = phone.character.number, "*".join(dialogue.typed)
        with self._network.changing():
            phone.dialogue, phone.busy = dialogue, True
            dialogue.hops += 1
        fields = {
            "sessionId": dialogue.session,
            "phoneNumber": number,
            "networkCode": network_of(number),
            "serviceCode": self._wiring.service_code,
            "text": typed,
        }
        callback = self._callback("ussd/africastalking", "", fields)
        answer = self._callbacks.post(callback)
        if self._faults.strikes(Fault.REPEATED):
            answer = self._callbacks.post(callback)
        self._network.note("to", "USSD hop", f"{number}: {typed}", f"{answer} {answer.body[:3]}")
        self._show(phone, dialogue, answer)
        return phone

    def _show(self, phone: Phone, dialogue: Dialogue, answer: Answer) -> None:
        word, screen = answer.body[:4], answer.body[4:]
        understood = answer.status == 200 and word in {"CON ", "END "}
        shown, cut = on_air(screen) if understood else (NO_CONNECTION, False)
        with self._network.changing():
            dialogue.screen, dialogue.cut, phone.busy = shown, cut, False
            dropped = not dialogue.open  # the holder hung up meanwhile
            dialogue.open = understood and word == "CON " and not dropped
        if not dialogue.open and not dropped:
            self._end(phone, dialogue, "Success" if understood else "Failed")

    def _end(self, phone: Phone, dialogue: Dialogue, status: str) -> None:
        lasted = self._network.clock() - dialogue.began
        fields = {
            "date": self._date(),
            "sessionId": dialogue.session,
            "serviceCode": self._wiring.service_code,
            "networkCode": network_of(phone.character.number),
            "phoneNumber": phone.character.number,
            "status": status,
            "cost": "ETB 0.10",
            "durationInMillis": str(int(lasted * 1000)),
            "hopsCount": str(dialogue.hops),
            "input": "*".join(dialogue.typed),
            "lastAppResponse": dialogue.screen,
        }
        self._post("ussd/africastalking", "/events", fields, "USSD end", status)

    def _post(
        self,
        door: str,
        rest: str,
        fields: Mapping[str, str],
        what: str,
        detail: str,
        delay: float = 0.0,
        message: Text | None = None,
    ) -> None:
        def after(answer: Answer) -> None:
            self._network.note("to", what, detail, str(answer))
            if message is not None and answer.taken:
                with self._network.changing():
                    message.status = "failed" if fields.get("status") == "Failed" else "delivered"

        # An end event is told once; everything else until a door takes it.
        waits = () if rest == "/events" else (self._retry_seconds,) * RETRIES
        callback = replace(self._callback(door, rest, fields), waits=waits, after=after)
        for _ in range(2 if self._faults.strikes(Fault.REPEATED) else 1):
            self._callbacks.later(callback, delay)

    def _callback(self, door: str, rest: str, fields: Mapping[str, str]) -> Callback:
        path = f"/{door}/{self._wiring.webhook_token}{rest}"
        return Callback(path, urlencode(fields).encode(), _FORM, HOP_SECONDS)

    def _date(self) -> str:
        """Now, in the two forms that the carrier sends, by turns."""
        self._dates += 1
        at = datetime.fromtimestamp(self._network.clock(), UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ" if self._dates % 2 else "%Y-%m-%d %H:%M:%S")


def network_of(number: str) -> str:
    """The network code that the carrier sends for a number."""
    return NETWORKS.get(number[:4], ELSEWHERE)


def on_air(screen: str) -> tuple[str, bool]:
    """What of a screen reaches the phone, and whether its end was lost."""
    alphabet, length = measure(screen)
    kept = screen
    while measure(kept)[1] > RADIO[alphabet]:
        kept = kept[:-1]
    return kept, length > RADIO[alphabet]

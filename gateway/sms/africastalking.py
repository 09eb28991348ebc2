"""Africa's Talking SMS."""

from __future__ import annotations

from gateway.carriers.africastalking import NAME, Callbacks, form, phone
from gateway.channel import WebhookRequest
from gateway.errors import Malformed
from gateway.messages import (
    Address,
    AddressKind,
    ChannelName,
    DeliveryReport,
    DeliveryState,
    Inbound,
    OptOut,
    Prompt,
    Rendered,
)
from gateway.sms.render import render

MESSAGE = {"id": 96, "from": 32, "to": 32, "text": 8192, "networkCode": 64}
MESSAGE_NEEDS = frozenset({"id", "from", "text"})
REPORT = {"id": 96, "status": 32, "phoneNumber": 32, "failureReason": 48}
REPORT_NEEDS = frozenset({"id", "status"})
OPT_OUT = {"phoneNumber": 32, "senderId": 32}
OPT_OUT_NEEDS = frozenset({"phoneNumber"})

STATUSES = {
    "sent": (DeliveryState.PENDING, 10),
    "submitted": (DeliveryState.PENDING, 20),
    "buffered": (DeliveryState.PENDING, 30),
    "rejected": (DeliveryState.FAILED, 90),
    "failed": (DeliveryState.FAILED, 90),
    "expired": (DeliveryState.FAILED, 90),
    "absentsubscriber": (DeliveryState.FAILED, 90),
    "success": (DeliveryState.DELIVERED, 100),
}
"""The carrier's words, in ours, and their ranks: reports come out of order, and a final one stays."""

UNDOCUMENTED = (DeliveryState.UNRECOGNISED, 0)


class AfricasTalkingSMS(Callbacks):
    """The channel and receiver of SMS."""

    __slots__ = ()

    @property
    def name(self) -> ChannelName:
        return ChannelName.SMS

    def read(self, request: WebhookRequest) -> Inbound:
        """One message. A sender that is no phone (`MTN`, a short code) is data. Raises `Malformed`."""
        fields = form(request.body, MESSAGE, MESSAGE_NEEDS)
        sender = fields["from"].strip()
        if not sender or not fields["id"]:
            raise Malformed("id_missing" if sender else "from_missing")
        return Inbound(
            channel=ChannelName.SMS,
            carrier=NAME,
            address=phone(fields["from"]) or Address(AddressKind.SENDER, sender),
            text=fields["text"],
            provider_id=fields["id"],
            service=fields.get("to", "").strip(),
            network=fields.get("networkCode", "")[:16],
        )

    def read_report(self, request: WebhookRequest) -> DeliveryReport:
        """One delivery report. Raises `Malformed`, but not for a status that nobody documents."""
        fields = form(request.body, REPORT, REPORT_NEEDS)
        if not fields["id"]:
            raise Malformed("id_missing")
        state, rank = STATUSES.get(fields["status"].strip().lower(), UNDOCUMENTED)
        return DeliveryReport(
            carrier=NAME,
            message_id=fields["id"],
            status=fields["status"].strip(),
            state=state,
            rank=rank,
            address=phone(fields.get("phoneNumber", "")),
            reason=fields.get("failureReason", ""),
        )

    def read_opt_out(self, request: WebhookRequest) -> OptOut:
        """A phone's wish for no more messages. Raises `Malformed`."""
        fields = form(request.body, OPT_OUT, OPT_OUT_NEEDS)
        address = phone(fields["phoneNumber"])
        if address is None:
            raise Malformed("phoneNumber_not_a_phone")
        return OptOut(NAME, address, fields.get("senderId", ""))

    def render(self, prompt: Prompt, network: str = "") -> Rendered:
        """The whole prompt as one message, the same on every network."""
        return render(prompt)

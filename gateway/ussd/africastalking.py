"""Africa's Talking USSD."""

from __future__ import annotations

from gateway.carriers.africastalking import NAME, Callbacks, form, moment, phone
from gateway.channel import WebhookRequest
from gateway.errors import Malformed
from gateway.messages import ChannelName, DialogueEnd, Inbound, Opening, Prompt, Rendered
from gateway.ussd.render import Limits, render

HOP = {"sessionId": 64, "phoneNumber": 32, "serviceCode": 32, "networkCode": 64, "text": 4096}
HOP_NEEDS = frozenset(HOP) - {"networkCode"}
END = {"sessionId": 64, "status": 32, "date": 40}
END_NEEDS = frozenset({"sessionId"})


class AfricasTalkingUSSD(Callbacks):
    """The channel and receiver of USSD. `limits` gives what a network code's phones can show."""

    __slots__ = ("_limits",)

    def __init__(self, tokens: tuple[str, ...], limits: Limits) -> None:
        super().__init__(tokens)
        self._limits = limits

    @property
    def name(self) -> ChannelName:
        return ChannelName.USSD

    def read(self, request: WebhookRequest) -> Inbound:
        """One hop. Raises `Malformed`.

        A hop has no id of its own: session, phone, service and whole text make one. An unknown network is
        data. The service code comes with and without its `#`.
        """
        fields = form(request.body, HOP, HOP_NEEDS)
        address = phone(fields["phoneNumber"])
        if address is None:
            raise Malformed("phoneNumber_not_a_phone")
        session, text = fields["sessionId"], fields["text"]
        if not session:
            raise Malformed("sessionId_missing")
        service = fields["serviceCode"].strip().removesuffix("#")
        return Inbound(
            channel=ChannelName.USSD,
            carrier=NAME,
            address=address,
            text=text,
            provider_id="\0".join((session, address.value, service, text)),
            opening=Opening.ANSWER if text else Opening.DIALLED,
            transport=session,
            service=service,
            network=fields.get("networkCode", "")[:16],
        )

    def read_end(self, request: WebhookRequest) -> DialogueEnd:
        """The end of a dialogue. Of its many fields only three are read: the others repeat what was typed."""
        fields = form(request.body, END, END_NEEDS)
        if not fields["sessionId"]:
            raise Malformed("sessionId_missing")
        return DialogueEnd(
            NAME, fields["sessionId"], fields.get("status", ""), moment(fields.get("date", ""))
        )

    def render(self, prompt: Prompt, network: str = "") -> Rendered:
        """A screen that begins with `CON ` or `END `."""
        return render(prompt, self._limits(network))

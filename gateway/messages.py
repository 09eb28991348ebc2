"""What passes between the doors and the conversation, in words that no carrier owns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChannelName(StrEnum):
    """The three ways in."""

    USSD = "ussd"
    SMS = "sms"
    TELEGRAM = "telegram"


class AddressKind(StrEnum):
    """What an address is."""

    PHONE = "phone"  # an E.164 number; USSD and SMS share it
    SENDER = "sender"  # an alphanumeric sender or a short code: nobody to converse with
    TELEGRAM = "telegram"  # a private chat's id


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message came from or goes to."""

    kind: AddressKind
    value: str

    def __repr__(self) -> str:
        return f"Address({self.kind.value})"  # never the number: a repr reaches logs


class Opening(StrEnum):
    """How a message stands to the dialogue it comes in."""

    DIALLED = "dialled"  # a new dialogue: the text is empty or a dialled short cut, not an answer
    ANSWER = "answer"  # answers what was shown last, or starts anew with a keyword
    PRESSED = "pressed"  # a button under a notice: the text is its words, a keyword's or nothing
    LINK = "link"  # a deep link was followed: the text is its payload
    CONTACT = "contact"  # a phone was shared: `contact` holds it if it is the sender's own


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a door read it.

    `provider_id` is unique within channel and carrier (for USSD: session, phone, service and text together).
    `transport` is the carrier's dialogue: a USSD session id, or the callback query to acknowledge.
    `contact` is a phone that the sender has proved to own. `text` is as typed; for USSD, the cumulative text.
    `mark` is that of the prompt whose button was pressed.
    """

    channel: ChannelName
    carrier: str
    address: Address
    text: str
    provider_id: str
    opening: Opening = Opening.ANSWER
    transport: str = ""
    service: str = ""
    network: str = ""
    contact: Address | None = None
    mark: str = ""

    def __repr__(self) -> str:
        return f"Inbound({self.channel.value}, {self.carrier}, {self.opening.value})"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a prompt: the key to press, what the person reads, the code that is stored."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the conversation says, before any channel has shaped it.

    `back` and `more` are the labels of the two navigation keys in the person's language (`back` is empty
    where going back is not possible). `zero_is_answer` moves Back from key 0 to 99. `closes` says that the
    dialogue ends with it. `page` is the screen to show, counted from 0. `wants_contact` asks a channel that
    can to offer "share my phone number" under `contact_label`. `mark` tells this prompt from every other of the
    conversation, where a channel has buttons that may be pressed late. `tight`, if there is one, is the text for a
    screen too small for `text`; a form feed in it begins another page.
    """

    text: str
    language: str
    choices: tuple[Choice, ...] = ()
    back: str = ""
    more: str = ""
    zero_is_answer: bool = False
    closes: bool = False
    page: int = 0
    wants_contact: bool = False
    contact_label: str = ""
    mark: str = ""
    tight: str = ""

    def __repr__(self) -> str:
        return f"Prompt({self.language}, {len(self.choices)} choices, closes={self.closes})"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt shaped for one channel: the body, its buttons where there are any, and how many pages there are."""

    body: str
    pages: int = 1
    buttons: tuple[Choice, ...] = ()
    contact_label: str = ""

    def __repr__(self) -> str:
        return f"Rendered({self.pages} pages)"


class Handling(StrEnum):
    """What may be done with a message whose fate is unknown."""

    RESEND = "resend"
    NEVER_TWICE = "never_twice"  # codes: a person decides


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message for a carrier to take. `reference` is the outbox row's id, for the carrier's own records."""

    channel: ChannelName
    address: Address
    body: str
    buttons: tuple[Choice, ...] = ()
    contact_label: str = ""
    answers: str = ""  # a Telegram callback query to acknowledge first
    reference: str = ""

    def __repr__(self) -> str:
        return f"Outbound({self.channel.value}, {self.reference})"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A carrier took a message: its own id for it, and what it said."""

    message_id: str
    code: str = ""


class DeliveryState(StrEnum):
    """How far a message got, by the carrier's report."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNRECOGNISED = "unrecognised"  # a status that nobody documents: stored, never refused


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A carrier's report. `rank` orders reports: a lower one never overwrites a higher one."""

    carrier: str
    message_id: str
    status: str  # the carrier's own word
    state: DeliveryState
    rank: int
    address: Address | None = None
    reason: str = ""

    def __repr__(self) -> str:
        return f"DeliveryReport({self.carrier}, {self.state.value})"


@dataclass(frozen=True, slots=True)
class DialogueEnd:
    """The network says that a USSD dialogue is over. It may never come."""

    carrier: str
    transport: str
    status: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """The carrier says that a phone wants no more messages from one sender."""

    carrier: str
    address: Address
    sender: str = ""

    def __repr__(self) -> str:
        return f"OptOut({self.carrier})"


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a person sent could not be taken: a value, since mistakes are ordinary. `reason` is a code."""

    reason: str

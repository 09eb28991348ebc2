"""A country's policy: timers, code lists, limits and places, read from its published file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from gateway.catalogue.files import Bundle
from gateway.conversation.source import Node, words
from gateway.errors import FlowError
from gateway.registry.calendars import Calendar
from gateway.registry.places import Gazetteer, Place
from gateway.store.outbox import OutboxPolicy
from referral_engine.calendars import WorkingCalendar
from referral_engine.deadlines import Timers, read_timers

FOLDER = "policies"


@dataclass(frozen=True, slots=True)
class Network:
    """What one mobile network can show, and how long it waits. `latin`: its phones draw Latin letters only."""

    septets: int
    ucs2: int
    idle_seconds: int
    session_seconds: int
    latin: bool


@dataclass(frozen=True, slots=True)
class Typing:
    """How fast people are, slow ones in mind: letters they read in a second, seconds they need to press a key."""

    letters_per_second: float = 6.0
    seconds_per_key: float = 0.75


@dataclass(frozen=True, slots=True)
class Tariff:
    """What the carrier takes for one part of an SMS."""

    price: float
    currency: str


@dataclass(frozen=True, slots=True)
class Service:
    """A need that services meet: what people read, and the code that a pushed message may hold."""

    neutral: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """One country's decisions. Counts are a day's where nothing else is said."""

    country: str
    language: str
    languages: tuple[str, ...]
    region: str  # ISO 3166-1, for numbers without a plus
    register_digit: str
    certificate_random_digits: int
    certificate_valid_months: int
    pin_length: int
    pin_tries_per_day: int
    misses_per_phone: int
    misses_all: int
    review: str  # none, flagged, all
    resume_after: timedelta
    expiry: timedelta
    retries: int
    timers: Timers
    calendar: WorkingCalendar
    max_legs: int
    networks: Mapping[str, Network]
    codes: Mapping[str, tuple[str, ...]]
    services: Mapping[str, Service]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]
    outbox: OutboxPolicy
    gazetteer: Gazetteer
    typing: Typing = Typing()
    sms: Tariff | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)  # of languages that count in another

    def calendar_of(self, language: str) -> Calendar:
        """The calendar that speakers of a language count birth years in."""
        return self.calendars.get(language, Calendar.GREGORIAN)

    @property
    def two_calendars(self) -> bool:
        """Whether a year that was typed may be of either calendar: nothing tells 1990 here from 1990 there."""
        return Calendar.ETHIOPIAN in self.calendars.values()

    def network(self, code: str) -> Network:
        """A network's limits; those of `default` for a code that nobody listed."""
        return self.networks.get(code) or self.networks["default"]

    def service_label(self, need: str, language: str) -> str:
        """A need as people read it; the code where it has left the list."""
        service = self.services.get(need)
        return service.labels.get(language, need) if service else need

    def service_neutral(self, need: str) -> str:
        """A need's neutral code for pushed messages."""
        return self.services[need].neutral

    def label(self, placeholder: str, code: str, language: str) -> str:
        """What a notice shows for a code."""
        return self.labels.get(placeholder, {}).get(code, {}).get(language, code)


def read_policy(bundle: Bundle, country: str) -> Policy:
    """The policy of a country (`et`). Raises `FlowError` with file and line."""
    source = bundle.sources.get(f"{FOLDER}/{country.lower()}.yaml")
    if source is None:
        raise FlowError(f"there is no policy for the country '{country}'", file=FOLDER)
    root = Node.of(source)
    certificate, pin = root.need("certificate"), root.need("pin")
    verification, outbox = root.need("verification"), root.need("outbox")
    return Policy(
        country=root.need("country").text(),
        language=root.need("language").text(),
        languages=words(root.need("languages")),
        region=root.need("phone_region").text(),
        register_digit=str(certificate.need("register_digit").whole(5)),
        certificate_random_digits=certificate.need("random_digits").whole(9),
        certificate_valid_months=certificate.need("valid_months").whole(1),
        pin_length=pin.need("length").whole(4),
        pin_tries_per_day=pin.need("tries_per_day").whole(1),
        misses_per_phone=verification.need("misses_per_phone").whole(1),
        misses_all=verification.need("misses_all").whole(1),
        review=root.need("review").among(("none", "flagged", "all"), "review"),
        resume_after=timedelta(minutes=root.need("resume_after_minutes").whole(1)),
        expiry=timedelta(days=root.need("expiry_days").whole(1)),
        retries=root.need("retries").whole(1),
        timers=_timers(root.need("timers")),
        calendar=_calendar(root),
        max_legs=root.need("max_legs").whole(1),
        networks={code: _network(node) for code, node in root.need("networks").items()},
        codes={name: words(node) for name, node in root.need("codes").items()},
        services={need: _service(node) for need, node in root.need("services").items()},
        labels=_labels(root),
        outbox=OutboxPolicy(
            tries=outbox.need("tries").whole(1),
            hours=outbox.need("hours").whole(1),
            hold_seconds=outbox.need("hold_seconds").whole(1),
            backoff_seconds=tuple(each.whole(1) for each in outbox.need("backoff_seconds").each()),
        ),
        gazetteer=_gazetteer(bundle, root.need("places")),
        typing=_typing(root.get("typing")),
        sms=_tariff(root.get("sms")),
        calendars=_calendars(root.get("calendars")),
    )


def _timers(node: Node) -> Timers:
    try:
        return read_timers(node.value)
    except ValueError as error:
        raise node.fault(str(error)) from None


def _calendar(root: Node) -> WorkingCalendar:
    rest = [each.whole(1) - 1 for each in root.need("rest_days").each()]  # the file counts Monday as 1
    try:
        holidays = frozenset(date.fromisoformat(str(each.value)) for each in root.need("holidays").each())
        offset = timedelta(hours=root.need("utc_offset_hours").whole())
        return WorkingCalendar(frozenset(rest), holidays, offset)
    except ValueError as error:
        raise root.at("rest_days").fault(str(error)) from None


def _calendars(node: Node | None) -> dict[str, Calendar]:
    """What speakers count years in: ethiopian or gregorian. Hijri years are told by their number."""
    known = (Calendar.GREGORIAN, Calendar.ETHIOPIAN)
    found = {language: each.among(known, "calendar") for language, each in (node.items() if node else ())}
    return {language: Calendar(each) for language, each in found.items()}


def _network(node: Node) -> Network:
    node.only("septets", "ucs2", "idle_seconds", "session_seconds", "scripts")
    scripts = node.get("scripts")
    return Network(
        septets=node.need("septets").whole(60),
        ucs2=node.need("ucs2").whole(40),
        idle_seconds=node.need("idle_seconds").whole(1),
        session_seconds=node.need("session_seconds").whole(1),
        latin=scripts is not None and words(scripts) == ("Latn",),
    )


def _typing(node: Node | None) -> Typing:
    if node is None:
        return Typing()
    node.only("letters_per_second", "seconds_per_key")
    return Typing(_measure(node.need("letters_per_second")), _measure(node.need("seconds_per_key")))


def _tariff(node: Node | None) -> Tariff | None:
    if node is None:
        return None
    node.only("price", "currency")
    return Tariff(_measure(node.need("price")), node.need("currency").text())


def _measure(node: Node) -> float:
    """A number above 0, which may have decimals."""
    if type(node.value) not in (int, float) or node.value <= 0:
        raise node.fault("expected a number above 0, like 0.75")
    return float(node.value)


def _service(node: Node) -> Service:
    labels = {language: each.text() for language, each in node.need("label").items()}
    return Service(node.need("neutral").text(), labels)


def _labels(root: Node) -> dict[str, dict[str, dict[str, str]]]:
    given = root.get("labels")
    return {
        placeholder: {
            code: {language: text.text() for language, text in labels.items()}
            for code, labels in codes.items()
        }
        for placeholder, codes in (given.items() if given else ())
    }


def _gazetteer(bundle: Bundle, node: Node) -> Gazetteer:
    country = node.need("country").text()
    aliases: dict[str, list[str]] = {}
    for row in _rows(bundle, node.need("aliases")):
        aliases.setdefault(row["code"], []).append(row["name"])
    return Gazetteer(
        Place(
            row["P-Code"],
            row["Name"],
            int(row["Admin Level"]),
            row["Parent P-Code"],
            tuple(aliases.get(row["P-Code"], ())),
        )
        for row in _rows(bundle, node.need("file"))
        if row["Location"] == country
    )


def _rows(bundle: Bundle, node: Node) -> Iterator[dict[str, str]]:
    """The rows of a CSV file beside the policy."""
    text = bundle.texts.get(f"{FOLDER}/{node.text()}")
    if text is None:
        raise node.fault(f"there is no file {node.text()} beside the policy")
    return iter(csv.DictReader(text.splitlines()))

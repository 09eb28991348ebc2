"""A country's policy: timers, code lists, limits and places, read from its published file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from gateway.catalogue.asking import CapacityQuestion, read_capacity_question
from gateway.catalogue.complaining import read_deadlines
from gateway.catalogue.details import Invitations, read_invitations
from gateway.catalogue.files import Bundle
from gateway.catalogue.hours import Digests, QuietHours, read_digests, read_quiet_hours
from gateway.catalogue.places import read_gazetteer
from gateway.catalogue.public_holidays import read_holidays
from gateway.catalogue.reviewing import Reviewing, read_reviewing
from gateway.catalogue.screening import Rules, read_rules
from gateway.conversation.source import Node, words
from gateway.errors import FlowError
from gateway.registry.calendars import Calendar
from gateway.registry.grievances import Deadlines
from gateway.registry.places import Gazetteer
from gateway.registry.screening import Entitlement, Ruleset, Tier
from gateway.store.stubbornness import OutboxPolicy
from referral_engine.calendars import WorkingCalendar
from referral_engine.deadlines import Timers, read_timers

FOLDER = "policies"
MISTYPED_PER_PHONE = 60  # numbers a day whose check digits are wrong, where a policy says nothing
MOST_CASES = 60  # of one caseworker, where a policy says nothing


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
class HolderCodes:
    """The six digits by which a holder shows to be there: how long they count, and how often tried and sent a day."""

    minutes: int = 10
    tries: int = 3
    per_phone: int = 20  # of a provider
    per_certificate: int = 5  # nobody is flooded with them


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a certificate goes on: reminders before its end, new numbers that a holder takes alone in a year.

    `by` says who renews one that has ended: the `staff`, or the `holder` with the PIN.
    """

    remind_days: tuple[int, ...] = (60, 14)
    replacements: int = 3
    by: str = "staff"


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
    rules: Rules = Rules()
    invitations: Invitations = Invitations()  # to answer what could wait
    reviewing: Reviewing = Reviewing()
    renewal: Renewal = Renewal()
    mistyped_per_phone: int = MISTYPED_PER_PHONE
    holder_codes: HolderCodes = HolderCodes()
    complaints: Deadlines = Deadlines()
    capacity_question: CapacityQuestion | None = None
    public_line: bool = False  # whether certificates are checked by more than registered providers
    most_cases: int = (
        MOST_CASES  # open ones of one caseworker, while another who could have the next has fewer
    )
    silence: timedelta = timedelta(days=90)  # a number unused so long may be somebody else's
    quiet_hours: QuietHours | None = None
    digests: Digests = Digests()
    refer_by_tier: Mapping[str, str] = field(default_factory=dict)  # the need that a tier opens a request for

    @property
    def screening(self) -> Ruleset:
        """Who is to be seen first."""
        return self.rules.ruleset

    @property
    def entitlements(self) -> tuple[Entitlement, ...]:
        """The classes that a provider may learn with a holder's code."""
        return self.rules.entitlements

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
    rules, labels = _rules(bundle, root), _labels(root)
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
        reviewing=read_reviewing(root, [rule.id for rule in rules.ruleset.rules], labels),
        resume_after=timedelta(minutes=root.need("resume_after_minutes").whole(1)),
        expiry=timedelta(days=root.need("expiry_days").whole(1)),
        silence=timedelta(days=root.need("silence_days").whole(1)),
        retries=root.need("retries").whole(1),
        timers=_timers(root.need("timers")),
        calendar=_calendar(root),
        max_legs=root.need("max_legs").whole(1),
        networks={code: _network(node) for code, node in root.need("networks").items()},
        codes={name: words(node) for name, node in root.need("codes").items()},
        services={need: _service(node) for need, node in root.need("services").items()},
        labels=labels,
        outbox=OutboxPolicy(
            tries=outbox.need("tries").whole(1),
            hours=outbox.need("hours").whole(1),
            hold_seconds=outbox.need("hold_seconds").whole(1),
            backoff_seconds=tuple(each.whole(1) for each in outbox.need("backoff_seconds").each()),
        ),
        gazetteer=_gazetteer(bundle, root.need("places"), words(root.need("languages"))),
        typing=_typing(root.get("typing")),
        sms=_tariff(root.get("sms")),
        calendars=_calendars(root.get("calendars")),
        rules=rules,
        invitations=read_invitations(root.get("details")),
        most_cases=_most_cases(root.get("caseload")),
        renewal=_renewal(certificate),
        mistyped_per_phone=_whole(verification, "mistyped_per_phone", MISTYPED_PER_PHONE),
        holder_codes=_holder_codes(verification.get("holder_code")),
        complaints=read_deadlines(root.get("complaints")),
        capacity_question=read_capacity_question(root.get("capacity_question")),
        quiet_hours=read_quiet_hours(root.get("quiet_hours")),
        digests=read_digests(root.get("digest")),
        refer_by_tier=_referred(root),
        public_line=(line := verification.get("public_line")) is not None and line.flag(),
    )


def _rules(bundle: Bundle, root: Node) -> Rules:
    """The screening rules, held against the codes that people of this country can answer with."""
    codes = {code for _, listed in root.need("codes").items() for code in words(listed)}
    codes |= root.need("services").mapping().keys()
    return read_rules(bundle, root.get("screening"), words(root.need("languages")), codes)


def _referred(root: Node) -> dict[str, str]:
    """`refer_by_tier: {immediate: psychosocial}`: whom a rule refers, and for which need."""
    given, needs = root.get("refer_by_tier"), root.need("services").mapping()
    if given is None:
        return {}
    given.only(*[tier.value for tier in Tier])
    return {tier: need.among(needs, "need") for tier, need in given.items()}


def _renewal(node: Node) -> Renewal:
    days, by = node.get("remind_days"), node.get("renewal")
    return Renewal(
        tuple(each.whole(1) for each in days.each()) if days else Renewal().remind_days,
        _whole(node, "replacements_per_year", Renewal().replacements),
        by.among(("staff", "holder"), "one who renews") if by else Renewal().by,
    )


def _holder_codes(node: Node | None) -> HolderCodes:
    if node is None:
        return HolderCodes()
    usual: dict[str, int] = asdict(HolderCodes())
    node.only(*usual)
    return HolderCodes(**{name: _whole(node, name, default) for name, default in usual.items()})


def _most_cases(node: Node | None) -> int:
    if node is None:
        return MOST_CASES
    node.only("most")
    return node.need("most").whole(1)


def _whole(node: Node, key: str, usual: int) -> int:
    """A whole number from 1 that may be left out."""
    given = node.get(key)
    return given.whole(1) if given else usual


def _timers(node: Node) -> Timers:
    try:
        return read_timers(node.value)
    except ValueError as error:
        raise node.fault(str(error)) from None


def _calendar(root: Node) -> WorkingCalendar:
    rest = [each.whole(1) - 1 for each in root.need("rest_days").each()]  # the file counts Monday as 1
    try:
        holidays = read_holidays(root.need("holidays"))
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


def _gazetteer(bundle: Bundle, node: Node, languages: tuple[str, ...]) -> Gazetteer:
    node.only("file", "aliases", "towns", "country")
    country = node.need("country").text()
    files = _files(bundle, node.need("file"))
    aliases, towns = (_files(bundle, node.get(key)) for key in ("aliases", "towns"))
    gazetteer = read_gazetteer(bundle, country, files, aliases, towns, languages)
    if not gazetteer.places:
        raise node.at("country").fault(f"no file has places of {country}")
    return gazetteer


def _files(bundle: Bundle, node: Node | None) -> tuple[str, ...]:
    """One file beside the policy, or a list of them; none where nothing is said."""
    if node is None:
        return ()
    names = (node.text(),) if isinstance(node.value, str) else words(node)
    for name in names:
        if f"{FOLDER}/{name}" not in bundle.texts:
            raise node.fault(f"there is no file {name} beside the policy")
    return names

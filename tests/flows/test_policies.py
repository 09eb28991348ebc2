"""The policies, places and the sample directory agree with each other and with what the flows ask."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

import flows
from gateway.catalogue.files import read_folder
from gateway.catalogue.policy import HolderCodes, Renewal, read_policy
from gateway.catalogue.published import Published
from gateway.conversation.flow import Choose, Revision
from gateway.errors import FlowError
from gateway.registry.places import Gazetteer, Place
from gateway.text import gsm7

ROOT = Path(flows.__file__).parent
COUNTRIES = ("et", "so", "sd")
CAPITALS = {"ET": ("Addis Ababa", "ET14"), "SO": ("Mogadishu", "SO22"), "SD": ("Khartoum", "SD01")}
STATES = {"ETH", "SOM", "SDN", "KEN", "DJI", "SSD", "UGA", "ERI"}
LEG_STATES = set(
    "queued sent undelivered received waitlisted accepted scheduled in_service completed declined expired "
    "no_show revoked withdrawn".split()
)


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "policies" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session", params=COUNTRIES)
def policy(request: pytest.FixtureRequest, read_yaml: Any) -> Any:
    """Each country's plain data."""
    return read_yaml(ROOT / "policies" / f"{request.param}.yaml")


@pytest.fixture(scope="session")
def directory(read_yaml: Any) -> Any:
    """The sample directory's plain data."""
    return read_yaml(ROOT / "directory.yaml")


def chosen(revision: Revision, flow: str, variable: str) -> set[str]:
    """The codes that the fixed options of a flow save into a variable."""
    return {
        code
        for state in revision.flows[flow].states.values()
        if isinstance(state, Choose) and state.save == variable and not state.source
        for code in state.options
    }


def test_every_country_can_publish(published: Published) -> None:
    """Flows, notices and the policy of each country load together, places included."""
    name, code = CAPITALS[published.policy.country]
    assert published.policy.gazetteer.find(name)[0].place.code == code
    assert published.policy.network("00000") == published.policy.networks["default"]


@pytest.mark.parametrize("name", ["sex", "return_type", "country_from", "urgent"])
def test_codes_are_those_that_are_asked(policy: Any, revision: Revision, name: str) -> None:
    """A registration can only answer with codes of the policy's lists, and every code can be chosen."""
    assert chosen(revision, "registration", name) == set(policy["codes"][name])


@pytest.mark.parametrize(("name", "variable"), [("decline", "reason"), ("outcome", "result")])
def test_providers_answer_with_the_policys_codes(
    policy: Any, revision: Revision, name: str, variable: str
) -> None:
    """Reasons and outcomes have the same codes, typed behind the word or chosen from the list."""
    assert chosen(revision, "replies", variable) == set(policy["codes"][name])
    assert set(revision.flows["replies"].variables[variable].words.values()) == set(policy["codes"][name])


@pytest.mark.parametrize("flow", ["registration", "services"])
def test_needs_are_services(policy: Any, revision: Revision, flow: str) -> None:
    """Every need that can be chosen is a service, with a label a language and a neutral code of its own."""
    services = policy["services"]
    assert chosen(revision, flow, "need") == set(services)
    assert len({each["neutral"] for each in services.values()}) == len(services)
    assert all(set(each["label"]) == set(revision.languages) for each in services.values())


def test_labels_of_notices(policy: Any, revision: Revision) -> None:
    """Every priority and stage that a notice can show has a label in each language, plain enough for SMS."""
    labels = policy["labels"]
    assert set(labels["priority"]) == set(policy["timers"])
    assert set(labels["stage"]) == LEG_STATES
    for each in (label for kind in labels.values() for label in kind.values()):
        assert set(each) == set(revision.languages)
        assert gsm7.septets("".join(each[language] for language in ("en", "so", "om", "sw"))) is not None


def test_ranges(policy: Any, revision: Revision) -> None:
    """Registers are told apart from phone numbers, days and screens are what they can be."""
    assert policy["certificate"]["register_digit"] in range(5, 9)
    assert set(policy["rest_days"]) < set(range(1, 8))
    assert policy["holidays"]["country"] == policy["country"]
    assert all(date.fromisoformat(day) for each in ("add", "drop") for day in policy["holidays"][each])
    assert policy["language"] in policy["languages"]
    assert set(policy["languages"]) == set(revision.languages)
    assert policy["phone_region"] in phonenumbers.SUPPORTED_REGIONS
    for limits in policy["networks"].values():
        assert set(limits) == {"septets", "ucs2", "idle_seconds", "session_seconds"}
    assert len(policy["outbox"]["backoff_seconds"]) == policy["outbox"]["tries"] - 1
    assert sum(policy["outbox"]["backoff_seconds"]) < policy["outbox"]["hours"] * 3600


def test_registers_differ(read_yaml: Any) -> None:
    """Each country's register begins with a digit of its own."""
    digits = [
        read_yaml(ROOT / "policies" / f"{each}.yaml")["certificate"]["register_digit"] for each in COUNTRIES
    ]
    assert len(set(digits)) == len(COUNTRIES)


def test_timers(policy: Any) -> None:
    """Every priority has four timers of one span each; only the normal one may wait for working days."""
    for name, timers in policy["timers"].items():
        assert list(timers) == ["acknowledge", "accept", "first_service", "ask"]
        for span in timers.values():
            ((unit, count),) = span.items()
            assert unit in ("hours", "days", "working_days") and count > 0
            assert unit == "hours" or name == "normal"


def test_places_of_all_states(policy: Any) -> None:
    """The places of the eight states are there, and the policy's own country among them."""
    places = rows(policy["places"]["file"])
    assert {each["Location"] for each in places} == STATES
    assert policy["places"]["country"] in STATES


@pytest.mark.parametrize(
    ("country", "typed", "code"),
    [
        ("SOM", "Marodijeh", "SO12"),
        ("SOM", "Muqdisho", "SO22"),
        ("SOM", "hargeisa", "SO1201"),
        ("ETH", "አዲስ አበባ", "ET14"),
        ("ETH", "Kirkos", "ET14"),
        ("ETH", "jigjiga", "ET0502"),
        ("SDN", "omdurman", "SD01006"),
    ],
)
def test_people_find_their_place(country: str, typed: str, code: str) -> None:
    """Names in daily use lead to OCHA's place, though OCHA writes another name."""
    aliases = rows("aliases.csv")
    named = Gazetteer(
        Place(
            each["P-Code"],
            each["Name"],
            int(each["Admin Level"]),
            each["Parent P-Code"],
            tuple(alias["name"] for alias in aliases if alias["code"] == each["P-Code"]),
        )
        for each in rows("places.csv")
        if each["Location"] == country
    )
    assert named.find(typed)[0].place.code == code


def test_aliases_name_places() -> None:
    """Every alias belongs to a place, and none is given twice."""
    codes = {each["P-Code"] for each in rows("places.csv")}
    aliases = rows("aliases.csv")
    assert {each["code"] for each in aliases} <= codes
    assert len({(each["code"], each["name"]) for each in aliases}) == len(aliases)


def test_directory(directory: Any, read_yaml: Any, revision: Revision) -> None:
    """Samples stand in real places, speak a language we have, and offer all that people can ask for."""
    codes = {each["P-Code"] for each in rows("places.csv")}
    needs = set(read_yaml(ROOT / "policies" / "et.yaml")["services"])
    providers, staff = directory["organisations"].values(), directory["staff"].values()
    assert {service["need"] for each in providers for service in each["services"]} == needs
    for service in (service for each in providers for service in each["services"]):
        assert set(service["areas"]) <= codes and service["capacity"] > 0
    for each in (*providers, *staff):
        assert each["name"].startswith("Sample ")
        assert each["language"] in revision.languages
    for each in staff:
        assert each["role"] in ("caseworker", "supervisor", "complaints") and set(each["areas"]) <= codes
    assert len({each["neutral"] for each in providers}) == len(providers)


def test_phones_of_the_directory(directory: Any) -> None:
    """Each phone is a whole E.164 number and belongs to one provider or member of staff."""
    everybody = (*directory["organisations"].values(), *directory["staff"].values())
    phones = [phone for each in everybody for phone in each["phones"]]
    assert len(set(phones)) == len(phones)
    for phone in phones:
        number = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone


def test_limits_of_checks_may_be_left_out(edited: Any) -> None:
    """What a policy does not say of reminders, renewals and holders' codes is as it ships; what it says holds."""
    shipped = read_policy(read_folder(ROOT), "et")
    bare = edited("policies/et.yaml", ", remind_days: [60, 14], replacements_per_year: 3, renewal: staff", "")
    assert read_policy(bare, "et").renewal == shipped.renewal == Renewal()
    assert shipped.holder_codes == HolderCodes()
    said = edited("policies/et.yaml", "renewal: staff}", "renewal: holder}")
    assert read_policy(said, "et").renewal.by == "holder"
    with pytest.raises(FlowError, match="renews"):
        read_policy(edited("policies/et.yaml", "renewal: staff}", "renewal: machine}"), "et")

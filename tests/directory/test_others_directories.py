"""Directories of other systems: what is read of them, and that the rest is told.

The full example has the shape of the examples of HSDS 3 (every field of an organization with a service), and names
and texts of its own.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from listed import KNOWN

from gateway.directory import hsds_reading, tabular
from gateway.directory.model import CLOSED, FULL, OPEN, Location, Service
from gateway.directory.reading import Reading
from gateway.errors import FlowError
from referral_engine.hours import Hours, read_hours

OWNER = "0b1f3c52-8a40-4d49-9d0d-6a1c3f5a7e11"
PHONE = {"id": "p", "number": '"+251 911 234567"', "extension": 100, "type": "text", "description": "Desk"}
CONTACT = {"id": "c", "name": "A. Nobody", "title": "Head", "email": "a@example.org", "phones": [PHONE]}
PLACE = {
    "id": "l",
    "location_type": "physical",
    "url": "https://example.org",
    "name": "Main house",
    "transportation": "Bus 7",
    "latitude": 9.03,
    "longitude": "38.74",
    "addresses": [
        {
            "id": "a",
            "attention": "A. Nobody",
            "address_1": "1 Ring Road",
            "address_2": "Gate 2",
            "city": "Addis Ababa",
            "state_province": "",
            "postal_code": "1000",
            "country": "ET",
            "address_type": "physical",
        }
    ],
    "contacts": [CONTACT],
    "accessibility": [{"id": "x", "description": "A ramp"}],
}
SERVICE: dict[str, Any] = {
    "id": "s",
    "name": "Counselling",
    "alternate_name": "Talks",
    "description": "For all",
    "status": "active",
    "fees_description": "None",
    "minimum_age": 12,
    "maximum_age": "100",
    "assured_date": "2026-02-01",
    "assurer_email": "a@example.org",
    "phones": [PHONE],
    "schedules": [
        {"id": "h", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "08:30:00", "closes_at": "17:00+03:00"},
    ],
    "service_areas": [{"id": "e", "name": "Somali"}],
    "languages": [
        {"id": "g", "name": "Somali", "code": "som", "note": "mornings"},
        {"id": "u", "code": "ur"},
    ],
    "cost_options": [{"id": "o", "option": "all", "amount": 0}],
    "capacities": [
        {
            "id": "q",
            "unit": {"id": "n", "name": "Bed"},
            "available": 4,
            "maximum": 12,
            "updated": "2026-02-01",
        }
    ],
    "attributes": [
        {"id": "t", "link_type": "type", "taxonomy_term": {"id": "m", "name": "Mental Health", "code": "MH"}},
        {"id": "y", "link_type": "type", "taxonomy_term": {"id": "k", "name": "Gardening", "code": "G"}},
    ],
    "metadata": [{"id": "z"}],
}
FULL_EXAMPLE: dict[str, Any] = {
    "id": OWNER,
    "name": "House of Example\u200b",
    "description": "We help",
    "email": "office@example.org",
    "website": "https://example.org",
    "year_incorporated": 2011,
    "funding": [{"id": "f", "source": "gifts"}, {"id": "f2", "source": "fees"}],
    "contacts": [CONTACT],
    "phones": [PHONE, {"id": "p2", "number": "+251111234567", "type": "voice"}],
    "locations": [PLACE],
    "programs": [{"id": "r", "name": "Minds"}],
    "organization_identifiers": [{"id": "i", "identifier_type": "charity", "identifier": "7"}],
    "services": [SERVICE],
}


def read(*items: Any) -> Reading:
    return hsds_reading.read(items, KNOWN)


def one(**changes: Any) -> Reading:
    """A directory of one service that differs from the example."""
    return read({**FULL_EXAMPLE, "services": [{**SERVICE, **changes}]})


def test_what_is_read() -> None:
    """Everything that the register has a place for."""
    (found,) = read(FULL_EXAMPLE).organisations
    assert (found.code, found.name, found.language, found.neutral) == (
        OWNER.replace("-", ""),
        "House of Example",
        "en",
        "",
    )
    assert (found.phones, found.email) == (("+251911234567",), "office@example.org")
    assert found.locations == (Location("ET14", "Main house", "1 Ring Road, Gate 2", 9.03, 38.74),)
    assert found.services == (
        Service(
            need="psychosocial",
            areas=("ET05",),
            capacity=12,
            age_min=12,
            age_max=100,
            languages=("so", "ur"),
            hours=read_hours({"mon": ["08:30-17:00"], "tue": ["08:30-17:00"]}),
            assured=found.services[0].assured,
        ),
    )


def test_what_is_left_out_is_told() -> None:
    """Every field that has no place, by where it stands and how often; and the terms that lead to no need."""
    reading = read(FULL_EXAMPLE)
    assert +reading.fields == {
        "organization.description": 1,
        "organization.year_incorporated": 1,
        "organization.funding": 2,
        "organization.contacts": 1,
        "organization.programs": 1,
        "organization.organization_identifiers": 1,
        "organization.phones (voice)": 1,
        "phone.extension": 1,
        "phone.description": 1,
        "location.url": 1,
        "location.transportation": 1,
        "location.contacts": 1,
        "location.accessibility": 1,
        "address.attention": 1,
        "address.postal_code": 1,
        "service.name": 1,
        "service.alternate_name": 1,
        "service.description": 1,
        "service.fees_description": 1,
        "service.assurer_email": 1,
        "service.phones": 1,
        "service.cost_options": 1,
        "service.metadata": 1,
        "language.note": 1,
    }
    assert reading.terms == {"G Gardening": 1}


def test_services_of_the_api() -> None:
    """A page of services, each with the organization inside it: the same organisation once, with all of them."""
    basic = {"id": OWNER, "name": "House of Example", "description": "We help"}
    shelter = {
        **SERVICE,
        "id": "s2",
        "attributes": [{"id": "t", "taxonomy_term": {"id": "m", "code": "BH-1800"}}],
    }
    (found,) = read({**SERVICE, "organization": basic}, {**shelter, "organization": basic}).organisations
    assert [each.need for each in found.services] == ["psychosocial", "shelter"]


SCHEDULE = {"id": "h", "freq": "WEEKLY", "byday": "FR", "opens_at": "08:00", "closes_at": "12:00"}


@pytest.mark.parametrize(
    ("change", "spans"),
    [
        ({}, [(4, 480, 720)]),
        ({"opens_at": "20:00", "closes_at": "02:00"}, [(4, 1200, 1440), (5, 0, 120)]),
        ({"byday": "SU", "opens_at": "20:00", "closes_at": "02:00"}, [(0, 0, 120), (6, 1200, 1440)]),
        ({"closes_at": "00:00"}, [(4, 480, 1440)]),
        (
            {"timezone": 3, "interval": 1, "valid_from": "2026-01-01", "valid_to": "2026-12-31"},
            [(4, 480, 720)],
        ),
        ({"timezone": 0}, []),
        ({"opens_at": "08:00Z"}, []),
        ({"opens_at": "08:00-05:00"}, []),
        ({"interval": 2}, []),
        ({"freq": "MONTHLY", "byday": "2FR"}, []),
        ({"count": 3}, []),
        ({"bymonthday": "2,3"}, []),
        ({"valid_to": "2025-12-31"}, []),
        ({"valid_from": "2027-01-01"}, []),
        ({"valid_from": "soon"}, []),
        ({"byday": "XX"}, []),
        ({"opens_at": "8"}, []),
        ({"closes_at": "08:00"}, []),
        ({"opens_at": "24:30"}, []),
    ],
    ids=[
        "a week",
        "past midnight",
        "past midnight of the week",
        "to midnight",
        "said in full",
        "another zone",
        "UTC",
        "another offset",
        "every second week",
        "of a month",
        "a count",
        "days of a month",
        "past",
        "to come",
        "no date",
        "no day",
        "no time",
        "no span",
        "after the day",
    ],
)
def test_schedules(change: dict[str, Any], spans: list[tuple[int, int, int]]) -> None:
    """A week of local hours is read; any other rule leaves the hours unsaid and is told, never half read."""
    reading = one(schedules=[{**SCHEDULE, **change}])
    assert list(reading.organisations[0].services[0].hours.week) == spans
    assert any("service.schedules" in name for name in reading.fields) == (not spans)


def test_overlapping_schedules_leave_the_hours_unsaid() -> None:
    """Two that contradict each other are no week."""
    reading = one(schedules=[SCHEDULE, {**SCHEDULE, "opens_at": "11:00", "closes_at": "13:00"}])
    assert reading.organisations[0].services[0].hours == Hours()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "active"}, (12, OPEN)),
        ({"status": "temporarily closed"}, (12, CLOSED)),
        ({"status": "defunct"}, (12, CLOSED)),
        ({"capacities": [{"id": "q", "available": 0, "maximum": 5}]}, (5, FULL)),
        ({"capacities": [{"id": "q", "available": "7"}]}, (7, OPEN)),
        ({"capacities": [{"id": "q", "available": 0}]}, (None, FULL)),
        ({"capacities": [{"id": "q", "available": -1, "maximum": "many"}]}, (None, OPEN)),
        ({"capacities": []}, (None, OPEN)),
    ],
    ids=["active", "closed", "defunct", "full", "free alone", "full, no bound", "no numbers", "none"],
)
def test_capacity_and_state(changes: dict[str, Any], said: tuple[int | None, str]) -> None:
    """The maximum is the capacity, no place free is full, and whatever is not active is closed."""
    (service,) = one(**changes).organisations[0].services
    assert (service.capacity, service.state) == said


@pytest.mark.parametrize(
    ("changes", "areas"),
    [
        ({"service_areas": [{"id": "e", "extent": "ET0502", "name": "Somali"}]}, ("ET0502",)),
        ({"service_areas": [], "service_at_locations": [{"id": "w", "location": PLACE}]}, ("ET14",)),
        ({"service_areas": []}, ("ET14",)),
    ],
    ids=["extent", "where it is offered", "where the organisation is"],
)
def test_areas(changes: dict[str, Any], areas: tuple[str, ...]) -> None:
    """A service covers what it names, else the places where it is."""
    assert one(**changes).organisations[0].services[0].areas == areas


def test_services_that_cannot_be_referred_to() -> None:
    """Without a need or an area that is known here a service is left out, and why is counted."""
    reading = one(service_areas=[{"id": "e", "name": "Atlantis"}])
    assert reading.organisations[0].services == ()
    assert (reading.services, reading.areas) == ({"no area is known for it": 1}, {"Atlantis": 1})
    reading = one(attributes=[])
    assert reading.services == {"no need is known for it": 1}


def test_two_services_for_one_need() -> None:
    """They are one where only area and capacity differ; under other conditions the first stays alone."""
    wider = {**SERVICE, "service_areas": [{"id": "e", "extent": "SO12"}]}
    reading = read({**FULL_EXAMPLE, "services": [SERVICE, wider]})
    (joined,) = reading.organisations[0].services
    assert (joined.areas, joined.capacity) == (("ET05", "SO12"), 24)
    reading = read({**FULL_EXAMPLE, "services": [SERVICE, {**wider, "minimum_age": 18}]})
    assert reading.organisations[0].services[0].areas == ("ET05",)
    assert reading.services == {"another for the same need, under other conditions": 1}


def test_a_neutral_name_is_never_the_name_of_anybody() -> None:
    """No name of a foreign file becomes what messages may say, whatever it calls itself."""
    named = {**FULL_EXAMPLE, "alternate_name": "The AIDS clinic"}
    assert read(named).organisations[0].neutral == ""


def test_a_data_package_of_others() -> None:
    """Rows that belong to several things belong to each; tables and rows that lead nowhere are counted."""
    files = {
        "organizations.csv": "id,name,description\no1,House,We help\n",
        "services.csv": "id,organization_id,program_id,name,status\ns1,o1,g1,Talks,active\n",
        "phones.csv": "id,organization_id,service_id,number,type\np1,o1,s1,+251911234567,text\np2,,,+251911234568,\n",
        "service_areas.csv": "id,service_id,name\ne1,s1,Somali\n",
        "attributes.csv": "id,link_id,taxonomy_term_id,link_type,link_entity,value\nt1,s1,m1,type,,\n",
        "taxonomy_terms.csv": "id,code,name,description,taxonomy_id\nm1,MH,Mental health,about minds,x1\n",
        "taxonomies.csv": "id,name,description\nx1,Terms,all\n",
        "contacts.csv": "id,organization_id,name\nc1,o1,A. Nobody\nc2,o1,B. Nobody\n",
    }
    objects, unread = tabular.objects(files)
    reading = hsds_reading.read(objects, KNOWN)
    (found,) = reading.organisations
    assert (found.code, found.phones, found.services[0].need) == ("o1", ("+251911234567",), "psychosocial")
    assert unread == {"contacts.csv (rows)": 2, "phones.csv (rows of nothing that is here)": 1}
    assert reading.fields["service.program_id"] == 1


@pytest.mark.parametrize(
    "item",
    [
        "text",
        {},
        {"id": "x"},
        {"id": "x", "name": ["a"]},
        {**SERVICE},
        {**SERVICE, "organization": "House"},
        {**FULL_EXAMPLE, "services": {"id": "s"}},
        {**FULL_EXAMPLE, "phones": ["+251"]},
        {**FULL_EXAMPLE, "locations": [{"id": "l", "addresses": [None]}]},
        {
            **FULL_EXAMPLE,
            "services": [{**SERVICE, "service_at_locations": [{"location": 7}], "service_areas": []}],
        },
    ],
    ids=[
        "text",
        "empty",
        "no name",
        "a list for a name",
        "nobody's",
        "no object",
        "no list",
        "no phone",
        "no address",
        "no place",
    ],
)
def test_what_is_no_directory_is_refused(item: Any) -> None:
    """An error of ours, never a crash."""
    with pytest.raises(FlowError):
        read(item)


def test_odd_values_do_not_stop_it() -> None:
    """A value of another kind than the standard says is left out, and the rest is read."""
    odd = deepcopy(FULL_EXAMPLE)
    odd["services"][0] |= {"minimum_age": "twelve", "maximum_age": 10.5, "assured_date": "2062-01-01"}
    odd["services"][0]["attributes"] += [{"taxonomy_term": "text"}, {}]
    odd["services"][0]["languages"] += [{"id": "v", "name": 7}]
    odd["locations"][0]["latitude"] = [9]
    reading = read(odd)
    (service,) = reading.organisations[0].services
    assert (service.age_min, service.age_max, service.assured) == (None, None, None)
    assert reading.organisations[0].locations[0].latitude is None

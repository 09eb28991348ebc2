"""`gateway referrals table | open`: what anybody may do, and a request in somebody's name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import flows
from gateway import bootstrap, settings
from gateway.catalogue.files import read_folder
from gateway.cli import gateway
from gateway.cli.demo import environment
from gateway.enact.helping import directory
from gateway.runtime import Runtime
from gateway.store import migrate, people
from gateway.store.conversations import open_alone

REFERENCE, STAFF = "K7R249XM", "caseworker_ethiopia"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, 8098)


@pytest.fixture
def runtime(given: dict[str, str]) -> Iterator[Runtime]:
    """Somebody known on paper, who has not agreed that their details are shared."""
    made = bootstrap.build(settings.read(given))
    migrate.upgrade(made.database)
    shipped = read_folder(Path(flows.__file__).parent)
    made.catalogue.publish(shipped, "tests", "", made.now())
    directory.load(made, shipped.sources["directory.yaml"].data)
    age = {"from": 1990, "to": 1990, "precision": "year", "calendar": "gregorian", "raw": "36"}
    record = {"full_name": "Hodan Cali", "area": "ET14", "sex": "f", "age": age, "urgent": "no"}
    with made.database.transaction() as tx:
        alone = open_alone(tx, made.vault, made.now())
        person = people.add(tx, made.vault, REFERENCE, record, alone, made.now())
        assert person is not None
        people.set_status(tx, person, people.REGISTERED, made.now())
    yield made
    made.database.close()


def test_the_table_is_printed_and_counted() -> None:
    """In words, and for programs."""
    shown = CliRunner().invoke(gateway, ["referrals", "table"])
    assert shown.exit_code == 0
    assert "leg      accept              sent, received, waitlisted -> accepted; by provider" in shown.output
    told = json.loads(CliRunner().invoke(gateway, ["referrals", "table", "--json"]).output)
    assert (told["leg_cells"]["all"], told["referral_cells"]["all"]) == (3360, 10500)
    assert {move["about"] for move in told["moves"]} == {"leg", "referral"}


def test_a_request_at_the_desk(runtime: Runtime, given: dict[str, str]) -> None:
    """A draft until they agree; said twice it is the same one. Slips are named in one line."""

    def open_(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(gateway, ["referrals", "open", *words], env=given)
        return done.exit_code, done.output.strip().splitlines()[-1]

    asked = (REFERENCE, "health", "--as", STAFF)
    assert open_(*asked) == (0, "Kept as a draft: it opens once they agree to share their details.")
    assert open_(*asked) == (0, "A draft is open for this need already.")
    assert open_("K7R249XX", "health", "--as", STAFF)[0] == 1
    assert open_(REFERENCE, "gold", "--as", STAFF)[0] == 2
    assert open_(REFERENCE, "health", "--area", "XX99", "--as", STAFF)[0] == 2
    assert open_(REFERENCE, "legal", "--as", "nobody") == (
        1,
        "Error: Nobody of the staff has the code nobody.",
    )
    far = open_(REFERENCE, "legal", "--as", "caseworker_somalia")
    assert far == (1, "Error: The area is not one that this caseworker works for.")

"""Lists of people and confided answers at the command line: what it says, what it writes, what it never shows."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors import environment

from gateway.cli import gateway
from gateway.cli.people.import_ import REASONS
from gateway.registry.paper.people import COLUMNS
from gateway.runtime import Runtime
from gateway.store import people

STAFF = "caseworker_ethiopia"
ROW = {
    "number": "A-17",
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "birth": "35",
    "country_from": "SA",
    "return_month": "02/2026",
    "return_type": "assisted",
    "area": "ET14",
    "people_with": "2",
    "children_with": "1",
    "need": "health",
    "consent_register": "yes",
    "consent_date": "15/01/2026",
    "consent_reference": "box 3, sheet 4",
}


def write(path: Path, *changes: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS), restval="")
        writer.writeheader()
        writer.writerows([ROW | each for each in changes])
    return path


def run(database_url: str, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(gateway, ["people", *words], env=environment(database_url), input=given)


def table(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_list_from_file_to_cards(runtime: Runtime, database_url: str, tmp_path: Path) -> None:
    """Right rows are taken, wrong ones named by line and column; the files are private and hold no name."""
    file = write(tmp_path / "camp.csv", {}, {"number": "A-18", "sex": "woman", "birth": "33000"})
    report, cards = tmp_path / "report.csv", tmp_path / "cards.csv"
    report.write_text("for all to read")
    report.chmod(0o644)
    words = ("import", str(file), "--list", "camp", "--by", STAFF, "--json")
    rehearsed = run(database_url, *words, "--dry-run")
    assert json.loads(rehearsed.stdout)["good"] == 1
    done = run(database_url, *words, "--report", str(report), "--cards", str(cards))
    counts = json.loads(done.stdout)
    assert {name: number for name, number in counts.items() if name != "batch" and number} == {
        "issued": 1,
        "refused": 1,
    }
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == f"Error: 1 rows were not taken: see {report}."
    assert [(each["line"], each["outcome"], each["column"]) for each in table(report)] == [
        ("3", "refused", "sex"),
        ("3", "refused", "birth"),
        ("2", "issued", ""),
    ]
    (card,) = table(cards)
    assert len(card["certificate_number"]) == 12
    assert [stat.S_IMODE(each.stat().st_mode) for each in (report, cards)] == [0o600, 0o600]
    said = report.read_text() + cards.read_text() + done.output + rehearsed.output
    for secret in ("Hodan", "A-17", "woman", "33000", "box 3"):
        assert secret not in said, secret
    again = run(database_url, *words, "--cards", str(cards))
    assert json.loads(again.stdout)["already"] == 1
    assert table(cards) == [card], "who was taken before is on the list of cards again"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfea\x00", "UTF-16"),
        (b"Hodan Cali,0911234567\n", "column 1 has a name that is not known"),
    ],
    ids=["another encoding", "no header"],
)
def test_what_is_no_list(runtime: Runtime, database_url: str, tmp_path: Path, data: bytes, says: str) -> None:
    """It is refused in one line that repeats nothing of it."""
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    done = run(database_url, "import", str(file), "--list", "camp", "--by", STAFF)
    assert done.exit_code == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hodan" not in done.output.lower()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_confided_is_typed_unseen(runtime: Runtime, database_url: str, tmp_path: Path) -> None:
    """The answer is read from standard input, and neither shown nor said again."""
    cards = tmp_path / "cards.csv"
    run(
        database_url,
        "import",
        str(write(tmp_path / "a.csv", {})),
        "--list",
        "a",
        "--by",
        STAFF,
        "--cards",
        str(cards),
    )
    reference = table(cards)[0]["reference"]
    words = ("restricted", reference, "--field", "detention", "--by", STAFF)
    assert run(database_url, *words, given="perhaps\n").exit_code == 1
    done = run(database_url, *words, given="yes\n")
    assert (done.exit_code, done.stdout) == (0, "Kept.\n")
    assert "yes" not in done.stderr.removeprefix("Answer (yes, no, not_said): ")
    with runtime.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        assert person is not None
        assert people.record_of(runtime.vault, person)["restricted"] == {"detention": "yes"}
    assert run(database_url, "restricted", reference, "--field", "name", "--by", STAFF).exit_code == 2
    assert run(
        database_url, "restricted", "K7R249XM", "--field", "detention", "--by", STAFF, given="no\n"
    ).exit_code


def test_the_columns_explain_themselves() -> None:
    """`--columns` needs neither a file nor a database, and every reason is said in words."""
    done = CliRunner().invoke(gateway, ["people", "import", "--columns"], env={})
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(COLUMNS)
    assert all(words and not words.endswith(".") for words in REASONS.values())

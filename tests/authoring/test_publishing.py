"""What fails its check is never published; what is published is seen everywhere at once, and can be taken back."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result
from doors import SERVICE, TOKEN, Caller, environment
from edited import edited
from flask.testing import FlaskClient

from gateway.authoring.findings import Severity
from gateway.authoring.revising.publishing import FlowsRefused, find, previous, publish, roll_back
from gateway.catalogue.files import Bundle
from gateway.catalogue.published import Catalogue
from gateway.cli import gateway
from gateway.cli.parent import die_with_parent
from gateway.errors import FlowError, StoreError
from gateway.runtime import Runtime
from gateway.settings import for_child
from gateway.store import revisions

REGISTRATION = "registration/flow.yaml"
SEX = "Are you female or male?"
SEEN_WITHIN = 2.0  # seconds


def reworded(bundle: Bundle, text: str = "Female or male?") -> Bundle:
    return edited(bundle, REGISTRATION, (SEX, text))


def broken(bundle: Bundle) -> Bundle:
    """Two mistakes: a state that nobody has, and a placeholder that nothing declares."""
    return edited(
        bundle,
        REGISTRATION,
        ("none: {go: no_area}", "none: {go: no_areas}"),
        ("Your reference is {reference}.", "Your reference is {referense}."),
    )


# --- the door ---------------------------------------------------------------------------------------------


def test_files_with_errors_are_refused(runtime: Runtime, shipped: Bundle) -> None:
    """Every error is told with its rule and place, and what is published stays as it was."""
    before = runtime.catalogue.newest()
    with pytest.raises(FlowsRefused) as refused:
        publish(runtime.catalogue, broken(shipped), "tests", "", runtime.now())
    found = refused.value.findings
    (wrong,) = [each for each in found if "no_areas" in each.problem]
    assert (wrong.file, wrong.severity) == (REGISTRATION, Severity.ERROR)
    assert "'no_area'?" in wrong.hint
    assert any("referense" in each.problem and each.file == REGISTRATION for each in found)
    assert all(each.line and each.rule for each in found)
    assert f"{found[0].file}:{found[0].line}: " in str(refused.value)
    assert runtime.catalogue.newest() == before


def test_what_is_published_is_on_record(runtime: Runtime, shipped: Bundle) -> None:
    """By whom, why and when; the name is made of the contents, and publishing the same again is nothing."""
    newer, now = reworded(shipped), runtime.now()
    assert publish(runtime.catalogue, newer, "hodan", "shorter question", now)
    assert not runtime.catalogue.publish(newer, "hodan", "again", now)
    with runtime.database.reading() as tx:
        newest, oldest = revisions.history(tx)
    assert (newest.revision, newest.author, newest.note) == (newer.id, "hodan", "shorter question")
    assert newest.at.timestamp() == pytest.approx(now.timestamp(), abs=0.01)
    assert oldest.revision == shipped.id
    assert runtime.catalogue.bundle(newer.id).texts == dict(newer.texts)


@pytest.mark.parametrize(("author", "note"), [("x" * 49, ""), ("x", "y" * 201)])
def test_a_note_that_is_too_long(runtime: Runtime, shipped: Bundle, author: str, note: str) -> None:
    """It is said, with the length, before anything else is done."""
    with pytest.raises(FlowError, match="letters, at most"):
        publish(runtime.catalogue, reworded(shipped), author, note, runtime.now())


def test_back_and_forth(runtime: Runtime, shipped: Bundle) -> None:
    """A rollback is a publication of its own; the one before that is where it came from."""
    catalogue, database, now = runtime.catalogue, runtime.database, runtime.now()
    with pytest.raises(FlowError, match="nothing was published before"):
        previous(database)
    newer = reworded(shipped)
    catalogue.publish(newer, "tests", "", now)
    assert previous(database) == shipped.id
    assert roll_back(catalogue, previous(database), "tests", "back", now)
    assert catalogue.fresh().id == shipped.id
    assert previous(database) == newer.id
    assert not roll_back(catalogue, shipped.id, "tests", "", now)
    with database.reading() as tx:
        assert [each.revision for each in revisions.history(tx)] == [shipped.id, newer.id, shipped.id]
    with pytest.raises(StoreError):
        roll_back(catalogue, "never", "tests", "", now)


def test_a_revision_by_the_beginning_of_its_name(runtime: Runtime, shipped: Bundle) -> None:
    """Enough letters find it; too few, or wrong ones, say what to do."""
    runtime.catalogue.publish(reworded(shipped), "tests", "", runtime.now())
    assert find(runtime.database, shipped.id[:12].upper()) == shipped.id
    with pytest.raises(FlowError, match="give more of its letters"):
        find(runtime.database, "")
    for wrong in ("zzz", "%", "_"):
        with pytest.raises(FlowError, match="gateway flows revisions"):
            find(runtime.database, wrong)


def test_two_processes_see_one_publication(runtime: Runtime, shipped: Bundle) -> None:
    """Another catalogue on the same database hands out the new revision within the time that is promised."""
    other = Catalogue(runtime.database, runtime.settings.country)
    assert other.fresh().id == shipped.id
    newer = reworded(shipped)
    runtime.catalogue.publish(newer, "tests", "", runtime.now())
    began = time.monotonic()
    while other.fresh().id != newer.id:
        assert time.monotonic() - began < SEEN_WITHIN
        time.sleep(0.01)


# --- the command line -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, shipped: Bundle) -> Path:
    """An operator's copy of the shipped files."""
    copied = tmp_path / "flows"
    for name, text in shipped.texts.items():
        (copied / name).parent.mkdir(parents=True, exist_ok=True)
        (copied / name).write_text(text, "utf-8")
    return copied


@pytest.fixture
def run(runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`gateway flows …` on the house's database and the operator's folder."""
    for name, value in environment(runtime.settings.database_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GATEWAY_FLOWS_DIR", str(folder))
    return lambda *words: CliRunner().invoke(gateway, ["flows", *words])


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / REGISTRATION
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.slow
def test_an_operator_changes_a_question(
    run: Callable[..., Result], folder: Path, client: FlaskClient, shipped: Bundle
) -> None:
    """Diff, dry run, publish, list, and back: each command says what it is asked for."""
    caller = Caller(client, "+251911234540")
    caller.dial()
    for answer in ("1", "1", "1", "1", "Abdi Nur Ali", "Jijiga", "1"):
        caller.say(answer)
    Caller(client, "+251911234541").dial()
    rewrite(folder, SEX, "Female or male?")
    told = run("publish", "--dry-run").output
    assert re.search(r"1  registration\.sex +on \w{12}  finish where they began: the question", told), told
    assert re.search(r"1  language\.pick +on \w{12}  go on in the new revision", told), told
    assert "registration.sex in en by ussd: " in told
    assert "    + Female or male?" in told
    assert run("publish", "--note", "shorter", "--author", "hodan").output.startswith("Published ")
    listed = run("revisions").output.splitlines()
    assert listed[0].startswith("* ")
    assert listed[0].endswith("hodan  shorter")
    assert "     2 conversations" in listed[1]
    assert run("diff", shipped.id[:10]).output.splitlines() == [
        f"registration.sex: text changed in en: '{SEX}' -> 'Female or male?' (15 of 156)",
        "1 change.",
    ]
    assert run("diff").output == "Nothing differs.\n"
    foreseen = json.loads(run("rollback", "--previous", "--dry-run", "--json").output)
    assert foreseen["revision"] == shipped.id
    assert {(each["state"], each["fate"]) for each in foreseen["standing"]} == {
        ("sex", "there"),
        ("pick", "there"),
    }
    assert {each["state"] for each in foreseen["screens"]} == {"sex"}
    assert "again." in run("rollback", "--previous", "--note", "it was better").output
    last = json.loads(run("revisions", "--json").output)["revisions"]
    assert (last[0]["revision"], last[0]["note"], len(last)) == (shipped.id, "it was better", 3)


def test_a_broken_file_on_the_command_line(run: Callable[..., Result], folder: Path, shipped: Bundle) -> None:
    """Each finding in a line, with file, line and column; nothing is published, dry or not."""
    rewrite(folder, "none: {go: no_area}", "none: {go: no_areas}")
    done = run("publish")
    assert isinstance(done.exception, FlowsRefused)
    assert re.search(rf"^{REGISTRATION}:\d+:\d+: [\w.]+: .*no_areas", done.output, re.MULTILINE)
    findings = json.loads(run("publish", "--dry-run", "--json").output)["findings"]
    assert findings[0]["file"] == REGISTRATION
    assert json.loads(run("revisions", "--json").output)["revisions"][0]["revision"] == shipped.id


def test_a_rollback_needs_a_name(run: Callable[..., Result]) -> None:
    """Neither none nor both: the usage is said."""
    assert run("rollback").exit_code == 2
    assert run("rollback", "abc", "--previous").exit_code == 2


# --- running processes ------------------------------------------------------------------------------------

COMMAND = (sys.executable, "-m", "gateway")
PHONES = count(34_000_000)


@dataclass(frozen=True)
class Served:
    """A real `gateway serve`: its settings and its port."""

    given: dict[str, str]
    port: int


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path: Path, folder: Path) -> Iterator[Served]:
    """It runs on a database of its own, on each kind in turn, with the operator's folder published."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    url = (
        f"sqlite:///{tmp_path}/g.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    more = {"GATEWAY_LISTEN": f"127.0.0.1:{port}", "GATEWAY_FLOWS_DIR": str(folder)}
    given = for_child({**environment(url), **more})
    subprocess.run([*COMMAND, "prepare"], env=given, check=True, timeout=60)
    process = subprocess.Popen(
        [*COMMAND, "serve"],
        env=given,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(die_with_parent, os.getpid()),
    )
    try:
        end = time.monotonic() + 30
        while not answers(port):
            assert time.monotonic() < end, "it never served"
            time.sleep(0.05)
        yield Served(given, port)
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/health/live")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def menu(port: int) -> str:
    """What a caller who comes for the first time, and chooses English, is shown."""
    phone = f"+2519{next(PHONES)}"
    screen = ""
    for typed in ("", "1"):
        form = {"sessionId": f"ATUid_{phone[1:]}", "phoneNumber": phone, "networkCode": "63601"}
        line = HTTPConnection("127.0.0.1", port, timeout=20)
        body = urlencode(form | {"serviceCode": SERVICE, "text": typed})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", f"/ussd/africastalking/{TOKEN}", body, headers)
        screen = line.getresponse().read().decode()
        line.close()
    return screen


@pytest.mark.slow
def test_a_running_server_shows_it_within_two_seconds(served: Served, folder: Path) -> None:
    """Published by another process while callers call: the next callers read it, with no restart."""
    assert menu(served.port).startswith("CON Main menu")
    file = folder / "main" / "flow.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("choose: Main menu", "choose: What do you need?"), "utf-8")
    with subprocess.Popen(
        [*COMMAND, "flows", "publish"], env=served.given, stdout=subprocess.PIPE, text=True
    ) as publishing:
        assert publishing.stdout is not None
        calling = threading.Event()
        caller = threading.Thread(target=lambda: [menu(served.port) for _ in iter(calling.is_set, True)])
        caller.start()
        said = publishing.stdout.readline()
        began = time.monotonic()
        calling.set()
        caller.join()
    assert said.startswith("Published ")
    while not menu(served.port).startswith("CON What do you need?"):
        assert time.monotonic() - began < SEEN_WITHIN
    print(f"publish to visible: {time.monotonic() - began:.3f} s")

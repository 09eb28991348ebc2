"""The demo's supervisor: what it starts is kept running and ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gateway.cli.demo import demand_loopback, environment, queue
from gateway.cli.embedded import answers
from gateway.cli.supervisor import ChildFailed, Part, Supervisor
from gateway.errors import SettingsError

# A supervisor of two children: a plain one, and one like granian, whose own child outlives a kill -9 of it.
HOUSE = """
import sys
from pathlib import Path
from gateway.cli.supervisor import Part, Supervisor

folder = Path(sys.argv[1])
sleep = "import time; time.sleep(60)"
parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{sleep}']); {sleep}"
with Supervisor(folder / "log").signals() as house:
    house.start(Part("plain", (sys.executable, "-c", sleep)))
    house.start(Part("forks", (sys.executable, "-c", parent)))
    (folder / "ready").write_text("yes")
    house.keep()
"""


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[psutil.Process]:
    """A running supervisor with its three descendants, in a session of its own."""
    process = subprocess.Popen([sys.executable, "-c", HOUSE, str(tmp_path)], start_new_session=True)
    supervisor = psutil.Process(process.pid)
    wait_for((tmp_path / "ready").exists)
    wait_for(lambda: len(supervisor.children(recursive=True)) == 3)
    known = supervisor.children(recursive=True)
    yield supervisor
    process.terminate()
    process.wait(20)
    for each in known:
        if each.is_running():
            each.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_ends_everything(house: psutil.Process, number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and a closed terminal: the supervisor ends well, and no process is left."""
    below = house.children(recursive=True)
    house.send_signal(number)
    assert house.wait(10) == 0
    assert psutil.wait_procs(below, timeout=5)[1] == []


def test_a_terminals_ctrl_c_reaches_the_supervisor_alone(house: psutil.Process) -> None:
    """Children lead groups of their own: a signal to the supervisor's group is not one to them."""
    groups = {os.getpgid(child.pid) for child in house.children()}
    assert os.getpgid(house.pid) not in groups
    assert len(groups) == 2


def test_a_killed_supervisor_leaves_no_child(house: psutil.Process) -> None:
    """kill -9 of the supervisor: the kernel ends its children."""
    children = house.children()
    house.kill()
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_a_killed_child_is_started_anew_and_its_group_is_cleared(house: psutil.Process) -> None:
    """kill -9 of a child that has a child: both are gone, and a new pair stands in their place."""
    forks = next(child for child in house.children() if child.children())
    orphan = forks.children()[0]
    forks.kill()
    wait_for(lambda: len(house.children(recursive=True)) == 3 and forks not in house.children())
    wait_for(lambda: not orphan.is_running())


def test_a_crash_loop_ends_it(tmp_path: Path) -> None:
    """A child that ends again and again is given up, and the others are stopped."""
    supervisor = Supervisor(tmp_path / "log")
    with pytest.raises(ChildFailed, match="broken crashed"), supervisor.signals():
        supervisor.start(Part("well", (sys.executable, "-c", "import time; time.sleep(60)")))
        well = psutil.Process(supervisor.pids()["well"])
        supervisor.start(Part("broken", (sys.executable, "-c", "raise SystemExit(3)")))
        supervisor.keep()
    assert not well.is_running()


def test_a_part_that_never_serves_is_named(tmp_path: Path) -> None:
    """A child that ends before it serves is an error that names it; its last words are in the log."""
    part = Part("deaf", (sys.executable, "-c", "print('no port', flush=True)"), ready=lambda: False)
    with (
        pytest.raises(ChildFailed, match="deaf did not start"),
        Supervisor(tmp_path / "log").signals() as house,
    ):
        house.start(part)
    assert (tmp_path / "log").read_text() == "no port\n"


def test_a_finished_part_gives_its_code(tmp_path: Path) -> None:
    """A step that runs to its end hands back its exit code."""
    with Supervisor(tmp_path / "log").signals() as house:
        assert house.finish(Part("step", (sys.executable, "-c", "raise SystemExit(7)"))) == 7


def test_a_killed_queue_comes_back_at_its_socket(tmp_path: Path) -> None:
    """The embedded server starts over the stale socket that a kill -9 left."""
    folder = tmp_path
    with Supervisor(folder / "log").signals() as house:
        house.start(queue(folder))
        os.kill(house.pids()["the queue"], signal.SIGKILL)
        wait_for(lambda: not answers(folder / "redis.sock"))
        wait_for(lambda: house._tend() or answers(folder / "redis.sock"))


def test_the_supervisor_is_light() -> None:
    """Starting a demo loads none of the heavy parts: they belong to its children."""
    heavy = "{'flask', 'sqlalchemy', 'telegram', 'redis', 'rq', 'granian', 'cel_expr_python', 'ruamel'}"
    code = f"import gateway.__main__, sys; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_demo_inherits_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live key in the shell that starts a demo reaches none of its processes."""
    monkeypatch.setenv("GATEWAY_AT_SENDER", "LIVE")
    monkeypatch.setenv("GATEWAY_AT_API_KEY", "live-key")
    given = environment(tmp_path, 8080)
    assert "GATEWAY_AT_SENDER" not in given
    assert given["GATEWAY_AT_API_KEY"] != "live-key"
    assert given["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(
    "changed",
    [
        {"GATEWAY_AT_BASE_URL": "https://api.africastalking.com"},
        {"GATEWAY_TELEGRAM_BASE_URL": "https://api.telegram.org"},
        {"GATEWAY_MODE": "live"},
    ],
    ids=["a live SMS carrier", "the live Telegram", "live mode"],
)
def test_a_demo_cannot_reach_a_live_carrier(tmp_path: Path, changed: dict[str, str]) -> None:
    """Anything but loopback is refused before a process starts."""
    given = {key: value for key, value in environment(tmp_path, 8080).items() if key.startswith("GATEWAY_")}
    demand_loopback(given)
    with pytest.raises(SettingsError):
        demand_loopback(given | changed)

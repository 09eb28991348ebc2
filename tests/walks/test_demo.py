"""The demo as a newcomer runs it: real processes, a real Redis, real HTTP."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.slow

DEMO = (sys.executable, "-m", "gateway", "demo")
MOST_MEMORY = 450 * 1024 * 1024


def alive(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def wait_alive(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not alive(port):
        assert time.monotonic() < deadline, "nobody answers"
        time.sleep(0.1)


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[psutil.Process, int]]:
    """A running demo on a free port, with its temporary folder under the test's."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    process = subprocess.Popen(
        [*DEMO, "--port", "0"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    found = next(
        found for line in process.stdout if (found := re.search(r"127\.0\.0\.1:(\d+)/simulator/", line))
    )
    yield psutil.Process(process.pid), int(found[1])
    process.terminate()
    process.wait(30)
    process.stdout.close()


def test_the_story_happens() -> None:
    """Three people in three languages, on three channels, through RQ: all of it, in less than half a minute."""
    done = subprocess.run([*DEMO, "--story"], capture_output=True, text=True, timeout=110)
    assert (done.returncode, done.stderr) == (0, "")
    took = re.search(r"All of it happened, in (\d+) seconds", done.stdout)
    assert took
    assert int(took[1]) < 30


def test_ctrl_c_leaves_nothing(demo: tuple[psutil.Process, int], tmp_path: Path) -> None:
    """After Ctrl-C there is no process and no file; all processes together fit the memory they are allowed."""
    supervisor, port = demo
    wait_alive(port)
    below = supervisor.children(recursive=True)
    assert sum(each.memory_info().rss for each in (supervisor, *below)) < MOST_MEMORY
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(20) == 0
    assert psutil.wait_procs(below, timeout=5)[1] == []
    assert list(tmp_path.iterdir()) == []


def test_killed_processes_come_back(demo: tuple[psutil.Process, int]) -> None:
    """kill -9 of the web server, the queue and the worker, all at once: a moment later the demo serves again."""
    supervisor, port = demo
    before = supervisor.children()
    for each in before:
        each.kill()
    time.sleep(1)
    wait_alive(port)
    after = supervisor.children()
    assert len(after) == len(before) == 3
    assert {each.pid for each in after}.isdisjoint(each.pid for each in before)


def test_the_page_speaks_with_the_gateway(demo: tuple[psutil.Process, int], browser: Browser) -> None:
    """By hand, in a browser: a USSD menu, an SMS that the worker answers, and a chat with buttons."""
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{demo[1]}/simulator/")
    page.get_by_role("button", name="Dial").click()
    expect(page.locator("#ussd-screen")).to_contain_text("1 English")
    page.get_by_label("Your reply").fill("1")
    page.get_by_label("Your reply").press("Enter")
    expect(page.locator("#ussd-screen")).to_contain_text("Main menu")
    texts = page.locator("#sms-b")
    texts.get_by_role("textbox").fill("HELP")
    texts.get_by_role("textbox").press("Enter")
    expect(texts.locator("li:not(.mine)")).to_contain_text("delivered", timeout=15_000)
    page.locator("#chat").get_by_role("button", name="/start").click()
    expect(page.locator("#chat").get_by_role("button", name="አማርኛ")).to_be_visible(timeout=15_000)
    page.close()


def test_a_taken_port_is_one_line(demo: tuple[psutil.Process, int]) -> None:
    """A second demo on the same port says so in one line and starts nothing."""
    done = subprocess.run([*DEMO, "--port", str(demo[1])], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"gateway: port {demo[1]} is taken: choose another with --port"]

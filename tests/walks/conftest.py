from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from town import Town

from gateway import log
from gateway.catalogue.files import Bundle
from gateway.runtime import Runtime

SWITCHES = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium of this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def town(runtime: Runtime, client: FlaskClient, shipped: Bundle) -> Town:
    """The whole house, on each database in turn, and the people around it."""
    return Town(runtime, client, shipped)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that was logged."""
    stream = io.StringIO()
    log.configure(stream)
    yield stream
    log.configure()

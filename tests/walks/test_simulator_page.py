"""The simulator's page in a real browser, against a gateway that answers like ours."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from gateway.simulator.app import Simulator
from gateway.simulator.wiring import Wiring

pytestmark = pytest.mark.slow

ALMAZ, CLINIC = "+251911234501", "+251911000001"
SCREENS = [
    "CON Language / Luqad / ቋንቋ\n1 English\n2 Soomaali\n3 አማርኛ",
    "CON Main menu\n1 Register",
    "END Saved.",
]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The page and a gateway's doors on one server, as in a demo."""
    app = Flask("gateway", static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    wiring = Wiring(f"http://127.0.0.1:{server.server_port}", "key", "t" * 32, "700:token", "s" * 32)
    simulator = Simulator(wiring, retry_seconds=0.2)
    app.register_blueprint(simulator.blueprint(), url_prefix="/simulator")

    @app.post("/<path:door>")
    def take(door: str) -> Response:
        if "sessionId" in request.form and not door.endswith("events"):
            text = request.form["text"]
            return Response(SCREENS[min(len(SCREENS) - 1, text.count("*") + bool(text))])
        return Response("ok")

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield simulator
    server.shutdown()
    thread.join()
    server.server_close()
    simulator.close()


@pytest.fixture
def page(browser: Browser, simulator: Simulator) -> Iterator[Page]:
    """The page, opened; any complaint of the browser (policy, script, a missing file) fails the test."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    foreign: list[str] = []
    page.on("request", lambda asked: foreign.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
    page.goto(f"{simulator.wiring.gateway_url}/simulator/")
    expect(page.get_by_role("status")).to_have_text("The gateway is running")
    yield page
    context.close()
    assert (complaints, foreign) == ([], [])


def test_a_newcomer_dials_and_answers_with_the_keyboard(page: Page) -> None:
    """The code stands ready: Enter dials, a digit and Enter answer, and the closed dialogue offers to dial again."""
    screen = page.locator("#ussd-screen")
    expect(screen).to_have_text("Dial *384*1234#")
    page.get_by_label("Number to dial").press("Enter")
    expect(screen).to_contain_text("3 አማርኛ")
    reply = page.get_by_label("Your reply")
    expect(reply).to_be_focused()
    reply.press_sequentially("1")
    reply.press("Enter")
    expect(screen).to_contain_text("1 Register")
    page.get_by_role("button", name="1", exact=True).click()
    page.get_by_role("button", name="Send").first.click()
    expect(screen).to_have_text("Saved.")
    expect(page.get_by_label("Number to dial")).to_have_value("*384*1234#")


def test_a_call_can_be_dropped(page: Page) -> None:
    """Hang up works only while a dialogue is open, and ends it."""
    drop = page.get_by_role("button", name="Hang up")
    expect(drop).to_be_disabled()
    page.get_by_role("button", name="Dial").click()
    drop.click()
    expect(drop).to_be_disabled()
    expect(page.locator("#ussd-measure")).to_contain_text("the dialogue is over")


def test_texts_show_their_ticks_parts_and_alphabet(page: Page, simulator: Simulator) -> None:
    """What is typed is counted before it is sent; what arrives shows who wrote it, delivery and parts."""
    phone = page.locator("#sms-a")
    box = phone.get_by_label(re.compile("SMS to"))
    box.fill("ሰላም")
    expect(phone.locator(".measure")).to_have_text("1 part · 3 UCS-2 characters")
    box.press("Enter")
    expect(phone.locator("li.mine")).to_contain_text("✓✓ delivered · 1 part · 3 UCS-2 characters")
    simulator.africastalking.messaging("key", {"to": CLINIC, "message": "x" * 161})
    expect(page.locator("#sms-b li")).to_contain_text("2 parts · 161 septets")
    simulator.africastalking.messaging("key", {"to": ALMAZ, "message": "<b>اختر اللغة</b>"})
    bubble = phone.locator("li:not(.mine) .bubble")
    expect(bubble).to_have_text("<b>اختر اللغة</b>")
    expect(bubble).to_have_attribute("dir", "auto")


def test_a_chat_has_buttons_and_shares_a_number(page: Page, simulator: Simulator) -> None:
    """Buttons of the bot can be pressed, and the contact keyboard appears where the bot asks for the number."""
    chat = page.locator("#chat")
    chat.get_by_role("button", name="/start").click()
    expect(chat.locator("li.mine")).to_contain_text("delivered")
    user = str(next(each["id"] for each in simulator.network.state()["chats"]))
    buttons = (
        '{"inline_keyboard": [[{"text": "አማርኛ", "callback_data": "3"}],'
        ' [{"text": "Accept", "callback_data": "ACCEPT 48213-5"}]]}'
    )
    share = '{"keyboard": [[{"text": "ቁጥሬን አጋራ", "request_contact": true}]]}'
    for markup in (buttons, share):
        simulator.telegram.call(
            "700:token", "sendMessage", {"chat_id": user, "text": "?", "reply_markup": markup}
        )
    chat.get_by_role("button", name="አማርኛ").click()
    expect(chat.locator("li:not(.mine)").first).to_contain_text("waiting for the bot")
    chat.get_by_role("button", name="Accept").click()  # as under a notice: its words are what is sent
    expect(page.locator("#log")).to_contain_text("presses ACCEPT 48213-5")
    chat.get_by_role("button", name="ቁጥሬን አጋራ").click()
    expect(chat.locator("li.mine").last).to_contain_text(ALMAZ)
    expect(page.locator("#log")).to_contain_text("shares a phone number")


def test_faults_are_armed_and_calmed(page: Page, simulator: Simulator) -> None:
    """Each press arms a fault once more; one button calms all."""
    fault = page.get_by_role("button", name="The network answers 500")
    fault.click()
    expect(fault).to_contain_text("×1")
    fault.click()
    expect(fault).to_contain_text("×2")
    page.get_by_role("button", name="All carriers well").click()
    expect(fault).not_to_contain_text("×")
    assert not any(simulator.faults.armed().values())


@pytest.mark.parametrize("width", [360, 768, 1440], ids=lambda each: f"{each} px")
def test_it_fits_every_width(page: Page, width: int) -> None:
    """No side-scrolling on a phone, a tablet or a laptop, and every control has a name."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("button:visible, input:visible, textarea:visible, select:visible").all():
        named = control.evaluate("each => Boolean(each.innerText || each.labels?.length || each.ariaLabel)")
        assert named, control.evaluate("each => each.outerHTML")

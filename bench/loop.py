"""How long everybody waits to hear of a step: requests through the whole demo, one after the other.

The real demo (SQLite, an embedded Redis, a real worker, the carriers on loopback). A person asks by USSD, a provider
accepts, names a day, sees them and ends it by SMS, the person confirms by SMS. The clock runs from the keystroke until
the carrier has the message. Quiet hours and digests are left out, since they are waits on purpose; and each step waits
until Telegram's limit of one message a second to a chat has passed. Prints one JSON object as its last line.

    python bench/loop.py [--requests 50]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

import click
from redis import Redis

import flows
from gateway import settings
from gateway.cli.demo import HOST, environment, start
from gateway.cli.phones import Calling, StoryFailed, Texting, flat
from gateway.cli.story_returnees import ALMAZ, CASEWORKER, REQUEST, SHELTER
from gateway.cli.supervisor import Part, Supervisor
from gateway.cli.teller import REGISTRATION, Teller
from gateway.simulator.wiring import SERVICE_CODE

REQUESTS = 50
LONGEST = 20.0  # seconds for one message
LOOK = 0.005
CHAT_RESTS = 1.1
ON_PURPOSE = ("quiet_hours", "digest")
"""The parts of a policy that keep messages back."""


class Loop(Teller):
    """The requests, and for each kind of notification how long it took, in milliseconds."""

    def __init__(self, url: str, redis: Redis, requests: int) -> None:
        super().__init__(url, redis, say=lambda _: None)
        self.requests = requests
        self.took: dict[str, list[float]] = defaultdict(list)
        self.rested = 0.0

    def tell(self) -> None:
        """Registers once, then asks again and again."""
        self.almaz = Calling(self.world, "Almaz", "en", ALMAZ.number)
        self.provider = Texting(self.world, "Shelter", "en", SHELTER)
        self.almaz.dial(SERVICE_CODE)
        self.pick(self.almaz, "language", "pick", "en")
        self.pick(self.almaz, "main", "menu", "register")
        self.converse(self.almaz, "registration", REGISTRATION | {"name": "Almaz Tesfaye"}, until="issued")
        with click.progressbar(range(self.requests), label="Requests", file=sys.stderr) as bar:
            for _ in bar:
                self.once()

    def once(self) -> None:
        """One request from its first word to its last."""
        self.almaz.dial(SERVICE_CODE)
        self.pick(self.almaz, "main", "menu", "services")
        asked = {state: answer for state, answer in REQUEST.items() if state != "confirm"}
        self.converse(self.almaz, "services", asked, until="confirm")
        began = self.begin()
        self.pick(self.almaz, "services", "confirm", "yes")
        code = self.converse(self.almaz, "services", {}, until="sent")["code"].rstrip(".")
        self.heard("request", began, code, provider="leg_offered", caseworker="leg_offered_staff")
        day = time.strftime("%d/%m", time.gmtime(time.time() + 3 * 86_400))
        for name, words, person, caseworker in (
            ("acceptance", f"ACCEPT {code}", "leg_accepted_person", "leg_accepted_staff"),
            ("day", f"DATE {code} {day}", "leg_scheduled_person", "leg_offered_staff"),
            ("arrival", f"ARRIVED {code}", "", "leg_offered_staff"),
            ("end", f"DONE {code} HELPED", "leg_completed_person", "leg_completed_staff"),
        ):
            began = self.begin()
            self.world.do("text", number=SHELTER, text=words)
            self.heard(name, began, code, person=person, caseworker=caseworker)
        began = self.begin()
        self.world.do("text", number=ALMAZ.number, text=f"{self.words.keyword('feedback')} YES {code}")
        self.heard(
            "answer", began, code, provider="leg_confirmed_provider", caseworker="referral_served_staff"
        )

    def begin(self) -> float:
        """Lets the chat rest, then starts the clock."""
        time.sleep(max(0.0, self.rested - time.time()))
        return time.time()

    def heard(self, name: str, began: float, code: str, **notices: str) -> None:
        """Waits until each has read their notice with this code, and notes how long it took."""
        wanted = {who: self.words.notice(notice, "en") for who, notice in notices.items() if notice}
        deadline = time.monotonic() + LONGEST
        while wanted and time.monotonic() < deadline:
            for who, pattern in list(wanted.items()):
                at = self.at(who, pattern, code, began)
                if at is not None:
                    self.took[f"{name}_to_{who}_ms"].append(1000 * (at - began))
                    del wanted[who]
            time.sleep(LOOK)
        if wanted:
            raise StoryFailed(f"{', '.join(wanted)} did not hear of the {name}")
        self.rested = time.time() + CHAT_RESTS

    def at(self, who: str, pattern: re.Pattern[str], code: str, began: float) -> float | None:
        """When the carrier got the notice."""
        if who == "caseworker":
            messages = self.world.chat(CASEWORKER)["messages"]
        else:
            messages = self.world.phone(SHELTER if who == "provider" else ALMAZ.number)["texts"]
        for message in reversed(messages):
            if message["at"] < began or message["mine"]:
                continue
            if code in message["body"] and pattern.search(flat(message["body"])):
                return float(message["at"])
        return None


def measure(url: str, requests: int) -> None:
    """Plays the requests against a running demo and prints the medians."""
    with Redis.from_url(settings.read().redis_url) as redis:
        loop = Loop(url, redis, requests)
        loop.tell()
    for name, each in loop.took.items():
        ordered = sorted(each)
        most = ordered[int(0.95 * (len(ordered) - 1))]
        print(f"{name:<28} median {median(each):6.0f}  95 of 100 within {most:6.0f}")
    print(
        json.dumps({"referrals": requests, **{name: round(median(each)) for name, each in loop.took.items()}})
    )


def main(requests: int) -> int:
    """Starts the demo with policies that keep nothing back, and measures it from a process of its own."""
    with tempfile.TemporaryDirectory(prefix="gw-loop-") as made, socket.socket() as probe:
        folder = Path(made)
        texts = shutil.copytree(Path(flows.__path__[0]), folder / "flows")
        for policy in (texts / "policies").glob("*.yaml"):
            lines = policy.read_text("utf-8").splitlines(keepends=True)
            policy.write_text("".join(line for line in lines if not line.startswith(ON_PURPOSE)), "utf-8")
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
        probe.close()
        given = environment(folder, port) | {"GATEWAY_FLOWS_DIR": str(texts)}
        with Supervisor(folder / "demo.log").signals() as supervisor:
            if code := start(supervisor, given, folder):
                return code
            url = f"http://{given['GATEWAY_LISTEN']}"
            command = (sys.executable, __file__, "--requests", str(requests), "--at", url)
            return supervisor.finish(Part("loop", command, given, silent=False))


if __name__ == "__main__":
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--requests", type=int, default=REQUESTS)
    wanted.add_argument("--at", default="", help=argparse.SUPPRESS)
    said = wanted.parse_args()
    if said.at:
        measure(said.at, said.requests)
    else:
        sys.exit(main(said.requests))

"""A load of keep-alive HTTP posts on one thread: what a request costs the server, with little of our own on top."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus

Bodies = Iterator[bytes]


@dataclass
class Sample:
    """Requests answered in a span, each one's latency in seconds, and how many were not as they should be."""

    seconds: float
    latencies: list[float]
    wrong: int

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def milliseconds(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection:
    def __init__(self, port: int, bodies: Bodies, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bodies, self.path, self.buffer, self.sent = bodies, path, b"", 0.0

    def send(self) -> None:
        body = next(self.bodies)
        self.buffer, self.sent = b"", time.perf_counter()
        self.socket.sendall(
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def receive(self) -> bytes | None:
        """The response's body, once it is whole."""
        self.buffer += self.socket.recv(65536)
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                return body if len(body) >= int(line[15:]) else None
        raise RuntimeError("a response without a length")


def run(
    port: int,
    path: str,
    bodies: Callable[[int], Bodies],
    right: Callable[[bytes], bool],
    connections: int,
    seconds: float,
) -> Sample:
    """Posts for a span over so many connections, each with bodies of its own, one request at a time."""
    selector = selectors.DefaultSelector()
    for number in range(connections):
        connection = _Connection(port, bodies(number), path)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    latencies: list[float] = []
    wrong, began = 0, time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        for key, _ in selector.select(0.1):
            connection = key.data
            body = connection.receive()
            if body is not None:
                latencies.append(time.perf_counter() - connection.sent)
                wrong += not right(body)
                connection.send()
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    return Sample(now - began, latencies, wrong)


NAME = ""
"""Where a caller types a name of their own: two who are alike would wait for a review."""

REGISTRATION = (
    "1",
    "1",
    "1",
    "1",
    NAME,
    "Jijiga",
    "1",
    "1",
    "35",
    "1",
    "1",
    "05 2026",
    "2",
    "0",
    "1",
    "2",
    "1",
    "1",
)
"""What a caller types to register in English, after dialling."""


def _name(number: int) -> str:
    """Three words that are like nobody else's."""
    drawn = Random(number)
    syllables = ["".join(map(drawn.choice, ("bdgklmnrst", "aeiou"))) for _ in range(12)]
    return " ".join("".join(syllables[word : word + 4]).title() for word in (0, 4, 8))


def callers(first: int) -> Bodies:
    """Hops of one caller after another: each dials, registers to the end, and gives way to the next number."""
    number = first
    while True:
        phone, session = f"+2519{number:08d}", f"ATUid_{number:032x}"
        typed: list[str] = []
        for place, answer in enumerate(("", *REGISTRATION)):
            typed += [answer or _name(number)] if place else []
            yield (
                f"sessionId={session}&phoneNumber={quote_plus(phone)}&networkCode=63601"
                f"&serviceCode={quote_plus('*384*1234#')}&text={quote_plus('*'.join(typed))}"
            ).encode()
        number += 1

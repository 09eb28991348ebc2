"""The line to the carriers: one thread with one event loop a process, and answers of a bounded size.

An `asyncio.Runner` of its own bounds a whole exchange in time, a server that drips included, which timeouts for
each read do not. One loop for all calls: a client used over several loops fails every second call although its
message went out.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import httpx

MOST_BYTES = 64 * 1024  # of one answer
SECONDS = 15.0  # of one exchange, from the first packet to the last
CONNECT_SECONDS = 3.05

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Failures before a byte of the request was written: the carrier cannot have taken it."""

REST = 20.0  # seconds that a carrier is left alone that refuses us or cannot be reached: three calls a minute

T = TypeVar("T")


class Wire:
    """Runs clients' coroutines from any thread, each for `seconds` at most.

    The thread begins with the first call, so after any fork.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._transports: list[Bounded] = []

    def client_options(self) -> dict[str, Any]:
        """What a client is made with: no redirects, no proxy from the environment, bounded answers, our line's end."""
        transport = Bounded()
        self._transports.append(transport)
        return {
            "transport": transport,
            "follow_redirects": False,
            "trust_env": False,
            "timeout": httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
        }

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for the result. Raises what `work` raises, and `TimeoutError` past the deadline."""
        bounded = asyncio.wait_for(work, self._seconds)
        return asyncio.run_coroutine_threadsafe(bounded, self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                ready = threading.Event()
                self._thread = threading.Thread(target=self._serve, args=(ready,), name="wire", daemon=True)
                self._thread.start()
                ready.wait()
            assert self._loop is not None
            return self._loop

    def _serve(self, ready: threading.Event) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._loop.call_soon(ready.set)
            self._loop.run_forever()

    def close(self) -> None:
        """Hangs up and ends the thread; what still runs is cancelled."""
        with self._lock:
            if self._loop is not None and self._thread is not None:
                for transport in self._transports:
                    asyncio.run_coroutine_threadsafe(transport.aclose(), self._loop).result()
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._loop = self._thread = None


class Bounded(httpx.AsyncHTTPTransport):
    """HTTP whose answers end at `MOST_BYTES`, and come as they are: a small packed answer may be a huge one."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = "identity"
        answer = await super().handle_async_request(request)
        answer.headers.pop("Content-Encoding", None)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = _Capped(answer.stream)
        return answer


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = MOST_BYTES
        async for chunk in self._stream:
            room -= len(chunk)
            if room < 0:
                raise httpx.ReadError("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()

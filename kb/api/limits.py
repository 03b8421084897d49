"""What one request may cost: the size of its body, its time, and how many run at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.problems import problem_response

AT_ONCE = 64
"""Requests that a worker handles at the same time; more would only wait longer than anyone reads."""

MOST_ADDRESS = 50_000
"""Bytes of path and query: the longest question that is read, in characters of four bytes, each written `%xx`."""


class SizeLimit:
    """Refuses addresses of more than `MOST_ADDRESS` bytes (414), bodies of more than `most` bytes (413), and bodies that take
    longer than `seconds` to arrive (408).
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > MOST_ADDRESS:
            scope["limited"] = "address"
            response = problem_response(414, "too-long", f"The address is longer than {MOST_ADDRESS} bytes.")
            return await response(scope, receive, send)
        headers = Headers(scope=scope)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return await self._app(scope, receive, send)
        length = headers.get("content-length", "0")
        if len(length) > 18 or not length.isdigit() or int(length) > self._most:
            return await self._too_large(scope)(scope, receive, send)
        try:
            async with asyncio.timeout(self._seconds):
                body = await _read(receive, self._most)
        except TimeoutError:
            scope["limited"] = "body"
            detail = f"The body of the request did not arrive within {self._seconds:g} s."
            return await problem_response(408, "too-slow", detail, {"Connection": "close"})(scope, receive, send)
        except _TooLargeError:
            return await self._too_large(scope)(scope, receive, send)
        if body is None:
            return None
        return await self._app(scope, _replayed(body, receive), send)

    def _too_large(self, scope: Scope) -> Response:
        scope["limited"] = "body"
        detail = f"The body of the request is larger than {self._most // 1024} kB; send less."
        return problem_response(413, "too-large", detail, {"Connection": "close"})


class _TooLargeError(Exception):
    """More came than may come."""


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body; None when the client left before its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then what else comes: that the client left."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class TimeLimit:
    """Answers 503 with `Retry-After` when an answer takes longer than `seconds` to begin, or when too many are worked out already.
    Whether the process lives is always told: a crowd is no reason to start it again.

    An answer that has begun may take as long as its reader needs, and is given up when nothing of it was taken for `seconds`.

    A thread cannot be stopped from outside. A request that is given up goes on in the background with no one to hear it, and counts
    as running until it ends: that is what keeps a flood of slow requests from piling up.
    """

    def __init__(self, app: ASGIApp, seconds: float, at_once: int) -> None:
        self._app = app
        self._seconds = seconds
        self._at_once = at_once
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/health/live":
            return await self._app(scope, receive, send)
        if len(self._running) >= self._at_once:
            scope["limited"] = "busy"
            return await _busy("The server is busy; try again in a few seconds.")(scope, receive, send)
        answer = _Answer(send, begun=lambda: self._running.discard(task))
        # The inner application gets a scope of its own: it may go on using it after this request is over.
        inner = dict(scope)
        task = asyncio.ensure_future(self._app(inner, receive, answer.send))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            done = await answer.ends(task, self._seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if done:
            scope.update({key: inner[key] for key in ("route", "endpoint", "limited") if key in inner})
            return task.result()
        answer.closed = True
        task.add_done_callback(_forget)
        task.cancel()
        scope["limited"] = "time"
        if answer.started:  # and is not read: Uvicorn ends the connection of an answer without end
            return None
        detail = f"The answer took longer than {self._seconds:g} s; try again with a shorter question."
        return await _busy(detail)(scope, receive, send)


class _Answer:
    """Passes an answer on until it is closed. Calls `begun` with its first part."""

    def __init__(self, send: Send, begun: Callable[[], None]) -> None:
        self._send = send
        self._begun = begun
        self._taken = 0
        self.started = False
        self.closed = False

    async def send(self, message: Message) -> None:
        if self.closed:
            return
        if not self.started:
            self.started = True
            self._begun()
        await self._send(message)  # returns when there is room for more
        self._taken += 1

    async def ends(self, task: asyncio.Task[None], seconds: float) -> bool:
        """Waits for the end of what answers; false when `seconds` passed in which nothing was taken."""
        while True:
            taken = self._taken
            done, _ = await asyncio.wait({task}, timeout=seconds)
            if done or taken == self._taken:
                return bool(done)


def _busy(detail: str) -> Response:
    return problem_response(503, "busy", detail, {"Retry-After": "5"})


def _forget(task: asyncio.Task[None]) -> None:
    """Takes the outcome of a request that was given up, so that it is not reported as unheard."""
    if not task.cancelled():
        task.exception()

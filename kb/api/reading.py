"""How requests are read from a connection, and what becomes of those that cannot be."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.api.accepting import FairLoop


class Reading(H11Protocol):
    """Uvicorn's reading by h11, with a limit for the time that a request's head takes, with our own words for what is no request, and
    without a word on upgrades. None of these reach the application and the layers around it. Workers count their connections.
    """

    def __init__(self, *args: Any, head_seconds: float, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head_seconds = head_seconds
        self._giving_up: asyncio.TimerHandle | None = None
        self._count(1)  # not when the connection is made: the next one is looked at before that

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch_the_clock()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_the_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._count(-1)
        self._stop_the_clock()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the name is Uvicorn's
        """Refuses what is no HTTP in the shape of every other error. Where an answer has begun, the connection just ends."""
        from kb.api.problems import problem_response
        from kb.api.security import HEADERS

        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            detail = "This is no request of HTTP: it breaks the rules for headers, or they are too long."
            refusal = problem_response(400, "no-request", detail, HEADERS)
            headers = [*refusal.raw_headers, (b"connection", b"close")]
            start = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (start, h11.Data(data=bytes(refusal.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Says nothing: a wish for another protocol may be left alone, and anyone could fill the log with such wishes."""

    def _count(self, more: int) -> None:
        if isinstance(self.loop, FairLoop):
            self.loop.count(more)

    def _watch_the_clock(self) -> None:
        """Runs it while a head is awaited, from the connection or its first byte on; more bytes gain no time."""
        if self.conn.their_state is not h11.IDLE:
            self._stop_the_clock()
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(self._head_seconds, self.transport.close)

    def _stop_the_clock(self) -> None:
        if self._giving_up:
            self._giving_up.cancel()
            self._giving_up = None

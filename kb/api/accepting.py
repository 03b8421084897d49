"""How the connections that arrive are shared out among workers."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from kb.api.workers import Workers

PATIENCE = 0.01
"""Seconds for which a worker leaves connections to one that has fewer."""


class FairLoop(asyncio.SelectorEventLoop):
    """Takes one new connection a turn, and leaves it to a worker that has fewer for as long as that one may need to wake.

    Asyncio takes all that wait, so that of a crowd that arrives together the first worker to wake gets nearly everyone and the
    others stand by. Connections are kept for many requests: who has most of them works while others wait. Asyncio offers no
    setting for either.
    """

    def __init__(self) -> None:
        super().__init__()
        self._workers: Workers | None = None
        self._connections = 0
        self._left_at = -math.inf

    def share_with(self, workers: Workers) -> None:
        """From now on this worker compares its connections with those of the others."""
        self._workers = workers

    def count(self, more: int) -> None:
        """To be called with 1 when a connection is taken and with -1 when it is lost."""
        self._connections += more

    def _accept_connection(
        self,
        protocol_factory: Any,
        sock: Any,
        sslcontext: Any = None,
        server: Any = None,
        backlog: int = 100,
        *more: Any,
    ) -> None:
        if self._is_anothers_turn():
            self._left_at = self.time()
            self._remove_reader(sock.fileno())  # type: ignore[attr-defined]
            self.call_later(PATIENCE, self._listen_again, protocol_factory, sock, sslcontext, server, backlog, *more)
            return
        accept = super()._accept_connection  # type: ignore[misc]
        accept(protocol_factory, sock, sslcontext, server, 1, *more)

    def _is_anothers_turn(self) -> bool:
        """One that does not come, because it is busy or frozen, is not waited for again at once."""
        if not self._workers or self.time() - self._left_at < 2 * PATIENCE:
            return False
        self._workers.tell(self._connections)
        return self._connections > min(self._workers.told_by_others(), default=self._connections)

    def _listen_again(self, protocol_factory: Any, sock: Any, *more: Any) -> None:
        if sock.fileno() >= 0:  # else the server has stopped meanwhile
            self._start_serving(protocol_factory, sock, *more)  # type: ignore[attr-defined]

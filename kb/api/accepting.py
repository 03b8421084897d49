"""How the connections that arrive are shared out among workers."""

from __future__ import annotations

import asyncio
from typing import Any


class FairLoop(asyncio.SelectorEventLoop):
    """Takes one new connection a turn.

    Asyncio takes all that wait, so that of a crowd that arrives together the first worker to wake gets nearly everyone and the
    others stand by. Taken one by one, connections go to whoever has time. Asyncio offers no setting for it.
    """

    def _accept_connection(
        self, protocol_factory: Any, sock: Any, sslcontext: Any = None, server: Any = None, _: int = 100, *more: Any
    ) -> None:
        accept = super()._accept_connection  # type: ignore[misc]
        accept(protocol_factory, sock, sslcontext, server, 1, *more)

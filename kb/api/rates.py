"""How many requests one client may make: a token bucket for each, in a table that all workers share.

The table is a fixed number of slots of eight bytes, so clients in any number cost no memory. A client's slot is chosen by a keyed hash
of its address; two clients meet in one slot so seldom that sharing a bucket then is no harm, and no one can aim for
another's. A slot holds the time at which its bucket is full again (GCRA: the "theoretical arrival time" of
ITU-T I.371), which is all that a token bucket needs.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import mmap
import os
import struct
import time
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from kb.api.clients import Address, client_address, is_local
from kb.api.problems import problem_response

SLOTS = 65_536
BURST_SECONDS = 15
"""A client may at once make as many requests as it is allowed in this time."""

_SLOT = struct.Struct("d")
_SALT = 16


def create_table(path: Path) -> None:
    """Writes an empty table that several workers then open."""
    path.write_bytes(os.urandom(_SALT) + bytes(SLOTS * _SLOT.size))


class RateTable:
    """Buckets of all clients.

    Workers write to one table without a lock: at worst two requests of one client at the same moment count as one.

    Args:
        rate: requests a minute.
        path: a table that `create_table` wrote; without it the table is this process's own.
    """

    def __init__(self, rate: int, path: Path | None = None) -> None:
        self._interval = 60 / rate
        self._tolerance = self._interval * (max(1, rate * BURST_SECONDS // 60) - 1)
        if path is None:
            self._table = mmap.mmap(-1, _SALT + SLOTS * _SLOT.size)
            self._table[:_SALT] = os.urandom(_SALT)
        else:
            with path.open("r+b") as file:
                self._table = mmap.mmap(file.fileno(), 0)
        self._salt = self._table[:_SALT]

    def wait(self, client: Address, now: float | None = None) -> float:
        """Takes a token of `client`; 0 when there was one, else the seconds until there is one."""
        now = time.monotonic() if now is None else now
        at = _SALT + self._slot(client) * _SLOT.size
        full: float = max(now, *_SLOT.unpack_from(self._table, at))
        if full - now > self._tolerance:
            return full - now - self._tolerance
        _SLOT.pack_into(self._table, at, full + self._interval)
        return 0.0

    def _slot(self, client: Address) -> int:
        # A single household or office holds a whole /64, and could else change address with every request.
        own = client.packed[:8] if isinstance(client, ipaddress.IPv6Address) else client.packed
        return int.from_bytes(hashlib.blake2b(own, digest_size=8, key=self._salt).digest()) % SLOTS


class RateLimit:
    """Refuses with 429 and `Retry-After` what goes past the rate. Assets and probes are free: they cost next to nothing."""

    FREE = ("/assets/", "/health/")

    def __init__(self, app: ASGIApp, table: RateTable, trusted_hops: int) -> None:
        self._app = app
        self._table = table
        self._hops = trusted_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(self.FREE):
            client = client_address(scope, self._hops)
            wait = 0.0 if client is None or self._on_this_machine(client) else self._table.wait(client)
            if wait:
                seconds = math.ceil(wait)
                scope["limited"] = "rate"
                detail = f"Too many requests from your address; try again in {seconds} s."
                response = problem_response(429, "too-many-requests", detail, {"Retry-After": str(seconds)})
                return await response(scope, receive, send)
        return await self._app(scope, receive, send)

    def _on_this_machine(self, client: Address) -> bool:
        # With a proxy that is trusted, a loopback address in the header is a claim like any other.
        return not self._hops and is_local(client)

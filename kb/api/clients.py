"""Who is asking, and how: seen through the proxies that are trusted, and through no others."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

_WITH_PORT = re.compile(r"(\[[^\]]+\]|[0-9.]+):[0-9]+")
"""Some proxies also write the port that a client came from."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(scope: Scope, trusted_hops: int) -> Address | None:
    """The address of the client; None where there is none, as on a Unix socket.

    Each proxy appends the address it was called from to `X-Forwarded-For`, so with `trusted_hops` proxies the entry
    that the farthest of them wrote is that many from the right. What stands left of it anyone may have written.
    """
    if trusted_hops:
        chain = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        if len(chain) >= trusted_hops:
            return _address(chain[-trusted_hops].strip())
    return peer_address(scope)


def peer_address(scope: Scope) -> Address | None:
    """The address at the other end of the connection: a client, or the last proxy."""
    peer = scope.get("client")
    return _address(peer[0]) if peer else None


def is_https(scope: Scope, trusted_hops: int) -> bool:
    """Whether the reader's browser speaks TLS, with us or with the trusted proxy."""
    if scope["scheme"] == "https":
        return True
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    return bool(trusted_hops) and forwarded.rpartition(",")[2].strip().lower() == "https"


def is_local(address: Address | None) -> bool:
    """Whether the client runs on this machine."""
    return address is None or address.is_loopback


def within(address: Address | None, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Whether an address lies in one of the networks."""
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> Address | None:
    written = _WITH_PORT.fullmatch(text)
    try:
        found = ipaddress.ip_address((written[1] if written else text).strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found

"""Whether the addresses of sources answer. Contributors choose them, so only public hosts are asked, and little is read."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10
MOST = 60
_GONE = (404, 410)

MayVisit = Callable[[str], bool]
"""Tells from a host's name whether it may be asked."""


@dataclass(frozen=True)
class DeadLink:
    """An address that does not answer, and why."""

    url: str
    why: str


def is_public(host: str) -> bool:
    """Whether all addresses of a host lie on the public network."""
    try:
        found = {ipaddress.ip_address(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except (OSError, ValueError):
        return False
    return bool(found) and all(address.is_global for address in found)


def network_is_there(host: str = "example.org") -> bool:
    """Whether names resolve at all; without a network every link would look dead."""
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def dead_links(addresses: Iterable[str], may_visit: MayVisit = is_public) -> Iterator[DeadLink]:
    """Asks each address once, at most `MOST`, and yields those that lead nowhere."""
    chosen = list(dict.fromkeys(addresses))[:MOST]
    with ThreadPoolExecutor(max_workers=8) as pool:
        for url, why in zip(chosen, pool.map(lambda url: _why_dead(url, may_visit), chosen), strict=True):
            if why:
                yield DeadLink(url, why)


class _PublicOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only where the first address might have led."""

    def __init__(self, may_visit: MayVisit) -> None:
        self._may_visit = may_visit

    def redirect_request(self, *arguments: object) -> urllib.request.Request | None:
        target = urlsplit(str(arguments[-1]))
        if target.scheme not in ("http", "https") or not self._may_visit(target.hostname or ""):
            return None
        return super().redirect_request(*arguments)  # type: ignore[arg-type]


def _why_dead(url: str, may_visit: MayVisit) -> str:
    """Empty where the page is there, or where nothing can be said (a server that wants no robots)."""
    host = urlsplit(url).hostname or ""
    if not may_visit(host):
        return "the host does not exist or is not public"
    opener = urllib.request.build_opener(_PublicOnly(may_visit))
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0 (link check)"})  # noqa: S310 - scheme checked
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"answers {error.code}" if error.code in _GONE else ""
    except TimeoutError:
        return f"no answer within {TIMEOUT_SECONDS} seconds"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return f"cannot be reached ({reason})"

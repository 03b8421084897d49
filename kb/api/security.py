"""The layers around the application that make it safe to expose, in their order. docs/security.md says against what."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.clients import is_https
from kb.api.limits import AT_ONCE, SizeLimit, TimeLimit
from kb.api.observing import Observed
from kb.api.problems import problem_response
from kb.api.rates import RateLimit, RateTable
from kb.settings import Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, also of those that refuse."""


def policy_with_style(style: str) -> str:
    """The policy for an answer that carries this one style sheet in a `style` element: that text may apply, no other."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"{HEADERS['Content-Security-Policy']}; style-src 'self' 'sha256-{digest}'"


STRICT_TRANSPORT = "max-age=31536000"

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]*)?")


class SafeHeaders:
    """Adds `HEADERS` to every answer. Where browsers came over TLS it tells them to come back over TLS, and whatever leads back to us
    leads there over TLS.
    """

    def __init__(self, app: ASGIApp, trusted_hops: int) -> None:
        self._app = app
        self._hops = trusted_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if is_https(scope, self._hops):
            scope["scheme"] = "https"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            await send(message)

        return await self._app(scope, receive, with_headers)


class HostCheck:
    """Answers only to the server's own names; probes may use any, because those who watch over a server know its address."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._names = {name.lower() for name in allowed if not name.startswith("*.")}
        self._endings = tuple(name[1:].lower() for name in allowed if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/health/") or self._is_ours(Headers(scope=scope)):
            return await self._app(scope, receive, send)
        detail = "Invalid host header: this server has another name."
        return await problem_response(400, "unknown-host", detail)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        if "*" in self._names:
            return True
        named = _HOST.fullmatch(headers.get("host", "").lower())
        return named is not None and (named[1] in self._names or named[1].endswith(self._endings))


def protect(app: FastAPI, settings: Settings, rates: Path | None = None) -> None:
    """Puts the layers around `app`. `rates` is the table of buckets that workers share.

    Layers are added from the inside: the last one sees a request first.
    """
    app.add_middleware(TimeLimit, seconds=settings.request_seconds, at_once=AT_ONCE)
    app.add_middleware(SizeLimit, most=settings.body_kb * 1024, seconds=settings.request_seconds)
    if settings.rate:
        table = RateTable(settings.rate, rates)
        app.add_middleware(RateLimit, table=table, trusted_hops=settings.trusted_hops)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    app.add_middleware(HostCheck, allowed=settings.allowed_hosts)
    app.add_middleware(Observed, trusted_hops=settings.trusted_hops, log_queries=settings.log_queries)
    app.add_middleware(SafeHeaders, trusted_hops=settings.trusted_hops)

"""The layers around the application that make it safe to expose, in their order. docs/security.md says against what."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.clients import is_https
from kb.api.limits import AT_ONCE, SizeLimit, TimeLimit
from kb.api.observing import Observed
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

STRICT_TRANSPORT = "max-age=31536000"


class SafeHeaders:
    """Adds `HEADERS` to every answer, and tells browsers to come back over TLS where they came over TLS."""

    def __init__(self, app: ASGIApp, trusted_hops: int) -> None:
        self._app = app
        self._hops = trusted_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if is_https(scope, self._hops):
                    headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class HostCheck(TrustedHostMiddleware):
    """Answers only to the server's own names; probes may use any, because those who watch over a server know its address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/health/"):
            return await self.app(scope, receive, send)
        return await super().__call__(scope, receive, send)


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
    app.add_middleware(HostCheck, allowed_hosts=list(settings.allowed_hosts), www_redirect=False)
    app.add_middleware(Observed, trusted_hops=settings.trusted_hops, log_queries=settings.log_queries)
    app.add_middleware(SafeHeaders, trusted_hops=settings.trusted_hops)

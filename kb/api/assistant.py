"""The assistant's tools over HTTP, at `/mcp`, behind the same limits as everything else.

The package that speaks the protocol takes a second and more to import, so that happens at the first request for it, not when
the server starts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from kb.api import metrics
from kb.api.service import Service
from kb.settings import Settings

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class Assistant:
    """An ASGI application that becomes the real one when it is first asked."""

    def __init__(self, settings: Settings, service: Service) -> None:
        self._settings = settings
        self._service = service
        self._opened: asyncio.Task[ASGIApp] | None = None
        self._running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._opened is None:
            self._opened = asyncio.create_task(self._open())
        # A first request that is given up leaves the work to the second.
        application = await asyncio.shield(self._opened)
        await application(scope, receive, send)

    async def close(self) -> None:
        """Ends what the first request began."""
        self._stop.set()
        if self._running:
            await self._running

    async def _open(self) -> ASGIApp:
        manager = await asyncio.to_thread(self._manager)
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._keep(manager, ready))
        await ready.wait()
        return manager.handle_request

    def _manager(self) -> StreamableHTTPSessionManager:
        from kb.assistant.server import assistant_server

        server = assistant_server(lambda: self._service.engine, self._settings.site_address, metrics.search)
        # Each request stands for itself: workers share no sessions, and nothing is kept of who asks.
        server.streamable_http_app(stateless_http=True, json_response=True, host="")
        return server.session_manager

    async def _keep(self, manager: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        # The task that enters the manager must be the one that leaves it.
        async with manager.run():
            ready.set()
            await self._stop.wait()

"""Requests for the head of an answer alone."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD as it would GET, which FastAPI's routes do not: `curl -I` and those who check links would find nothing there.

    Uvicorn leaves out the body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self._app(scope, receive, send)
        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, send)
        finally:  # the figures count by the route that was found
            scope.update(as_get, method="HEAD")

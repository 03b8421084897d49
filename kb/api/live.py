"""Pages that load themselves again when the preview changes. Only `kb serve --watch` has these addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from kb.preview import Preview

SCRIPT = """"use strict";
let seen;
new EventSource("/live/events").onmessage = (event) => {
  if (seen !== undefined && event.data !== seen) location.reload();
  seen = event.data;
};
"""
_TAG = b'<script src="/live/reload.js" defer></script></body>'
_LOOK_EVERY = 0.1
_ENDS_AFTER = 20.0
"""A stream is let go now and then, so that none outlives its page; the browser opens another."""


def install(app: FastAPI, preview: Preview) -> None:
    """Adds the stream of versions, the script that listens to it, and the script's tag on every page."""
    router = APIRouter(include_in_schema=False, prefix="/live")

    @router.get("/reload.js")
    def script() -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    @router.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(
            _versions(preview), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    app.include_router(router)

    @app.middleware("http")
    async def with_script(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        if not response.headers.get("content-type", "").startswith("text/html"):
            return response
        body = b"".join([part async for part in response.body_iterator])  # type: ignore[attr-defined]
        headers = {
            key: value
            for key, value in response.headers.items()
            if key not in ("content-length", "etag", "last-modified")
        }
        page = body.replace(b"</body>", _TAG)
        return Response(page, response.status_code, headers | {"cache-control": "no-store"})


async def _versions(preview: Preview) -> AsyncIterator[str]:
    """The version now, and again whenever it is another one."""
    told, waited = "", 0.0
    while waited < _ENDS_AFTER:
        if preview.version != told:
            told = preview.version
            yield f"retry: 300\ndata: {told}\n\n"
        await asyncio.sleep(_LOOK_EVERY)
        waited += _LOOK_EVERY

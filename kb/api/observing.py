"""Sees a request first and its answer last: every request gets an id, a line in the log and a place in the figures; no defect gets out as a trace."""

from __future__ import annotations

import logging
import re
import secrets
import time
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api import metrics
from kb.api.logs import request_id
from kb.api.problems import problem_response

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/assets/", "/health/", "/metrics")
"""Requests that would fill the log and say nothing."""

MOST_LOGGED = 300
"""Characters of an address in the log; none of ours is as long, and anyone could fill it with longer ones."""

logger = logging.getLogger(__name__)


class Observed:
    """Sees each request first and each answer last.

    A request keeps the `X-Request-ID` of a trusted proxy; else it gets one of its own. The answer carries it, and so does
    every line that is logged on the way.
    """

    def __init__(self, app: ASGIApp, trusted_hops: int, log_queries: bool) -> None:
        self._app = app
        self._hops = trusted_hops
        self._log_queries = log_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        token = request_id.set(self._id(scope))
        started, status = time.perf_counter(), 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id.get()
            await send(message)

        try:
            with metrics.IN_PROGRESS.track_inprogress():
                await self._app(scope, receive, observed)
        except Exception:
            # Uvicorn would log the trace with the words of the error, which may hold the query.
            logger.exception("Unexpected error")
            if status:
                raise ConnectionAbortedError("The answer broke off; the log says why.") from None
            detail = f"Something went wrong on our side; it has been logged as {request_id.get()}."
            await problem_response(500, "defect", detail)(scope, receive, observed)
        finally:
            seconds = time.perf_counter() - started
            metrics.request_done(scope, status, seconds)
            self._log(scope, status, seconds)
            request_id.reset(token)

    def _id(self, scope: Scope) -> str:
        given = Headers(scope=scope).get("x-request-id", "") if self._hops else ""
        return given if _ID.fullmatch(given) else secrets.token_hex(8)

    def _log(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["path"].startswith(_QUIET) and status < 400:
            return
        fields: dict[str, object] = {
            "method": scope["method"],
            "path": _written(scope),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        if "limited" in scope:
            fields["limited"] = scope["limited"]
        if self._log_queries:
            with suppress(ValueError):  # more parameters than any request of ours has
                asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=200).get("q")
                fields |= {"query": asked[0]} if asked else {}
        logger.info("%s %s %s", fields["method"], fields["path"], status, extra={"fields": fields})


def _written(scope: Scope) -> str:
    """The path as it was sent: decoded, it could hold lines of its own, or orders for a terminal."""
    path: str = scope["raw_path"].decode("ascii", "backslashreplace")
    return path if len(path) <= MOST_LOGGED else path[:MOST_LOGGED] + "..."

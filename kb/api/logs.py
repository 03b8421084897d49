"""Logs for machines: one JSON object a line, each with the id of the request that it belongs to.

What people search for stays out of the log unless KB_LOG_QUERIES asks for it. So do addresses of clients: a proxy that needs
them has them.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered."""


class JsonLines(logging.Formatter):
    """Log records as JSON. What stands in `extra={"fields": {...}}` becomes keys of its own."""

    def __init__(self, log_queries: bool = False) -> None:
        super().__init__()
        self._log_queries = log_queries

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line |= self._defect(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _defect(self, error: BaseException, trace: TracebackType | None) -> dict[str, object]:
        # The words of an error may quote the query; where it happened does not.
        frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        told = {"text": str(error)} if self._log_queries else {}
        return {"error": type(error).__name__, **told, "where": frames}


def configure(log_queries: bool) -> None:
    """Sends all logs to standard error: as JSON, or as plain lines where a person is looking at a terminal."""
    handler = logging.StreamHandler()
    if sys.stderr.isatty():
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    else:
        handler.setFormatter(JsonLines(log_queries))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("faiss").setLevel(logging.WARNING)

"""How requests are read from a connection."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 65_536
"""Bytes of a request's first line and headers. The longest address that is answered (`kb.api.limits`) fits in."""


class BoundedHeads(HttpToolsProtocol):
    """Reads requests with httptools, and refuses heads without end.

    Uvicorn bounds them with h11 alone, which is written in Python and takes a twentieth of the time of a question under load.
    """

    _head = 0

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response(f"The headers of a request may take {MOST_HEAD} bytes.")

    def on_headers_complete(self) -> None:
        self._head = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head = 0
        super().on_body(body)

"""How connections are read, seen from outside: heads and bodies without end, what is no request, readers that are slow."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.api.serving import Server, until

ESTABLISHED = "01"  # as /proc/net/tcp writes it


def _connection(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def _raw(server: Server, sent: bytes, *, to_the_end: bool = False) -> bytes:
    with _connection(server) as connection:
        connection.sendall(sent)
        received = connection.recv(4096)
        while to_the_end and (more := connection.recv(4096)):
            received += more
        return received


def test_a_body_that_never_ends_is_given_up(guarded: Server) -> None:
    assert _raw(guarded, b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{").startswith(
        b"HTTP/1.1 408 "
    )


def test_headers_without_end_are_refused_and_the_connection_closed(guarded: Server) -> None:
    with _connection(guarded) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        with suppress(BrokenPipeError, ConnectionResetError):
            for number in range(100_000):
                connection.sendall(b"X-Padding-%d: %s\r\n" % (number, b"x" * 100))
        with suppress(ConnectionResetError):
            assert connection.recv(400).startswith(b"HTTP/1.1 400 ")
    assert guarded.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS, where none is spoken
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_request_is_refused_like_everything_else(server: Server, sent: bytes) -> None:
    head, _, body = _raw(server, sent, to_the_end=True).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"content-type: application/problem+json" in head
    assert b"content-security-policy: default-src 'self'" in head
    assert b"connection: close" in head
    assert json.loads(body)["detail"].startswith("This is no request of HTTP")


def test_no_request_behind_an_answer_ends_the_connection_without_a_trace(server: Server) -> None:
    """The answer came before the body; what then came was no body."""
    refused = b"POST /nothing HTTP/1.1\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    with _connection(server) as connection:
        connection.sendall(refused)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
        connection.sendall(b"zz\r\n")
        with suppress(ConnectionResetError):
            while connection.recv(4096):
                pass
    assert "Fatal error" not in server.log.read_text()


def test_who_reads_slowly_gets_the_whole_answer(guarded: Server) -> None:
    """Our data weigh a megabyte, and some read them over a telephone in a valley."""
    path = "/en/data/practices.json"
    whole = guarded.get(path, headers={"X-Forwarded-For": "203.0.113.40"}).content
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)  # else the system takes all of it at once
        connection.connect(("127.0.0.1", guarded.port))
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.40\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        received = b""
        while more := connection.recv(8192):
            received += more
            time.sleep(0.03)
    assert received.partition(b"\r\n\r\n")[2] == whole


def test_a_head_that_never_ends_is_given_up(guarded: Server) -> None:
    """Also behind a request that was answered, and however steadily bytes drip in."""
    answered = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for before in (b"", answered):
        with _connection(guarded) as connection, suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(before + b"GET / HTTP/1.1\r\nX-Drip: ")
            if before:
                assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            until(lambda: _closed_although_dripped_on(connection))


def _closed_although_dripped_on(connection: socket.socket) -> bool:
    connection.sendall(b"x")
    connection.settimeout(0.5)
    try:
        return connection.recv(4096) == b""
    except TimeoutError:
        return False


def test_wishes_for_another_protocol_are_left_alone_and_do_not_fill_the_log(server: Server) -> None:
    websocket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    for wish in (
        {**websocket, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
        {"Connection": "Upgrade", "Upgrade": "h2c"},
    ):
        answer = server.get("/api/v1/health", headers=wish)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"]
    assert "WebSocket" not in server.log.read_text()
    assert "upgrade request" not in server.log.read_text()


def test_trailers_of_a_body_are_no_headers(guarded: Server) -> None:
    """Behind a proxy that passes them on, anyone could write there who the client is."""
    request = (
        b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Forwarded-For: 203.0.113.9\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"
    )
    assert _raw(guarded, request).startswith(b"HTTP/1.1 404 ")


def test_many_requests_with_bodies_on_one_connection_are_answered(server: Server) -> None:
    """What bounds the headers counts neither bodies nor the heads of requests that were answered."""
    body = b"{" + b" " * 90_000 + b"}"
    with httpx.Client(base_url=server.address) as client:
        statuses = {client.post("/api/v1/agenda", content=body).status_code for _ in range(3)}
        statuses |= {client.get("/health/live", headers={"X-Padding": "x" * 30_000}).status_code for _ in range(4)}
    assert statuses == {200, 413}  # a request for an agenda is small; what is larger was read nevertheless


def test_who_reads_nothing_of_an_answer_is_let_go_and_is_no_defect(guarded: Server) -> None:
    """Else such connections would stay for ever, until there is no room for others."""
    asked = b"GET /en/data/practices.json HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.21\r\n\r\n"
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", guarded.port))
        idle.sendall(asked * 8)
        assert _holds(guarded, idle)
        until(lambda: not _holds(guarded, idle))
    assert "Unexpected error" not in guarded.log.read_text()


def _holds(server: Server, client: socket.socket) -> bool:
    """Whether the server's end of a connection is open. What the client sees does not change: nobody sends it a word."""
    ends = [f":{server.port:04X}", f":{client.getsockname()[1]:04X}"]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state = line.split()[:4]
        if [here[-5:], there[-5:]] == ends:
            return state == ESTABLISHED
    return False

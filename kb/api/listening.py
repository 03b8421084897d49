"""The sockets that connections arrive at."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socket import (
    AI_PASSIVE,
    IPPROTO_TCP,
    SOCK_STREAM,
    TCP_NODELAY,
    TCP_USER_TIMEOUT,
    create_server,
    getaddrinfo,
    socket,
)

from kb.errors import ListeningError
from kb.sentences import Sentence

_BACKLOG = 2048
"""Connections that the system keeps while no worker has time to accept them."""
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

logger = logging.getLogger(__name__)


@contextmanager
def listening(host: str, port: int, patience: float) -> Iterator[list[socket]]:
    """Listens at every address of `host`. Opened by us and not by Uvicorn, which tells of what fails in the system's words.

    A client that takes nothing of what is sent to it for `patience` seconds loses its connection.

    Raises:
        ListeningError: it cannot be listened there.
    """
    with ExitStack() as opened:
        try:
            sockets = [opened.enter_context(one) for one in _listen(host, port)]
        except (OSError, UnicodeError) as error:  # a name that no name of a host can be
            raise _refusal(error, host, port) from error
        for one in sockets:
            _set_up_connections(one, patience)
            name, number = one.getsockname()[:2]
            logger.info("Listening on http://%s:%d", f"[{name}]" if ":" in name else name, number)
        yield sockets


def _listen(host: str, port: int) -> Iterator[socket]:
    missing: OSError | None = None
    found = False
    for family, _, _, _, address in getaddrinfo(host, port, type=SOCK_STREAM, flags=AI_PASSIVE):
        try:
            one = create_server(address, family=family, backlog=_BACKLOG)
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
            missing = error  # `localhost` also has an address in IPv6, which the system may not have
            continue
        found = True
        yield one
    if missing and not found:
        raise missing


def _set_up_connections(listener: socket, patience: float) -> None:
    """Connections inherit the options of the socket that they arrive at."""
    # Asyncio sees to it that answers are sent at once only where a socket names its protocol, which this one does not: the body
    # of an answer would wait 40 ms for the client to acknowledge the headers.
    listener.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    # Asyncio closes a connection when everything is sent: for a client that reads nothing, never.
    listener.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, int(patience * 1000))


def _refusal(error: OSError | UnicodeError, host: str, port: int) -> ListeningError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        sentence = Sentence(
            "Port %(port)s of %(host)s is taken; stop the program that listens there, or choose another with KB_PORT.",
            port=port,
            host=host,
        )
    elif number in (errno.EACCES, errno.EPERM):
        sentence = Sentence(
            "You may not listen on port %(port)s; choose one from 1024 on with KB_PORT, and put a proxy in front.",
            port=port,
        )
    else:  # a name without address, or the address of another machine
        sentence = Sentence(
            "%(host)s is no address of this machine; set KB_HOST to one, such as 127.0.0.1, or to 0.0.0.0 for all.",
            host=host,
        )
    return ListeningError(sentence)

"""A crowd that arrives together is shared out among the workers."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from kb.api.accepting import FairLoop
from kb.api.server import uvicorn_config
from kb.settings import Settings

CROWD = 40


def left_waiting(loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> int:
    """How many of a crowd another worker could still take when the first of it has been taken."""
    left: list[int] = []
    served = []

    def take_the_others() -> int:
        for taken in range(CROWD):
            try:
                crowd.enter_context(listening.accept()[0])
            except BlockingIOError:
                return taken
        return CROWD

    class Visit(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            if not left:
                left.append(take_the_others())
            transport.close()

        def connection_lost(self, _: Exception | None) -> None:
            served.append(self)

    async def serve() -> int:
        async with await asyncio.get_running_loop().create_server(Visit, sock=listening):
            while not left or left[0] + len(served) < CROWD:
                await asyncio.sleep(0)
        return left[0]

    with ExitStack() as crowd, asyncio.Runner(loop_factory=loop_factory) as runner:
        listening = crowd.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2 * CROWD))
        for _ in range(CROWD):
            crowd.enter_context(socket.create_connection(listening.getsockname()))
        listening.setblocking(False)
        return runner.run(serve())


def test_no_worker_takes_the_whole_crowd() -> None:
    """The other may be slower to wake: those who wait must still be there for it."""
    assert left_waiting(asyncio.SelectorEventLoop) == 0, "without it asyncio takes all at once"
    assert left_waiting(FairLoop) > CROWD * 0.8


@pytest.mark.parametrize(("workers", "fair"), [(1, False), (2, True)])
def test_workers_take_connections_one_by_one(settings: Settings, workers: int, fair: bool) -> None:
    """Alone there is nobody to share with."""
    config = uvicorn_config(dataclasses.replace(settings, workers=workers), app=None, workers=workers)
    loop_factory = config.get_loop_factory()
    assert loop_factory is not None
    assert (loop_factory is FairLoop) == fair

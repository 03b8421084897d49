"""Connections are shared out among the workers."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import httpx
import pytest

from kb.api import accepting
from kb.api.accepting import FairLoop
from kb.api.server import uvicorn_config
from kb.api.sharing import Shared
from kb.api.workers import Workers
from kb.settings import Settings
from tests.api.serving import start

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


class Place:
    """A worker beside another that has no connection, and the socket that both listen at."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        shared = Shared(folder)
        shared.create()
        self.workers = Workers(2, shared)
        self.workers.join()
        opened.callback(self.workers.leave)
        other = opened.enter_context(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        (shared.running / str(other.pid)).write_text("0")
        self.other = other
        opened.callback(other.kill)
        self.listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.listening.setblocking(False)
        self._opened = opened

    def visit(self) -> None:
        self._opened.enter_context(socket.create_connection(self.listening.getsockname()))

    def run(self, then: Callable[[list[asyncio.BaseTransport]], Awaitable[None]]) -> None:
        """Serves, and calls `then` with a list that gets an entry with each connection that is taken."""
        taken: list[asyncio.BaseTransport] = []

        class Visit(asyncio.Protocol):
            def __init__(self) -> None:
                loop.count(1)

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                taken.append(transport)

            def connection_lost(self, _: Exception | None) -> None:
                loop.count(-1)

        async def serve() -> None:
            async with await loop.create_server(Visit, sock=self.listening):
                await then(taken)
                for transport in taken:
                    transport.close()
                await some_turns()

        with asyncio.Runner(loop_factory=FairLoop) as runner:
            loop = cast("FairLoop", runner.get_loop())
            loop.share_with(self.workers)
            runner.run(serve())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as opened:
        yield Place(tmp_path, opened)


async def some_turns() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


def test_a_connection_is_left_to_the_worker_that_has_fewer(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "PATIENCE", 3600)

    async def come(taken: list[asyncio.BaseTransport]) -> None:
        place.visit()
        await until(lambda: taken)  # as many as the other: none
        place.visit()
        await some_turns()
        assert len(taken) == 1
        place.listening.accept()[0].close()  # the other takes it

    place.run(come)


def test_a_worker_that_is_busy_is_not_waited_for(place: Place) -> None:
    async def come(taken: list[asyncio.BaseTransport]) -> None:
        for _ in range(5):
            place.visit()
        await until(lambda: len(taken) == 5)

    place.run(come)


def test_a_worker_that_died_is_not_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "PATIENCE", 3600)
    place.other.kill()
    place.other.wait()

    async def come(taken: list[asyncio.BaseTransport]) -> None:
        for _ in range(5):
            place.visit()
        await until(lambda: len(taken) == 5)

    place.run(come)


def test_workers_of_a_server_have_about_as_many_each(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = start(dataclasses.replace(settings, workers=2), tmp_path / "log")
    server.until_workers(2)
    with ExitStack() as opened:
        for _ in range(CROWD):
            client = opened.enter_context(httpx.Client(base_url=server.address, verify=False))
            assert client.get("/health/live").status_code == 200
        told = [int(path.read_text()) for path in tmp_path.glob("kb-serve-*/running/*")]
    assert len(told) == 2
    assert min(told) > CROWD // 4
    assert server.stop() == 0

"""Runs the application: in this process, or in several that are watched over."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from socket import socket
from typing import TYPE_CHECKING

from kb.api import logs, signals
from kb.api.listening import listening
from kb.api.sharing import sharing
from kb.errors import KnowledgeBaseError
from kb.settings import Settings
from kb.store.source import source_of

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from kb.api.sharing import Shared
    from kb.api.workers import Workers

_SILENT_SECONDS = 30
"""After this a worker that says nothing is replaced. On a busy machine a worker needs some seconds to start, and must be let."""
_GRACE_SECONDS = 5
"""What an open request gets to finish after its own limit, when the server is asked to stop."""


def run(settings: Settings, *, watch: bool = False) -> None:
    """Serves until it is interrupted or asked to stop, then finishes open requests.

    With `watch`, serves a preview with drafts that follows the content.

    Raises:
        ListeningError: the address cannot be listened at.
        SnapshotError: there is no usable index.
        StorageError: there is no room for what workers share.
    """
    logs.configure(settings.log_queries)
    signals.heed()
    with listening(settings.host, settings.port, settings.request_seconds) as sockets:
        if settings.workers > 1 and not watch:
            _run_workers(settings, sockets)
        else:
            _run_alone(settings, sockets, watch=watch)


def _run_alone(settings: Settings, sockets: list[socket], *, watch: bool) -> None:
    import uvicorn

    config = uvicorn_config(settings, _application(settings, watch=watch))
    if watch:  # pages in a preview hold a stream open; nobody waits for those
        config.timeout_graceful_shutdown = 1
    uvicorn.Server(config).run(sockets)


def _run_workers(settings: Settings, sockets: list[socket]) -> None:
    from uvicorn.config import STARTUP_FAILURE

    with closing(source_of(settings)) as source:
        source.open_newest_good(refused=lambda _: None)  # else every worker would say the same
    with sharing() as shared:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared.metrics)
        from kb.api.watching import Watch

        config = uvicorn_config(settings, partial(_worker, settings, shared), factory=True, workers=settings.workers)
        team = Watch(config, sockets)
        team.run()
        if team.failed:
            sys.exit(STARTUP_FAILURE)


def _application(settings: Settings, workers: Workers | None = None, *, watch: bool = False) -> FastAPI:
    """The application. Its index is compared with its checksums and opened while Python reads the rest of the code."""
    # What is loaded now stays for good: looking for garbage among it finds none, now and at every later look.
    gc.disable()
    try:
        from kb.api.service import Service

        with ThreadPoolExecutor(1) as beside:
            opening = beside.submit(Service, settings)
            from kb.api.app import create_app

            app = create_app(settings, opening.result(), workers, watch=watch)
        gc.freeze()
        return app
    finally:
        gc.enable()


def _worker(settings: Settings, shared: Shared) -> ASGIApp:
    """The application of one worker, made in its own process."""
    from uvicorn.config import STARTUP_FAILURE

    from kb.api.accepting import FairLoop
    from kb.api.workers import Workers

    logs.configure(settings.log_queries)
    signals.heed_others()
    try:
        shared.reserve()
        # More threads than cores would wait for one another.
        own = replace(settings, threads=max(1, settings.threads // settings.workers))
        workers = Workers(settings.workers, shared)
        if isinstance(loop := asyncio.get_running_loop(), FairLoop):
            loop.share_with(workers)
        return _application(own, workers)
    except KnowledgeBaseError as error:
        print(f"kb: {error.said(settings.lang)}", file=sys.stderr)  # noqa: T201 - the edge of this process
        sys.exit(STARTUP_FAILURE)


def uvicorn_config(settings: Settings, app: object, *, factory: bool = False, workers: int = 1) -> uvicorn.Config:
    """How Uvicorn serves `app`, or with `factory` what it makes."""
    import uvicorn

    from kb.api.reading import Reading

    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        factory=factory,
        workers=workers,
        http=partial(Reading, head_seconds=settings.request_seconds),  # type: ignore[arg-type]
        ws="none",  # what is no HTTP would pass all our layers by
        loop="kb.api.accepting:FairLoop" if workers > 1 else "asyncio",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # kb.api.clients believes the proxies that the settings name, and no others
        timeout_worker_healthcheck=_SILENT_SECONDS,
        timeout_graceful_shutdown=settings.request_seconds + _GRACE_SECONDS,
    )

"""Runs the application."""

from __future__ import annotations

import logging
import signal

from kb.settings import Settings


def run(settings: Settings, *, watch: bool = False) -> None:
    """Serves until it is interrupted or asked to stop, then finishes open requests.

    With `watch`, serves a preview with drafts that follows the content.

    Raises:
        SnapshotError: there is no usable index.
    """
    import uvicorn

    from kb.api.app import create_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(settings, watch=watch)
    # Uvicorn finishes open requests, then raises the signal again; being asked to stop is not a failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    # Pages in a preview hold a stream open; nobody waits for those.
    patience = 1 if watch else None
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=patience,
    )

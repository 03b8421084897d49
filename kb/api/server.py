"""Runs the application."""

from __future__ import annotations

import logging

from kb.settings import Settings


def run(settings: Settings) -> None:
    """Serves until interrupted.

    Raises:
        SnapshotError: there is no usable index.
    """
    import uvicorn

    from kb.api.app import create_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_config=None)

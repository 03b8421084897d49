"""The web application: JSON under `/api/v1`, server-rendered search, and the static site below both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from kb import __version__
from kb.api import briefs, compare, health, learning, learning_pages, live, metrics, pages, problems, routes
from kb.api.assistant import Assistant
from kb.api.files import SiteFiles
from kb.api.heads import HeadAsGet
from kb.api.security import protect
from kb.api.service import Service
from kb.api.workers import Workers
from kb.preview import Preview, preview_settings
from kb.settings import Settings
from kb.site.urls import origin_and_base

DESCRIPTION = """
Search good practices for the protection of refugees, asylum-seekers, displaced people and returnees, by meaning, in
Spanish and English.

Read only, no key needed. Every answer is JSON; every error is a problem document (RFC 9457) with `type`, `title`, `status` and
a `detail` that says what to change. Filters repeat: `?theme=health&theme=education` means either; different filters
must all match.
"""


def create_app(
    settings: Settings, service: Service | None = None, workers: Workers | None = None, *, watch: bool = False
) -> FastAPI:
    """The application. It starts only with a good snapshot; later ones are taken over while it runs.

    With `watch` it serves a preview with drafts, whose pages load themselves again when the content changes.

    Raises:
        SnapshotError: there is no usable index.
    """
    serving = service or Service(settings)
    team = workers or Workers()
    assistant = Assistant(settings, serving)
    preview = None
    if watch:
        settings = preview_settings(settings)
        preview = Preview(settings, serving.engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        serving.watch()
        team.join()
        if preview:
            preview.watch()
        yield
        if preview:
            preview.close()
        await assistant.close()
        team.leave()
        serving.close()

    app = FastAPI(
        title="Good practices knowledge base",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service, app.state.settings, app.state.workers = serving, settings, team
    app.state.origin = origin_and_base(settings.public_url)[0]
    app.add_middleware(HeadAsGet)
    if not watch:  # a preview adds a script to pages, which must still be text then
        app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    protect(app, settings, team.rates)
    problems.install(app)
    app.include_router(routes.router, prefix="/api/v1")
    app.include_router(learning.router, prefix="/api/v1")
    app.include_router(learning_pages.router)
    app.include_router(briefs.router)
    app.include_router(compare.router)
    app.include_router(pages.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.router.routes.append(Route("/mcp", assistant, methods=["POST"]))
    if preview:
        live.install(app, preview)
    app.mount("/", SiteFiles(directory=settings.site, html=True, check_dir=False), name="site")
    return app

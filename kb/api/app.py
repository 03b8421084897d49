"""The web application: JSON under `/api/v1`, server-rendered search, and the static site below both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from kb import __version__
from kb.api import compare, pages, problems, routes
from kb.api.files import SiteFiles
from kb.api.service import Service
from kb.settings import Settings

DESCRIPTION = """
Search good practices for the protection of refugees, asylum-seekers, displaced people and returnees, by meaning, in
Spanish and English.

Read only, no key needed. Every answer is JSON; every error is a problem document (RFC 9457) with `type`, `title`, `status` and
a `detail` that says what to change. Filters repeat: `?theme=health&theme=education` means either; different filters
must all match.

Try: [`/api/v1/search?q=apoyo psicosocial para niñas desplazadas&lang=es`](/api/v1/search?q=apoyo%20psicosocial%20para%20ni%C3%B1as%20desplazadas&lang=es)
"""


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """The application. It starts only with a good snapshot; later ones are taken over while it runs.

    Raises:
        SnapshotError: there is no usable index.
    """
    serving = service or Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        serving.watch()
        yield
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
    app.state.service = serving
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    problems.install(app)
    app.include_router(routes.router, prefix="/api/v1")
    app.include_router(compare.router)
    app.include_router(pages.router)

    @app.middleware("http")
    async def safe_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        )
        return response

    app.mount("/", SiteFiles(directory=settings.site, html=True, check_dir=False), name="site")
    return app

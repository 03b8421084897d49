"""The static site over HTTP."""

from __future__ import annotations

import os

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

A_YEAR = "public, max-age=31536000, immutable"


class SiteFiles(StaticFiles):
    """Files of the site. Assets carry their version in their address, so a browser need not ask for them again."""

    async def check_config(self) -> None:
        """A site that was not built is no defect of the server: its pages are not found, and the API answers."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"] and scope["path"].startswith("/assets/"):
            response.headers["Cache-Control"] = A_YEAR
        return response

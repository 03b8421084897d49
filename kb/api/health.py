"""For those who watch over the server: is it alive, and may it be sent requests?"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

router = APIRouter(prefix="/health", include_in_schema=False)


class Liveness(BaseModel):
    status: Literal["alive"]


class Readiness(BaseModel):
    """Whether questions are answered, and from what."""

    status: Literal["ready", "not ready"]
    generation: str = Field(description="The snapshot that is served")
    refused: str = Field(description="Why the published snapshot is not the one that is served; empty when it is")
    workers: int = Field(description="Workers that run")
    workers_wanted: int = Field(description="Workers that should run")


@router.get("/live")
async def live() -> Liveness:
    """The process answers. When it does not, start it again."""
    return Liveness(status="alive")


@router.get("/ready")
def ready(request: Request, response: Response) -> Readiness:
    """A question was just answered from the snapshot. With 503, send requests elsewhere."""
    service, workers = request.app.state.service, request.app.state.workers
    answers = service.answers()
    response.status_code = 200 if answers else 503
    return Readiness(
        status="ready" if answers else "not ready",
        generation=service.engine.snapshot.generation,
        refused=service.refusal,
        workers=workers.alive(),
        workers_wanted=workers.wanted,
    )

"""Figures for Prometheus at `/metrics`: requests, searches by stage, the snapshot, the workers.

With several workers the counts of all are added up, through the files that prometheus_client keeps for it; what is said
of the snapshot is what the worker that is asked serves.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import Scope

from kb.api.clients import client_address, within
from kb.api.service import Service
from kb.api.workers import Workers
from kb.errors import NotFoundError
from kb.search.answer import SearchResponse
from kb.search.engine import SearchEngine
from kb.search.request import SearchRequest

_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

REGISTRY = CollectorRegistry()
REQUESTS = Counter("kb_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram("kb_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=REGISTRY)
IN_PROGRESS = Gauge(
    "kb_requests_in_progress", "Requests being answered", registry=REGISTRY, multiprocess_mode="livesum"
)
LIMITED = Counter("kb_limited", "Requests that a limit refused", ["limit"], registry=REGISTRY)
STAGES = Histogram("kb_search_seconds", "Time of a search, by stage", ["stage"], buckets=_BUCKETS, registry=REGISTRY)
CACHE = Counter("kb_search_cache", "Searches answered from memory or not", ["result"], registry=REGISTRY)

router = APIRouter(include_in_schema=False)


def request_done(scope: Scope, status: int, seconds: float) -> None:
    """Counts a request. Addresses are counted by route, so that no one can make the figures grow."""
    route = getattr(scope.get("route"), "path", "") or "other"
    method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "OPTIONS") else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    if "limited" in scope:
        LIMITED.labels(scope["limited"]).inc()


def search(engine: SearchEngine, request: SearchRequest) -> SearchResponse:
    """`engine.search`, counted: the one place where the server asks the engine."""
    started = time.perf_counter()
    response, remembered = engine.look_up(request)
    CACHE.labels("hit" if remembered else "miss").inc()
    if not remembered:
        STAGES.labels("all").observe(time.perf_counter() - started)
        for stage, milliseconds in response.timings.items():
            STAGES.labels(stage).observe(milliseconds / 1000)
    return response


class Served:
    """What is served, read at the moment it is asked for."""

    def __init__(self, service: Service, workers: Workers) -> None:
        self._service = service
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        """The figures, as prometheus_client asks for them."""
        manifest = self._service.engine.snapshot.manifest
        built = datetime.fromisoformat(manifest.created)
        age = (datetime.now(UTC) - built).total_seconds()
        yield InfoMetricFamily("kb_snapshot", "The snapshot that is served", {"generation": manifest.generation})
        yield GaugeMetricFamily("kb_snapshot_age_seconds", "Time since the snapshot was built", age)
        yield GaugeMetricFamily("kb_snapshot_practices", "Practices in the snapshot", manifest.items)
        refused = int(bool(self._service.refusal))
        yield GaugeMetricFamily("kb_snapshot_refused", "1 while a published snapshot is refused", refused)
        yield GaugeMetricFamily("kb_workers", "Workers that run", self._workers.alive())
        yield GaugeMetricFamily("kb_workers_wanted", "Workers that should run", self._workers.wanted)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """All figures in the text format of Prometheus, for clients within KB_METRICS_FROM."""
    settings = request.app.state.settings
    networks = [ipaddress.ip_network(network) for network in settings.metrics_from]
    if not within(client_address(request.scope, settings.trusted_hops), networks):
        raise NotFoundError("There is nothing at /metrics for your address; KB_METRICS_FROM names who may read it.")
    counted, served = REGISTRY, CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    served.register(Served(request.app.state.service, request.app.state.workers))
    return Response(generate_latest(counted) + generate_latest(served), media_type=CONTENT_TYPE_LATEST)

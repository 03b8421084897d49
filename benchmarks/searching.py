"""One query in process: uncached, stage by stage, and seen before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from kb.pipeline import open_engine
from kb.search.evaluation import load_judgements
from kb.search.request import search_request
from kb.settings import Settings

JUDGED = Path(__file__).parent.parent / "tests" / "judgments" / "dev.jsonl"


def measure(settings: Settings) -> dict[str, float | str]:
    """Milliseconds over the judged queries, which are as long and as short as real ones."""
    judged = load_judgements(JUDGED)
    requests = [search_request(j.query, j.lang) for j in judged]
    remembering = open_engine(settings)
    first = [_milliseconds(lambda request=request: remembering.search(request)) for request in requests]
    cached = [_milliseconds(lambda request=request: remembering.search(request)) for request in requests]
    # A server that has run for a while: its files are in memory, and no answer is remembered.
    engine = open_engine(replace(settings, query_cache=0))
    for request in requests:
        engine.search(request)
    uncached = [_milliseconds(lambda request=request: engine.search(request)) for request in requests]
    encoder = [
        _milliseconds(lambda request=request: engine.encoder.encode_query(request.query)) for request in requests
    ]
    short = [t for t, j in zip(uncached, judged, strict=True) if j.kind != "paragraph"]
    return {
        "query, uncached, p50 (ms)": _percentile(uncached, 50),
        "query, uncached, p99 (ms)": _percentile(uncached, 99),
        "query, uncached, without pasted paragraphs, p99 (ms)": _percentile(short, 99),
        "query, just after start, p50 (ms)": _percentile(first, 50),
        "of it the encoder, p50 (ms)": _percentile(encoder, 50),
        "query seen before, p50 (ms)": _percentile(cached, 50),
        "query seen before, p99 (ms)": _percentile(cached, 99),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _percentile(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 3)

"""What `kb eval` prints: quality over judged queries, and over whole test collections with the time it took."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kb.encoding.opening import open_encoder
from kb.index.build import build_snapshot
from kb.index.layout import Layout
from kb.index.snapshot import open_snapshot
from kb.search.beir import load_corpus, load_queries
from kb.search.engine import SearchEngine
from kb.search.evaluation import METRICS, Judgement, evaluate, load_judgements
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import Settings
from kb.store.source import source_of

Figures = dict[str, Any]


def evaluate_judgements(settings: Settings, file: Path, passages_in: str = "") -> Figures:
    """Figures of the published index over the judged queries of `file`.

    Raises:
        JudgementError: the file cannot be read.
        SnapshotError: there is no usable index.
    """
    judgements = load_judgements(file)
    snapshot = source_of(settings).open()
    engine = SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=0)
    return evaluate(judgements, snapshot.positions, _ranker(engine, passages_in)).to_dict()


def evaluate_collection(
    settings: Settings, folder: Path, passages_in: str = "", progress: Callable[[str], None] = lambda _: None
) -> Figures:
    """Indexes a BEIR collection in a temporary place and measures quality, query latency and encoding speed.

    Raises:
        JudgementError: the collection cannot be read.
    """
    judgements = load_queries(folder)
    encoder = open_encoder(settings, progress)
    items, passages = load_corpus(folder)
    progress(f"{len(items)} documents, {len(passages)} passages, {len(judgements)} queries")
    with tempfile.TemporaryDirectory() as place:
        started = time.perf_counter()
        layout = Layout(Path(place) / "index")
        build_snapshot(
            layout,
            items,
            passages,
            encoder,
            cache=Path(place),
            progress=progress,
        )
        seconds = time.perf_counter() - started
        snapshot = open_snapshot(layout)
        engine = SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=0)
        latencies: list[float] = []
        figures = evaluate(judgements, snapshot.positions, _timed(_ranker(engine, passages_in), latencies)).to_dict()
    p50, p99 = np.percentile(latencies, [50, 99]) if latencies else (0.0, 0.0)
    return figures | {
        "documents": len(items),
        "passages": len(passages),
        "passages_per_second": round(len(passages) / seconds, 1),
        "latency_ms": {"p50": round(float(p50), 1), "p99": round(float(p99), 1)},
    }


def _ranker(engine: SearchEngine, passages_in: str) -> Callable[[Judgement], list[str]]:
    def rank(judgement: Judgement) -> list[str]:
        request = search_request(judgement.query, judgement.lang, passages_in=passages_in)
        return [item_id for item_id, _ in engine.ranking(request)]

    return rank


def _timed(rank: Callable[[Judgement], list[str]], latencies: list[float]) -> Callable[[Judgement], list[str]]:
    def timed(judgement: Judgement) -> list[str]:
        started = time.perf_counter()
        found = rank(judgement)
        latencies.append((time.perf_counter() - started) * 1000)
        return found

    return timed


def figures_as_text(figures: Figures) -> str:
    """A table of the figures for people."""
    lines = [f"{'':<14}{'queries':>8}" + "".join(f"{metric:>11}" for metric in METRICS)]
    lines.append(_line("overall", figures["queries"], figures["overall"]))
    for group in ("by_lang", "by_kind"):
        lines += [_line(name, row["queries"], row) for name, row in figures[group].items()]
    lines.append(
        f"{figures['queries_without_relevant']} queries have no relevant practice in the content; "
        f"{figures['judged_items_not_in_content']} judged practices are not in the content."
    )
    if "latency_ms" in figures:
        lines.append(
            f"{figures['documents']} documents, {figures['passages']} passages at {figures['passages_per_second']}/s; "
            f"query p50 {figures['latency_ms']['p50']} ms, p99 {figures['latency_ms']['p99']} ms."
        )
    return "\n".join(lines)


def _line(name: str, queries: float, row: dict[str, float]) -> str:
    return f"{name:<14}{queries:>8.0f}" + "".join(f"{row[metric]:>11.4f}" for metric in METRICS)

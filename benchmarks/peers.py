"""The very same passages and questions with our peers: txtai (hybrid), and sentence-transformers + FAISS + bm25s by hand.

    python -m benchmarks.peers

Peers live in an environment of their own, .cache/peers, that the first run sets up (about 2 GB). They use the same model
folder, on the same machine, each in a process of its own, one after the other; `benchmarks/peers_within.py` is what they run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.searching import JUDGED
from kb.content.library import load_library
from kb.encoding.bundled import bundled_model
from kb.encoding.opening import open_encoder
from kb.index.build import build_snapshot
from kb.index.layout import Layout
from kb.index.passages import Passage, passages_of, practice_items
from kb.index.snapshot import open_snapshot
from kb.search.engine import SearchEngine
from kb.search.evaluation import load_judgements
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import Settings, load_settings

PEERS = ("torch==2.13.0", "txtai[ann]==9.14.0", "sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "bm25s==0.3.16")
EMBEDDED = 600
"""Passages that are embedded, and then searched."""

Figures = dict[str, float]


def main() -> None:
    settings = load_settings()
    python = _environment(settings.cache / "peers")
    library = load_library(settings.content)
    everything = [passage for entry in library.practices for passage in passages_of(entry)]
    some = everything[:: max(1, len(everything) // EMBEDDED)][:EMBEDDED]
    asked = [judgement for judgement in load_judgements(JUDGED) if judgement.kind != "paragraph"]
    with tempfile.TemporaryDirectory() as place:
        given = Path(place, "given.json")
        texts = [passage.full_text for passage in some]
        queries = [judgement.query for judgement in asked]
        given.write_text(json.dumps({"model": str(bundled_model(settings.cache)), "texts": texts, "queries": queries}))
        rows = {"ours": _ours(settings, some, [(one.query, one.lang) for one in asked], Path(place, "index"))}
        for peer in ("txtai", "by-hand"):
            command = [python, Path(__file__).parent / "peers_within.py", peer, given]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            rows[peer] = json.loads(done.stdout.splitlines()[-1])
    print(_table(rows))


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        print("Setting up the peers' environment (about 2 GB) ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        (folder / ".ready").touch()
    return python


def _ours(settings: Settings, some: list[Passage], asked: list[tuple[str, str]], place: Path) -> Figures:
    """Building is timed whole: embedding with token vectors, and all that is written."""
    wanted = {passage.item_id for passage in some}
    items = [item for item in practice_items(load_library(settings.content)) if item.id in wanted]
    encoder = open_encoder(settings)
    texts = [passage.full_text for passage in some]
    started = time.perf_counter()
    for _ in encoder.encode_passages(texts):
        pass
    embedding = time.perf_counter() - started
    layout = Layout(place)
    build_snapshot(layout, items, some, encoder, cache=settings.cache)
    snapshot = open_snapshot(layout)
    engine = SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=0)
    times = []
    for _ in range(2):  # the first round only warms up
        times = []
        for query, lang in asked:
            begun = time.perf_counter()
            engine.search(search_request(query, lang))
            times.append((time.perf_counter() - begun) * 1000)
    p50, p99 = np.percentile(times, [50, 99])
    return {"p50": float(p50), "p99": float(p99), "embedded": len(some) / embedding}


def _table(rows: dict[str, Figures]) -> str:
    lines = [
        "| | query p50 (ms) | query p99 (ms) | passages embedded a second | our p50 is, of theirs | we embed, times theirs |",
        "|---|---|---|---|---|---|",
    ]
    ours = rows["ours"]
    for name, row in rows.items():
        share, times = ours["p50"] / row["p50"], ours["embedded"] / row["embedded"]
        figures = f"{row['p50']:.1f} | {row['p99']:.1f} | {row['embedded']:.1f} | {share:.2f} | {times:.2f}"
        lines.append(f"| {name} | {figures} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""The very same passages and questions with our peers: txtai (hybrid), and sentence-transformers + FAISS + bm25s by hand.

    python -m benchmarks.peers

Peers live in an environment of their own, .cache/peers, that the first run sets up (about 2 GB). They use the same model
folder, on the same machine, each in a process of its own (`benchmarks/peers_within.py`). They take turns, question by question and
hundred passages by hundred, because a rented machine's speed changes within seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
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
from kb.search.evaluation import Judgement, load_judgements
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import Settings, load_settings

PEERS = ("torch==2.13.0", "txtai[ann]==9.14.0", "sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "bm25s==0.3.16")
EMBEDDED = 600
"""Passages that are embedded, and then searched."""

_AT_ONCE = 100
"""Passages that one embeds before it is the next one's turn."""
_ROUNDS = 3
"""Times that each question is asked; the first only warms up."""
T = []
_PAUSE = 0.02
"""Seconds between two turns, in which threads that wait awake go to sleep."""

Take = Callable[[list[str] | Judgement], float]
"""Takes a turn, and gives its milliseconds."""


def main() -> None:
    settings = load_settings()
    python = _environment(settings.cache / "peers")
    library = load_library(settings.content)
    everything = [passage for entry in library.practices for passage in passages_of(entry)]
    some = everything[:: max(1, len(everything) // EMBEDDED)][:EMBEDDED]
    asked = [judgement for judgement in load_judgements(JUDGED) if judgement.kind != "paragraph"]
    texts = [passage.full_text for passage in some]
    with tempfile.TemporaryDirectory() as place, ExitStack() as running:
        given = Path(place, "given.json")
        given.write_text(json.dumps({"model": str(bundled_model(settings.cache)), "texts": texts}))
        takers = {"ours": _ours(settings, some, Path(place, "index"))}
        takers |= {peer: _peer(running, python, peer, given) for peer in ("txtai", "by-hand")}
        turns: list[list[str] | Judgement] = [texts[n : n + _AT_ONCE] for n in range(0, len(texts), _AT_ONCE)]
        embedding = _in_turn(takers, turns)
        rounds = [_in_turn(takers, asked) for _ in range(_ROUNDS)][1:]
    import statistics as st

    for k in T[0]:
        print(k, round(st.median(t[k] for t in T[len(T) // 3 :]), 2))
    print(_table({
        name: {
            "p50": float(np.percentile(times := [ms for one in rounds for ms in one[name]], 50)),
            "p99": float(np.percentile(times, 99)),
            "embedded": len(texts) * 1000 / sum(embedding[name]),
        }
        for name in takers
    }))  # fmt: skip


def _in_turn(takers: Mapping[str, Take], turns: Sequence[list[str] | Judgement]) -> dict[str, list[float]]:
    """The milliseconds of each turn, for each who takes them."""
    found: dict[str, list[float]] = {name: [] for name in takers}
    for turn in turns:
        for name, take in takers.items():
            time.sleep(_PAUSE)
            found[name].append(take(turn))
    return found


def _peer(running: ExitStack, python: Path, name: str, given: Path) -> Take:
    command = [python, Path(__file__).parent / "peers_within.py", name, given]
    process = running.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    answers, questions = process.stdout, process.stdin
    if answers is None or questions is None:
        raise RuntimeError("a process that was opened with pipes has none")
    while answers.readline() != "ready\n":
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}")

    def take(turn: list[str] | Judgement) -> float:
        print(json.dumps(turn if isinstance(turn, list) else turn.query), file=questions, flush=True)
        return float(answers.readline())

    return take


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        print("Setting up the peers' environment (about 2 GB) ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        (folder / ".ready").touch()
    return python


def _ours(settings: Settings, some: list[Passage], place: Path) -> Take:
    """Embedding includes the vectors of all tokens, which the peers do not make."""
    wanted = {passage.item_id for passage in some}
    items = [item for item in practice_items(load_library(settings.content)) if item.id in wanted]
    encoder = open_encoder(settings)
    layout = Layout(place)
    build_snapshot(layout, items, some, encoder, cache=settings.cache)
    snapshot = open_snapshot(layout)
    engine = SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=0)

    def take(turn: list[str] | Judgement) -> float:
        begun = time.perf_counter()
        if isinstance(turn, list):
            for _ in encoder.encode_passages(turn):
                pass
        else:
            T.append(engine.search(search_request(turn.query, turn.lang)).timings)
        return (time.perf_counter() - begun) * 1000

    return take


def _table(rows: dict[str, dict[str, float]]) -> str:
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

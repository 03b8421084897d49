"""A million passages through the real code: build, search, memory of a process that serves them.

    python -m benchmarks.size [--passages 1000000] [--tokens 20000] [--place FOLDER]

Texts, vectors and token vectors are synthetic (benchmarks/synthetic.py); building, opening and searching are what `kb` does. The
encoder's time is left out. With `--place` the index is kept there and used again.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.synthetic import SyntheticEncoder, items, passages, questions
from kb.index.build import build_snapshot
from kb.index.layout import Layout
from kb.index.passages import Passage
from kb.index.snapshot import Snapshot, open_snapshot
from kb.search.engine import SearchEngine
from kb.search.request import search_request

_ASKED = 300
_SEARCH_ONLY = "read", "retrieve", "compare", "rank", "show"


def main() -> None:
    asked = argparse.ArgumentParser(description="Measures search over many synthetic passages.")
    asked.add_argument("--passages", type=int, default=1_000_000)
    asked.add_argument("--tokens", type=int, default=20_000, help="passages with token vectors")
    asked.add_argument("--place", type=Path, help="folder to build in, and to use again")
    asked.add_argument(
        "--serve", action="store_true", help="only search what --place holds: the part with its own process"
    )
    options = asked.parse_args()
    if options.serve:
        print(json.dumps(_opened(options.place)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        place = options.place or Path(temporary)
        for name, figure in measure(options.passages, options.tokens, place).items():
            print(f"{name:<60} {figure}")


def measure(count: int, tokens: int, place: Path) -> dict[str, float | str]:
    """Figures of an index of `count` passages, built in `place` unless one stands there."""
    built = {} if (place / "current").exists() else build(count, tokens, place)
    gc.collect()
    command = [sys.executable, "-m", "benchmarks.size", "--place", str(place), "--serve"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return built | json.loads(done.stdout)


def build(count: int, tokens: int, place: Path) -> dict[str, float | str]:
    """Builds an index of `count` passages, of which the first `tokens` have token vectors, in `place`, and questions beside it."""
    all_items = items(count)
    all_passages = list(passages(all_items))
    layout = Layout(place)
    started = time.perf_counter()
    encoder = SyntheticEncoder(tokens)
    build_snapshot(layout, all_items, all_passages, encoder, cache=place / "cache", progress=_tell)
    seconds = time.perf_counter() - started
    asked = np.random.default_rng(3).choice(len(all_passages), min(_ASKED, len(all_passages)), replace=False).tolist()
    (place / "questions.json").write_text(json.dumps(_exact(all_passages, asked, encoder)))
    return {f"{count} passages: build (s)": round(seconds, 1)}


def _tell(line: str) -> None:
    words = line.split()
    if words[1:2] and words[1].isdigit() and int(words[1]) % 25_600 == 0:
        print(line, file=sys.stderr)


def _exact(all_passages: list[Passage], asked: list[int], encoder: SyntheticEncoder) -> list[dict[str, object]]:
    """Questions, each with the rows of its ten nearest passages in its language, all compared in full precision."""
    texts = questions(all_passages[number].text for number in asked)
    found: list[dict[str, object]] = []
    for lang in ("en", "es"):
        vectors = np.stack([encoder.vector(passage.full_text) for passage in all_passages if passage.lang == lang])
        for text, number in zip(texts, asked, strict=True):
            if all_passages[number].lang == lang:
                nearest = np.argpartition(-(vectors @ encoder.vector(text)), 10)[:10]
                found.append({"lang": lang, "text": text, "nearest": nearest.tolist()})
    return found


def _opened(place: Path) -> dict[str, float | str]:
    started = time.perf_counter()
    snapshot = open_snapshot(Layout(place))
    opened = time.perf_counter() - started
    found = {"opened, checksums and all (s)": round(opened, 2), **searched(snapshot, place)}
    return found | {"recall@10 of samples, by the manifest": json.dumps(snapshot.manifest.recall)} | _memory()


def searched(snapshot: Snapshot, place: Path, most: int = _ASKED) -> dict[str, float | str]:
    """Times of the questions that lie in `place`, asked of a snapshot wherever it is kept, and recall of its dense side."""
    asked = json.loads((place / "questions.json").read_text())
    # Those of each language stand together.
    asked = [asked[n] for n in np.random.default_rng(4).permutation(len(asked))[:most]]
    engine = SearchEngine(snapshot, SyntheticEncoder(), cache_size=0)
    times: dict[str, list[float]] = {"everything": [], "country": []}
    stages: dict[str, list[float]] = {name: [] for name in _SEARCH_ONLY}
    recall = []
    # The first round only brings files to memory.
    for round_, kind in enumerate(("everything", "everything", "country")):
        filters = {"country": ["HN"]} if kind == "country" else {}
        for one in asked:
            answer = engine.search(search_request(one["text"], one["lang"], filters=filters))
            if round_:
                times[kind].append(sum(answer.timings[name] for name in _SEARCH_ONLY))
            if round_ == 1:
                for name in _SEARCH_ONLY:
                    stages[name].append(answer.timings[name])
    for one in asked:
        vector = engine.encoder.encode_query(one["text"]).vector
        rows, _ = snapshot.languages[one["lang"]].vectors.closeness_to(vector).nearest(10)
        recall.append(len(set(rows.tolist()) & set(one["nearest"])) / 10)
    figures: dict[str, float | str] = {
        "search without the encoder, p50 (ms)": _percentile(times["everything"], 50),
        "search without the encoder, p99 (ms)": _percentile(times["everything"], 99),
        "search with a filter, p50 (ms)": _percentile(times["country"], 50),
        "search with a filter, p99 (ms)": _percentile(times["country"], 99),
        "recall@10 of questions against exact": round(float(np.mean(recall)), 4),
    }
    return figures | {f"of it {name}, p50 (ms)": _percentile(found, 50) for name, found in stages.items()}


def _percentile(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 2)


def _memory() -> dict[str, float | str]:
    """Peak resident memory, and how much of what is resident now is mapped files, which the system may take back."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = {
        line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmHWM", "RssAnon", "RssFile"))
    }
    return {
        "serving process, memory at its peak (MB)": sizes["VmHWM"] // 1024,
        "of what is resident: its own (MB)": sizes["RssAnon"] // 1024,
        "of what is resident: mapped files (MB)": sizes["RssFile"] // 1024,
    }


if __name__ == "__main__":
    main()

"""What runs in the peers' environment: imports nothing of ours. `python peers_within.py txtai|by-hand given.json` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_HITS = 10
_CANDIDATES = 100
_CONSTANT = 60
"""Of reciprocal rank fusion (Cormack et al., 2009)."""

Search = Callable[[str], Any]


def main() -> None:
    given = json.loads(Path(sys.argv[2]).read_text())
    prepare = {"txtai": _txtai, "by-hand": _by_hand}[sys.argv[1]]
    search, seconds = prepare(given["model"], given["texts"])
    times: list[float] = []
    for _ in range(2):  # the first round only warms up
        times = []
        for query in given["queries"]:
            begun = time.perf_counter()
            search(query)
            times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.99))
    print(json.dumps({"p50": p50, "p99": p99, "embedded": len(given["texts"]) / seconds}))


def _txtai(model: str, texts: list[str]) -> tuple[Search, float]:
    from txtai import Embeddings

    instructions = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=model, hybrid=True, content=True, instructions=instructions, gpu=False)
    begun = time.perf_counter()
    embeddings.batchtransform(texts, "data")
    seconds = time.perf_counter() - begun
    embeddings.index(texts)
    return lambda query: embeddings.search(query, _HITS), seconds


def _by_hand(folder: str, texts: list[str]) -> tuple[Search, float]:
    import bm25s
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")
    begun = time.perf_counter()
    vectors = model.encode([f"passage: {text}" for text in texts], normalize_embeddings=True)
    seconds = time.perf_counter() - begun
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    words = bm25s.BM25()
    words.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    most = min(_CANDIDATES, len(texts))

    def search(query: str) -> list[int]:
        vector = model.encode([f"query: {query}"], normalize_embeddings=True, show_progress_bar=False)
        _, dense = index.search(vector, most)
        lexical, _ = words.retrieve(bm25s.tokenize(query, show_progress=False), k=most, show_progress=False)
        scores: dict[int, float] = {}
        for ranking in (dense[0].tolist(), lexical[0].tolist()):
            for rank, row in enumerate(ranking):
                scores[row] = scores.get(row, 0.0) + 1 / (_CONSTANT + rank)
        return sorted(scores, key=lambda row: -scores[row])[:_HITS]

    return search, seconds


if __name__ == "__main__":
    main()
